/** IPv4 packets (RFC 791): header, options as raw bytes, fragments as they are. Reassembly is the stack's. */
import { EMPTY, err, invariant, ok, put8, put16, type Result, u8, u16 } from '../core/index.ts';
import { type Ipv4Address, putIpv4, readIpv4 } from './address.ts';
import { checksum, sum } from './checksum.ts';

export const IPV4_HLEN = 20;
export const PROTO_ICMP = 1;
export const PROTO_IGMP = 2;
export const PROTO_TCP = 6;
export const PROTO_UDP = 17;

const MAX_OPTIONS = 40;
const MAX_LENGTH = 0xffff;
const DF = 0x4000;
const MF = 0x2000;
const OFFSET_MASK = 0x1fff;

export interface Ipv4Flags {
  readonly df: boolean;
  readonly mf: boolean;
}

export interface Ipv4 {
  readonly tos: number;
  readonly id: number;
  /** The reserved third flag is ignored on parse and 0 on emit. */
  readonly flags: Ipv4Flags;
  /** In bytes, a multiple of 8. */
  readonly fragOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly src: Ipv4Address;
  readonly dst: Ipv4Address;
  /** Raw option bytes, a multiple of 4 and at most 40. */
  readonly options: Uint8Array;
  /** Exactly what the total length covers; aliases the input on parse. */
  readonly payload: Uint8Array;
}

export type Ipv4Error = 'truncated' | 'bad-version' | 'bad-header-length' | 'bad-length' | 'bad-checksum';

/** Shared values for the four combinations, indexed by MF + 2 * DF, so parsing allocates none. */
const FLAGS: readonly Ipv4Flags[] = [
  { df: false, mf: false },
  { df: false, mf: true },
  { df: true, mf: false },
  { df: true, mf: true },
];

/** As {@link parseIpv4Packet}, without verifying the header checksum: for displays of broken packets. */
export function dissectIpv4(bytes: Uint8Array): Result<Ipv4, Ipv4Error> {
  if (bytes.length < IPV4_HLEN) return err('truncated');
  const first = u8(bytes, 0);
  if (first >> 4 !== 4) return err('bad-version');
  const headerLength = (first & 15) * 4;
  if (headerLength < IPV4_HLEN || headerLength > bytes.length) return err('bad-header-length');
  const length = u16(bytes, 2);
  if (length < headerLength || length > bytes.length) return err('bad-length');
  return ok(read(bytes, headerLength, length));
}

function read(bytes: Uint8Array, headerLength: number, length: number): Ipv4 {
  const fragment = u16(bytes, 6);
  return {
    tos: u8(bytes, 1),
    id: u16(bytes, 4),
    flags: FLAGS[(fragment >> 13) & 3] as Ipv4Flags,
    fragOffset: (fragment & OFFSET_MASK) * 8,
    ttl: u8(bytes, 8),
    protocol: u8(bytes, 9),
    src: readIpv4(bytes, 12),
    dst: readIpv4(bytes, 16),
    options: headerLength <= IPV4_HLEN ? EMPTY : bytes.subarray(IPV4_HLEN, headerLength),
    payload: length <= headerLength ? EMPTY : bytes.subarray(headerLength, length),
  };
}

/** Bytes behind the total length (Ethernet padding) are ignored. */
export function parseIpv4Packet(bytes: Uint8Array): Result<Ipv4, Ipv4Error> {
  const packet = dissectIpv4(bytes);
  if (packet.ok && sum(bytes.subarray(0, (u8(bytes, 0) & 15) * 4)) !== 0xffff) return err('bad-checksum');
  return packet;
}

/**
 * The packet as lwIP 1.4 takes it (ip.c ip_input): a header of less than five words makes its end payload, and a total
 * length shorter than the header leaves none. Errors as {@link parseIpv4Packet}, of packets longer than their bytes.
 */
export function parseIpv4Unmeasured(bytes: Uint8Array): Result<Ipv4, Ipv4Error> {
  if (bytes.length < IPV4_HLEN) return err('truncated');
  if (u8(bytes, 0) >> 4 !== 4) return err('bad-version');
  const headerLength = (u8(bytes, 0) & 15) * 4;
  const length = u16(bytes, 2);
  if (headerLength > bytes.length) return err('bad-header-length');
  if (length > bytes.length) return err('bad-length');
  if (sum(bytes.subarray(0, headerLength)) !== 0xffff) return err('bad-checksum');
  return ok(read(bytes, headerLength, length));
}

export const ipv4Length = (packet: Ipv4): number => IPV4_HLEN + packet.options.length + packet.payload.length;

export function emitIpv4(packet: Ipv4): Uint8Array {
  const { options, flags, fragOffset } = packet;
  const headerLength = IPV4_HLEN + options.length;
  const length = ipv4Length(packet);
  invariant(options.length % 4 === 0 && options.length <= MAX_OPTIONS, `IPv4 options of ${options.length} bytes`);
  invariant(length <= MAX_LENGTH, `IPv4 packet of ${length} bytes`);
  invariant(fragOffset % 8 === 0 && fragOffset >= 0 && fragOffset / 8 <= OFFSET_MASK, `fragment at ${fragOffset}`);
  const out = new Uint8Array(length);
  put8(out, 0, 0x40 | (headerLength / 4));
  put8(out, 1, packet.tos);
  put16(out, 2, length);
  put16(out, 4, packet.id);
  put16(out, 6, (flags.df ? DF : 0) | (flags.mf ? MF : 0) | (fragOffset / 8));
  put8(out, 8, packet.ttl);
  put8(out, 9, packet.protocol);
  putIpv4(out, 12, packet.src);
  putIpv4(out, 16, packet.dst);
  out.set(options, IPV4_HLEN);
  put16(out, 10, checksum(out.subarray(0, headerLength)));
  out.set(packet.payload, headerLength);
  return out;
}
