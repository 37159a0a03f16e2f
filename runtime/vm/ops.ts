/** The operations of the language on any values, with metamethods: the slow paths of the interpreter. */
import { COST } from './cost.ts';
import { compareError, objectTypeName, operandError, runError } from './errors.ts';
import { valueBytes } from './heap.ts';
import { comparable, floatToInt, isInt, isNumber, toDouble } from './number.ts';
import { LuaTable } from './table.ts';
import { isFunction, type Thread } from './thread.ts';
import { Closure, Flt, type Int, Native, type Num, Userdata, type Value } from './value.ts';
import { EVENTS, TM_INDEX, TM_NEWINDEX } from './vm.ts';

/** Longest __index or __newindex chain (MAXTAGLOOP): 100 in 5.1, 2000 in 5.3. */
const loopLimit = (L: Thread): number => (L.g.is51 ? 100 : 2000);

/** A metamethod of a table through the cache of absent ones. */
export function tableEvent(meta: LuaTable | undefined, event: number): Value {
  if (meta === undefined || meta.flags & (1 << event)) return undefined;
  const found = meta.getStr(EVENTS[event] as string);
  if (found === undefined) meta.flags |= 1 << event;
  return found;
}

/** `t[key]`. `operand` names t in errors. */
export function index(L: Thread, t: Value, key: Value, operand?: number): Value {
  let at = t;
  for (let loop = loopLimit(L); loop > 0; loop--) {
    let handler: Value;
    if (at instanceof LuaTable) {
      const found = at.get(key);
      if (found !== undefined) return found;
      handler = tableEvent(at.meta, TM_INDEX);
      if (handler === undefined) return undefined;
    } else {
      handler = L.g.metamethod(at, '__index');
      if (handler === undefined) indexError(L, at, key, loop === loopLimit(L) ? operand : undefined);
    }
    if (isFunction(handler)) return callMeta(L, handler, at, key);
    at = handler;
    L.g.charge(1);
  }
  return runError(L, L.g.is51 ? 'loop in gettable' : "'__index' chain too long; possible loop");
}

function indexError(L: Thread, t: Value, _key: Value, operand: number | undefined): never {
  operandError(L, t, 'index', operand);
}

/** `t[key] = value`. */
export function setIndex(L: Thread, t: Value, key: Value, value: Value, operand?: number): void {
  let at = t;
  for (let loop = loopLimit(L); loop > 0; loop--) {
    let handler: Value;
    if (at instanceof LuaTable) {
      if (at.meta === undefined || at.get(key) !== undefined) {
        rawSet(L, at, key, value);
        return;
      }
      handler = tableEvent(at.meta, TM_NEWINDEX);
      if (handler === undefined) {
        rawSet(L, at, key, value);
        return;
      }
      // luaV_settable of 5.1 makes room for the key, with its checks, before it asks.
      if (L.g.is51) rawSet(L, at, key, undefined);
    } else {
      handler = L.g.metamethod(at, '__newindex');
      if (handler === undefined) operandError(L, at, 'index', loop === loopLimit(L) ? operand : undefined);
    }
    if (isFunction(handler)) {
      callMeta(L, handler, at, key, value);
      return;
    }
    at = handler;
    L.g.charge(1);
  }
  runError(L, L.g.is51 ? 'loop in settable' : "'__newindex' chain too long; possible loop");
}

/** Assignment without metamethods, with the checks of luaH_set. */
export function rawSet(L: Thread, t: LuaTable, key: Value, value: Value): void {
  if (t.rom) runError(L, 'table is readonly');
  if (key === undefined) runError(L, 'table index is nil');
  if (Number.isNaN(key)) runError(L, 'table index is NaN');
  const before = t.node.length + t.arr.length;
  const { lastFree } = t;
  t.set(key, value);
  // The search for a free node starts anew only after a rehash.
  if (t.lastFree > lastFree) L.g.charge((t.node.length + t.arr.length) >> 1);
  const grown = t.node.length + t.arr.length - before;
  if (grown > 0) L.g.account(grown * valueBytes(L.g.longNumbers));
}

/** Calls a metamethod from inside an operation; one result. */
export function callMeta(L: Thread, fn: Value, ...args: readonly Value[]): Value {
  const top = L.top;
  if (!(L.frame.fn instanceof Native)) L.top = L.frame.top;
  const result = L.call(fn, args, 1) === 0 ? undefined : L.stack[L.top];
  L.top = top;
  return result;
}

/** Text to number by the rules of the state's version. */
export function parseNumber(L: Thread, text: string): Num | undefined {
  L.g.charge(text.length >> 4);
  return L.g.numbers.parse(text);
}

/** A number, or a string that reads as one; else undefined. */
export function toNumber(L: Thread, v: Value): Num | undefined {
  if (isNumber(v)) return v;
  return typeof v === 'string' ? parseNumber(L, v) : undefined;
}

export function numberText(L: Thread, v: Num): string {
  if (typeof v !== 'number' || (v | 0) !== v) L.g.charge(COST.FLOAT_TEXT);
  return L.g.numbers.text(v);
}

/** 5.3: an integer from an integer, an integral float or a string that reads as one. */
export function toInteger53(L: Thread, v: Value): Int | undefined {
  const n = toNumber(L, v);
  if (n === undefined) return undefined;
  return isInt(n) ? n : floatToInt(toDouble(n));
}

