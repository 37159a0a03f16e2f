/** What the firmware's client says first, byte for byte (ssl_cli.c), and what it thinks of the answer. */
import { EMPTY, equalBytes, type Result, u16 } from '../core/index.ts';
import {
  emitTlsClientHello,
  TLS_1_2,
  TLS_ALERT,
  TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
  TLS_EXTENSION,
  type TlsHelloError,
  type TlsServerHello,
} from '../wire/index.ts';
import type { MBEDTLS_ERR } from './errors.ts';
import { GROUPS } from './groups.ts';
import { SUITES, type Suite, suiteOf } from './suites.ts';

/** user_config.h SSL_MAX_FRAGMENT_LENGTH_CODE: 4096 bytes (RFC 6066 section 4). */
const FRAGMENT_4096 = Uint8Array.of(4);
/** SHA-512, 384, 256 and 224, with ECDSA and RSA each. */
const SIGNATURES = Uint8Array.of(0, 16, 6, 3, 6, 1, 5, 3, 5, 1, 4, 3, 4, 1, 3, 3, 3, 1);

export function clientHello(random: Uint8Array): Uint8Array {
  const groups = GROUPS.flatMap(({ id }) => [id >> 8, id & 0xff]);
  return emitTlsClientHello({
    version: TLS_1_2,
    random,
    sessionId: EMPTY,
    suites: [...SUITES.map(({ id }) => id), TLS_EMPTY_RENEGOTIATION_INFO_SCSV],
    compressions: Uint8Array.of(0),
    extensions: [
      { type: TLS_EXTENSION.SIGNATURE_ALGORITHMS, data: SIGNATURES },
      { type: TLS_EXTENSION.SUPPORTED_GROUPS, data: Uint8Array.of(0, groups.length, ...groups) },
      { type: TLS_EXTENSION.POINT_FORMATS, data: Uint8Array.of(1, 0) },
      { type: TLS_EXTENSION.MAX_FRAGMENT_LENGTH, data: FRAGMENT_4096 },
      { type: TLS_EXTENSION.ENCRYPT_THEN_MAC, data: EMPTY },
      { type: TLS_EXTENSION.EXTENDED_MASTER_SECRET, data: EMPTY },
      { type: TLS_EXTENSION.SESSION_TICKET, data: EMPTY },
    ],
  });
}

export interface ServerChoice {
  readonly suite: Suite;
  readonly random: Uint8Array;
  readonly extendedMaster: boolean;
  readonly encryptThenMac: boolean;
  /** A NewSessionTicket will come. */
  readonly ticket: boolean;
}

/** Why something of the server is refused: with that alert, and by that number. */
export interface Refusal {
  readonly alert: number;
  readonly error: keyof typeof MBEDTLS_ERR;
}

/** In the order in which ssl_parse_server_hello looks. `body`: the version counts even if the rest is broken. */
export function judgeServerHello(
  hello: Result<TlsServerHello, TlsHelloError>,
  body: Uint8Array,
): ServerChoice | Refusal {
  const refuse = (alert: number, error: Refusal['error'] = 'SSL_BAD_HS_SERVER_HELLO'): Refusal => ({ alert, error });
  if (body.length < 38) return refuse(TLS_ALERT.DECODE_ERROR);
  if (u16(body, 0) !== TLS_1_2) return refuse(TLS_ALERT.PROTOCOL_VERSION, 'SSL_BAD_HS_PROTOCOL_VERSION');
  if (!hello.ok || hello.value.sessionId.length > 32) return refuse(TLS_ALERT.DECODE_ERROR);
  const { random, compression, extensions } = hello.value;
  if (compression !== 0) return refuse(TLS_ALERT.ILLEGAL_PARAMETER, 'SSL_FEATURE_UNAVAILABLE');
  const suite = suiteOf(hello.value.suite);
  if (suite === undefined) return refuse(TLS_ALERT.INTERNAL_ERROR, 'SSL_BAD_INPUT_DATA');
  for (const { type, data } of extensions) {
    const verdict = judgeExtension(type, data);
    if (verdict !== undefined) return refuse(verdict);
  }
  const has = (type: number): boolean => extensions.some((extension) => extension.type === type);
  return {
    suite,
    random,
    extendedMaster: has(TLS_EXTENSION.EXTENDED_MASTER_SECRET),
    encryptThenMac: has(TLS_EXTENSION.ENCRYPT_THEN_MAC),
    ticket: has(TLS_EXTENSION.SESSION_TICKET),
  };
}

/** IANA: truncated_hmac, which is not offered and so must not be accepted. */
const TRUNCATED_HMAC = 4;

/** The alert for an extension that is not as it should be. What is unknown is passed over. */
function judgeExtension(type: number, data: Uint8Array): number | undefined {
  const when = (good: boolean): number | undefined => (good ? undefined : TLS_ALERT.HANDSHAKE_FAILURE);
  switch (type) {
    case TLS_EXTENSION.RENEGOTIATION_INFO:
      return when(equalBytes(data, Uint8Array.of(0)));
    case TLS_EXTENSION.MAX_FRAGMENT_LENGTH:
      return when(equalBytes(data, FRAGMENT_4096));
    case TLS_EXTENSION.ENCRYPT_THEN_MAC:
    case TLS_EXTENSION.EXTENDED_MASTER_SECRET:
    case TLS_EXTENSION.SESSION_TICKET:
      return when(data.length === 0);
    case TLS_EXTENSION.ALPN:
    case TRUNCATED_HMAC:
      return TLS_ALERT.HANDSHAKE_FAILURE;
    case TLS_EXTENSION.POINT_FORMATS:
      if (data.length === 0 || data[0] !== data.length - 1) return TLS_ALERT.DECODE_ERROR;
      // Uncompressed, or compressed over primes.
      return when(data.subarray(1).some((format) => format < 2));
    default:
      return undefined;
  }
}
