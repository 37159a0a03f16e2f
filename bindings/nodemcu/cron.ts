/** `cron`: callbacks by the wall clock (UTC). Firmware: app/modules/cron.c */
import type { Device, OsTimer } from '../../runtime/device/index.ts';
import type { LuaCall, LuaHandle, LuaRef } from '../../runtime/vm/index.ts';
import { arg, cString } from './arg.ts';
import { type CronSpec, cronMatches, parseCron } from './cron-spec.ts';
import { classSpec, defineModule, fn, type LuaResult, luaClass, raw } from './lua.ts';
import { calendar } from './rtctime.ts';

const POLL_MS = 1000;
const SECOND = 1_000_000;

/** The userdata behind an entry. */
interface CronEntry {
  spec: CronSpec;
  callback: LuaRef;
  /** Held while scheduled. */
  self: LuaRef | undefined;
}

const ENTRY = luaClass<CronEntry>('cron.entry');

/** Ticks once a second until the clock is set, then at each full minute; at rest while nothing is scheduled. */
class CronTable {
  readonly entries: CronEntry[] = [];
  readonly #device: Device;
  readonly #timer: OsTimer;

  constructor(device: Device) {
    this.#device = device;
    this.#timer = device.timers.timer('cron', () => this.#tick());
    this.#timer.recurring = true;
  }

  add(entry: CronEntry, self: LuaHandle): void {
    if (entry.self !== undefined) return;
    entry.self = self.ref();
    this.entries.push(entry);
    if (!this.#timer.armed) this.#timer.arm(this.#firstDelayMs(), false);
  }

  remove(entry: CronEntry): void {
    entry.self?.release();
    entry.self = undefined;
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
    if (this.entries.length === 0) this.#timer.disarm();
  }

  /** Where the firmware's timer, which never rests, would stand. */
  #firstDelayMs(): number {
    const { rtc, uptime, clock, profile } = this.#device;
    const sinceOpen = uptime - profile.bootDelay;
    const sincePoll = sinceOpen % (POLL_MS * 1000);
    const lastPoll = clock.now() - sincePoll;
    const polled = sinceOpen >= POLL_MS * 1000 && rtc.setAt !== undefined && rtc.setAt <= lastPoll;
    return polled ? this.#toMinuteMs() : POLL_MS - sincePoll / 1000;
  }

  #toMinuteMs(): number {
    const now = this.#device.rtc.unixTime ?? 0;
    return (60 * SECOND - (now % (60 * SECOND))) / 1000;
  }

  #tick(): void {
    const now = this.#device.rtc.unixTime;
    if (now === undefined || now < SECOND) {
      this.#timer.arm(POLL_MS, false);
      return;
    }
    let seconds = Math.floor(now / SECOND);
    let delay = this.#toMinuteMs();
    // A tick that comes a little early counts for the next minute.
    if (seconds % 60 === 59) {
      seconds++;
      delay += 60_000;
    }
    this.#timer.arm(delay, false);
    const date = calendar(seconds);
    const moment = [date.min, date.hour, date.day, date.mon, Number(date.wday) - 1].map(Number);
    for (const entry of [...this.entries]) {
      if (entry.self !== undefined && cronMatches(entry.spec, moment)) {
        this.#device.lua.pcallx(entry.callback, [entry.self]);
      }
    }
  }
}

const spec = (call: LuaCall, n: number): CronSpec => {
  const parsed = parseCron(cString(call.checkText(n)));
  return typeof parsed === 'string' ? call.error(parsed) : parsed;
};

export const cron = defineModule({ name: 'cron', lifetime: { since: '2.2' } }, (device) => {
  const table = new CronTable(device);

  const create = (call: LuaCall): LuaResult => {
    call.checkText(1);
    call.checkType(2, 'function');
    const entry: CronEntry = { spec: spec(call, 1), callback: call.ref(2), self: undefined };
    const handle = call.newHost(ENTRY, entry);
    table.add(entry, handle);
    return handle;
  };

  return {
    functions: {
      schedule: raw(create),
      reset: fn([], () => {
        for (const entry of [...table.entries]) table.remove(entry);
      }),
    },
    classes: [
      classSpec(ENTRY, {
        schedule: raw((call) => {
          const entry = call.checkHost(1, ENTRY);
          entry.spec = spec(call, 2);
          table.add(entry, call.handle(1) as LuaHandle);
        }),
        handler: fn([arg.self(ENTRY), arg.callback()], (entry, callback) => {
          entry.callback.release();
          entry.callback = callback.ref();
        }),
        unschedule: fn([arg.self(ENTRY)], (entry) => table.remove(entry)),
        __gc: fn([arg.self(ENTRY)], (entry) => {
          table.remove(entry);
          entry.callback.release();
        }),
      }),
    ],
  };
});
