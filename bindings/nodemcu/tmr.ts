/** `tmr`: software timers, the microsecond counter and the watchdogs. Firmware: app/modules/tmr.c */
import { us } from '../../runtime/core/index.ts';
import type { Device, OsTimer } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaHandle, type LuaRef, multi, NIL } from '../../runtime/vm/index.ts';
import { arg, type Checker } from './arg.ts';
import { classSpec, defineModule, each, fn, type LuaResult, luaClass, since, until } from './lua.ts';

const SINGLE = 0;
const AUTO = 1;
const SEMI = 2;
const OFF = 3;
const MAX_TIMEOUT = 0x68d7a3; // ms, MAX_TIMEOUT_DEF
const SECOND = 1_000_000;
const STATIC_TIMERS = 7; // NUM_TMR

/** The userdata behind `tmr.create()`, or one of the static timers of old. */
class LuaTimer {
  mode = OFF;
  idle = false;
  intervalMs = 0;
  readonly os: OsTimer;
  callback: LuaRef | undefined;
  /** Keeps the object alive while it runs. */
  self: LuaRef | undefined;
  /** The timer of the system knows what to call, which stays so after unregister. */
  #hasTarget = false;
  readonly #device: Device;
  /** Of a static timer; its callback gets that instead of an object. */
  readonly #id: number | undefined;

  constructor(device: Device, id?: number) {
    this.#device = device;
    this.#id = id;
    this.os = device.timers.timer('tmr', () => this.#fire());
  }

  get running(): boolean {
    return !this.idle && this.mode !== OFF;
  }

  register(intervalMs: number, mode: number, callback: LuaHandle): void {
    if (this.running) this.os.disarm();
    this.callback?.release();
    this.callback = callback.ref();
    this.#hasTarget = true;
    this.mode = mode;
    this.idle = true;
    this.intervalMs = intervalMs;
  }

  start(self: LuaHandle | undefined, restart: boolean): boolean {
    this.self ??= self?.ref();
    if (!this.idle && !restart) return false;
    this.idle = false;
    // Also a timer with nothing behind it.
    if (this.callback !== undefined || !this.#hasTarget) this.os.arm(this.intervalMs, this.mode === AUTO);
    return true;
  }

  stop(): boolean {
    const wasRunning = this.running;
    this.#release();
    this.os.disarm();
    if (wasRunning || this.#device.era.tmrRewritten) this.idle = true;
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
    if (!this.#hasTarget) this.#device.fault('tmr: a timer that was never registered');
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
    const argument = self ?? this.#id;
    this.#device.lua.pcallx(callback, argument === undefined ? [] : [argument]);
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
    if (value < this.#last) this.#tick.disarm();
    else this.#arm();
  }

  /** The lowest value that still counts. */
  get #last(): number {
    return this.#device.era.softwdZeroDisarms ? 1 : 0;
  }

  #arm(): void {
    this.#tick.arm((SECOND - (this.#device.uptime % SECOND)) / 1000, false);
  }

  #onTick(): void {
    this.#left--;
    if (this.#left < this.#last) this.#device.restart();
    else this.#arm();
  }
}

const TIMER = luaClass<LuaTimer>('tmr.timer');

/** tmr_get of the releases before 2019: an object, or a number from 0 to 6. */
function timerOrId(device: Device): Checker<LuaTimer> {
  const timers = Array.from({ length: STATIC_TIMERS }, (_, id) => new LuaTimer(device, id));
  return {
    read: (call: LuaCall) => {
      if (call.type(1) === 'userdata') return call.checkHost(1, TIMER);
      call.argCheck(call.isNumber(1), 1, 'timer object or numerical ID expected');
      return timers[call.checkInteger(1)] ?? call.argError(1, 'invalid timer index');
    },
  };
}

export const tmr = defineModule({ name: 'tmr' }, (device) => {
  const { timerRange, tmrRewritten } = device.era;
  const softWatchdog = new SoftWatchdog(device);
  const timer = tmrRewritten ? arg.self(TIMER) : timerOrId(device);
  const interval = arg.integer({ min: 1, max: MAX_TIMEOUT, error: timerRange });
  // uint8_t in the firmware: 256 is 0.
  const mode = arg.mapped(arg.integer(), (value) => value & 0xff, [SINGLE, AUTO, SEMI], 'Invalid mode');
  const callback = arg.callback('Must be function');
  const restart = tmrRewritten ? arg.optBoolean('boolean expected') : arg.never;

  const state = (t: LuaTimer): LuaResult => {
    if (t.mode === OFF && !t.idle) return NIL;
    return multi(!t.idle, t.mode);
  };

  const methods = {
    register: fn([timer, interval, mode, callback], (t, intervalMs, m, f) => t.register(intervalMs, m, f)),
    alarm: fn([timer, interval, mode, callback], (t, intervalMs, m, f, call: LuaCall) => {
      t.register(intervalMs, m, f);
      return t.start(call.handle(1), false);
    }),
    start: fn([timer, restart], (t, again, call: LuaCall) => t.start(call.handle(1), again)),
    stop: fn([timer], (t) => t.stop()),
    unregister: fn([timer], (t) => t.unregister()),
    state: fn([timer], state),
    interval: fn([timer, interval], (t, intervalMs) => t.setInterval(intervalMs)),
  };

  return {
    order: 'delay now wdclr softwd time ccount create ALARM_SINGLE ALARM_SEMI ALARM_AUTO',
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
      ccount: since(
        '3.0',
        fn([], () => (device.uptime * device.frequency) | 0),
      ),
      create: fn([], (call) => call.newHost(TIMER, new LuaTimer(device))),
      ...each((method) => until('2.2', 2019, method), methods),
    },
    classes: [classSpec(TIMER, { ...methods, __gc: fn([arg.self(TIMER)], (t) => t.unregister()) })],
  };
});
