/** One measurement of the SNTP client: from four time stamps to what a script is told (app/modules/sntp.c). Pure. */
import type { Micros } from '../core/index.ts';
import { type Ipv4Address, NTP_CLIENT, type Ntp, type NtpTimestamp, ntpTimestamp } from '../wire/index.ts';

/** The outcome of a round. Times in microseconds. */
export interface SntpResult {
  readonly seconds: number;
  readonly microseconds: number;
  readonly server: Ipv4Address;
  /** How far the clock was off, in whole seconds when that is 256 or more. */
  readonly offset: { readonly seconds: number } | { readonly microseconds: number };
  /** There and back; 0 when too short to measure. */
  readonly delay: number;
  readonly rootDelay: number;
  readonly rootDispersion: number;
  readonly rootMaxError: number;
  readonly stratum: number;
  readonly leap: number;
  readonly pendingLeap: number;
}

export interface SntpSample {
  readonly server: Ipv4Address;
  readonly answer: Ntp;
  /** There and back, in units of 2^-16 s, unsigned. */
  readonly delay: number;
  /** What servers are chosen by, in the same unit: unsigned as well, so that a negative one is the greatest. */
  readonly distance: number;
  /** Server less clock, in units of 2^-32 s. */
  readonly delta: bigint;
}

const SECOND = 1_000_000;

/** Microseconds as 2^-32 s by the firmware's reciprocal (US_TO_FRAC), which is short by 7 in 10^10. */
const fractionOf = (microseconds: number): bigint => (BigInt(microseconds) * 36_028_796_995n) >> 23n;

/** The time stamp of a clock in microseconds that is `offset` seconds ahead of UTC. */
export const sntpTimestamp = (time: number, offset: number): NtpTimestamp =>
  ntpTimestamp(Math.floor(time / SECOND) - offset, 0) + fractionOf(time % SECOND);

export const sntpRequest = (transmit: NtpTimestamp): Ntp => ({
  leap: 0,
  version: 4,
  mode: NTP_CLIENT,
  stratum: 0,
  poll: 0,
  precision: 0,
  rootDelay: 0,
  rootDispersion: 0,
  referenceId: '\0\0\0\0',
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit,
});

/** RFC 4330 section 5: delay and difference, from an answer and when it arrived. */
export function measure(answer: Ntp, arrived: NtpTimestamp, server: Ipv4Address): SntpSample {
  const { origin, receive, transmit, rootDelay } = answer;
  const there = int64(receive - origin) / 2n;
  const back = int64(transmit - arrived) / 2n;
  const delay = Number(BigInt.asUintN(32, int64(arrived - origin - (transmit - receive)) >> 16n));
  return { server, answer, delay, distance: (rootDelay * 2 + delay) >>> 0, delta: int64(there + back) };
}

/** The clock, in microseconds, moved by the sample's difference. */
export const corrected = (time: number, { delta }: SntpSample): number =>
  time + Number(delta >> 32n) * SECOND + toMicros(delta & 0xffffffffn);

export function resultOf({ server, answer, delay, delta }: SntpSample, time: Micros, pendingLeap: number): SntpResult {
  const { rootDelay, rootDispersion, stratum, leap } = answer;
  const high = delta >> 40n;
  const far = high !== 0n && high !== -1n;
  return {
    seconds: Math.floor(time / SECOND),
    microseconds: time % SECOND,
    server,
    offset: far ? { seconds: Number(delta >> 32n) } : { microseconds: toMicros(delta) },
    delay: toMicros16(delay),
    rootDelay: toMicros16(rootDelay),
    rootDispersion: toMicros16(rootDispersion),
    rootMaxError: toMicros16((rootDispersion + (rootDelay >>> 1) + (delay >>> 1)) >>> 0),
    stratum,
    leap,
    pendingLeap,
  };
}

const int64 = (value: bigint): bigint => BigInt.asIntN(64, value);

/** From units of 2^-32 s, rounded down. */
const toMicros = (value: bigint): number => Number((value * 1_000_000n) >> 32n);

/** From units of 2^-16 s; FRAC16_TO_US, as the 32-bit integer that Lua gets. */
const toMicros16 = (value: number): number => Math.floor((value * SECOND) / 65_536) | 0;
