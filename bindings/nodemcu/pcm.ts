/**
 * `pcm`: sound from samples that a script hands over in pieces, played through a sigma-delta pin. Firmware: app/modules/pcm.c,
 * app/pcm
 */
import { type Timer, us } from '../../runtime/core/index.ts';
import { type Device, PIN_COUNT, PIN_MODE, PRIORITY } from '../../runtime/device/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { approximated, classSpec, defineModule, type LuaResult, luaClass, raw } from './lua.ts';

const SD = 0;
/** Microseconds of a sample by rate. */
const RATES = {
  RATE_1K: 1000,
  RATE_2K: 500,
  RATE_4K: 250,
  RATE_5K: 200,
  RATE_8K: 125,
  RATE_10K: 100,
  RATE_12K: 83,
  RATE_16K: 63,
} as const;
const SAMPLE_US = Object.values(RATES);
const RATE_8K = 4;
const EVENTS = ['data', 'drained', 'paused', 'stopped', 'vu'] as const;
type Event = (typeof EVENTS)[number];
const VU_HZ = 10;
const VU_HZ_MAX = 200;
const SILENCE = 128;

class Player {
  readonly #device: Device;
  readonly #timer: Timer;
  readonly #callbacks = new Map<Event, LuaRef>();
  readonly pin: number;
  vuHertz = VU_HZ;
  /** Keeps the object while it plays. */
  self: LuaRef | undefined;
  #sampleUs = 0;
  /** Pieces that wait, the first of which is played: at most two. */
  #pieces: Uint8Array[] = [];
  #position = 0;
  #stepSamples = 0;
  #vuSamples = 0;
  #peak = 0;
  #playing = false;

  constructor(device: Device, pin: number) {
    this.#device = device;
    this.pin = pin;
    this.#timer = device.clock.timer('pcm', () => this.#played());
  }

  on(event: Event, callback: LuaRef | undefined): void {
    this.#callbacks.get(event)?.release();
    if (callback === undefined) this.#callbacks.delete(event);
    else this.#callbacks.set(event, callback);
  }

