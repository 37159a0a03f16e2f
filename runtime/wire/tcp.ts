/**
 * TCP segments (RFC 9293 section 3.1) with the options of RFC 7323 and RFC 2018.
 * A malformed option list never costs the segment: as in lwIP (tcp_in.c tcp_parseopt) reading stops at a zero length or a
 * broken MSS, and what was read before counts; other options of unexpected length are skipped.
 */
import { err, invariant, ok, put8, put16, put32, type Result, u8, u16, u32 } from '../core/index.ts';
import type { Ipv4Address } from './address.ts';
import { checksum, pseudoHeaderSum, sum } from './checksum.ts';
import { PROTO_TCP } from './ipv4.ts';

export const TCP_HLEN = 20;
const MAX_OPTIONS = 40;

export const TCP_FIN = 1;
export const TCP_SYN = 2;
export const TCP_RST = 4;
export const TCP_PSH = 8;
export const TCP_ACK = 16;
export const TCP_URG = 32;

const EOL = 0;
const NOP = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;

/** One received block: sequence numbers of its first byte and of the byte behind its last. */
export interface SackBlock {
  readonly left: number;
  readonly right: number;
}

export interface TcpOptions {
  /** In bytes. */
  readonly mss?: number;
  /** Shift count as sent; RFC 7323 lets a receiver use at most 14. */
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  readonly sack?: readonly SackBlock[];
  readonly timestamps?: { readonly value: number; readonly echo: number };
}

export interface Tcp {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack: number;
  /** Bit set of `TCP_…`; 64 and 128 are ECE and CWR (RFC 3168). */
  readonly flags: number;
  /** As sent, unscaled. */
  readonly window: number;
  readonly urgent: number;
  readonly options: TcpOptions;
  /** Aliases the input on parse. */
  readonly payload: Uint8Array;
}

export type TcpError = 'truncated' | 'bad-data-offset' | 'bad-checksum';

/** Shared by all segments without options. */
export const NO_TCP_OPTIONS: TcpOptions = {};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function parseOptions(bytes: Uint8Array, end: number): TcpOptions {
  const options: Writable<TcpOptions> = {};
  let at = TCP_HLEN;
  while (at < end) {
    const kind = u8(bytes, at);
    if (kind === EOL) break;
    if (kind === NOP) {
      at++;
      continue;
    }
    if (at + 1 >= end) break;
    const length = u8(bytes, at + 1);
    if (length === 0) break;
    const next = at + length;
    if (kind === MSS) {
      if (length !== 4 || next > end) break;
      options.mss = u16(bytes, at + 2);
    } else if (next <= end) {
      if (kind === WINDOW_SCALE && length === 3) options.windowScale = u8(bytes, at + 2);
      else if (kind === SACK_PERMITTED && length === 2) options.sackPermitted = true;
      else if (kind === SACK && length % 8 === 2) options.sack = parseSack(bytes, at + 2, next);
      else if (kind === TIMESTAMPS && length === 10) {
        options.timestamps = { value: u32(bytes, at + 2), echo: u32(bytes, at + 6) };
      }
    }
    at = next;
  }
  return options;
}

function parseSack(bytes: Uint8Array, start: number, end: number): SackBlock[] {
  const blocks: SackBlock[] = [];
  for (let at = start; at < end; at += 8) blocks.push({ left: u32(bytes, at), right: u32(bytes, at + 4) });
  return blocks;
}

/** As {@link parseTcp}, without verifying the checksum: for displays of broken segments. */
export function dissectTcp(bytes: Uint8Array): Result<Tcp, TcpError> {
  if (bytes.length < TCP_HLEN) return err('truncated');
  const headerLength = (u8(bytes, 12) >> 4) * 4;
  if (headerLength < TCP_HLEN || headerLength > bytes.length) return err('bad-data-offset');
  return ok(read(bytes, headerLength, bytes.subarray(headerLength)));
}

function read(bytes: Uint8Array, headerLength: number, payload: Uint8Array): Tcp {
  return {
    srcPort: u16(bytes, 0),
    dstPort: u16(bytes, 2),
    seq: u32(bytes, 4),
    ack: u32(bytes, 8),
    flags: u8(bytes, 13),
    window: u16(bytes, 14),
    urgent: u16(bytes, 18),
    options: headerLength <= TCP_HLEN ? NO_TCP_OPTIONS : parseOptions(bytes, headerLength),
    payload,
  };
}

/** `bytes` is the whole payload of the IPv4 packet; `src` and `dst` are its addresses, for the pseudo header. */
export function parseTcp(bytes: Uint8Array, src: Ipv4Address, dst: Ipv4Address): Result<Tcp, TcpError> {
  const segment = dissectTcp(bytes);
  if (!segment.ok) return segment;
  return sum(bytes, pseudoHeaderSum(src, dst, PROTO_TCP, bytes.length)) === 0xffff ? segment : err('bad-checksum');
}

