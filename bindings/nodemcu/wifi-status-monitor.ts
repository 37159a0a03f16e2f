/** `wifi.sta.eventMon…`: a poller of the station's status, until 2017. Firmware: app/modules/wifi_eventmon.c of 1.5.4.1 */
import { type Device, type OsTimer, WIFI_MODE } from '../../runtime/device/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { type Dated, each, type LuaEntry, raw, until } from './lua.ts';

const DEFAULT_MS = 150;
const STATUS_MAX = 5;

class StatusMonitor {
  readonly #device: Device;
  readonly #timer: OsTimer;
  readonly #callbacks = new Map<number, LuaRef>();
  /** Survives a stop. */
  #previous = 0;

  constructor(device: Device) {
    this.#device = device;
    this.#timer = device.timers.timer('eventMon', () => this.#poll());
  }

  get anyone(): boolean {
    return this.#callbacks.size > 0;
  }

  register(status: number, callback: LuaRef | undefined): void {
    this.#callbacks.get(status)?.release();
    if (callback === undefined) this.#callbacks.delete(status);
    else this.#callbacks.set(status, callback);
  }

  start(periodMs: number): void {
    this.#timer.arm(periodMs, true);
  }

  stop(forget: boolean): void {
    this.#timer.disarm();
    if (forget) for (const status of [...this.#callbacks.keys()]) this.register(status, undefined);
  }

  #poll(): void {
    const { wifi, lua } = this.#device;
    if (wifi.mode === WIFI_MODE.SOFTAP) {
      this.#timer.disarm();
      return;
    }
    const { status } = wifi;
    const callback = status === this.#previous ? undefined : this.#callbacks.get(status);
    const previous = this.#previous;
    if (callback !== undefined) lua.pcallx(callback, [previous]);
    this.#previous = status;
  }
}

export function statusMonitor(device: Device): Record<string, Dated<LuaEntry>> {
  const monitor = new StatusMonitor(device);
  return each((entry) => until('1.5', 2017, entry), {
    eventMonReg: raw((call: LuaCall) => {
      const status = call.checkInteger(1) & 0xff;
      if (status > STATUS_MAX) call.error('valid wifi status:0-5');
      // Scripts pass "unreg" to unregister; anything but a function does.
      monitor.register(status, call.type(2) === 'function' ? call.ref(2) : undefined);
    }),
    eventMonStart: raw((call: LuaCall) => {
      if (device.wifi.mode === WIFI_MODE.SOFTAP) call.error("Can't monitor in SOFTAP mode");
      if (!monitor.anyone) call.error('No callbacks defined');
      monitor.start(call.isNumber(1) ? Math.max(1, call.toInteger(1) >>> 0) : DEFAULT_MS);
    }),
    eventMonStop: raw((call: LuaCall) => monitor.stop(call.isString(1))),
  });
}
