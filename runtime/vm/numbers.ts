/** The number models of the firmware's language builds. A state holds one and asks it wherever they differ. */
import type { LuaBuild } from './api.ts';
import { arith51, arith53 } from './arith.ts';
import { arith64 } from './arith64.ts';
import { floatToInt, makeFloat, numberText51, numberText53, parseNumber51, parseNumber53 } from './number.ts';
import { fitted64, float64, MAX_INT64, MIN_INT64, numberText64, parseNumber64, plus64, whole64 } from './number64.ts';
import type { Thread } from './thread.ts';
import type { Flt, Int, Num } from './value.ts';

export interface NumberModel {
  /** A double in the precision of the model's floats. */
  readonly rounded: (n: number) => number;
  /** A float as a value. */
  readonly float: (n: number) => number | Flt;
  /** A whole double as an integer if that holds it, else as a float (lua_numbertointeger). */
  readonly fitted: (n: number) => Num;
  /** An integer from a whole number of the host. */
  readonly whole: (n: number) => Int;
  /** An integer `by` further on. */
  readonly plus: (i: Int, by: number) => Int;
  /** A number from text (luaO_str2num), undefined when malformed. */
  readonly parse: (text: string) => Num | undefined;
  readonly text: (v: Num) => string;
  /** Arithmetic by operator number; undefined when a bitwise operand has no integer, without `L` also for an error. */
  readonly arith: (L: Thread | undefined, op: number, a: Num, b: Num) => Num | undefined;
  /** LUA_MAXINTEGER and LUA_MININTEGER. */
  readonly maxInteger: Int;
  readonly minInteger: Int;
  /** sizeof lua_Integer and lua_Number. */
  readonly integerBytes: 4 | 8;
  readonly floatBytes: 4 | 8;
}

const same = (n: number): number => n;
const add = (i: Int, by: number): Int => (i as number) + by;
const SHORT = { whole: same, plus: add, maxInteger: 0x7fffffff, minInteger: -0x80000000, integerBytes: 4 } as const;

/** Doubles only. */
const DOUBLES: NumberModel = {
  ...SHORT,
  rounded: same,
  float: same,
  fitted: same,
  parse: parseNumber51,
  text: (v) => numberText51(v as number),
  arith: (_L, op, a, b) => arith51(op, a as number, b as number),
  floatBytes: 8,
};

/** 32-bit integers and single floats. */
const SINGLES: NumberModel = {
  ...SHORT,
  rounded: Math.fround,
  float: makeFloat,
  fitted: (n) => floatToInt(n) ?? makeFloat(n),
  parse: parseNumber53,
  text: (v) => numberText53(v as number | Flt),
  arith: (L, op, a, b) => arith53(L, op, a as number | Flt, b as number | Flt),
  floatBytes: 4,
};

/** 64-bit integers and doubles. */
const LONGS: NumberModel = {
  rounded: same,
  float: float64,
  fitted: fitted64,
  whole: whole64,
  plus: plus64,
  parse: parseNumber64,
  text: numberText64,
  arith: arith64,
  maxInteger: MAX_INT64,
  minInteger: MIN_INT64,
  integerBytes: 8,
  floatBytes: 8,
};

export const NUMBERS: Readonly<Record<LuaBuild, NumberModel>> = { '5.1': DOUBLES, '5.3': SINGLES, '5.3-64': LONGS };
