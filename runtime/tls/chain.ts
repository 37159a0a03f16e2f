/**
 * Whether a server's certificates lead to one that is trusted, as mbed TLS decides it (x509_crt.c of 2.16). The firmware's
 * build has no clock and sets no host name: dates and names are checked only for those who ask for it.
 */
import { equalBytes } from '../core/index.ts';
import { verify } from './keys.ts';
import { rsaBits } from './rsa.ts';
import { type Certificate, matchesName, mayUse } from './x509.ts';

/** Bits of the verdict; x509.h. */
export const BADCERT = {
  EXPIRED: 0x01,
  CN_MISMATCH: 0x04,
  NOT_TRUSTED: 0x08,
  FUTURE: 0x0200,
  KEY_USAGE: 0x0800,
  EXT_KEY_USAGE: 0x1000,
  BAD_MD: 0x4000,
  BAD_KEY: 0x010000,
} as const;

const KEY_CERT_SIGN = 0x04;
const DIGITAL_SIGNATURE = 0x80;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';
/** user_mbedtls.h MBEDTLS_X509_MAX_INTERMEDIATE_CA. */
const MAX_INTERMEDIATES = 3;
/** x509_crt.c mbedtls_x509_crt_profile_default. */
const MIN_RSA_BITS = 2048;

export interface ChainOptions {
  /** Seconds since 1970; undefined = dates are not looked at. */
  readonly now?: number;
  /** Undefined = names are not looked at. */
  readonly host?: string;
}

/** Bits of {@link BADCERT}, 0 for a good chain, or undefined when it has too many intermediates. */
export function verifyChain(
  chain: readonly Certificate[],
  trusted: readonly Certificate[],
  { now, host }: ChainOptions = {},
): number | undefined {
  const [leaf] = chain;
  if (leaf === undefined) return BADCERT.NOT_TRUSTED;
  let flags = host === undefined || matchesName(leaf, host) ? 0 : BADCERT.CN_MISMATCH;
  let child = leaf;
  let at = 0;
  for (let depth = 1; ; depth++) {
    flags |= dateFlags(child, now);
    // SHA-1 is no hash for certificates in the default profile.
    if (child.hash === 'sha1') flags |= BADCERT.BAD_MD;
    if (depth === 1 && isSelfIssued(child) && trusted.some(({ raw }) => equalBytes(raw, child.raw))) return flags;
    const intermediates = depth - 1;
    const root = trusted.find((parent) => mayIssue(parent, child, intermediates, true) && isSignedBy(child, parent));
    if (root !== undefined) return flags | keyFlags(root) | dateFlags(root, now);
    const next = chain.findIndex((parent, i) => i > at && mayIssue(parent, child, intermediates, false));
    const parent = chain[next];
    if (parent === undefined || next < 0) return flags | BADCERT.NOT_TRUSTED;
    if (depth > MAX_INTERMEDIATES) return undefined;
    if (!isSignedBy(child, parent)) flags |= BADCERT.NOT_TRUSTED;
    flags |= keyFlags(parent);
    child = parent;
    at = next;
  }
}

/** What a server's own certificate is not meant for; bits of {@link BADCERT}. */
export function usageFlags(leaf: Certificate, wanted: string = SERVER_AUTH): number {
  const { extendedUsage } = leaf;
  const meant = extendedUsage === undefined || extendedUsage.includes(wanted) || extendedUsage.includes(ANY_USAGE);
  return (mayUse(leaf, DIGITAL_SIGNATURE) ? 0 : BADCERT.KEY_USAGE) | (meant ? 0 : BADCERT.EXT_KEY_USAGE);
}

const dateFlags = ({ notBefore, notAfter }: Certificate, now: number | undefined): number => {
  if (now === undefined) return 0;
  return (now > notAfter ? BADCERT.EXPIRED : 0) | (now < notBefore ? BADCERT.FUTURE : 0);
};

const keyFlags = ({ key }: Certificate): number =>
  key.kind === 'rsa' && rsaBits(key) < MIN_RSA_BITS ? BADCERT.BAD_KEY : 0;

const isSelfIssued = ({ issuer, subject }: Certificate): boolean => equalBytes(issuer, subject);

const isSignedBy = ({ tbs, hash, signature, signatureKind }: Certificate, { key }: Certificate): boolean =>
  key.kind === signatureKind && verify(key, hash, tbs, signature);

function mayIssue(parent: Certificate, child: Certificate, intermediates: number, top: boolean): boolean {
  if (!equalBytes(child.issuer, parent.subject)) return false;
  if (parent.pathLength !== undefined && parent.pathLength < intermediates) return false;
  return (top && parent.version < 3) || (parent.isCa && mayUse(parent, KEY_CERT_SIGN));
}
