/** The Camellia block cipher (RFC 3713), which the firmware offers besides AES. Own, because no kept library has it. */

import { put32, u8, u32 } from '../core/index.ts';
import { fromBig, toBig } from './big.ts';

/** Section 2.4.1. */
const SBOX1 =
  '70822cecb327c0e5e4855735ea0cae4123ef6b934519a521ed0e4f4e1d6592bd86b8af8f7ceb1fce3e30dc5f5ec50b1aa6e139ca' +
  'd5475d3dd9015ad651566c4d8b0d9a66fbccb02d74122b20f0b18499df4ccbc2347e76056db7a931d11704d714583a61de1b111c' +
  '320f9c165318f222fe44cfb2c3b57a912408e8a860fc6950aad0a07da1896297545b1e95e0ff64d210c40048a3f775db8a03e6da' +
  '093fdd94875c8302cd4a90337367f6f39d7fbfe2529bd826c837c63b81966f4b13be632ee979a78c9f6ebc8e29f5f9b62ffdb459' +
  '7898066ae74671bad425ab4288a28dfa7207b955f8eeac0a36492a683c38f1a44028d37bbbc943c115e3adf477c7809e';
const S1 = Uint8Array.from({ length: 256 }, (_, i) => Number.parseInt(SBOX1.slice(2 * i, 2 * i + 2), 16));
const rotate = (byte: number, by: number): number => ((byte << by) | (byte >> (8 - by))) & 0xff;
const S2 = S1.map((byte) => rotate(byte, 1));
const S3 = S1.map((byte) => rotate(byte, 7));
const S4 = S1.map((_, i) => u8(S1, rotate(i, 1)));
/** Which box for which byte. */
const BOXES = [S1, S2, S3, S4, S2, S3, S4, S1];
/** Which substituted bytes make up each byte of the P-function, counted from 1. */
const MIX = ['134678', '124578', '123568', '234567', '12678', '23578', '34568', '14567'].map((digits) =>
  [...digits].map((digit) => Number(digit) - 1),
);

/** Section 2.2. */
const SIGMA = [
  0xa09e667f3bcc908bn,
  0xb67ae8584caa73b2n,
  0xc6ef372fe94f82ben,
  0x54ff53a5f1d36f1cn,
  0x10e527fade682d1dn,
  0xb05688c2b3e6c1fdn,
].map((sigma) => fromBig(sigma, 8));

/** Which key, turned left by how many bits, gives the next two subkeys; A, B, L and R as in the RFC. A small letter for
 *  the right or left half only, which 128-bit keys have once each. */
const SCHEDULE_128 = 'L0 A0 L15 A15 A30! L45 a45 l60 A60 L77! L94 A94 L111 A111';
const SCHEDULE_256 = 'L0 B0 R15 A15 R30! B30 L45 A45 L60! R60 B60 L77 A77! R94 A94 L111 B111';

const MASK_128 = (1n << 128n) - 1n;

export class Camellia {
  /** Pairs of whitening keys at both ends, round keys in sixes, keys of FL in pairs between them. */
  readonly #whitening: readonly Uint8Array[];
  readonly #rounds: readonly Uint8Array[];
  readonly #fl: readonly Uint8Array[];

  /** 16 or 32 bytes. */
  constructor(key: Uint8Array) {
    const schedule = (key.length === 16 ? SCHEDULE_128 : SCHEDULE_256).split(' ');
    const keys = mainKeys(key);
    const pair = (item: string): Uint8Array[] => {
      const [, name = '', by = ''] = /^(\w)(\d+)/.exec(item) ?? [];
      const halves = split(turn(keys[name.toUpperCase() as keyof typeof keys], BigInt(by)));
      if (name === 'a') return [halves[0]];
      return name === 'l' ? [halves[1]] : halves;
    };
    const ends = [schedule[0], schedule.at(-1)] as [string, string];
    const inner = schedule.slice(1, -1);
    this.#whitening = ends.flatMap(pair);
    this.#rounds = inner.filter((item) => !item.endsWith('!')).flatMap(pair);
    this.#fl = inner.filter((item) => item.endsWith('!')).flatMap(pair);
  }

  encrypt(block: Uint8Array): Uint8Array {
    return crypt(block, this.#whitening, this.#rounds, this.#fl);
  }

  decrypt(block: Uint8Array): Uint8Array {
    const [kw1, kw2, kw3, kw4] = this.#whitening as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    return crypt(block, [kw3, kw4, kw1, kw2], this.#rounds.toReversed(), this.#fl.toReversed());
  }
}

/** Section 2.3. */
function crypt(
  block: Uint8Array,
  whitening: readonly Uint8Array[],
  rounds: readonly Uint8Array[],
  fl: readonly Uint8Array[],
): Uint8Array {
  const [kw1, kw2, kw3, kw4] = whitening as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  let left = xor(block.subarray(0, 8), kw1);
  let right = xor(block.subarray(8, 16), kw2);
  for (const [i, key] of rounds.entries()) {
    if (i > 0 && i % 6 === 0) {
      left = forward(left, fl[i / 3 - 2] as Uint8Array);
      right = backward(right, fl[i / 3 - 1] as Uint8Array);
    }
    [left, right] = [xor(right, f(left, key)), left];
  }
  const out = new Uint8Array(16);
  out.set(xor(right, kw3));
  out.set(xor(left, kw4), 8);
  return out;
}

/** The F-function: substitution and mixing of the bytes. */
function f(half: Uint8Array, key: Uint8Array): Uint8Array {
  const z = xor(half, key).map((byte, i) => u8(BOXES[i] as Uint8Array, byte));
  return Uint8Array.from(MIX, (parts) => parts.reduce((sum, part) => sum ^ u8(z, part), 0));
}

/** FL. */
function forward(half: Uint8Array, key: Uint8Array): Uint8Array {
  const and = u32(half, 0) & u32(key, 0);
  const x2 = u32(half, 4) ^ ((and << 1) | (and >>> 31));
  return words(u32(half, 0) ^ (x2 | u32(key, 4)), x2);
}

/** The inverse of FL. */
function backward(half: Uint8Array, key: Uint8Array): Uint8Array {
  const y1 = u32(half, 0) ^ (u32(half, 4) | u32(key, 4));
  const and = y1 & u32(key, 0);
  return words(y1, u32(half, 4) ^ ((and << 1) | (and >>> 31)));
}

function mainKeys(key: Uint8Array): Readonly<Record<'A' | 'B' | 'L' | 'R', bigint>> {
  const L = toBig(key.subarray(0, 16));
  const tail = key.subarray(16);
  // The right half of a 256-bit key; 128-bit keys have zero there.
  const R = toBig(tail);
  const A = twoRounds(twoRounds(L ^ R, 0) ^ L, 2);
  return { L, R, A, B: twoRounds(A ^ R, 4) };
}

function twoRounds(value: bigint, sigma: number): bigint {
  const [left, right] = split(value);
  const second = xor(right, f(left, SIGMA[sigma] as Uint8Array));
  const first = xor(left, f(second, SIGMA[sigma + 1] as Uint8Array));
  return (toBig(first) << 64n) | toBig(second);
}

const turn = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (128n - by))) & MASK_128;

const split = (value: bigint): [Uint8Array, Uint8Array] => {
  const bytes = fromBig(value, 16);
  return [bytes.subarray(0, 8), bytes.subarray(8)];
};

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ u8(b, i));

function words(high: number, low: number): Uint8Array {
  const out = new Uint8Array(8);
  put32(out, 0, high);
  put32(out, 4, low);
  return out;
}
