/** Makes certificates: X.509 version 3, signed with SHA-256. The same input gives the same bytes. */
import { concat, fromLatin1 } from '../core/index.ts';
import { fromBig } from './big.ts';
import { bits, DER, der, integer, octets, oid, sequence } from './der.ts';
import { digest } from './hash.ts';
import { OID_EC, OID_RSA, type PrivateKey, type PublicKey, publicKeyOf, sign } from './keys.ts';

export interface CertificateRequest {
  /** A small number that is not negative. */
  readonly serial: number;
  readonly subject: string;
  readonly issuer: string;
  /** `YYYYMMDDhhmmssZ`. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly key: PublicKey;
  /** DNS names; none for an authority. */
  readonly names: readonly string[];
  readonly isCa: boolean;
}

/** A certificate in DER. `issuerKey` must be long enough for SHA-256: any real key is. */
export function issueCertificate(request: CertificateRequest, issuerKey: PrivateKey): Uint8Array {
  const algorithm =
    issuerKey.kind === 'ec' ? sequence(oid('1.2.840.10045.4.3.2')) : sequence(oid('1.2.840.113549.1.1.11'), der(0x05));
  const tbs = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(Uint8Array.of(request.serial >>> 24, request.serial >>> 16, request.serial >>> 8, request.serial)),
    algorithm,
    commonName(request.issuer),
    sequence(time(request.notBefore), time(request.notAfter)),
    commonName(request.subject),
    subjectPublicKey(request.key),
    der(0xa3, sequence(...extensions(request, publicKeyOf(issuerKey)))),
  );
  return sequence(tbs, algorithm, bits(sign(issuerKey, 'sha256', tbs) ?? new Uint8Array(0)));
}

/** A certificate that vouches for itself. */
export const selfSigned = (request: Omit<CertificateRequest, 'issuer' | 'key'>, key: PrivateKey): Uint8Array =>
  issueCertificate({ ...request, issuer: request.subject, key: publicKeyOf(key) }, key);

/** A distinguished name with nothing but a common name. */
const commonName = (name: string): Uint8Array =>
  sequence(der(DER.SET, sequence(oid('2.5.4.3'), der(DER.UTF8_STRING, fromLatin1(name)))));

const time = (text: string): Uint8Array => der(DER.GENERALIZED_TIME, fromLatin1(text));

function subjectPublicKey(key: PublicKey): Uint8Array {
  const parameters = key.kind === 'ec' ? [oid(OID_EC), oid(key.group.oid)] : [oid(OID_RSA), der(0x05)];
  return sequence(sequence(...parameters), bits(keyBits(key)));
}

/** RFC 5280 section 4.2.1.2: SHA-1 of the key without the frame around it. */
const keyId = (key: PublicKey): Uint8Array => digest('sha1', keyBits(key));

const keyBits = (key: PublicKey): Uint8Array =>
  key.kind === 'ec' ? key.point : sequence(integer(fromBig(key.n)), integer(fromBig(key.e)));

function extensions({ isCa, names, key }: CertificateRequest, issuer: PublicKey): Uint8Array[] {
  const yes = der(DER.BOOLEAN, Uint8Array.of(0xff));
  const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array =>
    sequence(concat(oid(id), ...(critical ? [yes] : []), octets(value)));
  // A byte that counts unused bits, then keyCertSign and cRLSign, or digitalSignature.
  const keyUsage = isCa ? Uint8Array.of(1, 0x06) : Uint8Array.of(7, 0x80);
  const found = [
    extension('2.5.29.19', true, isCa ? sequence(yes) : sequence()),
    extension('2.5.29.15', true, der(DER.BIT_STRING, keyUsage)),
    extension('2.5.29.14', false, octets(keyId(key))),
    extension('2.5.29.35', false, sequence(der(0x80, keyId(issuer)))),
  ];
  if (!isCa) found.push(extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))));
  if (names.length > 0) {
    const list = names.map((name) => der(0x82, fromLatin1(name)));
    found.push(extension('2.5.29.17', false, sequence(...list)));
  }
  return found;
}
