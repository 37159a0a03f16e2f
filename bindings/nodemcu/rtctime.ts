/** `rtctime`: the wall clock and timed deep sleep. Firmware: app/modules/rtctime.c */
import { us } from '../../runtime/core/index.ts';
import { LuaAbort, type LuaCall, type LuaInput, multi, record } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { defineModule, fn, type LuaResult, raw, since } from './lua.ts';

const SECOND = 1_000_000;
const DAY = 86_400;
/** Days before each month of a common year. */
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const yearLength = (year: number): number => (isLeap(year) ? 366 : 365);

/** A Unix time as the calendar table of epoch2cal; yday and wday start at 1, Sunday is 1. */
export function calendar(epoch: number): Readonly<Record<string, LuaInput>> {
  const seconds = epoch % DAY;
  const days = Math.floor(epoch / DAY);
  let year = 1970;
  let yday = days;
  while (yday >= yearLength(year)) {
    yday -= yearLength(year);
    year++;
  }
  const leapDay = isLeap(year) && yday > 58;
  const common = leapDay ? yday - 1 : yday;
  const mon = DAYS_BEFORE.findLastIndex((before) => before <= common);
  return {
    yday: yday + 1,
    wday: ((4 + days) % 7) + 1,
    year,
    mon: mon + 1,
    day: common - (DAYS_BEFORE[mon] ?? 0) + (leapDay && yday === 59 ? 2 : 1),
    hour: Math.floor(seconds / 3600),
    min: Math.floor(seconds / 60) % 60,
    sec: seconds % 60,
  };
}

export const rtctime = defineModule({ name: 'rtctime' }, (device) => {
  const { rtc } = device;

  /** Sleeps and does not return. */
  const sleep = (call: LuaCall, durationUs: number, optionAt: number): never => {
    const option = call.isNumber(optionAt) ? call.toInteger(optionAt) : 0;
    if (option < 0 || option > 4) call.error('unknown sleep option');
    device.deepSleep(durationUs, option);
    throw new LuaAbort('halt', 'rtctime.dsleep');
  };

  const set = (call: LuaCall): undefined => {
    if (call.isNumber(1)) {
      const usec = call.isNumber(2) ? call.toInteger(2) >>> 0 : 0;
      rtc.setUnixTime(us((call.checkInteger(1) >>> 0) * SECOND + usec));
    }
    if (call.isNumber(3)) rtc.rate = call.toInteger(3);
  };

  const get = (): LuaResult => {
    const now = rtc.unixTime ?? 0;
    const time = [Math.floor(now / SECOND) | 0, now % SECOND];
    return device.era.rtcRate ? multi(...time, rtc.rate) : multi(...time);
  };

  const dsleepAligned = (call: LuaCall): never => {
    const now = rtc.unixTime;
    if (now === undefined) return call.error('time not available, unable to align');
    const align = Math.max(1, call.checkInteger(1) >>> 0);
    const least = call.checkInteger(2) >>> 0;
    return sleep(call, Math.ceil((now + least) / align) * align - now, 3);
  };

  return {
    functions: {
      set: raw(set),
      get: fn([], get),
      adjust_delta: since(
        '2.2',
        fn([arg.integer()], (delta) => Math.floor(((delta >>> 0) * (2 ** 32 + rtc.rate)) / 2 ** 32) | 0),
      ),
      dsleep: raw((call) => sleep(call, call.checkInteger(1) >>> 0, 2)),
      dsleep_aligned: raw(dsleepAligned),
      epoch2cal: fn([arg.integer({ min: 0, error: 'wrong arg range' })], (stamp) => record(calendar(stamp))),
    },
  };
});
