/** Reads and writes the vectors of TLS messages (RFC 5246 section 4). A reader never throws: it remembers that it failed. */
import { concat, EMPTY, put16, u8, u16 } from '../core/index.ts';

export class TlsReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes read so far. */
  get at(): number {
    return this.#at;
  }

  get ended(): boolean {
    return this.#failed || this.#at === this.#bytes.length;
  }

  /** Whether everything read was there. */
  get good(): boolean {
    return !this.#failed;
  }

  /** Whether everything read was there, and nothing else is. */
  get complete(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  /** Empty when there are not so many. */
  take(length: number): Uint8Array {
    if (this.#failed || this.#at + length > this.#bytes.length) {
      this.#failed = true;
      return EMPTY;
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  u8(): number {
    const bytes = this.take(1);
    return bytes.length === 0 ? 0 : u8(bytes, 0);
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  u24(): number {
    return (this.u8() << 16) | this.u16();
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  vector8(): Uint8Array {
    return this.take(this.u8());
  }

  vector16(): Uint8Array {
    return this.take(this.u16());
  }

  vector24(): Uint8Array {
    return this.take(this.u24());
  }

  /** A vector of 16-bit numbers. */
  numbers16(): number[] {
    const bytes = this.vector16();
    if (bytes.length % 2 !== 0) this.#failed = true;
    return Array.from({ length: bytes.length >> 1 }, (_, i) => u16(bytes, 2 * i));
  }
}

export const number16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value);
export const number24 = (value: number): Uint8Array => Uint8Array.of(value >>> 16, value >>> 8, value);
export const number32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

export const vector8 = (bytes: Uint8Array): Uint8Array => concat(Uint8Array.of(bytes.length), bytes);
export const vector16 = (bytes: Uint8Array): Uint8Array => concat(number16(bytes.length), bytes);
export const vector24 = (bytes: Uint8Array): Uint8Array => concat(number24(bytes.length), bytes);

export function numbers16(values: readonly number[]): Uint8Array {
  const out = new Uint8Array(2 * values.length);
  for (const [i, value] of values.entries()) put16(out, 2 * i, value);
  return vector16(out);
}
