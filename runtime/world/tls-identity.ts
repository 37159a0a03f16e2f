/** Certificates for the servers of the world, and the authority that vouches for them. The same in every world. */
import { toBase64 } from '../core/index.ts';
import {
  type Certificate,
  issueCertificate,
  type PrivateKey,
  parseCertificate,
  parsePem,
  publicKeyOf,
  readPrivateKey,
  selfSigned,
} from '../tls/index.ts';
import { AUTHORITY_KEY, SERVER_KEY, SERVER_RSA_KEY, STRANGER_KEY } from './tls-keys.ts';

/** What a server shows: its certificates in DER, the own one first, and its key. */
export interface TlsIdentity {
  readonly chain: readonly Uint8Array[];
  readonly key: PrivateKey;
}

/** What is the matter with a certificate. `rsa` is a good one with an RSA key; the others are on the curve P-256. */
export type CertificateKind = 'good' | 'rsa' | 'expired' | 'wrong-name' | 'self-signed' | 'unknown-ca';

const AUTHORITY = 'mcubox test authority';
const STRANGER = 'somebody else';
/** Around the world's own time, which begins with 2024. */
const VALID = { notBefore: '20230101000000Z', notAfter: '20331231235959Z' };
const EXPIRED = { notBefore: '20220101000000Z', notAfter: '20221231235959Z' };

const pem = (label: string, base64: string): string => `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;

/** A key of the table, in the form of SEC 1 (RFC 5915) for P-256. */
function ecKey(secret: string): PrivateKey {
  const digits = secret.match(/../g) ?? [];
  const head = [0x30, 0x31, 2, 1, 1, 4, 32];
  const curve = [0xa0, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
  return known(
    readPrivateKey(Uint8Array.from([...head, ...digits.map((pair) => Number.parseInt(pair, 16)), ...curve])),
  );
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the keys of the world are broken');
  return value;
}

/** Made once, when it is first asked for: making keys and signatures takes some milliseconds of real time. */
class Authority {
  #certificate: Uint8Array | undefined;

  get key(): PrivateKey {
    return ecKey(AUTHORITY_KEY);
  }

  get certificate(): Uint8Array {
    this.#certificate ??= selfSigned({ serial: 1, subject: AUTHORITY, ...VALID, names: [], isCa: true }, this.key);
    return this.#certificate;
  }
}

const authority = new Authority();

/** The authority's certificate for those who trust it. */
export function authorityCertificate(): Certificate {
  const parsed = parseCertificate(authority.certificate);
  return known(parsed.ok ? parsed.value : undefined);
}

/** The same as PEM, for `tls.cert.verify` and for other programs. */
export const authorityPem = (): string =>
  pem('CERTIFICATE', toBase64(authority.certificate).replace(/(.{64})(?=.)/g, '$1\n'));

/** An identity for a server with these names. */
export function identityFor(names: readonly string[], kind: CertificateKind = 'good'): TlsIdentity {
  const key = kind === 'rsa' ? rsaKey() : ecKey(SERVER_KEY);
  const shown = kind === 'wrong-name' ? ['elsewhere.test'] : names;
  const request = {
    serial: 2,
    subject: shown[0] ?? '',
    names: shown,
    isCa: false,
    ...(kind === 'expired' ? EXPIRED : VALID),
  };
  if (kind === 'self-signed') return { chain: [selfSigned(request, key)], key };
  const [issuer, issuerKey] = kind === 'unknown-ca' ? [STRANGER, ecKey(STRANGER_KEY)] : [AUTHORITY, authority.key];
  return { chain: [issueCertificate({ ...request, issuer, key: publicKeyOf(key) }, issuerKey)], key };
}

function rsaKey(): PrivateKey {
  const [block] = parsePem(pem('RSA PRIVATE KEY', SERVER_RSA_KEY));
  return known(block === undefined ? undefined : readPrivateKey(block.bytes));
}
