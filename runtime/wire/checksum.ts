/**
 * The Internet checksum (RFC 1071): a ones' complement sum of 16-bit big-endian words.
 * Partial sums are plain numbers of 16 bits, so a pseudo header is added as a number and never concatenated.
 */
import { u8, u16 } from '../core/index.ts';
import type { Ipv4Address } from './address.ts';

/** Folds the carries of a non-negative sum below 2^32 back into 16 bits. */
function fold(total: number): number {
  const once = (total & 0xffff) + (total >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/**
 * Ones' complement sum of `bytes`, folded to 16 bits, starting from another partial sum.
 * An odd last byte counts as the high half of a word, so only the last part of a chain may have odd length.
 * A range with a correct checksum inside sums to 0xffff.
 */
export function sum(bytes: Uint8Array, initial = 0): number {
  const length = bytes.length;
  let total = initial;
  let at = 0;
  // Four words a turn, kept in 32 bits: even 65535 bytes cannot overflow them.
  for (const end = length & ~7; at < end; at += 8) {
    total = (total + u16(bytes, at) + u16(bytes, at + 2) + u16(bytes, at + 4) + u16(bytes, at + 6)) | 0;
  }
  for (const end = length & ~1; at < end; at += 2) total = (total + u16(bytes, at)) | 0;
  if (at < length) total = (total + (u8(bytes, at) << 8)) | 0;
  return fold(total >>> 0);
}

/** The value for a checksum field: the complement of {@link sum}. The field itself has to hold 0. */
export const checksum = (bytes: Uint8Array, initial = 0): number => ~sum(bytes, initial) & 0xffff;

/** Partial sum of the pseudo header of UDP and TCP over IPv4 (RFC 768, RFC 9293 section 3.1). `length` in bytes. */
export const pseudoHeaderSum = (src: Ipv4Address, dst: Ipv4Address, protocol: number, length: number): number =>
  fold((src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length);
