/**
 * X.509 certificates (RFC 5280) as mbed TLS reads them. Own, because node-forge knows only RSA keys and wants real dates;
 * what decides about trust stands in chain.ts.
 */
import { equalBytes, err, ok, type Result, toLatin1 } from '../core/index.ts';
import { childrenOf, DER, type DerNode, readBits, readDer, readDerList, readOid } from './der.ts';
import type { HashName } from './hash.ts';
import { type PublicKey, readPublicKey } from './keys.ts';

export interface Certificate {
  readonly raw: Uint8Array;
  /** 1 to 3. */
  readonly version: number;
  /** What is signed. */
  readonly tbs: Uint8Array;
  /** Distinguished names in DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: PublicKey;
  readonly isCa: boolean;
  /** Certificate authorities that may follow below this one; undefined = any number. */
  readonly pathLength: number | undefined;
  /** The first byte of keyUsage: 0x80 digitalSignature, 0x04 keyCertSign; undefined without the extension. */
  readonly keyUsage: number | undefined;
  /** OIDs; undefined without the extension. */
  readonly extendedUsage: readonly string[] | undefined;
  /** DNS names of subjectAltName, or else the common names. */
  readonly names: readonly string[];
  readonly hash: HashName;
  readonly signatureKind: PublicKey['kind'];
  readonly signature: Uint8Array;
}

/** `unknown-key` and `unknown-signature`: an algorithm the firmware's build does not have. */
export type X509Error = 'malformed' | 'unknown-key' | 'unknown-signature';

const SIGNATURES: Readonly<Record<string, readonly [PublicKey['kind'], HashName]>> = {
  '1.2.840.113549.1.1.5': ['rsa', 'sha1'],
  '1.2.840.113549.1.1.14': ['rsa', 'sha224'],
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.10045.4.1': ['ec', 'sha1'],
  '1.2.840.10045.4.3.1': ['ec', 'sha224'],
  '1.2.840.10045.4.3.2': ['ec', 'sha256'],
  '1.2.840.10045.4.3.3': ['ec', 'sha384'],
  '1.2.840.10045.4.3.4': ['ec', 'sha512'],
};

const OID = {
  KEY_USAGE: '2.5.29.15',
  ALT_NAME: '2.5.29.17',
  BASIC: '2.5.29.19',
  EXT_USAGE: '2.5.29.37',
  CN: '2.5.4.3',
};

/** `bytes` may be followed by others, as in mbed TLS. */
export function parseCertificate(bytes: Uint8Array): Result<Certificate, X509Error> {
  const outer = readDer(bytes);
  const [tbs, algorithm, bits] = childrenOf(outer) ?? [];
  const fields = [...(childrenOf(tbs) ?? [])];
  const versioned = fields[0]?.tag === 0xa0 ? fields.shift() : undefined;
  const [, inner, issuer, validity, subject, keyInfo, ...more] = fields;
  const signature = readBits(bits);
  if (outer === undefined || tbs === undefined || keyInfo === undefined || signature === undefined)
    return err('malformed');
  const times = childrenOf(validity)?.map(readTime);
  const [notBefore, notAfter] = times ?? [];
  if (notBefore === undefined || notAfter === undefined || issuer === undefined || subject === undefined)
    return err('malformed');
  if (algorithm === undefined || inner === undefined || !equalBytes(algorithm.raw, inner.raw)) return err('malformed');
  const known = SIGNATURES[readOid(childrenOf(algorithm)?.[0]) ?? ''];
  if (known === undefined) return err('unknown-signature');
  const key = readPublicKey(keyInfo);
  if (key === undefined) return err('unknown-key');
  const extensions = readExtensions(more.find(({ tag }) => tag === 0xa3));
  if (extensions === undefined) return err('malformed');
  const version = versioned === undefined ? 1 : (readDer(versioned.content)?.content.at(-1) ?? 0) + 1;
  const [signatureKind, hash] = known;
  return ok({
    raw: outer.raw,
    version,
    tbs: tbs.raw,
    issuer: issuer.raw,
    subject: subject.raw,
    notBefore,
    notAfter,
    key,
    ...usage(extensions),
    names: altNames(extensions) ?? commonNames(subject),
    hash,
    signatureKind,
    signature,
  });
}

/** Values of the extensions by OID; undefined when they are broken. */
function readExtensions(node: DerNode | undefined): ReadonlyMap<string, DerNode> | undefined {
  const found = new Map<string, DerNode>();
  if (node === undefined) return found;
  for (const extension of childrenOf(readDer(node.content)) ?? []) {
    const parts = childrenOf(extension) ?? [];
    const value = parts.at(-1);
    const inner = value?.tag === DER.OCTET_STRING ? readDer(value.content) : undefined;
    if (inner === undefined) return undefined;
    found.set(readOid(parts[0]) ?? '', inner);
  }
  return found;
}

function usage(extensions: ReadonlyMap<string, DerNode>) {
  const basic = childrenOf(extensions.get(OID.BASIC)) ?? [];
  const ca = basic[0];
  const length = basic.find(({ tag }) => tag === DER.INTEGER);
  const keyUsage = extensions.get(OID.KEY_USAGE);
  const extended = childrenOf(extensions.get(OID.EXT_USAGE));
  return {
    isCa: ca?.tag === DER.BOOLEAN && ca.content.some((byte) => byte !== 0),
    pathLength: length?.content.at(-1),
    keyUsage: keyUsage?.tag === DER.BIT_STRING ? (keyUsage.content[1] ?? 0) : undefined,
    extendedUsage: extended?.map((node) => readOid(node) ?? ''),
  };
}

/** dNSName of subjectAltName: tag [2]. */
const altNames = (extensions: ReadonlyMap<string, DerNode>): string[] | undefined =>
  childrenOf(extensions.get(OID.ALT_NAME))
    ?.filter(({ tag }) => tag === 0x82)
    .map(({ content }) => toLatin1(content));

function commonNames(subject: DerNode): string[] {
  const sets = readDerList(subject.content) ?? [];
  const attributes = sets.flatMap((set) => childrenOf(set, DER.SET) ?? []).map((attribute) => childrenOf(attribute));
  return attributes.flatMap((pair) =>
    readOid(pair?.[0]) === OID.CN && pair?.[1] !== undefined ? [toLatin1(pair[1].content)] : [],
  );
}

/** UTCTime and GeneralizedTime in UTC, as seconds since 1970. */
function readTime(node: DerNode): number | undefined {
  const text = toLatin1(node.content);
  const long = node.tag === DER.GENERALIZED_TIME ? text : `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}`;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(long)?.slice(1).map(Number);
  if (parts === undefined || (node.tag !== DER.UTC_TIME && node.tag !== DER.GENERALIZED_TIME)) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return ((daysBefore(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

/** Days from 1970-01-01 to a date of the Gregorian calendar. */
function daysBefore(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const months = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5);
  return 365 * y + leaps + months + day - 719_469;
}

/** RFC 5280 section 4.2.1.3: may the key be used for that? Yes, if nothing is said about it. */
export const mayUse = ({ keyUsage }: Certificate, bit: number): boolean =>
  keyUsage === undefined || (keyUsage & bit) === bit;

/** Whether a host goes by one of the certificate's names; `*.` stands for one label. */
export function matchesName({ names }: Certificate, host: string): boolean {
  const wanted = host.toLowerCase();
  const parent = wanted.replace(/^[^.]+/, '*');
  return names.some(
    (name) => name.toLowerCase() === wanted || (name.startsWith('*.') && name.toLowerCase() === parent),
  );
}
