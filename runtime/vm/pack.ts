/** string.pack and its kin of 5.3: sizes of 32 bits, numbers of the state's build, little-endian unless told otherwise. */
import { checkDouble, checkInteger, checkText, cInt, optInt } from './args.ts';
import { argError, raise } from './errors.ts';
import { wrap64 } from './number64.ts';
import { give, giveAll } from './results.ts';
import type { Thread } from './thread.ts';
import type { Int, Value } from './value.ts';

type Kind = 'int' | 'uint' | 'float' | 'char' | 'string' | 'zstr' | 'padding' | 'align' | 'none';

interface Option {
  readonly kind: Kind;
  readonly size: number;
  /** Bytes of padding in front. */
  readonly align: number;
}

const MAX_INT_SIZE = 16;
const NATIVE_ALIGN = 8;
const view = new DataView(new ArrayBuffer(8));

/** Walks a format string. */
class Format {
  readonly #L: Thread;
  readonly #text: string;
  #at = 0;
  little = true;
  #maxAlign = 1;

  constructor(L: Thread, text: string) {
    this.#L = L;
    this.#text = text;
  }

  get more(): boolean {
    return this.#at < this.#text.length;
  }

  #number(fallback: number): number {
    const from = this.#at;
    let n = 0;
    // A digit that could make it overflow is left for the next option, which it is not.
    for (; /[0-9]/.test(this.#text.charAt(this.#at)) && n <= (0x7fffffff - 9) / 10; this.#at++)
      n = n * 10 + Number(this.#text.charAt(this.#at));
    return from === this.#at ? fallback : n;
  }

  #intSize(fallback: number): number {
    const size = this.#number(fallback);
    if (size > MAX_INT_SIZE || size <= 0) raise(this.#L, `integral size (${size}) out of limits [1,${MAX_INT_SIZE}]`);
    return size;
  }

  #option(): { kind: Kind; size: number } {
    const c = this.#text.charAt(this.#at++);
    switch (c) {
      case 'b':
        return { kind: 'int', size: 1 };
      case 'B':
        return { kind: 'uint', size: 1 };
      case 'h':
        return { kind: 'int', size: 2 };
      case 'H':
        return { kind: 'uint', size: 2 };
      case 'l':
        return { kind: 'int', size: 4 };
      case 'j':
        return { kind: 'int', size: this.#L.g.numbers.integerBytes };
      case 'L':
      case 'T':
        return { kind: 'uint', size: 4 };
      case 'J':
        return { kind: 'uint', size: this.#L.g.numbers.integerBytes };
      case 'f':
        return { kind: 'float', size: 4 };
      case 'n':
        return { kind: 'float', size: this.#L.g.numbers.floatBytes };
      case 'd':
        return { kind: 'float', size: 8 };
      case 'i':
        return { kind: 'int', size: this.#intSize(4) };
      case 'I':
        return { kind: 'uint', size: this.#intSize(4) };
      case 's':
        return { kind: 'string', size: this.#intSize(4) };
      case 'c': {
        const size = this.#number(-1);
        if (size === -1) raise(this.#L, "missing size for format option 'c'");
        return { kind: 'char', size };
      }
      case 'z':
        return { kind: 'zstr', size: 0 };
      case 'x':
        return { kind: 'padding', size: 1 };
      case 'X':
        return { kind: 'align', size: 0 };
      case ' ':
        break;
      case '<':
        this.little = true;
        break;
      case '>':
        this.little = false;
        break;
      case '=':
        this.little = true;
        break;
      case '!':
        this.#maxAlign = this.#intSize(NATIVE_ALIGN);
        break;
      default:
        raise(this.#L, `invalid format option '${c}'`);
    }
    return { kind: 'none', size: 0 };
  }

  next(total: number): Option {
    const { kind, size } = this.#option();
    let align = size;
    if (kind === 'align') {
      const followed = this.more ? this.#option() : undefined;
      align = followed?.size ?? 0;
      if (followed === undefined || followed.kind === 'char' || align === 0)
        argError(this.#L, 1, "invalid next option for option 'X'");
    }
    let padding = 0;
    const aligned = kind === 'int' || kind === 'uint' || kind === 'float' || kind === 'string' || kind === 'align';
    if (align > 1 && aligned) {
      if (align > this.#maxAlign) align = this.#maxAlign;
      if ((align & (align - 1)) !== 0) argError(this.#L, 1, 'format asks for alignment not power of 2');
      padding = (align - (total & (align - 1))) & (align - 1);
    }
    return { kind, size, align: padding };
  }
}

/** The `held` bytes of an integer of the build, and behind them those of its sign. */
function intBytes(value: Int, size: number, little: boolean, held: number, signed: boolean): string {
  let out = '';
  const fill = signed && value < 0 ? 255 : 0;
  const low = Number(BigInt.asIntN(32, BigInt(value)));
  const high = Number(BigInt(value) >> 32n);
  for (let i = 0; i < size; i++) {
    const word = i < 4 ? low : high;
    const byte = i < held ? (word >>> (8 * (i & 3))) & 255 : fill;
    const c = String.fromCharCode(byte);
    out = little ? out + c : c + out;
  }
  return out;
}

function floatBytes(value: number, size: number, little: boolean): string {
  if (size === 4) view.setFloat32(0, value, little);
  else view.setFloat64(0, value, little);
  let out = '';
  for (let i = 0; i < size; i++) out += String.fromCharCode(view.getUint8(i));
  return out;
}

export function pack(L: Thread, base: number): number {
  const f = new Format(L, checkText(L, 1));
  const { integerBytes } = L.g.numbers;
  let out = '';
  let n = 1;
  while (f.more) {
    const { kind, size, align } = f.next(out.length);
    out += '\0'.repeat(align);
    if (kind === 'int') {
      const v = checkInteger(L, ++n);
      const limit = 2 ** (8 * size - 1);
      if (size < integerBytes && !(v >= -limit && v < limit)) argError(L, n, 'integer overflow');
      out += intBytes(v, size, f.little, integerBytes, true);
    } else if (kind === 'uint') {
      const v = checkInteger(L, ++n);
      if (size < integerBytes && (v < 0 || v >= 2 ** (8 * size))) argError(L, n, 'unsigned overflow');
      out += intBytes(v, size, f.little, integerBytes, false);
    } else if (kind === 'float') out += floatBytes(checkDouble(L, ++n), size, f.little);
    else if (kind === 'char') {
      const s = checkText(L, ++n);
      if (s.length > size) argError(L, n, 'string longer than given size');
      if (size > L.g.heapLimit) raise(L, 'not enough memory for buffer allocation');
      out += s.padEnd(size, '\0');
    } else if (kind === 'string') {
      const s = checkText(L, ++n);
      if (size < 4 && s.length >= 2 ** (8 * size)) argError(L, n, 'string length does not fit in given size');
      out += intBytes(s.length, size, f.little, integerBytes, false) + s;
    } else if (kind === 'zstr') {
      const s = checkText(L, ++n);
      if (s.includes('\0')) argError(L, n, 'string contains zeros');
      out += `${s}\0`;
    } else if (kind === 'padding') out += '\0';
    L.g.charge(2);
    if (out.length > L.g.heapLimit) raise(L, 'not enough memory for buffer allocation');
  }
  L.g.chargeString(out.length);
  return give(L, base, out);
}

export function packsize(L: Thread, base: number): number {
  const f = new Format(L, checkText(L, 1));
  let total = 0;
  while (f.more) {
    const { kind, size, align } = f.next(total);
    if (kind === 'string' || kind === 'zstr') argError(L, 1, 'variable-length format');
    total += align + size;
    if (total > 0x7fffffff) argError(L, 1, 'format result too large');
    L.g.charge(2);
  }
  return give(L, base, total);
}

function readInt(L: Thread, s: string, at: number, size: number, little: boolean, signed: boolean): Int {
  const { integerBytes } = L.g.numbers;
  const held = Math.min(size, integerBytes);
  const byteAt = (i: number): number => s.charCodeAt(at + (little ? i : size - 1 - i));
  let value = 0n;
  for (let i = held - 1; i >= 0; i--) value = (value << 8n) | BigInt(byteAt(i));
  // Short unsigned ones are what they are; all others are read as signed.
  if (signed || size >= integerBytes) value = BigInt.asIntN(8 * held, value);
  const fill = signed && value < 0n ? 255 : 0;
  for (let i = held; i < size; i++)
    if (byteAt(i) !== fill) raise(L, `${size}-byte integer does not fit into Lua Integer`);
  return wrap64(value);
}

export function unpack(L: Thread, base: number): number {
  const f = new Format(L, checkText(L, 1));
  const { float } = L.g.numbers;
  const s = checkText(L, 2);
  const start = optInt(L, 3, 1);
  let at = (start >= 0 ? start : -start > s.length ? 0 : s.length + start + 1) - 1;
  if (at < 0 || at > s.length) argError(L, 3, 'initial position out of string');
  const out: Value[] = [];
  while (f.more) {
    const { kind, size, align } = f.next(at);
    if (align + size > s.length - at) argError(L, 2, 'data string too short');
    at += align;
    if (kind === 'int' || kind === 'uint') out.push(readInt(L, s, at, size, f.little, kind === 'int'));
    else if (kind === 'float') {
      for (let i = 0; i < size; i++) view.setUint8(i, s.charCodeAt(at + i));
      out.push(float(size === 4 ? view.getFloat32(0, f.little) : view.getFloat64(0, f.little)));
    } else if (kind === 'char') out.push(s.slice(at, at + size));
    else if (kind === 'string') {
      const length = cInt(readInt(L, s, at, size, f.little, false)) >>> 0;
      if (at + size + length > s.length) argError(L, 2, 'data string too short');
      out.push(s.slice(at + size, at + size + length));
      at += length;
    } else if (kind === 'zstr') {
      // Without a NUL it ends with the text, and the place after it is behind that of the end.
      const nul = s.indexOf('\0', at);
      const end = nul < 0 ? s.length : nul;
      out.push(s.slice(at, end));
      at = end + 1;
    }
    at += size;
    L.g.charge(2);
    if (out.length > 7900) raise(L, 'too many results');
  }
  out.push(at + 1);
  return giveAll(L, base, out);
}
