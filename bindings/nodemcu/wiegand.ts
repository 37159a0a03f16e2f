/** `wiegand`: card readers and keypads on two lines that pulse low. Firmware: app/modules/wiegand.c */
import { type Device, type Level, type OsTimer, PIN_COUNT, PIN_MODE, PRIORITY } from '../../runtime/device/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { classSpec, defineModule, fn, type LuaResult, luaClass, raw } from './lua.ts';

const SILENCE_MS = 25;
const CARD_BITS = 26;
const KEY_BITS = 4;

const parity = (value: number): number => {
  let odd = 0;
  for (let rest = value; rest > 0; rest >>>= 1) odd ^= rest & 1;
  return odd;
};

class Reader {
  readonly #device: Device;
  readonly #timer: OsTimer;
  readonly #pins: readonly [number, number];
  #callback: LuaRef | undefined;
  #bits = 0;
  #card = 0;
  #lastBitAt = 0;
  #posted = false;

  constructor(device: Device, pins: readonly [number, number], callback: LuaRef) {
    this.#device = device;
    this.#pins = pins;
    this.#callback = callback;
    this.#timer = device.timers.timer('wiegand', () => this.#finish());
    for (const [bit, pin] of pins.entries()) {
      device.gpio.setMode(pin, PIN_MODE.INTERRUPT);
      device.gpio.watch(pin, { edge: (level) => this.#edge(bit, level) });
    }
  }

  get open(): boolean {
    return this.#callback !== undefined;
  }

  uses(pin: number): boolean {
    return this.open && this.#pins.includes(pin);
  }

  close(): void {
    this.#timer.disarm();
    this.#callback?.release();
    this.#callback = undefined;
    for (const pin of this.#pins) this.#device.gpio.watch(pin, undefined);
  }

  #edge(bit: number, level: Level): void {
    if (level === 1) return;
    this.#bits++;
    this.#card = (this.#card << 1) | bit;
    this.#lastBitAt = this.#device.uptime;
    if (this.#posted) return;
    this.#posted = this.#device.tasks.post(PRIORITY.MEDIUM, () => this.#wait());
  }

  #wait(): void {
    this.#posted = false;
    const left = SILENCE_MS - Math.trunc((this.#device.uptime - this.#lastBitAt) / 1000);
    if (left < 0) this.#finish();
    else this.#timer.arm(left, false);
  }

  #finish(): void {
    const value = this.#value();
    const bits = this.#bits;
    this.#card = 0;
    this.#bits = 0;
    if (value !== undefined && this.#callback !== undefined) this.#device.lua.call(this.#callback, [value, bits]);
  }

  /** A key, or a card whose parities are right. */
  #value(): number | undefined {
    if (this.#bits === KEY_BITS) return this.#card;
    const wrong = parity((this.#card & 0x3ffe000) >>> 13) !== 0 || parity(this.#card & 0x1fff) !== 1;
    return this.#bits !== CARD_BITS || wrong ? undefined : (this.#card >> 1) & 0xffffff;
  }
}

const READER = luaClass<Reader>('wiegand.wiegand');

export const wiegand = defineModule({ name: 'wiegand', lifetime: { since: '3.0' } }, (device) => {
  let readers: Reader[] = [];

  const create = (call: LuaCall): LuaResult => {
    const [d0, d1] = [call.checkInteger(1), call.checkInteger(2)];
    const exists = (pin: number): boolean => pin > 0 && pin < PIN_COUNT;
    call.argCheck(exists(d0), 1, 'Invalid pin for D0');
    call.argCheck(exists(d1) && d0 !== d1, 2, 'Invalid pin for D1');
    call.checkType(3, 'function');
    readers = readers.filter(({ open }) => open);
    if (readers.some((reader) => reader.uses(d0) || reader.uses(d1))) call.error('pin already in use');
    const reader = new Reader(device, [d0, d1], call.ref(3));
    readers.push(reader);
    return call.newHost(READER, reader);
  };

  const close = fn([arg.self(READER)], (reader) => reader.close());
  return {
    functions: { create: raw(create) },
    // A reader in use is not collected.
    classes: [classSpec(READER, { close })],
  };
});
