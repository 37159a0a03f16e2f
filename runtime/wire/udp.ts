/** UDP datagrams over IPv4 (RFC 768). */
import { err, invariant, ok, put16, type Result, u16 } from '../core/index.ts';
import type { Ipv4Address } from './address.ts';
import { checksum, pseudoHeaderSum, sum } from './checksum.ts';
import { PROTO_UDP } from './ipv4.ts';

export const UDP_HLEN = 8;
const MAX_LENGTH = 0xffff;

export interface Udp {
  readonly srcPort: number;
  readonly dstPort: number;
  /** Exactly what the length field covers; aliases the input on parse. */
  readonly payload: Uint8Array;
}

export type UdpError = 'truncated' | 'bad-length' | 'bad-checksum';

/** As {@link parseUdp}, without verifying the checksum: for displays of broken packets. */
export function dissectUdp(bytes: Uint8Array): Result<Udp, UdpError> {
  if (bytes.length < UDP_HLEN) return err('truncated');
  const length = u16(bytes, 4);
  if (length < UDP_HLEN || length > bytes.length) return err('bad-length');
  return ok({ srcPort: u16(bytes, 0), dstPort: u16(bytes, 2), payload: bytes.subarray(UDP_HLEN, length) });
}

/** `src` and `dst` are the addresses of the IPv4 header, for the pseudo header. */
export function parseUdp(bytes: Uint8Array, src: Ipv4Address, dst: Ipv4Address): Result<Udp, UdpError> {
  const datagram = dissectUdp(bytes);
  // RFC 768: an all-zero checksum means the sender computed none.
  if (!datagram.ok || u16(bytes, 6) === 0) return datagram;
  const length = u16(bytes, 4);
  const pseudo = pseudoHeaderSum(src, dst, PROTO_UDP, length);
  return sum(bytes.subarray(0, length), pseudo) === 0xffff ? datagram : err('bad-checksum');
}

/**
 * The datagram as lwIP 1.4 takes it (udp.c udp_input): nobody looks at the length field, all that the packet holds
 * behind the header is payload, and the checksum is that of as many bytes.
 */
export function parseUdpUnmeasured(bytes: Uint8Array, src: Ipv4Address, dst: Ipv4Address): Result<Udp, UdpError> {
  if (bytes.length < UDP_HLEN) return err('truncated');
  const spoiled = u16(bytes, 6) !== 0 && sum(bytes, pseudoHeaderSum(src, dst, PROTO_UDP, bytes.length)) !== 0xffff;
  if (spoiled) return err('bad-checksum');
  return ok({ srcPort: u16(bytes, 0), dstPort: u16(bytes, 2), payload: bytes.subarray(UDP_HLEN) });
}

export const udpLength = (datagram: Udp): number => UDP_HLEN + datagram.payload.length;

export function emitUdp(datagram: Udp, src: Ipv4Address, dst: Ipv4Address): Uint8Array {
  const length = udpLength(datagram);
  invariant(length <= MAX_LENGTH, `UDP datagram of ${length} bytes`);
  const out = new Uint8Array(length);
  put16(out, 0, datagram.srcPort);
  put16(out, 2, datagram.dstPort);
  put16(out, 4, length);
  out.set(datagram.payload, UDP_HLEN);
  // RFC 768: a computed zero is sent as all ones, for zero means "none".
  put16(out, 6, checksum(out, pseudoHeaderSum(src, dst, PROTO_UDP, length)) || 0xffff);
  return out;
}