/** First and last byte of the header fields that lwIP turns into numbers where they are: ports, numbers, window. */
const SWAPPED = [
  [0, 1],
  [2, 3],
  [4, 7],
  [8, 11],
  [14, 15],
] as const;

/**
 * The segment as lwIP 1.4 takes it (tcp_in.c tcp_input): with a data offset below five words the end of the header is
 * payload, as the little-endian device has it in memory by then.
 */
export function parseTcpUnmeasured(bytes: Uint8Array, src: Ipv4Address, dst: Ipv4Address): Result<Tcp, TcpError> {
  const headerLength = bytes.length < TCP_HLEN ? TCP_HLEN : (u8(bytes, 12) >> 4) * 4;
  if (headerLength >= TCP_HLEN) return parseTcp(bytes, src, dst);
  if (sum(bytes, pseudoHeaderSum(src, dst, PROTO_TCP, bytes.length)) !== 0xffff) return err('bad-checksum');
  const memory = bytes.slice();
  for (const [first, last] of SWAPPED) memory.subarray(first, last + 1).reverse();
  return ok(read(bytes, headerLength, memory.subarray(headerLength)));
}

/** Bytes the options take in a header; each is aligned to 32 bits with NOPs in front. */
export const tcpOptionsLength = (options: TcpOptions): number =>
  (options.mss === undefined ? 0 : 4) +
  (options.sackPermitted ? 4 : 0) +
  (options.timestamps === undefined ? 0 : 12) +
  (options.windowScale === undefined ? 0 : 4) +
  (options.sack?.length ? 4 + 8 * options.sack.length : 0);

export const tcpLength = (segment: Tcp): number =>
  TCP_HLEN + tcpOptionsLength(segment.options) + segment.payload.length;

export function emitTcp(segment: Tcp, src: Ipv4Address, dst: Ipv4Address): Uint8Array {
  const optionsLength = tcpOptionsLength(segment.options);
  invariant(optionsLength <= MAX_OPTIONS, `TCP options of ${optionsLength} bytes`);
  const headerLength = TCP_HLEN + optionsLength;
  const out = new Uint8Array(headerLength + segment.payload.length);
  put16(out, 0, segment.srcPort);
  put16(out, 2, segment.dstPort);
  put32(out, 4, segment.seq);
  put32(out, 8, segment.ack);
  put8(out, 12, headerLength << 2);
  put8(out, 13, segment.flags);
  put16(out, 14, segment.window);
  put16(out, 18, segment.urgent);
  if (optionsLength > 0) emitOptions(out, segment.options);
  out.set(segment.payload, headerLength);
  put16(out, 16, checksum(out, pseudoHeaderSum(src, dst, PROTO_TCP, out.length)));
  return out;
}

function emitOptions(out: Uint8Array, options: TcpOptions): void {
  const { mss, sackPermitted, timestamps, windowScale, sack } = options;
  let at = TCP_HLEN;
  if (mss !== undefined) {
    put32(out, at, (MSS << 24) | (4 << 16) | (mss & 0xffff));
    at += 4;
  }
  if (sackPermitted) {
    put32(out, at, (NOP << 24) | (NOP << 16) | (SACK_PERMITTED << 8) | 2);
    at += 4;
  }
  if (timestamps !== undefined) {
    put32(out, at, (NOP << 24) | (NOP << 16) | (TIMESTAMPS << 8) | 10);
    put32(out, at + 4, timestamps.value);
    put32(out, at + 8, timestamps.echo);
    at += 12;
  }
  if (windowScale !== undefined) {
    put32(out, at, (NOP << 24) | (WINDOW_SCALE << 16) | (3 << 8) | (windowScale & 0xff));
    at += 4;
  }
  if (sack !== undefined && sack.length > 0) {
    put32(out, at, (NOP << 24) | (NOP << 16) | (SACK << 8) | (2 + 8 * sack.length));
    at += 4;
    for (const block of sack) {
      put32(out, at, block.left);
      put32(out, at + 4, block.right);
      at += 8;
    }
  }
}

/** Letters of the set bits in the order `SFRPAU`, for example `SA`; empty for none. */
export function formatTcpFlags(flags: number): string {
  let text = '';
  if (flags & TCP_SYN) text += 'S';
  if (flags & TCP_FIN) text += 'F';
  if (flags & TCP_RST) text += 'R';
  if (flags & TCP_PSH) text += 'P';
  if (flags & TCP_ACK) text += 'A';
  if (flags & TCP_URG) text += 'U';
  return text;
}
