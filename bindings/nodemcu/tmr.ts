/** `tmr`: software timers, the microsecond counter and the watchdogs. Firmware: app/modules/tmr.c */
import { us } from '../../runtime/core/index.ts';
import type { Device, LuaModule, OsTimer } from '../../runtime/device/index.ts';
import { type LuaHandle, type LuaRef, multi, NIL } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { classSpec, defineModule, fn, type LuaResult, luaClass } from './lua.ts';

const SINGLE = 0;
const AUTO = 1;
const SEMI = 2;
const OFF = 3;
const MAX_TIMEOUT = 0x68d7a3; // ms, MAX_TIMEOUT_DEF
const SECOND = 1_000_000;

/** The userdata behind `tmr.create()`. */
class LuaTimer {
  mode = OFF;
  idle = false;
  intervalMs = 0;
  readonly os: OsTimer;
  callback: LuaRef | undefined;
  /** Keeps the object alive while it runs. */
  self: LuaRef | undefined;
  readonly #device: Device;

  constructor(device: Device) {
    this.#device = device;
    this.os = device.timers.timer('tmr', () => this.#fire());
  }

  get running(): boolean {
    return !this.idle && this.mode !== OFF;
  }

  register(intervalMs: number, mode: number, callback: LuaHandle): void {
    if (this.running) this.os.disarm();
    this.callback?.release();
    this.callback = callback.ref();
    this.mode = mode;
    this.idle = true;
    this.intervalMs = intervalMs;
  }

  start(self: LuaHandle, restart: boolean): boolean {
    this.self ??= self.ref();
    if (!this.idle && !restart) return false;
    this.idle = false;
    // Without a callback the firmware arms a timer with nothing behind it.
    if (this.callback !== undefined) this.os.arm(this.intervalMs, this.mode === AUTO);
    return true;
  }

  stop(): boolean {
    const wasRunning = this.running;
    this.#release();
    this.os.disarm();
    this.idle = true;
    return wasRunning;
  }

  unregister(): void {
    this.#release();
    this.callback?.release();
    this.callback = undefined;
    this.os.disarm();
    this.mode = OFF;
    this.idle = false;
  }

  setInterval(intervalMs: number): void {
    if (this.mode === OFF && !this.idle) return;
    this.intervalMs = intervalMs;
    if (this.running) this.os.arm(intervalMs, this.mode === AUTO);
  }

  #fire(): void {
    const { callback, self } = this;
    if (callback === undefined) return;
    if (this.mode === SINGLE) {
      this.callback = undefined;
      this.self = undefined;
      this.mode = OFF;
    } else if (this.mode === SEMI) {
      this.self = undefined;
      this.idle = true;
    }
    const gone = this.self === undefined ? self : undefined;
    const dropped = this.callback === undefined ? callback : undefined;
    this.#device.lua.pcallx(callback, self === undefined ? [] : [self]);
    gone?.release();
    dropped?.release();
  }

  #release(): void {
    this.self?.release();
    this.self = undefined;
  }
}

/** The watchdog of whole seconds that a script may arm; its ticks have the phase of the boot. */
class SoftWatchdog {
  #left = -1;
  readonly #device: Device;
  readonly #tick: OsTimer;

  constructor(device: Device) {
    this.#device = device;
    this.#tick = device.timers.timer('softwd', () => this.#onTick());
  }

  set(value: number): void {
    this.#left = value;
    if (value < 0) this.#tick.disarm();
    else this.#arm();
  }

  #arm(): void {
    this.#tick.arm((SECOND - (this.#device.uptime % SECOND)) / 1000, false);
  }

  #onTick(): void {
    this.#left--;
    if (this.#left < 0) this.#device.restart();
    else this.#arm();
  }
}

const TIMER = luaClass<LuaTimer>('tmr.timer');

export const tmr = (device: Device): LuaModule => {
  const softWatchdog = new SoftWatchdog(device);
  const self = arg.self(TIMER);
  const interval = arg.integer({ min: 1, max: MAX_TIMEOUT, error: 'Range: 1-0x68D7A3' });
  // uint8_t in the firmware: 256 is 0.
  const mode = arg.mapped(arg.integer(), (value) => value & 0xff, [SINGLE, AUTO, SEMI], 'Invalid mode');
  const callback = arg.callback('Must be function');
  const restart = arg.optBoolean('boolean expected');

  const state = (t: LuaTimer): LuaResult => {
    if (t.mode === OFF && !t.idle) return NIL;
    return multi(!t.idle, t.mode);
  };

  return defineModule({
    name: 'tmr',
    constants: { ALARM_SINGLE: SINGLE, ALARM_AUTO: AUTO, ALARM_SEMI: SEMI },
    functions: {
      delay: fn([arg.integer({ min: 1, error: 'wrong arg range' })], (delayUs) => {
        device.cpu.spend(us(delayUs));
        device.cpu.feed();
      }),
      now: fn([], () => device.uptime % 2 ** 31),
      wdclr: fn([], () => device.cpu.feed()),
      softwd: fn([arg.integer()], (value) => softWatchdog.set(value)),
      time: fn([], () => Math.floor(device.uptime / SECOND)),
      ccount: fn([], () => (device.uptime * device.frequency) | 0),
      create: fn([], (call) => call.newHost(TIMER, new LuaTimer(device))),
    },
    classes: [
      classSpec(TIMER, {
        register: fn([self, interval, mode, callback], (t, intervalMs, m, f) => t.register(intervalMs, m, f)),
        alarm: fn([self, interval, mode, callback], (t, intervalMs, m, f, call) => {
          t.register(intervalMs, m, f);
          return t.start(call.handle(1) as LuaHandle, false);
        }),
        start: fn([self, restart], (t, again, call) => t.start(call.handle(1) as LuaHandle, again)),
        stop: fn([self], (t) => t.stop()),
        unregister: fn([self], (t) => t.unregister()),
        state: fn([self], state),
        interval: fn([self, interval], (t, intervalMs) => t.setInterval(intervalMs)),
        __gc: fn([self], (t) => t.unregister()),
      }),
    ],
  });
};
