/** The client's side of a key agreement whose parameters the server has sent: on a curve, or as Diffie and Hellman did. */
import type { Rng } from '../core/index.ts';
import type { TlsServerParams } from '../wire/index.ts';
import { bitLength, fromBig, modPow, toBig } from './big.ts';
import { ephemeralKey, groupOf, sharedSecret } from './groups.ts';

/** mbed TLS: shorter primes are refused (dhm_min_bitlen). */
const MIN_PRIME_BITS = 1024;

export interface Agreement {
  /** What the client sends. */
  readonly key: Uint8Array;
  readonly premaster: Uint8Array;
}

/** Whether mbed TLS takes such parameters: a known curve with a point on it, or a prime that is long enough. */
export function acceptable(params: TlsServerParams): boolean {
  if (params.kind === 'ecdhe') {
    const group = groupOf(params.group);
    return group !== undefined && isOnCurve(group.curve.Point, params.point);
  }
  const p = toBig(params.p);
  const y = toBig(params.y);
  return bitLength(p) >= MIN_PRIME_BITS && y >= 2n && y <= p - 2n;
}

/** For parameters that are acceptable. */
export function agree(params: TlsServerParams, rng: Rng): Agreement | undefined {
  if (params.kind === 'dhe') {
    const p = toBig(params.p);
    const secret = (toBig(rng.bytes(params.p.length)) % (p - 3n)) + 2n;
    const key = fromBig(modPow(toBig(params.g), secret, p), params.p.length);
    // Without leading zeros: RFC 5246 section 8.1.2.
    return { key, premaster: fromBig(modPow(toBig(params.y), secret, p)) };
  }
  const group = groupOf(params.group);
  if (group === undefined) return undefined;
  const own = ephemeralKey(group, rng);
  const premaster = sharedSecret(group, own.secret, params.point);
  return premaster === undefined ? undefined : { key: own.point, premaster };
}

function isOnCurve(Point: { fromBytes(bytes: Uint8Array): unknown }, point: Uint8Array): boolean {
  if (point[0] !== 4) return false;
  try {
    Point.fromBytes(point);
    return true;
  } catch {
    return false;
  }
}
