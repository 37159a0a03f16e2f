/** The math library: 5.1's short one, and that of the 5.3 builds. */
import type { LuaBuild } from './api.ts';
import { arg, argCount, checkAny, checkDouble, checkInt, checkInteger, checkNumber } from './args.ts';
import { A_ADD, A_SUB } from './arith.ts';
import { argError, raise } from './errors.ts';
import { floor } from './libc.ts';
import type { Library } from './library.ts';
import { isInt, isNumber, pow, toDouble } from './number.ts';
import { wrap64 } from './number64.ts';
import { NUMBERS, type NumberModel } from './numbers.ts';
import { lessThan, toInteger53 } from './ops.ts';
import { give, give2 } from './results.ts';
import type { Thread } from './thread.ts';
import type { Int, Value } from './value.ts';

const giveFloat = (L: Thread, base: number, n: number): number => give(L, base, L.g.numbers.float(n));
const real = (f: (x: number) => number) => (L: Thread, base: number) => giveFloat(L, base, f(checkDouble(L, 1)));

/** Only doubles meet the firmware's own floor; floorf and ceil are those of the tool chain. */
const rounded = (L: Thread, n: number, up: boolean): number =>
  up ? Math.ceil(n) : L.g.longNumbers ? floor(n) : Math.floor(n);

const rounding =
  (up: boolean) =>
  (L: Thread, base: number): number => {
    const v = checkNumber(L, 1);
    if (isInt(v) && !L.g.is51) return give(L, base, v);
    return give(L, base, L.g.numbers.fitted(rounded(L, toDouble(v), up)));
  };

function abs(L: Thread, base: number): number {
  const v = checkNumber(L, 1);
  if (isInt(v) && !L.g.is51) return give(L, base, v < 0 ? L.g.numbers.arith(L, A_SUB, 0, v) : v);
  return giveFloat(L, base, Math.abs(toDouble(v)));
}

/** 5.1 takes numbers only; 5.3 whatever can be compared, and hands it back as it is. */
const extreme =
  (better: (L: Thread, a: Value, b: Value) => boolean) =>
  (L: Thread, base: number, count: number): number => {
    if (count < 1 && !L.g.is51) argError(L, 1, 'value expected');
    let best: Value = L.g.is51 ? checkNumber(L, 1) : arg(L, 1);
    for (let i = 2; i <= count; i++) {
      const v = L.g.is51 ? checkNumber(L, i) : arg(L, i);
      if (better(L, v, best)) best = v;
    }
    return give(L, base, best);
  };

function random51(L: Thread, base: number, count: number): number {
  // rand() % RAND_MAX / RAND_MAX, with 31 bits.
  const r = Math.floor(L.g.random() * 0x7fffffff) / 0x7fffffff;
  if (count === 0) return give(L, base, r);
  if (count > 2) raise(L, 'wrong number of arguments');
  const low = count === 1 ? 1 : checkInt(L, 1);
  const high = checkInt(L, count);
  if (low > high) argError(L, count, 'interval is empty');
  return give(L, base, Math.floor(r * (high - low + 1)) + low);
}

function random53(L: Thread, base: number, count: number): number {
  const { numbers } = L.g;
  const r = L.g.random();
  // As many bits as the float has, or rand().
  const bits = numbers.floatBytes === 4 ? 2 ** 24 : 2 ** 31;
  if (count === 0) return giveFloat(L, base, Math.floor(r * bits) / bits);
  if (count > 2) raise(L, 'wrong number of arguments');
  const low = count === 1 ? 1 : checkInteger(L, 1);
  const high = checkInteger(L, count);
  if (low > high) argError(L, 1, 'interval is empty');
  const span = typeof low === 'number' && typeof high === 'number' ? high - low : BigInt(high) - BigInt(low);
  if (span > numbers.maxInteger) argError(L, 1, 'interval too large');
  return give(L, base, numbers.arith(L, A_ADD, low, numbers.whole(Math.floor(r * (Number(span) + 1)))));
}

function randomseed(L: Thread): number {
  L.g.seedRandom(L.g.is51 ? checkInt(L, 1) : Math.trunc(checkDouble(L, 1)) | 0);
  return 0;
}

