/** string.format of both builds. */
import { arg, checkAny, checkDouble, checkInteger, checkText, cInt, isNone } from './args.ts';
import { COST } from './cost.ts';
import { argError, raise } from './errors.ts';
import { saturate } from './libc.ts';
import { isInt, isNumber, toDouble } from './number.ts';
import { formatFloat, formatInt, formatText, type Spec } from './printf.ts';
import { give } from './results.ts';
import type { Thread } from './thread.ts';
import { toText } from './tostring.ts';
import type { Int } from './value.ts';

const DIGITS = /^[0-9]$/;

/** Flags, width and precision behind `%`. */
const SPEC = /([-+ #0]*)([0-9]{0,2})(?:(\.)([0-9]{0,2}))?/y;

const PLAIN: Spec = { flags: '', width: 0, precision: -1 };
const LETTER_A = 65;

/** Reads them; the position of the conversion. */
function readSpec(L: Thread, format: string, at: number): { spec: Spec; at: number } {
  if (format.charCodeAt(at) >= LETTER_A) return { spec: PLAIN, at };
  SPEC.lastIndex = at;
  const m = SPEC.exec(format) as RegExpExecArray;
  const flags = m[1] as string;
  if (flags.length > 5) raise(L, 'invalid format (repeated flags)');
  const end = at + m[0].length;
  if (DIGITS.test(format.charAt(end))) raise(L, 'invalid format (width or precision too long)');
  return { spec: { flags, width: Number(m[2]), precision: m[3] === undefined ? -1 : Number(m[4]) }, at: end };
}

function quote51(text: string): string {
  let out = '"';
  for (const c of text) {
    if (c === '"' || c === '\\' || c === '\n') out += `\\${c}`;
    else if (c === '\r') out += '\\r';
    else if (c === '\0') out += '\\000';
    else out += c;
  }
  return `${out}"`;
}

function quote53(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34 || c === 92 || c === 10) out += `\\${text.charAt(i)}`;
    else if (c < 32 || c === 127) {
      const digit = DIGITS.test(text.charAt(i + 1));
      out += `\\${digit ? String(c).padStart(3, '0') : c}`;
    } else out += text.charAt(i);
  }
  return `${out}"`;
}

/** `%q` of 5.3, which writes any literal. */
function literal53(L: Thread, n: number): string {
  const v = arg(L, n);
  if (typeof v === 'string') return quote53(v);
  // The lowest integer cannot be read as the negative of another.
  if (isInt(v)) return v === L.g.numbers.minInteger ? `0x${unsignedOf(L, v).toString(16)}` : String(v);
  if (isNumber(v)) {
    return formatFloat(toDouble(v), 'f', PLAIN);
  }
  if (v === undefined || typeof v === 'boolean') {
    checkAny(L, n);
    return String(toText(L, v));
  }
  return argError(L, n, 'value has no literal form');
}

/** An integer of 5.3 as C's unsigned of the same size. */
function unsignedOf(L: Thread, i: Int): Int {
  return typeof i === 'number' && i >= 0 ? i : BigInt.asUintN(8 * L.g.numbers.integerBytes, BigInt(i));
}

/** A double as C's long of 32 bits, which saturates; `%u %x %o` then see it unsigned. */
function integerOf(L: Thread, n: number, unsigned: boolean): Int {
  if (!L.g.is51) return unsigned ? unsignedOf(L, checkInteger(L, n)) : checkInteger(L, n);
  const x = checkDouble(L, n);
  if (!unsigned || x < 0) return unsigned ? saturate(x) >>> 0 : saturate(x);
  return Math.min(Math.floor(x) || 0, 0xffffffff);
}

/** One character of C's sprintf, which ends at a NUL. */
const cString = (c: number): string => (c === 0 ? '' : String.fromCharCode(c));

export function format(L: Thread, base: number): number {
  const template = checkText(L, 1);
  let out = '';
  let n = 1;
  for (let p = 0; p < template.length; ) {
    const percent = template.indexOf('%', p);
    if (percent < 0) {
      out += template.slice(p);
      break;
    }
    out += template.slice(p, percent);
    p = percent + 1;
    if (template.charAt(p) === '%') {
      out += '%';
      p++;
      continue;
    }
    n++;
    if (isNone(L, n)) argError(L, n, 'no value');
    const read = readSpec(L, template, p);
    const conversion = template.charAt(read.at);
    p = read.at + 1;
    out += convert(L, conversion, read.spec, n);
    L.g.charge('efgaEFGA'.includes(conversion) ? COST.FLOAT_TEXT : COST.FORMAT);
  }
  L.g.chargeString(out.length);
  return give(L, base, out);
}

function convert(L: Thread, conversion: string, spec: Spec, n: number): string {
  switch (conversion) {
    case 'c':
      return cString(cInt(checkInteger(L, n)) & 255);
    case 'd':
    case 'i':
      return formatInt(integerOf(L, n, false), conversion, spec);
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return formatInt(integerOf(L, n, true), conversion, spec);
    case 'a':
    case 'A':
      if (L.g.is51) break;
      // The C library prints `%a` as `%f`.
      return formatFloat(checkDouble(L, n), conversion === 'a' ? 'f' : 'F', spec);
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return formatFloat(checkDouble(L, n), conversion, spec);
    case 'q':
      return L.g.is51 ? quote51(checkText(L, n)) : literal53(L, n);
    case 's': {
      const text = L.g.is51 ? checkText(L, n) : String(toText(L, checkAny(L, n)));
      if (!L.g.is51 && (spec.width > 0 || spec.precision >= 0) && text.includes('\0'))
        argError(L, n, 'string contains zeros');
      // C's sprintf sees a C string; long strings without precision are added whole.
      if (spec.precision < 0 && text.length >= 100) return text;
      const nul = L.g.is51 || spec.width > 0 || spec.precision >= 0 ? text.indexOf('\0') : -1;
      return formatText(nul >= 0 ? text.slice(0, nul) : text, spec);
    }
    default:
  }
  const shown = conversion === '' && !L.g.is51 ? '<\\0>' : conversion;
  return raise(L, `invalid option '%${shown}' to 'format'`);
}
