/** The record layer of one end: cuts the stream into records, seals what goes out and opens what comes in. */
import { concat, EMPTY, u8, u16 } from '../core/index.ts';
import { emitTlsRecord, TLS_1_2, TLS_FATAL, TLS_RECORD, TLS_RECORD_HEADER } from '../wire/index.ts';
import type { Protection } from './protection.ts';

/** The beginning of a record that has not come as a whole yet, or the whole. */
export interface RecordHead {
  readonly type: number;
  readonly version: number;
  readonly length: number;
}

export class TlsRecords {
  /** Gets each record as it has to go on the wire. */
  readonly #transmit: (record: Uint8Array) => void;
  #inbox: Uint8Array = EMPTY;
  reading: Protection | undefined;
  writing: Protection | undefined;
  /** Length of the payload that was sent last, as it went out. */
  sentLength = 0;

  constructor(transmit: (record: Uint8Array) => void) {
    this.#transmit = transmit;
  }

  push(bytes: Uint8Array): void {
    this.#inbox = this.#inbox.length === 0 ? bytes : concat(this.#inbox, bytes);
  }

  /** What is known about the next record; undefined before its header is there. */
  head(): RecordHead | undefined {
    if (this.#inbox.length < TLS_RECORD_HEADER) return undefined;
    return { type: u8(this.#inbox, 0), version: u16(this.#inbox, 1), length: u16(this.#inbox, 3) };
  }

  /** Whether the record that `head` tells of is there as a whole. */
  has({ length }: RecordHead): boolean {
    return this.#inbox.length >= TLS_RECORD_HEADER + length;
  }

  /** Takes that record and opens it; undefined for one that is not genuine. */
  take({ type, length }: RecordHead): Uint8Array | undefined {
    const payload = this.#inbox.slice(TLS_RECORD_HEADER, TLS_RECORD_HEADER + length);
    this.#inbox = this.#inbox.subarray(TLS_RECORD_HEADER + length);
    return this.reading === undefined ? payload : this.reading.open(type, payload);
  }

  send(type: number, plain: Uint8Array): void {
    const payload = this.writing === undefined ? plain : this.writing.seal(type, plain);
    this.sentLength = payload.length;
    this.#transmit(emitTlsRecord({ type, version: TLS_1_2, payload }));
  }

  alert(description: number, level: number = TLS_FATAL): void {
    this.send(TLS_RECORD.ALERT, Uint8Array.of(level, description));
  }
}