/** Equality without metamethods. */
export function rawEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof Flt) return typeof b === 'number' ? a.n === b : b instanceof Flt && a.n === b.n;
  return b instanceof Flt && a === b.n;
}

/** `a == b`. */
export function equals(L: Thread, a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    L.g.charge(Math.min(a.length, b.length) >> 5);
    return a === b;
  }
  if (a === b) return true;
  if (!(a instanceof LuaTable && b instanceof LuaTable) && !(a instanceof Userdata && b instanceof Userdata))
    return rawEqual(a, b);
  if (a.meta === undefined && b.meta === undefined) return false;
  const handler = a.meta?.getStr('__eq');
  if (L.g.is51) {
    // 5.1: both must have the same metamethod.
    if (handler === undefined) return false;
    const other = a.meta === b.meta ? handler : b.meta?.getStr('__eq');
    return other !== undefined && rawEqual(handler, other) && truthy(callMeta(L, handler, a, b));
  }
  const used = handler ?? b.meta?.getStr('__eq');
  return used !== undefined && truthy(callMeta(L, used, a, b));
}

export const truthy = (v: Value): boolean => v !== undefined && v !== false;

/** The handler of 5.1 comparisons: both operands must agree on it. */
function commonHandler(L: Thread, a: Value, b: Value, name: string): Value {
  const handler = L.g.metamethod(a, name);
  return handler !== undefined && rawEqual(handler, L.g.metamethod(b, name)) ? handler : undefined;
}

const eitherHandler = (L: Thread, a: Value, b: Value, name: string): Value =>
  L.g.metamethod(a, name) ?? L.g.metamethod(b, name);

/** `a < b`. */
export function lessThan(L: Thread, a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return comparable(a) < comparable(b);
  if (typeof a === 'string' && typeof b === 'string') {
    L.g.charge(Math.min(a.length, b.length) >> 5);
    return a < b;
  }
  if (L.g.is51 && objectTypeName(L, a) !== objectTypeName(L, b)) compareError(L, a, b);
  const handler = (L.g.is51 ? commonHandler : eitherHandler)(L, a, b, '__lt');
  if (handler === undefined) compareError(L, a, b);
  return truthy(callMeta(L, handler, a, b));
}

/** `a <= b`. */
export function lessEqual(L: Thread, a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return comparable(a) <= comparable(b);
  if (typeof a === 'string' && typeof b === 'string') {
    L.g.charge(Math.min(a.length, b.length) >> 5);
    return a <= b;
  }
  if (L.g.is51 && objectTypeName(L, a) !== objectTypeName(L, b)) compareError(L, a, b);
  const find = L.g.is51 ? commonHandler : eitherHandler;
  const handler = find(L, a, b, '__le');
  if (handler !== undefined) return truthy(callMeta(L, handler, a, b));
  const less = find(L, b, a, '__lt');
  if (less === undefined) compareError(L, a, b);
  return !truthy(callMeta(L, less, b, a));
}

/** The text of a string or number, undefined of others. */
export function textOf(L: Thread, v: Value): string | undefined {
  if (typeof v === 'string') return v;
  return isNumber(v) ? numberText(L, v) : undefined;
}

/** Concatenates `stack[first] … stack[last]`, from the right; the result is returned. */
export function concat(L: Thread, first: number, last: number): Value {
  const stack = L.stack;
  const base = L.frame.base;
  let right: Value = stack[last];
  for (let at = last - 1; at >= first; at--) {
    const left = stack[at];
    const a = textOf(L, left);
    const b = textOf(L, right);
    if (a !== undefined && b !== undefined) {
      const text = a + b;
      L.g.chargeString(text.length);
      right = text;
      continue;
    }
    const handler = L.g.metamethod(left, '__concat') ?? L.g.metamethod(right, '__concat');
    if (handler === undefined) {
      const wrongRight = a !== undefined;
      operandError(L, wrongRight ? right : left, 'concatenate', (wrongRight ? at + 1 : at) - base);
    }
    right = callMeta(L, handler, left, right);
  }
  return right;
}

/** `#v`. */
export function length(L: Thread, v: Value, operand?: number): Value {
  if (typeof v === 'string') return v.length;
  if (v instanceof LuaTable && (L.g.is51 || v.meta === undefined)) return v.length();
  const handler = L.g.metamethod(v, '__len');
  if (handler !== undefined) return callMeta(L, handler, v, L.g.is51 ? undefined : v);
  if (v instanceof LuaTable) return v.length();
  return operandError(L, v, 'get length of', operand);
}

/** Makes the value at `func` callable through __call, or fails. */
export function callable(L: Thread, func: number, count: number): Closure | Native {
  const v = L.stack[func];
  const handler = L.g.metamethod(v, '__call');
  if (!isFunction(handler)) {
    const caller = L.frame;
    operandError(L, v, 'call', caller.fn instanceof Closure ? func - caller.base : undefined);
  }
  const stack = L.stack;
  if (func + count + 2 > stack.length) L.grow(func + count + 2);
  for (let i = func + count + 1; i > func; i--) stack[i] = stack[i - 1];
  stack[func] = handler;
  return handler;
}
