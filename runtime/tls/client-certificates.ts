/** What the firmware's client thinks of a server's certificates (mbedtls_ssl_parse_certificate in ssl_tls.c). */
import { parseTlsCertificates, TLS_ALERT } from '../wire/index.ts';
import { BADCERT, usageFlags, verifyChain } from './chain.ts';
import type { Refusal } from './client-hello.ts';
import { type Certificate, parseCertificate } from './x509.ts';

/** No certificate is shorter. */
const SHORTEST = 128;

/** Which alert tells of which fault, the first one that fits. */
const ALERTS: readonly (readonly [flags: number, alert: number])[] = [
  [BADCERT.CN_MISMATCH, TLS_ALERT.BAD_CERTIFICATE],
  [BADCERT.KEY_USAGE | BADCERT.EXT_KEY_USAGE | BADCERT.BAD_KEY, TLS_ALERT.UNSUPPORTED_CERTIFICATE],
  [BADCERT.EXPIRED, TLS_ALERT.CERTIFICATE_EXPIRED],
  [BADCERT.NOT_TRUSTED, TLS_ALERT.UNKNOWN_CA],
];

/** `trusted` undefined: any chain will do. */
export function readServerCertificates(
  body: Uint8Array,
  trusted: readonly Certificate[] | undefined,
): { readonly chain: readonly Certificate[] } | Refusal {
  const parsed = parseTlsCertificates(body);
  if (!parsed.ok || parsed.value.length === 0 || parsed.value.some(({ length }) => length < SHORTEST))
    return { alert: TLS_ALERT.DECODE_ERROR, error: 'SSL_BAD_HS_CERTIFICATE' };
  const chain: Certificate[] = [];
  for (const der of parsed.value) {
    const certificate = parseCertificate(der);
    if (certificate.ok) chain.push(certificate.value);
    // One whose signature is of an unknown kind is left out.
    else if (certificate.error === 'malformed')
      return { alert: TLS_ALERT.BAD_CERTIFICATE, error: 'X509_INVALID_FORMAT' };
    else if (certificate.error === 'unknown-key')
      return { alert: TLS_ALERT.BAD_CERTIFICATE, error: 'PK_UNKNOWN_PK_ALG' };
  }
  return (trusted === undefined ? undefined : judge(chain, trusted)) ?? { chain };
}

function judge(chain: readonly Certificate[], trusted: readonly Certificate[]): Refusal | undefined {
  const flags = verifyChain(chain, trusted);
  if (flags === undefined) return { alert: TLS_ALERT.ACCESS_DENIED, error: 'X509_FATAL_ERROR' };
  const [leaf] = chain;
  const usage = leaf === undefined ? 0 : usageFlags(leaf);
  if ((flags | usage) === 0) return undefined;
  const alert = ALERTS.find(([bits]) => ((flags | usage) & bits) !== 0)?.[1] ?? TLS_ALERT.CERTIFICATE_UNKNOWN;
  return { alert, error: flags === 0 ? 'SSL_BAD_HS_CERTIFICATE' : 'X509_CERT_VERIFY_FAILED' };
}
