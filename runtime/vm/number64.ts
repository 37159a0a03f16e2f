/**
 * Numbers of Lua 5.3 as LUA_NUMBER_64BITS builds it: 64-bit integers and doubles. Integers beyond 32 bits are bigints
 * and never wider than 64 bits; whatever leaves this file or arith64.ts is in the form that value.ts describes.
 */
import { parseDecimal } from './libc.ts';
import { DECIMAL, trimmed } from './number.ts';
import { formatG } from './printf.ts';
import { Flt, type Int, type Num } from './value.ts';

export const MAX_INT64 = 0x7fffffffffffffffn;
export const MIN_INT64 = -0x8000000000000000n;

/** Any whole number modulo 2^64 as an integer value. */
export function wrap64(i: bigint): Int {
  const cut = BigInt.asIntN(64, i);
  return cut >= -0x80000000n && cut <= 0x7fffffffn ? Number(cut) : cut;
}

/** An integer value from a whole number that a double holds exactly. */
export const whole64 = (n: number): Int => ((n | 0) === n ? n | 0 : BigInt(n));

/** A float as a value. */
export const float64 = (n: number): number | Flt => ((n | 0) === n ? new Flt(n) : n);

/** lua_numbertointeger of a whole double: an integer if 64 bits hold it, else the float. */
export function fitted64(n: number): Num {
  if (!Number.isInteger(n) || n < -(2 ** 63) || n >= 2 ** 63) return float64(n);
  return whole64(n);
}

/** `i + by`, wrapping. */
export function plus64(i: Int, by: number): Int {
  if (typeof i === 'number') {
    const sum = i + by;
    if ((sum | 0) === sum) return sum;
  }
  return wrap64(BigInt(i) + BigInt(by));
}

/** Digits of the largest integer. */
const MAX_DIGITS = 19;

/** luaO_str2num. Hexadecimal integers wrap; decimal ones that do not fit become floats. */
export function parseNumber64(source: string): Num | undefined {
  const text = trimmed(source);
  const m = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|([0-9]+))$/.exec(text);
  if (m !== null) {
    const [, sign, hex, decimal = ''] = m;
    const value = (digits: string): bigint => (sign === '-' ? -BigInt(digits) : BigInt(digits));
    if (hex !== undefined) return wrap64(value(`0x${hex.slice(-16)}`));
    const digits = decimal.replace(/^0+(?=[0-9])/, '');
    if (digits.length <= MAX_DIGITS) {
      const i = value(digits);
      if (i >= MIN_INT64 && i <= MAX_INT64) return wrap64(i);
    }
  }
  // The firmware reads no hexadecimal floats.
  return DECIMAL.test(text) ? float64(parseDecimal(text)) : undefined;
}

/** `%lld`, or `%.14g` with `.0` where it looks like an integer. */
export function numberText64(v: Num): string {
  if (typeof v === 'bigint' || (typeof v === 'number' && (v | 0) === v)) return String(v);
  const text = formatG(v instanceof Flt ? v.n : v, 14);
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
}
