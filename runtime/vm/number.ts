/** Numbers of Lua 5.1 and of 5.3 with 32 bits: conversion, arithmetic, text. Number64.ts has what 64 bits change. */
import { floor, parseDecimal, pow } from './libc.ts';
import { formatG } from './printf.ts';
import { Flt, type Int, type Num, type Value } from './value.ts';

/** Any number as a JavaScript number. */
export const toDouble = (v: Num): number => (typeof v === 'number' ? v : v instanceof Flt ? v.n : Number(v));
/** Any number in a form that JavaScript compares exactly. */
export const comparable = (v: Num): Int => (v instanceof Flt ? v.n : v);
export const isNumber = (v: Value): v is Num => typeof v === 'number' || v instanceof Flt || typeof v === 'bigint';
/** 5.3: is an integer. */
export const isInt = (v: Value): v is Int => (typeof v === 'number' ? (v | 0) === v : typeof v === 'bigint');

/** 5.3: a float as a value, rounded to single precision. */
export function makeFloat(n: number): number | Flt {
  const f = Math.fround(n);
  return (f | 0) === f ? new Flt(f) : f;
}

/**
 * 5.3: the integer a float is exactly, or undefined. With 64 bits too only those of 32 bits count, because luaV_tointeger
 * asks the firmware's floor (libc.ts).
 */
export function floatToInt(n: number): number | undefined {
  return (n | 0) === n ? n | 0 : undefined;
}

// No text matches in more ways than one: a search that goes back would take for ever in a long one.
/** What strtod reads. */
export const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

const isBlank = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);

/** Without the blanks around it. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** luaO_str2d of the 5.1 build: strtod, and strtoul for `0x`; undefined when malformed. */
export function parseNumber51(source: string): number | undefined {
  const text = trimmed(source);
  if (DECIMAL.test(text)) return parseDecimal(text);
  const m = /^([+-]?)0[xX]([0-9a-fA-F]+)$/.exec(text);
  if (m === null) return undefined;
  // An unsigned long of 32 bits: too many digits give the largest, a minus sign wraps.
  const value = Math.min(Number.parseInt(m[2] as string, 16), 0xffffffff);
  return m[1] === '-' ? -value >>> 0 : value;
}

/** luaO_str2num of 5.3 with 32-bit integers and single floats. */
export function parseNumber53(source: string): number | Flt | undefined {
  const text = trimmed(source);
  if (/^[+-]?[0-9]+$/.test(text)) {
    const n = Number(text);
    return n <= 0x7fffffff && n >= -0x80000000 ? n | 0 : makeFloat(n);
  }
  // No hexadecimal floats in the firmware.
  const m = /^([+-]?)0[xX]([0-9a-fA-F]+)$/.exec(text);
  if (m !== null) {
    let value = 0;
    for (const digit of m[2] as string) value = (Math.imul(value, 16) + Number.parseInt(digit, 16)) | 0;
    return m[1] === '-' ? -value | 0 : value;
  }
  return DECIMAL.test(text) ? makeFloat(Number(text)) : undefined;
}

/** `%.14g`. */
export function numberText51(n: number): string {
  return (n | 0) === n ? String(n) : formatG(n, 14);
}

/** `%d`, or `%.7g` with `.0` where it looks like an integer. */
export function numberText53(v: number | Flt): string {
  if (typeof v === 'number') {
    if ((v | 0) === v) return String(v);
    const text = formatG(v, 7);
    return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
  }
  const text = formatG(v.n, 7);
  return /e/.test(text) ? text : `${text}.0`;
}

/** powf, taken as exact. */
export function powFloat(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY))) return 1;
  return a ** b;
}

/** `a - floor(a/b)*b` with the firmware's floor, luai_nummod of 5.1. */
export function mod51(a: number, b: number): number {
  // What the general form gives for these, too.
  if (a > 0 && b > 0 && (a | 0) === a && (b | 0) === b) return (a | 0) % (b | 0);
  return a - floor(a / b) * b;
}

/** luai_nummod of the 5.3 build: a float division, then the firmware's floor. */
export function modFloat(a: number, b: number): number {
  const m = Math.fround(a - floor(Math.fround(a / b)) * b);
  return m * b < 0 ? m + b : m;
}

/** 5.3: `+ - * /` (0, 1, 2, 5) of numbers of which one is a float; undefined for other operands and operators. */
export function floatArith(op: number, a: Value, b: Value): number | Flt | undefined {
  const x = typeof a === 'number' ? a : a instanceof Flt ? a.n : undefined;
  const y = typeof b === 'number' ? b : b instanceof Flt ? b.n : undefined;
  if (x === undefined || y === undefined) return undefined;
  switch (op) {
    case 0:
      return makeFloat(Math.fround(x) + Math.fround(y));
    case 1:
      return makeFloat(Math.fround(x) - Math.fround(y));
    case 2:
      return makeFloat(Math.fround(x) * Math.fround(y));
    case 5:
      return makeFloat(Math.fround(x) / Math.fround(y));
    default:
      return undefined;
  }
}

/** Integer shift left of 5.3; negative counts shift right, both logically. */
export function shiftLeft(a: number, by: number): number {
  if (by <= -32 || by >= 32) return 0;
  return by >= 0 ? a << by : (a >>> -by) | 0;
}

export { pow };
