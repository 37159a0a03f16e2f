/** The math library: 5.1's short one, and 5.3's with 32-bit integers and single floats. */
import { arg, argCount, checkAny, checkDouble, checkInt, checkNumber } from './args.ts';
import { argError, raise } from './errors.ts';
import { floor } from './libc.ts';
import type { Library } from './library.ts';
import { floatToInt, isInt, isNumber, makeFloat, pow, toDouble } from './number.ts';
import { lessThan, toInteger53 } from './ops.ts';
import { give, give2 } from './results.ts';
import type { Thread } from './thread.ts';
import type { Value } from './value.ts';

const giveFloat = (L: Thread, base: number, n: number): number => give(L, base, L.g.is51 ? n : makeFloat(n));
const real = (f: (x: number) => number) => (L: Thread, base: number) => giveFloat(L, base, f(checkDouble(L, 1)));

/** A float as an integer when it fits. */
const fitted = (n: number): Value => floatToInt(n) ?? makeFloat(n);

const rounding =
  (double: (x: number) => number, single: (x: number) => number) =>
  (L: Thread, base: number): number => {
    const v = checkNumber(L, 1);
    if (L.g.is51) return give(L, base, double(v as number));
    return give(L, base, isInt(v) ? v : fitted(single(toDouble(v))));
  };

function abs(L: Thread, base: number): number {
  const v = checkNumber(L, 1);
  if (isInt(v) && !L.g.is51) return give(L, base, v < 0 ? -v | 0 : v);
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
  const r = L.g.random();
  if (count === 0) return give(L, base, makeFloat(Math.floor(r * 0x1000000) / 0x1000000));
  if (count > 2) raise(L, 'wrong number of arguments');
  const low = count === 1 ? 1 : checkInt(L, 1);
  const high = checkInt(L, count);
  if (low > high) argError(L, 1, 'interval is empty');
  if (low < 0 && high > 0x7fffffff + low) argError(L, 1, 'interval too large');
  return give(L, base, Math.floor(r * (high - low + 1)) + low);
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
    return give(L, base, (a % b) | 0);
  }
  return give(L, base, makeFloat(toDouble(a) % toDouble(b)));
}

function modf(L: Thread, base: number): number {
  const v = checkNumber(L, 1);
  if (isInt(v)) return give2(L, base, v, makeFloat(0));
  const n = toDouble(v);
  const whole = n < 0 ? Math.ceil(n) : Math.floor(n);
  return give2(L, base, makeFloat(whole), makeFloat(Number.isFinite(n) ? n - whole : Number.isNaN(n) ? n : 0));
}

function log(L: Thread, base: number): number {
  const x = checkDouble(L, 1);
  if (arg(L, 2) === undefined) return give(L, base, makeFloat(Math.log(x)));
  const radix = checkDouble(L, 2);
  if (radix === 2) return give(L, base, makeFloat(Math.log2(x)));
  return give(
    L,
    base,
    makeFloat(radix === 10 ? Math.log10(x) : Math.fround(Math.log(x)) / Math.fround(Math.log(radix))),
  );
}

function tointeger(L: Thread, base: number): number {
  const v = checkAny(L, 1);
  return give(L, base, toInteger53(L, v));
}

function numberType(L: Thread, base: number): number {
  const v = checkAny(L, 1);
  return give(L, base, isInt(v) ? 'integer' : isNumber(v) ? 'float' : undefined);
}

const less = (L: Thread, a: Value, b: Value): boolean => lessThan(L, a, b);
const more = (L: Thread, a: Value, b: Value): boolean => lessThan(L, b, a);

const COMMON: Library = [
  ['abs', abs],
  ['ceil', rounding(Math.ceil, Math.ceil)],
  ['floor', rounding(floor, Math.floor)],
  ['max', extreme(more)],
  ['min', extreme(less)],
  ['sqrt', real(Math.sqrt)],
  ['randomseed', randomseed],
];

export const MATH_51: Library = [
  ...COMMON,
  ['pow', (L, base) => give(L, base, pow(checkDouble(L, 1), checkDouble(L, 2)))],
  ['random', random51],
  ['pi', Math.PI],
  ['huge', Number.POSITIVE_INFINITY],
];

export const MATH_53: Library = [
  ...COMMON,
  ['random', random53],
  ['fmod', fmod],
  ['modf', modf],
  ['log', log],
  ['exp', real(Math.exp)],
  ['sin', real(Math.sin)],
  ['cos', real(Math.cos)],
  ['tan', real(Math.tan)],
  ['asin', real(Math.asin)],
  ['acos', real(Math.acos)],
  [
    'atan',
    (L, base) => give(L, base, makeFloat(Math.atan2(checkDouble(L, 1), argCount(L) > 1 ? checkDouble(L, 2) : 1))),
  ],
  ['deg', (L, base) => give(L, base, makeFloat(checkDouble(L, 1) * (180 / Math.PI)))],
  ['rad', (L, base) => give(L, base, makeFloat(checkDouble(L, 1) * (Math.PI / 180)))],
  ['tointeger', tointeger],
  ['type', numberType],
  ['ult', (L, base) => give(L, base, checkInt(L, 1) >>> 0 < checkInt(L, 2) >>> 0)],
  ['pi', Math.fround(Math.PI)],
  ['huge', Number.POSITIVE_INFINITY],
  ['maxinteger', 0x7fffffff],
  ['mininteger', -0x80000000],
];
