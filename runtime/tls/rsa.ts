/** RSA signatures of PKCS #1 v1.5 (RFC 8017 section 8.2), the only ones of TLS 1.2 that the firmware knows. */
import { concat, equalBytes } from '../core/index.ts';
import { bitLength, fromBig, modPow, toBig } from './big.ts';
import { der, octets, oid, sequence } from './der.ts';
import type { HashName } from './hash.ts';

export interface RsaPublicKey {
  readonly kind: 'rsa';
  readonly n: bigint;
  readonly e: bigint;
}

export interface RsaPrivateKey {
  readonly kind: 'rsa';
  readonly n: bigint;
  readonly e: bigint;
  readonly p: bigint;
  readonly q: bigint;
  /** d mod p-1, d mod q-1, q^-1 mod p. */
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qInv: bigint;
}

/** RFC 8017 appendix B.1. */
const DIGEST_OID: Readonly<Record<HashName, string>> = {
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

export const rsaBits = ({ n }: RsaPublicKey): number => bitLength(n);

/** EMSA-PKCS1-v1_5; undefined when the key is too short for it. */
function encode(hash: HashName, digest: Uint8Array, length: number): Uint8Array | undefined {
  const info = sequence(sequence(oid(DIGEST_OID[hash]), der(5)), octets(digest));
  const fill = length - info.length - 3;
  if (fill < 8) return undefined;
  return concat(Uint8Array.of(0, 1), new Uint8Array(fill).fill(0xff), Uint8Array.of(0), info);
}

export function rsaVerify(key: RsaPublicKey, hash: HashName, digest: Uint8Array, signature: Uint8Array): boolean {
  const length = (bitLength(key.n) + 7) >> 3;
  const value = toBig(signature);
  if (signature.length !== length || value >= key.n) return false;
  const expected = encode(hash, digest, length);
  return expected !== undefined && equalBytes(fromBig(modPow(value, key.e, key.n), length), expected);
}

/** Undefined when the key is too short for the hash. */
export function rsaSign(key: RsaPrivateKey, hash: HashName, digest: Uint8Array): Uint8Array | undefined {
  const length = (bitLength(key.n) + 7) >> 3;
  const encoded = encode(hash, digest, length);
  if (encoded === undefined) return undefined;
  const message = toBig(encoded);
  const s1 = modPow(message % key.p, key.dp, key.p);
  const s2 = modPow(message % key.q, key.dq, key.q);
  const h = ((((s1 - s2) * key.qInv) % key.p) + key.p) % key.p;
  return fromBig(s2 + h * key.q, length);
}
