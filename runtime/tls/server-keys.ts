/** The server's side of a key agreement: what it offers, and what becomes of the client's answer. */
import type { Rng } from '../core/index.ts';
import { TLS_EXTENSION, type TlsClientHello, type TlsServerParams, tlsNumbers } from '../wire/index.ts';
import { fromBig, modPow, toBig } from './big.ts';
import { ephemeralKey, GROUPS, type Group, groupOf, sharedSecret } from './groups.ts';
import { type HashName, hashOfNumber } from './hash.ts';
import { type PrivateKey, SIGNATURE_NUMBER } from './keys.ts';
import { SUITES, type Suite } from './suites.ts';

/** ffdhe2048 (RFC 7919 appendix A.1). */
const PRIME = BigInt(
  `0x${
    'ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef97d2fe363' +
    '630c75d8f681b202aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935984f0c70e0e68b77' +
    'e2a689daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42a3' +
    'de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f619172fe9ce98583ff8e4f1232eef28183' +
    'c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b423861285c97ffffffffffffffff'
  }`,
);
const PRIME_BYTES = 256;
const GENERATOR = 2n;
/** secp256r1: the cheapest to calculate with. */
const FAVOURITE_GROUP = 23;

/** A key that lives for one handshake. */
export type ServerKey =
  | { readonly kind: 'ecdhe'; readonly group: Group; readonly secret: Uint8Array; readonly params: TlsServerParams }
  | { readonly kind: 'dhe'; readonly secret: bigint; readonly params: TlsServerParams };

/** The client's first suite that is allowed here, fits the certificate's key and finds a common curve if it needs one. */
export function chooseSuite(
  hello: TlsClientHello,
  key: PrivateKey,
  allowed: readonly number[] | undefined,
): Suite | undefined {
  const kinds = key.kind === 'ec' ? ['ECDHE-ECDSA'] : ['ECDHE-RSA', 'DHE-RSA'];
  const fits = ({ id, exchange }: Suite): boolean =>
    kinds.includes(exchange) &&
    (allowed?.includes(id) ?? true) &&
    (exchange === 'DHE-RSA' || chooseGroup(hello) !== undefined);
  return hello.suites
    .map((id) => SUITES.find((suite) => suite.id === id))
    .find((suite) => suite !== undefined && fits(suite));
}

function chooseGroup(hello: TlsClientHello): Group | undefined {
  const offered = tlsNumbers(hello, TLS_EXTENSION.SUPPORTED_GROUPS);
  // Without the extension every curve would do (RFC 8422 section 4).
  if (offered.length === 0 || offered.includes(FAVOURITE_GROUP)) return groupOf(FAVOURITE_GROUP);
  return GROUPS.find(({ id }) => offered.includes(id));
}

export function makeServerKey(suite: Suite, hello: TlsClientHello, rng: Rng): ServerKey | undefined {
  if (suite.exchange === 'DHE-RSA') {
    const secret = (toBig(rng.bytes(PRIME_BYTES)) % (PRIME - 3n)) + 2n;
    const y = fromBig(modPow(GENERATOR, secret, PRIME), PRIME_BYTES);
    return { kind: 'dhe', secret, params: { kind: 'dhe', p: fromBig(PRIME), g: fromBig(GENERATOR), y } };
  }
  const group = chooseGroup(hello);
  if (group === undefined) return undefined;
  const { secret, point } = ephemeralKey(group, rng);
  return { kind: 'ecdhe', group, secret, params: { kind: 'ecdhe', group: group.id, point } };
}

/** The premaster secret; undefined for an answer that cannot be. */
export function finishAgreement(key: ServerKey, answer: Uint8Array): Uint8Array | undefined {
  if (key.kind === 'ecdhe') return sharedSecret(key.group, key.secret, answer);
  const y = toBig(answer);
  return y < 2n || y > PRIME - 2n ? undefined : fromBig(modPow(y, key.secret, PRIME));
}

/** With which hash to sign, as the client wants it: SHA-256 if that will do. */
export function chooseHash(hello: TlsClientHello, { kind }: PrivateKey): HashName | undefined {
  const offered = tlsNumbers(hello, TLS_EXTENSION.SIGNATURE_ALGORITHMS)
    .filter((algorithm) => (algorithm & 0xff) === SIGNATURE_NUMBER[kind])
    .map((algorithm) => hashOfNumber(algorithm >> 8));
  return offered.includes('sha256') ? 'sha256' : offered.find((hash) => hash !== undefined);
}
