/**
 * Bytes with the few methods of Node's Buffer that dns-packet calls on its input and output, so that it never uses Buffer.
 * Reads and writes beyond the end throw RangeError, which dns.ts turns into 'malformed'. Text is one character per byte.
 */
import { fromLatin1, put16, put32, toLatin1, u16, u32 } from '../core/index.ts';

export class DnsBytes extends Uint8Array {
  /** Results of `slice` and `subarray` are plain arrays. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  static over(bytes: Uint8Array): DnsBytes {
    return new DnsBytes(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  }

  readUInt16BE(at: number): number {
    return u16(this, this.#room(at, 2));
  }
  readUInt32BE(at: number): number {
    return u32(this, this.#room(at, 4));
  }
  writeUInt16BE(value: number, at: number): void {
    put16(this, this.#room(at, 2), value);
  }
  writeUInt32BE(value: number, at: number): void {
    put32(this, this.#room(at, 4), value);
  }

  /** Writes the text and answers its length. */
  write(text: string, at: number): number {
    this.set(fromLatin1(text), this.#room(at, text.length));
    return text.length;
  }

  override toString(_encoding?: string, start = 0, end = this.length): string {
    return toLatin1(this.subarray(start, end));
  }

  #room(at: number, length: number): number {
    if (at < 0 || at + length > this.length) throw new RangeError(`${length} bytes at ${at} of ${this.length}`);
    return at;
  }
}
