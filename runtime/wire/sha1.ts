/**
 * SHA-1 (FIPS 180-4 section 6.1), for the handshake of WebSocket and nothing secret. Of our own so that both sides of
 * the virtual network can use it without taking node-forge into this room.
 */
import { put8, put32, u32 } from '../core/index.ts';

export const SHA1_LENGTH = 20;

const BLOCK = 64;
/** Constants of the four rounds of twenty steps each. */
const K = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6] as const;

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

export function sha1(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let at = 0; at < padded.length; at += BLOCK) {
    const mixed = mix(schedule(padded, at), state);
    state = state.map((value, i) => (value + (mixed[i] ?? 0)) | 0);
  }
  const out = new Uint8Array(SHA1_LENGTH);
  for (const [i, value] of state.entries()) put32(out, 4 * i, value);
  return out;
}

/** A one bit, zeros, and the length in bits in the last eight bytes. */
function pad(message: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK);
  out.set(message);
  put8(out, message.length, 0x80);
  put32(out, out.length - 8, Math.floor(message.length / 2 ** 29));
  put32(out, out.length - 4, message.length * 8);
  return out;
}

/** The 80 words of a block. */
function schedule(padded: Uint8Array, at: number): Int32Array {
  const words = new Int32Array(80);
  for (let i = 0; i < 16; i++) words[i] = u32(padded, at + 4 * i);
  const word = (i: number): number => words[i] as number;
  for (let i = 16; i < 80; i++) words[i] = rotate(word(i - 3) ^ word(i - 8) ^ word(i - 14) ^ word(i - 16), 1);
  return words;
}

function mix(words: Int32Array, state: readonly number[]): readonly number[] {
  let [a, b, c, d, e] = state as [number, number, number, number, number];
  for (const [i, word] of words.entries()) {
    const round = Math.floor(i / 20);
    const choice = round === 0 ? (b & c) | (~b & d) : round === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    const next = (rotate(a, 5) + choice + e + (K[round] as number) + word) | 0;
    [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
  }
  return [a, b, c, d, e];
}
