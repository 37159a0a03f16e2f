/** NTP and SNTP messages, version 4 (RFC 5905 section 7.3), without extension fields and authentication. */
import { err, fromLatin1, ok, put8, put32, type Result, toLatin1, u8, u32 } from '../core/index.ts';

export const NTP_PORT = 123;
export const NTP_LENGTH = 48;

/** Values of {@link Ntp.mode}. */
export const NTP_CLIENT = 3;
export const NTP_SERVER = 4;

/** {@link Ntp.leap} of a server that is not synchronized, or refuses. */
export const NTP_UNSYNCHRONIZED = 3;

/** Seconds from NTP's first era (1900) to the Unix epoch. */
export const NTP_UNIX_OFFSET = 2_208_988_800;

/** 64 bits of fixed point: seconds since 1900 modulo 2^32, then the fraction of a second. */
export type NtpTimestamp = bigint;

export interface Ntp {
  /** Announcement of a leap second: 0 none, 1 an inserted one, 2 a deleted one, 3 see {@link NTP_UNSYNCHRONIZED}. */
  readonly leap: number;
  readonly version: number;
  readonly mode: number;
  /** 1 has a reference clock, 2 to 15 have a server; 0 in requests and kiss-o'-death packets. */
  readonly stratum: number;
  /** Logarithms to base 2 of seconds, signed. */
  readonly poll: number;
  readonly precision: number;
  /** In units of 2^-16 s. */
  readonly rootDelay: number;
  readonly rootDispersion: number;
  /** Four bytes: a server's address, a clock's name, or the code of a kiss-o'-death packet (`DENY`). */
  readonly referenceId: string;
  readonly reference: NtpTimestamp;
  readonly origin: NtpTimestamp;
  readonly receive: NtpTimestamp;
  readonly transmit: NtpTimestamp;
}

export type NtpError = 'truncated';

/** An NTP time stamp of a Unix time in seconds and microseconds; the fraction is rounded down. */
export const ntpTimestamp = (unixSeconds: number, microseconds: number): NtpTimestamp =>
  (BigInt((unixSeconds + NTP_UNIX_OFFSET) >>> 0) << 32n) + (BigInt(microseconds) << 32n) / 1_000_000n;

/** Bytes behind the header are ignored. */
export function parseNtp(bytes: Uint8Array): Result<Ntp, NtpError> {
  if (bytes.length < NTP_LENGTH) return err('truncated');
  const first = u8(bytes, 0);
  return ok({
    leap: first >> 6,
    version: (first >> 3) & 7,
    mode: first & 7,
    stratum: u8(bytes, 1),
    poll: signed(u8(bytes, 2)),
    precision: signed(u8(bytes, 3)),
    rootDelay: u32(bytes, 4),
    rootDispersion: u32(bytes, 8),
    referenceId: toLatin1(bytes.subarray(12, 16)),
    reference: readTimestamp(bytes, 16),
    origin: readTimestamp(bytes, 24),
    receive: readTimestamp(bytes, 32),
    transmit: readTimestamp(bytes, 40),
  });
}

export function emitNtp(message: Ntp): Uint8Array {
  const out = new Uint8Array(NTP_LENGTH);
  put8(out, 0, (message.leap << 6) | ((message.version & 7) << 3) | (message.mode & 7));
  put8(out, 1, message.stratum);
  put8(out, 2, message.poll);
  put8(out, 3, message.precision);
  put32(out, 4, message.rootDelay);
  put32(out, 8, message.rootDispersion);
  out.set(fromLatin1(message.referenceId.padEnd(4, '\0').slice(0, 4)), 12);
  putTimestamp(out, 16, message.reference);
  putTimestamp(out, 24, message.origin);
  putTimestamp(out, 32, message.receive);
  putTimestamp(out, 40, message.transmit);
  return out;
}

const signed = (byte: number): number => (byte << 24) >> 24;

const readTimestamp = (bytes: Uint8Array, at: number): NtpTimestamp =>
  (BigInt(u32(bytes, at)) << 32n) | BigInt(u32(bytes, at + 4));

function putTimestamp(bytes: Uint8Array, at: number, stamp: NtpTimestamp): void {
  put32(bytes, at, Number(stamp >> 32n));
  put32(bytes, at + 4, Number(stamp & 0xffffffffn));
}
