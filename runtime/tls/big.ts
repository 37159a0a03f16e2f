/** Whole numbers of any size as bytes, most significant first, and powers of them. */
import { hex } from '../core/index.ts';

export const toBig = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${hex(bytes)}`));

/** Filled with zeros from the left; without a length as short as possible. */
export function fromBig(value: bigint, length = 0): Uint8Array {
  const digits = value.toString(16);
  const size = Math.max(length, (digits.length + 1) >> 1);
  const padded = digits.padStart(2 * size, '0');
  return Uint8Array.from({ length: size }, (_, i) => Number.parseInt(padded.slice(2 * i, 2 * i + 2), 16));
}

/** Bits of a number; 0 for 0. */
export const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** `base` to the power of `exponent`, modulo `modulus`: windows of four bits, from the left. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (modulus === 1n) return 0n;
  const powers = [1n, base % modulus];
  for (let i = 2; i < 16; i++) powers.push(((powers[i - 1] as bigint) * (powers[1] as bigint)) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    if (result !== 1n) for (let i = 0; i < 4; i++) result = (result * result) % modulus;
    const power = Number.parseInt(digit, 16);
    if (power > 0) result = (result * (powers[power] as bigint)) % modulus;
  }
  return result;
}
