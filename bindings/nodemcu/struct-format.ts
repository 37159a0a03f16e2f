/** The format language of `struct`: options with size and alignment, byte order, errors. Firmware: app/modules/struct.c */
import type { LuaCall } from '../../runtime/vm/index.ts';
import { cString } from './arg.ts';

const INT_SIZE = 4;
const MAX_INT_SIZE = 32; // MAXINTSIZE
const MAX_ALIGN = 8; // alignment of a double
const INT_MAX = 0x7fffffff;
const FIXED_SIZE: Readonly<Record<string, number>> = { B: 1, b: 1, H: 2, h: 2, L: 4, l: 4, T: 4, f: 4, d: 8, x: 1 };

/** One option of a format. */
export interface FormatItem {
  readonly option: string;
  /** Bytes; 0 for control options and `s`, and for `c0`. */
  readonly size: number;
  /** Bytes to skip before it. */
  readonly padding: number;
  readonly bigEndian: boolean;
}

/** Reads a format option by option; the position is the caller's because `s` and `c0` have no fixed size. */
export class Format {
  readonly #text: string;
  readonly #call: LuaCall;
  readonly #measuring: boolean;
  #at = 0;
  #bigEndian = false;
  #align = 1;

  /** @param measuring as struct.size, to which letters and digits it does not know are nothing (b_size) */
  constructor(call: LuaCall, text: string, measuring = false) {
    this.#call = call;
    this.#measuring = measuring;
    // C strings end at the first NUL.
    this.#text = cString(text);
  }

  /**
   * The next option that stands for data, for an element that would begin at `position`; undefined at the end.
   * `beforeControl` is called before each option on the way that stands for none takes effect.
   */
  next(position: number, beforeControl?: () => void): FormatItem | undefined {
    for (;;) {
      const option = this.#text[this.#at++];
      if (option === undefined) return undefined;
      const size = this.#size(option);
      if (size !== 0 || 'csiI'.includes(option)) {
        return { option, size, padding: this.#padding(position, option, size), bigEndian: this.#bigEndian };
      }
      beforeControl?.();
      this.#control(option);
    }
  }

  #size(option: string): number {
    if (option === 'c') return this.#number(1);
    if (option !== 'i' && option !== 'I') return FIXED_SIZE[option] ?? 0;
    const size = this.#number(INT_SIZE);
    if (size > MAX_INT_SIZE) this.#call.error(`integral size ${size} is larger than limit of ${MAX_INT_SIZE}`);
    return size;
  }

  #number(fallback: number): number {
    const digits = /^\d+/.exec(this.#text.slice(this.#at))?.[0];
    if (digits === undefined) return fallback;
    this.#at += digits.length;
    const value = Number(digits);
    if (value > INT_MAX) this.#call.error('integral size overflow');
    return value;
  }

  #padding(position: number, option: string, size: number): number {
    if (size === 0 || option === 'c') return 0;
    const align = Math.min(size, this.#align);
    return (align - (position & (align - 1))) & (align - 1);
  }

  #control(option: string): void {
    if (option === ' ' || (this.#measuring && /[a-z0-9]/i.test(option))) return;
    if (option === '>' || option === '<') {
      this.#bigEndian = option === '>';
    } else if (option === '!') {
      const align = this.#number(MAX_ALIGN);
      if (align <= 0 || (align & (align - 1)) !== 0) this.#call.error(`alignment ${align} is not a power of 2`);
      this.#align = align;
    } else {
      this.#call.argError(1, `invalid format option '${option}'`);
    }
  }
}

/** A 32-bit value in `size` bytes; beyond four there are zeros, whatever its sign (an unsigned long in the firmware). */
export function packInteger(value: number, size: number, bigEndian: boolean): Uint8Array {
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const byte = i < 4 ? value >> (8 * i) : 0;
    out[bigEndian ? size - 1 - i : i] = byte;
  }
  return out;
}

/** The value of `size` bytes as a double; the firmware works modulo 2^64. */
export function unpackInteger(bytes: Uint8Array, signed: boolean, bigEndian: boolean): number {
  let value = 0n;
  const ordered = bigEndian ? bytes : bytes.toReversed();
  for (const byte of ordered) value = BigInt.asUintN(64, (value << 8n) | BigInt(byte));
  const bits = signed ? Math.min(64, bytes.length * 8) : 64;
  return Number(BigInt.asIntN(bits, value));
}

export function packFloat(value: number, size: number, bigEndian: boolean): Uint8Array {
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  if (size === 4) view.setFloat32(0, value, !bigEndian);
  else view.setFloat64(0, value, !bigEndian);
  return out;
}

export function unpackFloat(bytes: Uint8Array, bigEndian: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length === 4 ? view.getFloat32(0, !bigEndian) : view.getFloat64(0, !bigEndian);
}
