/** Why a TLS session ended, for people: the number of mbed TLS, and what it mostly means on this device. */
import { MBEDTLS_ERR } from '../tls/index.ts';
import { TLS_ALERT } from '../wire/index.ts';

const REASONS: ReadonlyMap<number, string> = new Map([
  [
    MBEDTLS_ERR.NET_INVALID_CONTEXT,
    'it was closed inside of its own receive function, which the firmware tells as an error',
  ],
  [MBEDTLS_ERR.X509_CERT_VERIFY_FAILED, 'no trusted certificate vouches for the server'],
  [MBEDTLS_ERR.RSA_VERIFY_FAILED, "the server's signature is wrong"],
  [MBEDTLS_ERR.ECP_VERIFY_FAILED, "the server's signature is wrong"],
  [MBEDTLS_ERR.SSL_BAD_HS_PROTOCOL_VERSION, 'the server does not speak TLS 1.2'],
  [MBEDTLS_ERR.SSL_FEATURE_UNAVAILABLE, 'a message came in several records: the certificates have more than 4 KB'],
  [MBEDTLS_ERR.SSL_INVALID_RECORD, 'what came is no TLS, or a record of more than 4 KB'],
  [MBEDTLS_ERR.SSL_INVALID_MAC, 'a record is not genuine'],
  [MBEDTLS_ERR.SSL_ALLOC_FAILED, 'the certificates or keys of tls.cert cannot be used'],
]);

/** `alert`: what the server said last, if it did. */
export function reasonOf(error: number, alert: number | undefined): string {
  const number = `mbed TLS -0x${(-error).toString(16)}`;
  if (error === MBEDTLS_ERR.SSL_FATAL_ALERT_MESSAGE) {
    const name = Object.entries(TLS_ALERT)
      .find(([, value]) => value === alert)?.[0]
      .toLowerCase();
    const hint = alert === TLS_ALERT.PROTOCOL_VERSION ? '; the device speaks TLS 1.2 only' : '';
    return `the server refuses: ${name ?? `alert ${alert}`}${hint} (${number})`;
  }
  const reason = REASONS.get(error);
  return reason === undefined ? number : `${reason} (${number})`;
}
