/** How the firmware's client reads: record by record, each handshake message whole inside one (mbedtls_ssl_read_record). */
import { EMPTY, u8 } from '../core/index.ts';
import {
  parseTlsMessage,
  TLS_1_2,
  TLS_ALERT,
  TLS_FATAL,
  TLS_MESSAGE_HEADER,
  TLS_RECORD,
  tlsMessageLength,
} from '../wire/index.ts';
import { MBEDTLS_ERR, type MbedtlsErr } from './errors.ts';
import type { Transcript } from './key-schedule.ts';
import type { RecordHead, TlsRecords } from './records.ts';

/** user_config.h SSL_BUFFER_SIZE. */
const MAX_CONTENT = 4096;
/** Padding of CBC. */
const MAX_PADDING = 256;
/** ssl_tls.c: so many records without content in a row. */
const MAX_EMPTY = 3;

export type ClientMessage =
  | { readonly kind: 'message'; readonly type: number; readonly body: Uint8Array }
  | { readonly kind: 'change' | 'alert' | 'data'; readonly body: Uint8Array };

export class ClientInbox {
  readonly #records: TlsRecords;
  readonly #transcript: Transcript;
  #kept: ClientMessage | undefined;
  /** Messages that came in the same record. */
  #rest: Uint8Array = EMPTY;
  #empty = 0;
  /** The last alert of the server. */
  alert: number | undefined;

  constructor(records: TlsRecords, transcript: Transcript) {
    this.#records = records;
    this.#transcript = transcript;
  }

  /** The next `next` answers with that. */
  keep(message: ClientMessage): void {
    this.#kept = message;
  }

  /** `handshaking`: messages belong to the transcript. */
  next(handshaking: boolean): ClientMessage | 'want' | MbedtlsErr {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined) return kept;
    for (;;) {
      if (this.#rest.length > 0) return this.#message(handshaking);
      const head = this.#records.head();
      if (head === undefined) return 'want';
      const bad = this.#judge(head);
      if (bad !== undefined) return bad;
      if (!this.#records.has(head)) return 'want';
      const found = this.#content(head);
      if (found !== undefined) return found;
    }
  }

  /** ssl_parse_record_header. */
  #judge({ type, version, length }: RecordHead): MbedtlsErr | undefined {
    const { reading } = this.#records;
    if (type < TLS_RECORD.CHANGE_CIPHER_SPEC || type > TLS_RECORD.DATA) {
      this.#records.alert(TLS_ALERT.UNEXPECTED_MESSAGE);
      return MBEDTLS_ERR.SSL_INVALID_RECORD;
    }
    const least = reading?.minimum ?? 1;
    const most = reading === undefined ? MAX_CONTENT : least + MAX_CONTENT + MAX_PADDING;
    const good = version >> 8 === 3 && version <= TLS_1_2 && length >= least && length <= most;
    return good ? undefined : MBEDTLS_ERR.SSL_INVALID_RECORD;
  }

  /** Undefined for what is passed over, and when messages have been put aside. */
  #content(head: RecordHead): ClientMessage | MbedtlsErr | undefined {
    const body = this.#records.take(head);
    this.#empty = body?.length === 0 ? this.#empty + 1 : 0;
    if (body === undefined || this.#empty > MAX_EMPTY) {
      this.#records.alert(TLS_ALERT.BAD_RECORD_MAC);
      return MBEDTLS_ERR.SSL_INVALID_MAC;
    }
    if (body.length > MAX_CONTENT) return MBEDTLS_ERR.SSL_INVALID_RECORD;
    if (head.type === TLS_RECORD.DATA) return body.length === 0 ? undefined : { kind: 'data', body };
    if (head.type === TLS_RECORD.HANDSHAKE) {
      this.#rest = body;
      return body.length === 0 ? MBEDTLS_ERR.SSL_INVALID_RECORD : undefined;
    }
    if (head.type === TLS_RECORD.ALERT) {
      this.alert = body.at(1);
      return meaning(body);
    }
    return body.length === 1 && u8(body, 0) === 1 ? { kind: 'change', body } : MBEDTLS_ERR.SSL_INVALID_RECORD;
  }

  #message(handshaking: boolean): ClientMessage | MbedtlsErr {
    if (this.#rest.length < TLS_MESSAGE_HEADER) return MBEDTLS_ERR.SSL_INVALID_RECORD;
    const message = parseTlsMessage(this.#rest);
    // Cut into several records: this build cannot put it together.
    if (!message.ok) return MBEDTLS_ERR.SSL_FEATURE_UNAVAILABLE;
    const length = tlsMessageLength(message.value);
    if (handshaking) this.#transcript.add(this.#rest.subarray(0, length));
    this.#rest = this.#rest.subarray(length);
    return { kind: 'message', ...message.value };
  }
}

/** Warnings are passed over, but for those with a meaning of their own. */
function meaning(body: Uint8Array): ClientMessage | MbedtlsErr | undefined {
  if (body.length !== 2) return MBEDTLS_ERR.SSL_INVALID_RECORD;
  const description = u8(body, 1);
  if (u8(body, 0) === TLS_FATAL) return MBEDTLS_ERR.SSL_FATAL_ALERT_MESSAGE;
  if (description === TLS_ALERT.CLOSE_NOTIFY) return MBEDTLS_ERR.SSL_PEER_CLOSE_NOTIFY;
  return description === TLS_ALERT.NO_RENEGOTIATION ? { kind: 'alert', body } : undefined;
}
