/** The elliptic curves of the firmware (user_mbedtls.h): key agreement and ECDSA by @noble/curves, which throws on bad points. */
import type { ECDSA } from '@noble/curves/abstract/weierstrass.js';
import { brainpoolP256r1, brainpoolP384r1 } from '@noble/curves/misc.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Rng } from '../core/index.ts';

export interface Group {
  /** NamedGroup of the IANA registry. */
  readonly id: number;
  readonly oid: string;
  readonly curve: ECDSA;
}

/** In the firmware's order of preference: the ids are its supported_groups. */
export const GROUPS: readonly Group[] = [
  { id: 24, oid: '1.3.132.0.34', curve: p384 },
  { id: 27, oid: '1.3.36.3.3.2.8.1.1.11', curve: brainpoolP384r1 },
  { id: 23, oid: '1.2.840.10045.3.1.7', curve: p256 },
  { id: 22, oid: '1.3.132.0.10', curve: secp256k1 },
  { id: 26, oid: '1.3.36.3.3.2.8.1.1.7', curve: brainpoolP256r1 },
];

export const groupOf = (id: number): Group | undefined => GROUPS.find((group) => group.id === id);

const RAW = { prehash: false, lowS: false, format: 'der' } as const;

export interface EphemeralKey {
  readonly secret: Uint8Array;
  /** Uncompressed. */
  readonly point: Uint8Array;
}

export function ephemeralKey({ curve }: Group, rng: Rng): EphemeralKey {
  const secret = curve.utils.randomSecretKey(rng.bytes(curve.lengths.seed ?? 48));
  return { secret, point: curve.getPublicKey(secret, false) };
}

/** The x coordinate that both sides know (RFC 8422 section 5.10); undefined for a point that is not on the curve. */
export function sharedSecret({ curve }: Group, secret: Uint8Array, point: Uint8Array): Uint8Array | undefined {
  if (point[0] !== 4) return undefined;
  try {
    const shared = curve.getSharedSecret(secret, point, false);
    return shared.slice(1, (shared.length + 1) >> 1);
  } catch {
    return undefined;
  }
}

/** `signature` in DER. */
export function ecdsaVerify({ curve }: Group, point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    return curve.verify(signature, digest, point, RAW);
  } catch {
    return false;
  }
}

/** Deterministic (RFC 6979), in DER. */
export const ecdsaSign = ({ curve }: Group, secret: Uint8Array, digest: Uint8Array): Uint8Array =>
  curve.sign(digest, secret, RAW);
