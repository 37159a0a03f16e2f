/**
 * Precompiled chunks: written by string.dump and node.compile, read back by load. The layout is that of the 5.3
 * firmware (app/lua53/ldump.c), for 5.1 too; instructions are ours and line numbers are packed our way, so chunks of
 * a real luac.cross are refused. What is read is verified before it may run.
 */

import type { LuaBuild } from './api.ts';
import type { Source } from './lexer.ts';
import { isInt } from './number.ts';
import { MAX_INT64, wrap64 } from './number64.ts';
import { NUMBERS, type NumberModel } from './numbers.ts';
import { Proto, shortSource, type UpvalDesc } from './proto.ts';
import { Flt, type Int, type Value } from './value.ts';
import { verify } from './verify.ts';

/** Type bits in front of a constant. */
const T_NIL = 0x00;
const T_BOOLEAN = 0x10;
const T_FLOAT = 0x20;
const T_POSITIVE = 0x30;
const T_NEGATIVE = 0x40;
const T_SHORT = 0x50;
const T_LONG = 0x60;
const TYPE_MASK = 0x70;
/** Longest short string of 5.3 (LUAI_MAXSHORTLEN). */
const MAX_SHORT = 40;

/** Signature, version (letters Q and S), format, and bytes that a text transfer would spoil. */
function header(version: LuaBuild): string {
  const { integerBytes, floatBytes } = NUMBERS[version];
  const sizes = String.fromCharCode(4, 4, integerBytes, floatBytes);
  return `\x1bLua${version === '5.1' ? 'Q\0' : 'S\n'}\x19\x93\r\n\x1a\n${sizes}`;
}

const float = new DataView(new ArrayBuffer(8));

class Writer {
  readonly #is51: boolean;
  readonly #floatBytes: number;
  text = '';
  constructor(version: LuaBuild) {
    this.#is51 = version === '5.1';
    this.#floatBytes = NUMBERS[version].floatBytes;
  }

  byte(b: number): void {
    this.text += String.fromCharCode(b & 255);
  }

  /** Seven bits a byte, high ones first, the last with the top bit clear. */
  int(n: number): void {
    let out = String.fromCharCode(n & 0x7f);
    for (let rest = n >>> 7; rest !== 0; rest >>>= 7) out = String.fromCharCode(0x80 | (rest & 0x7f)) + out;
    this.text += out;
  }

  /** The same with type bits in the first byte. */
  typed(type: number, n: Int): void {
    const digits: number[] = [];
    for (let rest = BigInt(n), last = 0; digits.length === 0 || rest !== 0n; rest >>= 7n, last = 0x80)
      digits.unshift(last | Number(rest & 0x7fn));
    if ((digits[0] as number) & TYPE_MASK) digits.unshift(0x80);
    digits[0] = (digits[0] as number) | type;
    this.text += String.fromCharCode(...digits);
  }

  string(s: string | undefined): void {
    if (s === undefined) {
      this.byte(T_SHORT);
      return;
    }
    this.typed(s.length <= MAX_SHORT ? T_SHORT : T_LONG, s.length + 1);
    this.text += s;
  }