  play(rate: number): void {
    this.#sampleUs = SAMPLE_US[rate] ?? 0;
    this.#device.tasks.post(PRIORITY.LOW, () => {
      this.#timer.cancel();
      this.#playing = true;
      this.#vuSamples = 0;
      this.#peak = 0;
      this.#step();
    });
  }

  /** What waits is forgotten. */
  stop(): void {
    this.#pieces = [];
    this.#position = 0;
    this.#halt('stopped');
  }

  pause(): void {
    this.#halt('paused');
  }

  close(): void {
    this.#timer.cancel();
    this.#playing = false;
    this.#device.gpio.setMode(this.pin, PIN_MODE.INPUT);
    for (const event of EVENTS) this.on(event, undefined);
    this.self?.release();
    this.self = undefined;
  }

  #halt(event: Event): void {
    this.#timer.cancel();
    this.#playing = false;
    this.#tell(event);
  }

  #tell(event: Event, ...values: number[]): void {
    const callback = this.#callbacks.get(event);
    // Before the first play the object is not known, and nil is given.
    if (callback !== undefined) this.#device.lua.pcallx(callback, [this.self, ...values]);
  }

  /** Asks for a piece; anything but a string is none. */
  #fetch(): boolean {
    const callback = this.#callbacks.get('data');
    if (callback === undefined || this.self === undefined) return false;
    const answer = this.#device.lua.docall(callback, [this.self]);
    if (!answer.ok) {
      const again = this.#device.lua.ref((call: LuaCall) => call.raise(answer.failure.message));
      this.#device.lua.pcallx(again);
      again.release();
      return false;
    }
    const [piece] = answer.results;
    if (typeof piece !== 'string' || piece === '') return false;
    this.#pieces.push(Uint8Array.from(piece, (c) => c.charCodeAt(0)));
    return true;
  }

  /** Both buffers are empty: the script is asked for two pieces, and if it has none, that was the end. */
  #starve(): void {
    this.#device.tasks.post(PRIORITY.HIGH, () => {
      if (!this.#playing) return;
      if (!this.#fetch()) {
        this.#playing = false;
        this.#tell('drained');
        return;
      }
      this.#fetch();
      if (this.#playing) this.#step();
    });
  }

  /** Plays until the piece ends or the level is told. */
  #step(): void {
    const piece = this.#pieces[0];
    if (piece === undefined) {
      // Found out at the next sample.
      this.#timer.arm(us(this.#sampleUs));
      return;
    }
    const vu = Math.trunc(1e6 / this.vuHertz / this.#sampleUs);
    this.#stepSamples = Math.min(piece.length - this.#position, Math.max(1, vu - this.#vuSamples));
    this.#timer.arm(us(this.#stepSamples * this.#sampleUs));
  }

  #played(): void {
    const piece = this.#pieces[0];
    if (piece === undefined) {
      this.#starve();
      return;
    }
    const end = this.#position + this.#stepSamples;
    for (const sample of piece.subarray(this.#position, end))
      this.#peak = Math.max(this.#peak, Math.abs(sample - SILENCE));
    this.#position = end;
    this.#vuSamples += this.#stepSamples;
    if (this.#vuSamples >= Math.trunc(1e6 / this.vuHertz / this.#sampleUs)) {
      const peak = this.#peak;
      this.#device.tasks.post(PRIORITY.LOW, () => this.#tell('vu', peak));
      this.#vuSamples = 0;
      this.#peak = 0;
    }
    if (end >= piece.length) {
      this.#pieces.shift();
      this.#position = 0;
      if (this.#pieces.length > 0)
        this.#device.tasks.post(PRIORITY.HIGH, () => {
          if (this.#playing) this.#fetch();
        });
    }
    this.#step();
  }
}

const PLAYER = luaClass<Player>('pcm.driver');
const self = (call: LuaCall): Player => call.checkHost(1, PLAYER);

function on(call: LuaCall): LuaResult {
  const player = self(call);
  const event = EVENTS.find((name) => name === call.checkText(2));
  if (event === undefined) return call.error('method not supported');
  player.on(event, call.type(3) === 'function' ? call.ref(3) : undefined);
  if (event !== 'vu') return undefined;
  const hertz = call.optInteger(4, VU_HZ);
  call.argCheck(hertz > 0 && hertz <= VU_HZ_MAX, 4, 'invalid range');
  player.vuHertz = hertz;
}

function play(call: LuaCall): LuaResult {
  const player = self(call);
  const rate = call.optInteger(2, RATE_8K);
  call.argCheck(rate >= 0 && rate < SAMPLE_US.length, 2, 'invalid bit rate');
  player.self ??= call.ref(1);
  player.play(rate);
}

export const pcm = defineModule({ name: 'pcm' }, (device) => ({
  constants: { SD, ...Object.fromEntries(Object.keys(RATES).map((name, i) => [name, i])) },
  functions: {
    new: raw((call: LuaCall) => {
      const driver = call.checkInteger(1);
      call.argCheck(driver === SD, 1, 'invalid driver');
      const pin = call.checkInteger(2);
      if (pin < 1 || pin >= PIN_COUNT) call.error(`sigma_delta ${pin} does not exist`);
      device.gpio.setMode(pin, PIN_MODE.OUTPUT);
      return call.newHost(PLAYER, new Player(device, pin));
    }),
  },
  classes: [
    classSpec(PLAYER, {
      play: approximated('the pin does not carry the sound', raw(play)),
      pause: raw((call) => self(call).pause()),
      stop: raw((call) => self(call).stop()),
      close: raw((call) => self(call).close()),
      on: raw(on),
      __gc: raw((call) => self(call).close()),
    }),
  ],
}));
