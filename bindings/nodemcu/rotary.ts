/** `rotary`: encoders with a push button, their turns, clicks and long presses. Firmware: app/modules/rotary.c */
import { type Device, type OsTimer, PIN_COUNT, PRIORITY } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaRef, multi } from '../../runtime/vm/index.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';
import { PRESSED, RotarySwitch } from './rotary-switch.ts';

const CHANNELS = 3;
const EVENT = { PRESS: 1, LONGPRESS: 2, RELEASE: 4, TURN: 8, CLICK: 16, DBLCLICK: 32 } as const;
const ALL = 0x3f;
const DELAY_MS = 500;

/** A position of 31 bits with its sign. */
const position = (status: number): number => (status << 1) >> 1;

/** A switch, and what of its recent past decides about clicks. */
class Channel {
  readonly #device: Device;
  readonly #timer: OsTimer;
  readonly #callbacks = new Map<number, LuaRef>();
  wheel: RotarySwitch | undefined;
  longPressUs = DELAY_MS * 1000;
  clickUs = DELAY_MS * 1000;
  #last = 0;
  #lastAt = 0;
  #wasPress = false;
  #wasRelease = false;
  #maybeDouble = false;

  constructor(device: Device, id: number) {
    this.#device = device;
    this.#timer = device.timers.timer(`rotary ${id}`, () => this.#checkTimer(device.uptime, true));
  }

  close(): void {
    this.wheel?.close();
    this.wheel = undefined;
    this.#timer.disarm();
    this.release(ALL);
    this.#last = 0;
    this.#lastAt = 0;
    this.#wasPress = false;
    this.#wasRelease = false;
    this.#maybeDouble = false;
  }

  set(mask: number, call: LuaCall, n: number): void {
    this.release(mask);
    for (const event of Object.values(EVENT)) if ((mask & event) !== 0) this.#callbacks.set(event, call.ref(n));
  }

  release(mask: number): void {
    for (const [event, ref] of this.#callbacks) {
      if ((mask & event) === 0) continue;
      ref.release();
      this.#callbacks.delete(event);
    }
  }

  /** Handles the oldest event; true when there are more. */
  dequeue(): boolean {
    const event = this.wheel?.next();
    if (event !== undefined) {
      this.#checkTimer(event.at, false);
      const changed = event.status ^ this.#last;
      if ((changed & ~PRESSED) !== 0) this.#call(EVENT.TURN, event.status, event.at);
      if ((changed & PRESSED) !== 0) this.#button(event.status, event.at);
      this.#last = event.status;
    }
    this.#checkTimer(this.#device.uptime, true);
    return this.wheel?.hasEvents === true;
  }

  #button(status: number, at: number): void {
    const pressed = (status & PRESSED) !== 0;
    this.#call(pressed ? EVENT.PRESS : EVENT.RELEASE, status, at);
    if (pressed) {
      if (this.#wasRelease && at - this.#lastAt < this.clickUs) this.#maybeDouble = true;
      this.#wasPress = true;
      this.#wasRelease = false;
    } else {
      this.#wasPress = false;
      this.#wasRelease = !this.#maybeDouble;
      if (this.#maybeDouble) this.#call(EVENT.DBLCLICK, status, at);
      this.#maybeDouble = false;
    }
    this.#lastAt = at;
  }

  /** Long presses and clicks are known when enough time has passed without another event. */
  #checkTimer(now: number, arm: boolean): void {
    const delay = now - this.#lastAt;
    this.#timer.disarm();
    let rest = -1;
    if (this.#wasPress) {
      if (delay > this.longPressUs) {
        this.#call(EVENT.LONGPRESS, this.#last, this.#lastAt + this.longPressUs);
        this.#wasPress = false;
      } else rest = this.longPressUs - delay;
    }
    if (this.#wasRelease) {
      if (delay > this.clickUs) {
        this.#call(EVENT.CLICK, this.#last, this.#lastAt + this.clickUs);
        this.#wasRelease = false;
      } else rest = this.clickUs - delay;
    }
    if (arm && rest >= 0) this.#timer.arm(Math.floor(rest / 1000) + 1, false);
  }

  #call(event: number, status: number, at: number): void {
    const callback = this.#callbacks.get(event);
    if (callback !== undefined) this.#device.lua.pcallx(callback, [event, position(status), at | 0]);
  }
}

export const rotary = defineModule({ name: 'rotary' }, (device) => {
  const channels = Array.from({ length: CHANNELS }, (_, id) => new Channel(device, id));
  let posted = false;

  const task = (): void => {
    posted = false;
    // Each switch gives one event per task.
    const more = channels.map((channel) => channel.dequeue()).includes(true);
    if (more) post();
  };
  const post = (): void => {
    if (!posted) posted = device.tasks.post(PRIORITY.MEDIUM, task);
  };

  const channelOf = (call: LuaCall): Channel => {
    const id = call.checkInteger(1);
    return channels[id] ?? call.error(`rotary ${id} does not exist`);
  };
  const pinAt = (call: LuaCall, n: number): number => {
    const pin = call.checkInteger(n);
    call.argCheck(pin > 0 && pin < PIN_COUNT, n, 'Invalid pin');
    return pin;
  };
  const timeoutAt = (call: LuaCall, n: number): number => {
    const timeout = Math.imul(1000, call.checkInteger(n));
    call.argCheck(timeout > 0, n, 'Invalid timeout');
    return timeout;
  };

  const setup = (call: LuaCall): LuaResult => {
    const channel = channelOf(call);
    channel.close();
    const a = pinAt(call, 2);
    const b = pinAt(call, 3);
    const press = call.count >= 4 ? pinAt(call, 4) : undefined;
    channel.longPressUs = call.count >= 5 ? timeoutAt(call, 5) : DELAY_MS * 1000;
    channel.clickUs = call.count >= 6 ? timeoutAt(call, 6) : DELAY_MS * 1000;
    channel.wheel = new RotarySwitch(device, { a, b, press }, post);
  };

  return {
    order: 'setup close on getpos TURN PRESS RELEASE LONGPRESS CLICK DBLCLICK ALL',
    constants: { ...EVENT, ALL },
    functions: {
      setup: raw(setup),
      close: raw((call) => channelOf(call).close()),
      on: raw((call) => {
        const channel = channelOf(call);
        const mask = call.checkInteger(2);
        if (call.count < 3) channel.release(mask);
        else if (call.type(3) === 'function') channel.set(mask, call, 3);
        else if ((mask & ALL) !== 0) call.error('Unable to set callback.');
      }),
      getpos: raw((call) => {
        const { wheel } = channelOf(call);
        // Position -1 with the button pressed looks like no switch.
        if (wheel === undefined || wheel.status === -1) return undefined;
        return multi(position(wheel.status), (wheel.status & PRESSED) !== 0 ? EVENT.PRESS : EVENT.RELEASE);
      }),
    },
  };
});