  float(n: number): void {
    this.byte(T_FLOAT);
    if (this.#floatBytes === 8) float.setFloat64(0, n, true);
    else float.setFloat32(0, n, true);
    for (let i = 0; i < this.#floatBytes; i++) this.byte(float.getUint8(i));
  }

  constant(v: Value): void {
    if (v === undefined) this.byte(T_NIL);
    else if (typeof v === 'boolean') this.byte(T_BOOLEAN + Number(v));
    else if (typeof v === 'string') this.string(v);
    else if (v instanceof Flt) this.float(v.n);
    else if (this.#is51 || !isInt(v)) this.float(v as number);
    else if (v >= 0) this.typed(T_POSITIVE, v);
    else this.typed(T_NEGATIVE, -BigInt(v) - 1n);
  }

  proto(p: Proto, strip: number, outer: string | undefined): void {
    const source = strip === 2 && this.#is51 ? '=?' : p.source;
    this.string(source === outer ? undefined : source);
    this.int(p.firstLine);
    this.int(p.lastLine);
    this.byte(p.paramCount);
    this.byte(Number(p.isVararg));
    this.byte(p.frameSize);
    this.int(p.protos.length);
    for (const child of p.protos) this.proto(child, strip, source);
    this.int(p.code.length);
    for (const i of p.code) for (let shift = 0; shift < 32; shift += 8) this.byte(i >>> shift);
    this.int(p.constants.length);
    for (const v of p.constants) this.constant(v);
    this.byte(Number(strip === 0));
    this.int(p.upvals.length);
    for (const u of p.upvals) {
      if (strip === 0) this.string(u.name);
      this.byte(Number(u.inStack));
      this.byte(u.index);
    }
    const lines = strip === 2 ? new Int32Array(0) : p.lines;
    this.int(lines.length);
    let last = p.firstLine;
    for (const line of lines) {
      // Steps between lines are small and may go back.
      const step = line - last;
      this.int(step < 0 ? -2 * step - 1 : 2 * step);
      last = line;
    }
    const locals = strip === 0 ? p.locals : [];
    this.int(locals.length);
    for (const local of locals) {
      this.string(local.name);
      this.int(local.startPc);
      this.int(local.endPc);
    }
  }
}

/** A function as a binary chunk. `strip`: 0 keeps all names, 1 line numbers only, 2 neither. */
export function dump(p: Proto, strip: 0 | 1 | 2, version: LuaBuild): string {
  const out = new Writer(version);
  out.text = header(version);
  // A number whose bytes show the format of floats.
  out.float(370.5);
  out.byte(p.upvals.length);
  out.proto(p, strip, undefined);
  return out.text;
}

/** What was read is no chunk of ours. */
export class BadChunk {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

class Reader {
  #text: string;
  readonly #more: Source['more'];
  readonly #build: LuaBuild;
  readonly #numbers: NumberModel;
  #at = 0;
  #depth = 0;
  constructor({ text, more }: Source, version: LuaBuild) {
    this.#text = text;
    this.#more = more;
    this.#build = version;
    this.#numbers = NUMBERS[version];
  }

  /** Are so many bytes still to come? */
  has(length: number): boolean {
    while (this.#text.length - this.#at < length) {
      const piece = this.#more?.(this.#text.length - this.#at) ?? '';
      if (piece === '') return false;
      this.#text = this.#text.slice(this.#at) + piece;
      this.#at = 0;
    }
    return true;
  }

  byte(): number {
    if (this.#at === this.#text.length && !this.has(1)) throw new BadChunk('truncated');
    return this.#text.charCodeAt(this.#at++);
  }

  take(length: number): string {
    if (!this.has(length)) throw new BadChunk('truncated');
    this.#at += length;
    return this.#text.slice(this.#at - length, this.#at);
  }

  int(first = 0): number {
    let n = first;
    for (;;) {
      const b = this.byte();
      n = n * 128 + (b & 0x7f);
      if (n > 0xffffffff) throw new BadChunk('integer overflow in');
      if (b < 0x80) return n;
    }
  }

  /** A count of things that take at least one byte each. */
  count(): number {
    const n = this.int();
    if (!this.has(n)) throw new BadChunk('truncated');
    return n;
  }

  typed(b = this.byte()): { type: number; value: number } {
    return { type: b & TYPE_MASK, value: b & 0x80 ? this.int(b & 0x0f) : b & 0x0f };
  }

  /** An integer whose first byte is there already. */
  #integer(first: number): Int {
    let n = BigInt(first & 0x0f);
    for (let b = first; b & 0x80; ) {
      b = this.byte();
      n = (n << 7n) | BigInt(b & 0x7f);
      if (n > MAX_INT64) throw new BadChunk('integer overflow in');
    }
    const value = (first & TYPE_MASK) === T_NEGATIVE ? -n - 1n : n;
    return this.#numbers.integerBytes === 8 ? wrap64(value) : Number(BigInt.asIntN(32, value));
  }

  string(type: number, value: number): string | undefined {
    if (type !== T_SHORT && type !== T_LONG) throw new BadChunk('malformed');
    return value === 0 ? undefined : this.take(value - 1);
  }

  text(): string | undefined {
    const { type, value } = this.typed();
    return this.string(type, value);
  }

  constant(): Value {
    const b = this.byte();
    if ((b & TYPE_MASK) === T_POSITIVE || (b & TYPE_MASK) === T_NEGATIVE) return this.#integer(b);
    const { type, value } = this.typed(b);
    switch (type) {
      case T_NIL:
        return undefined;
      case T_BOOLEAN:
        return value === 1;
      case T_FLOAT: {
        const { floatBytes } = this.#numbers;
        for (let i = 0; i < floatBytes; i++) float.setUint8(i, this.byte());
        return this.#numbers.float(floatBytes === 8 ? float.getFloat64(0, true) : float.getFloat32(0, true));
      }
      default:
        return this.string(type, value);
    }
  }

  proto(outer: string): Proto {
    if (++this.#depth > 200) throw new BadChunk('malformed');
    const p = new Proto();
    p.build = this.#build;
    p.source = this.text() ?? outer;
    p.shortSource = shortSource(p.source);
    p.firstLine = this.int();
    p.lastLine = this.int();
    p.paramCount = this.byte();
    p.isVararg = this.byte() !== 0;
    p.frameSize = this.byte();
    for (let n = this.count(); n > 0; n--) p.protos.push(this.proto(p.source));
    p.code = new Int32Array(this.count());
    for (let i = 0; i < p.code.length; i++) {
      p.code[i] = this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24);
    }
    p.hints = new Uint16Array(p.code.length);
    for (let n = this.count(); n > 0; n--) p.constants.push(this.constant());
    const named = this.byte() !== 0;
    const upvals: UpvalDesc[] = [];
    for (let n = this.count(); n > 0; n--) {
      const name = named ? (this.text() ?? '') : '';
      upvals.push({ inStack: this.byte() !== 0, index: this.byte(), name });
    }
    p.upvals = upvals;
    const lines: number[] = [];
    let line = p.firstLine;
    for (let n = this.count(); n > 0; n--) {
      const step = this.int();
      line += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
      lines.push(line);
    }
    p.lines = Int32Array.from(lines);
    for (let n = this.count(); n > 0; n--) {
      p.locals.push({ name: this.text() ?? '', startPc: this.int(), endPc: this.int() });
    }
    p.bytes =
      76 + 4 * p.code.length + 12 * p.constants.length + 4 * p.protos.length + 4 * upvals.length + p.lines.length;
    this.#depth--;
    return p;
  }
}

/** Reads a chunk written by {@link dump}, or throws a {@link BadChunk}. */
export function undump(source: Source, chunkName: string, version: LuaBuild): Proto {
  const is51 = version === '5.1';
  const reader = new Reader(source, version);
  const expected = header(version);
  if (!reader.has(expected.length)) throw new BadChunk(is51 ? 'unexpected end in' : 'truncated');
  if (reader.take(expected.length) !== expected) throw new BadChunk(is51 ? 'bad header in' : 'version mismatch in');
  if (reader.typed().type !== T_FLOAT) throw new BadChunk('malformed');
  reader.take(NUMBERS[version].floatBytes);
  const upvalCount = reader.byte();
  const p = reader.proto(chunkName);
  if (p.upvals.length !== upvalCount || !verify(p)) throw new BadChunk(is51 ? 'bad code in' : 'malformed');
  return p;
}
