/** TLS records (RFC 5246 section 6.2), encrypted or not, and the numbers of the alerts they carry. */
import { concat, err, ok, put8, put16, type Result, u8, u16 } from '../core/index.ts';

/** Values of {@link TlsRecord.type}. */
export const TLS_RECORD = { CHANGE_CIPHER_SPEC: 20, ALERT: 21, HANDSHAKE: 22, DATA: 23 } as const;

/** Protocol versions as they stand in records and hellos. */
export const TLS_1_0 = 0x0301;
export const TLS_1_2 = 0x0303;
export const TLS_1_3 = 0x0304;

export const TLS_RECORD_HEADER = 5;

export const HTTPS_PORT = 443;
export const MQTTS_PORT = 8883;

/** RFC 5246 section 7.2. */
export const TLS_WARNING = 1;
export const TLS_FATAL = 2;
export const TLS_ALERT = {
  CLOSE_NOTIFY: 0,
  UNEXPECTED_MESSAGE: 10,
  BAD_RECORD_MAC: 20,
  RECORD_OVERFLOW: 22,
  HANDSHAKE_FAILURE: 40,
  BAD_CERTIFICATE: 42,
  UNSUPPORTED_CERTIFICATE: 43,
  CERTIFICATE_REVOKED: 44,
  CERTIFICATE_EXPIRED: 45,
  CERTIFICATE_UNKNOWN: 46,
  ILLEGAL_PARAMETER: 47,
  UNKNOWN_CA: 48,
  ACCESS_DENIED: 49,
  DECODE_ERROR: 50,
  DECRYPT_ERROR: 51,
  PROTOCOL_VERSION: 70,
  INTERNAL_ERROR: 80,
  NO_RENEGOTIATION: 100,
} as const;

export interface TlsRecord {
  readonly type: number;
  readonly version: number;
  /** Aliases the input on parse. */
  readonly payload: Uint8Array;
}

/** `truncated` means more has to come: a record is part of a stream. */
export type TlsRecordError = 'truncated' | 'not-tls';

/** The first record of `bytes`; {@link tlsRecordLength} tells where the next begins. */
export function parseTlsRecord(bytes: Uint8Array): Result<TlsRecord, TlsRecordError> {
  if (bytes.length < TLS_RECORD_HEADER) return err('truncated');
  const type = u8(bytes, 0);
  if (type < TLS_RECORD.CHANGE_CIPHER_SPEC || type > TLS_RECORD.DATA || u8(bytes, 1) !== 3) return err('not-tls');
  const end = TLS_RECORD_HEADER + u16(bytes, 3);
  if (bytes.length < end) return err('truncated');
  return ok({ type, version: u16(bytes, 1), payload: bytes.subarray(TLS_RECORD_HEADER, end) });
}

export const tlsRecordLength = ({ payload }: TlsRecord): number => TLS_RECORD_HEADER + payload.length;

export function emitTlsRecord({ type, version, payload }: TlsRecord): Uint8Array {
  const head = new Uint8Array(TLS_RECORD_HEADER);
  put8(head, 0, type);
  put16(head, 1, version);
  put16(head, 3, payload.length);
  return concat(head, payload);
}
