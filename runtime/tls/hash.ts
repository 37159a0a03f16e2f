/** Hashes by their names, HMAC, and the key derivation of TLS 1.2 (RFC 5246 section 5). Primitives: @noble/hashes. */
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { concat, EMPTY, fromLatin1 } from '../core/index.ts';

const HASHES = { sha1, sha224, sha256, sha384, sha512 } as const;

export type HashName = keyof typeof HASHES;

/** HashAlgorithm of RFC 5246 section 7.4.1.4.1; without MD5. */
const NUMBERS: readonly (HashName | undefined)[] = [
  undefined,
  undefined,
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
];

export const hashOfNumber = (number: number): HashName | undefined => NUMBERS[number];
export const numberOfHash = (name: HashName): number => NUMBERS.indexOf(name);

export const hashBytes = (name: HashName): number => HASHES[name].outputLen;

export const digest = (name: HashName, bytes: Uint8Array): Uint8Array => HASHES[name](bytes);

export const hmac = (name: HashName, key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  nobleHmac(HASHES[name], key, bytes);

/** The pseudorandom function: P_hash over label and seed. */
export function prf(name: HashName, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
  const labelled = concat(fromLatin1(label), seed);
  let a = labelled;
  let out = EMPTY;
  while (out.length < length) {
    a = hmac(name, secret, a);
    out = concat(out, hmac(name, secret, concat(a, labelled)));
  }
  return out.subarray(0, length);
}
