/** ICMP for IPv4 (RFC 792): echo, unreachable and time exceeded by name, everything else as raw body. */
import { err, ok, put8, put16, type Result, u8, u16 } from '../core/index.ts';
import { checksum, sum } from './checksum.ts';

export const ICMP_HLEN = 8;
export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_ECHO_REQUEST = 8;
export const ICMP_TIME_EXCEEDED = 11;

/** Codes of {@link ICMP_UNREACHABLE}. */
export const ICMP_NET_UNREACHABLE = 0;
export const ICMP_HOST_UNREACHABLE = 1;
export const ICMP_PROTOCOL_UNREACHABLE = 2;
export const ICMP_PORT_UNREACHABLE = 3;

export interface IcmpEcho {
  readonly type: 'echo-request' | 'echo-reply';
  readonly id: number;
  readonly seq: number;
  readonly data: Uint8Array;
}

export interface IcmpError {
  readonly type: 'unreachable' | 'time-exceeded';
  readonly code: number;
  /** The IPv4 header and the first bytes of the packet that caused it. The unused word before it is emitted as 0. */
  readonly original: Uint8Array;
}

export interface IcmpOther {
  readonly type: 'other';
  readonly icmpType: number;
  readonly code: number;
  /** Everything behind the checksum, from byte 4; at least 4 bytes. */
  readonly body: Uint8Array;
}

export type Icmp = IcmpEcho | IcmpError | IcmpOther;
export type IcmpParseError = 'truncated' | 'bad-checksum';

/** As {@link parseIcmp}, without verifying the checksum: for displays of broken packets. */
export function dissectIcmp(bytes: Uint8Array): Result<Icmp, IcmpParseError> {
  if (bytes.length < ICMP_HLEN) return err('truncated');
  const icmpType = u8(bytes, 0);
  const code = u8(bytes, 1);
  switch (icmpType) {
    case ICMP_ECHO_REQUEST:
    case ICMP_ECHO_REPLY:
      return ok({
        // The code of an echo is ignored, as lwIP does (icmp.c).
        type: icmpType === ICMP_ECHO_REQUEST ? 'echo-request' : 'echo-reply',
        id: u16(bytes, 4),
        seq: u16(bytes, 6),
        data: bytes.subarray(ICMP_HLEN),
      });
    case ICMP_UNREACHABLE:
      return ok({ type: 'unreachable', code, original: bytes.subarray(ICMP_HLEN) });
    case ICMP_TIME_EXCEEDED:
      return ok({ type: 'time-exceeded', code, original: bytes.subarray(ICMP_HLEN) });
    default:
      return ok({ type: 'other', icmpType, code, body: bytes.subarray(4) });
  }
}

/** `bytes` is the whole payload of the IPv4 packet. */
export function parseIcmp(bytes: Uint8Array): Result<Icmp, IcmpParseError> {
  const message = dissectIcmp(bytes);
  return message.ok && sum(bytes) !== 0xffff ? err('bad-checksum') : message;
}

export function emitIcmp(message: Icmp): Uint8Array {
  const out = layOut(message);
  put16(out, 2, checksum(out));
  return out;
}

/** The message with a checksum field of 0. */
function layOut(message: Icmp): Uint8Array {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply': {
      const out = withTail(message.type === 'echo-request' ? ICMP_ECHO_REQUEST : ICMP_ECHO_REPLY, 0, 8, message.data);
      put16(out, 4, message.id);
      put16(out, 6, message.seq);
      return out;
    }
    case 'unreachable':
      return withTail(ICMP_UNREACHABLE, message.code, ICMP_HLEN, message.original);
    case 'time-exceeded':
      return withTail(ICMP_TIME_EXCEEDED, message.code, ICMP_HLEN, message.original);
    case 'other':
      return withTail(message.icmpType, message.code, 4, message.body);
  }
}

function withTail(icmpType: number, code: number, at: number, tail: Uint8Array): Uint8Array {
  const out = new Uint8Array(at + tail.length);
  put8(out, 0, icmpType);
  put8(out, 1, code);
  out.set(tail, at);
  return out;
}