function fmod(L: Thread, base: number): number {
  const a = checkNumber(L, 1);
  const b = checkNumber(L, 2);
  if (isInt(a) && isInt(b)) {
    if (b === 0) argError(L, 2, 'zero');
    return give(L, base, typeof a === 'number' && typeof b === 'number' ? (a % b) | 0 : wrap64(BigInt(a) % BigInt(b)));
  }
  // The firmware's definition, in doubles whatever the floats are.
  const x = checkDouble(L, 1);
  const y = checkDouble(L, 2);
  if (y === 0) raise(L, 'modulo by zero');
  const m = L.g.numbers.rounded(x / y);
  return giveFloat(L, base, x - y * (m > 0 ? floor(m) : Math.ceil(m)));
}

function modf(L: Thread, base: number): number {
  const v = checkNumber(L, 1);
  const { fitted, float } = L.g.numbers;
  if (isInt(v)) return give2(L, base, v, float(0));
  const n = toDouble(v);
  const whole = rounded(L, n, n < 0);
  return give2(L, base, fitted(whole), float(n === whole ? 0 : n - whole));
}

function log(L: Thread, base: number): number {
  const x = checkDouble(L, 1);
  if (arg(L, 2) === undefined) return giveFloat(L, base, Math.log(x));
  const radix = checkDouble(L, 2);
  if (radix === 2) return giveFloat(L, base, Math.log2(x));
  if (radix === 10) return giveFloat(L, base, Math.log10(x));
  const { rounded } = L.g.numbers;
  return giveFloat(L, base, rounded(Math.log(x)) / rounded(Math.log(radix)));
}

function tointeger(L: Thread, base: number): number {
  const v = checkAny(L, 1);
  return give(L, base, toInteger53(L, v));
}

function numberType(L: Thread, base: number): number {
  const v = checkAny(L, 1);
  return give(L, base, isInt(v) ? 'integer' : isNumber(v) ? 'float' : undefined);
}

const unsigned = (i: Int): bigint => BigInt.asUintN(64, BigInt(i));

const less = (L: Thread, a: Value, b: Value): boolean => lessThan(L, a, b);
const more = (L: Thread, a: Value, b: Value): boolean => lessThan(L, b, a);

const ceil = rounding(true);
const floorInt = rounding(false);
const max = extreme(more);
const min = extreme(less);
const sqrt = real(Math.sqrt);

const MATH_51: Library = [
  ['abs', abs],
  ['ceil', ceil],
  ['floor', floorInt],
  ['max', max],
  ['min', min],
  ['pow', (L, base) => give(L, base, pow(checkDouble(L, 1), checkDouble(L, 2)))],
  ['random', random51],
  ['randomseed', randomseed],
  ['sqrt', sqrt],
  ['pi', Math.PI],
  ['huge', Number.POSITIVE_INFINITY],
];

const math53 = ({ rounded, maxInteger, minInteger }: NumberModel): Library => [
  ['abs', abs],
  ['acos', real(Math.acos)],
  ['asin', real(Math.asin)],
  ['atan', (L, base) => giveFloat(L, base, Math.atan2(checkDouble(L, 1), argCount(L) > 1 ? checkDouble(L, 2) : 1))],
  ['ceil', ceil],
  ['cos', real(Math.cos)],
  ['deg', (L, base) => giveFloat(L, base, checkDouble(L, 1) * (180 / Math.PI))],
  ['exp', real(Math.exp)],
  ['tointeger', tointeger],
  ['floor', floorInt],
  ['fmod', fmod],
  ['ult', (L, base) => give(L, base, unsigned(checkInteger(L, 1)) < unsigned(checkInteger(L, 2)))],
  ['log', log],
  ['max', max],
  ['min', min],
  ['modf', modf],
  ['rad', (L, base) => giveFloat(L, base, checkDouble(L, 1) * (Math.PI / 180))],
  ['random', random53],
  ['randomseed', randomseed],
  ['sin', real(Math.sin)],
  ['sqrt', sqrt],
  ['tan', real(Math.tan)],
  ['type', numberType],
  ['pi', rounded(Math.PI)],
  ['huge', Number.POSITIVE_INFINITY],
  ['maxinteger', maxInteger],
  ['mininteger', minInteger],
];

export const MATH: Readonly<Record<LuaBuild, Library>> = {
  '5.1': MATH_51,
  '5.3': math53(NUMBERS['5.3']),
  '5.3-64': math53(NUMBERS['5.3-64']),
};
