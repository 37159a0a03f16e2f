/** Arguments of built-in functions and their checks (lauxlib.c). Numbered from 1. */

import type { LuaType } from './api.ts';
import { argError, typeError } from './errors.ts';
import { floatToInt, isInt, toDouble } from './number.ts';
import { textOf, toNumber } from './ops.ts';
import { LuaTable } from './table.ts';
import type { Thread } from './thread.ts';
import { isFunction } from './thread.ts';
import type { Int, LuaFn, Num, Value } from './value.ts';
import { typeOf } from './vm.ts';

export const argCount = (L: Thread): number => L.top - L.frame.base;

export function arg(L: Thread, n: number): Value {
  const at = L.frame.base + n - 1;
  return at < L.top ? L.stack[at] : undefined;
}

export const isNone = (L: Thread, n: number): boolean => L.frame.base + n - 1 >= L.top;

export function checkAny(L: Thread, n: number): Value {
  if (isNone(L, n)) argError(L, n, 'value expected');
  return arg(L, n);
}

export function checkTable(L: Thread, n: number): LuaTable {
  const v = arg(L, n);
  return v instanceof LuaTable ? v : typeError(L, n, 'table');
}

export function checkFunction(L: Thread, n: number): LuaFn {
  const v = arg(L, n);
  return isFunction(v) ? v : typeError(L, n, 'function');
}

export function checkType(L: Thread, n: number, type: LuaType): void {
  if (isNone(L, n) || typeOf(arg(L, n)) !== type) typeError(L, n, type);
}

export function checkText(L: Thread, n: number): string {
  return textOf(L, arg(L, n)) ?? typeError(L, n, 'string');
}

export const optText = (L: Thread, n: number, fallback: string): string =>
  arg(L, n) === undefined ? fallback : checkText(L, n);

export function checkNumber(L: Thread, n: number): Num {
  return toNumber(L, arg(L, n)) ?? typeError(L, n, 'number');
}

/** luaL_checknumber as a JavaScript number in the precision of the state's floats. */
export function checkDouble(L: Thread, n: number): number {
  return L.g.numbers.rounded(toDouble(checkNumber(L, n)));
}

/** lua_number2integer of 5.1: through a 64-bit integer, which saturates, to its low 32 bits. */
export function cut32(n: number): number {
  if (n >= 2 ** 63) return -1;
  return n <= -(2 ** 63) ? 0 : n | 0;
}

/** luaL_checkinteger. */
export function checkInteger(L: Thread, n: number): Int {
  const v = arg(L, n);
  if (L.g.is51) {
    const number = toNumber(L, v);
    return number === undefined ? typeError(L, n, 'number') : cut32(number as number);
  }
  if (isInt(v)) return v;
  const number = toNumber(L, v);
  if (number === undefined) typeError(L, n, 'number');
  const int = isInt(number) ? number : floatToInt(toDouble(number));
  return int ?? argError(L, n, 'number has no integer representation');
}

/** {@link checkInteger} where only its size counts: beyond 2^53 the nearest double. */
export const checkInt = (L: Thread, n: number): number => Number(checkInteger(L, n));

/** An integer assigned to C's `int`. */
export const cInt = (i: Int): number => (typeof i === 'number' ? i : Number(BigInt.asIntN(32, i)));

export const optInt = (L: Thread, n: number, fallback: number): number =>
  arg(L, n) === undefined ? fallback : checkInt(L, n);
export const optInteger = (L: Thread, n: number, fallback: Int): Int =>
  arg(L, n) === undefined ? fallback : checkInteger(L, n);

/** luaL_checkoption. */
export function checkOption(L: Thread, n: number, fallback: string | undefined, options: readonly string[]): number {
  const text = fallback === undefined ? checkText(L, n) : optText(L, n, fallback);
  const name = text.split('\0', 1)[0] as string; // strcmp
  const at = options.indexOf(name);
  return at >= 0 ? at : argError(L, n, `invalid option '${name}'`);
}
