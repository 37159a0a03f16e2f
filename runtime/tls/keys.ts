/** Keys as certificates and PEM files hold them (RFC 5280 section 4.1.2.7, RFC 8017, RFC 5915, RFC 5958), and signing with either kind. */
import { toBig } from './big.ts';
import { childrenOf, DER, type DerNode, readBits, readDer, readOid } from './der.ts';
import { ecdsaSign, ecdsaVerify, GROUPS, type Group } from './groups.ts';
import { digest, type HashName } from './hash.ts';
import { type RsaPrivateKey, type RsaPublicKey, rsaSign, rsaVerify } from './rsa.ts';

export interface EcPublicKey {
  readonly kind: 'ec';
  readonly group: Group;
  readonly point: Uint8Array;
}

export interface EcPrivateKey {
  readonly kind: 'ec';
  readonly group: Group;
  readonly secret: Uint8Array;
}

export type PublicKey = RsaPublicKey | EcPublicKey;
export type PrivateKey = RsaPrivateKey | EcPrivateKey;

export const OID_RSA = '1.2.840.113549.1.1.1';
export const OID_EC = '1.2.840.10045.2.1';

/** SignatureAlgorithm of RFC 5246 section 7.4.1.4.1. */
export const SIGNATURE_NUMBER = { rsa: 1, ec: 3 } as const;

/** A SubjectPublicKeyInfo; undefined for what the firmware's build does not know. */
export function readPublicKey(node: DerNode | undefined): PublicKey | undefined {
  const [algorithm, bits] = childrenOf(node) ?? [];
  const [kind, parameters] = childrenOf(algorithm) ?? [];
  const content = readBits(bits);
  if (content === undefined) return undefined;
  if (readOid(kind) === OID_RSA) {
    const [n, e] = childrenOf(readDer(content)) ?? [];
    if (n?.tag !== DER.INTEGER || e?.tag !== DER.INTEGER) return undefined;
    return { kind: 'rsa', n: toBig(n.content), e: toBig(e.content) };
  }
  const group = readOid(kind) === OID_EC ? namedGroup(parameters) : undefined;
  return group === undefined ? undefined : { kind: 'ec', group, point: content };
}

/** PKCS #1, SEC 1 or PKCS #8, without encryption; undefined if it is none of them. */
export function readPrivateKey(bytes: Uint8Array): PrivateKey | undefined {
  const parts = childrenOf(readDer(bytes)) ?? [];
  const [, second, third] = parts;
  if (second?.tag === DER.SEQUENCE && third?.tag === DER.OCTET_STRING) {
    const [kind, parameters] = childrenOf(second) ?? [];
    return readOid(kind) === OID_RSA ? rsaKey(third.content) : ecKey(third.content, namedGroup(parameters));
  }
  return second?.tag === DER.OCTET_STRING ? ecKey(bytes, undefined) : rsaKey(bytes);
}

/** The public half of an EC key. */
export const ecPublicKey = ({ group, secret }: EcPrivateKey): EcPublicKey => ({
  kind: 'ec',
  group,
  point: group.curve.getPublicKey(secret, false),
});

export function publicKeyOf(key: PrivateKey): PublicKey {
  return key.kind === 'ec' ? ecPublicKey(key) : { kind: 'rsa', n: key.n, e: key.e };
}

export const verify = (key: PublicKey, hash: HashName, message: Uint8Array, signature: Uint8Array): boolean =>
  key.kind === 'rsa'
    ? rsaVerify(key, hash, digest(hash, message), signature)
    : ecdsaVerify(key.group, key.point, digest(hash, message), signature);

/** Undefined when an RSA key is too short for the hash. */
export const sign = (key: PrivateKey, hash: HashName, message: Uint8Array): Uint8Array | undefined =>
  key.kind === 'rsa'
    ? rsaSign(key, hash, digest(hash, message))
    : ecdsaSign(key.group, key.secret, digest(hash, message));

function namedGroup(node: DerNode | undefined): Group | undefined {
  const id = readOid(node);
  return GROUPS.find((group) => group.oid === id);
}

/** RFC 8017 appendix A.1.2. */
function rsaKey(bytes: Uint8Array): RsaPrivateKey | undefined {
  const numbers = childrenOf(readDer(bytes)) ?? [];
  if (numbers.length < 9 || numbers.some(({ tag }) => tag !== DER.INTEGER)) return undefined;
  const [, n, e, , p, q, dp, dq, qInv] = numbers.map(({ content }) => toBig(content)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return { kind: 'rsa', n, e, p, q, dp, dq, qInv };
}

/** RFC 5915 section 3; the curve stands in it unless the wrapping names it. */
function ecKey(bytes: Uint8Array, known: Group | undefined): EcPrivateKey | undefined {
  const [, secret, tagged] = childrenOf(readDer(bytes)) ?? [];
  const group = known ?? (tagged?.tag === 0xa0 ? namedGroup(readDer(tagged.content)) : undefined);
  if (group === undefined || secret?.tag !== DER.OCTET_STRING) return undefined;
  return { kind: 'ec', group, secret: secret.content };
}
