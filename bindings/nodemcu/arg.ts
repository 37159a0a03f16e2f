/** Argument checkers: reusable values for `fn`. `read` is luaL_checkX, `check` the luaL_argcheck that follows it. */
import type { LuaCall, LuaClass, LuaHandle, LuaOutput } from '../../runtime/vm/index.ts';

export interface Checker<T> {
  /** First pass: type. */
  read(call: LuaCall, n: number): T;
  /** Second pass: range. */
  check?(call: LuaCall, n: number, value: unknown): void;
}

/** lua_tonumber of a value out of a table; undefined when not convertible. */
export function toNumber(value: LuaOutput): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
}

/** An element of a table, as luaL_checkinteger(-1) reads it from the top of C's stack. */
export function checkElement(call: LuaCall, table: LuaHandle, i: number): number {
  const value = table.get(i);
  const number = toNumber(value);
  if (number !== undefined) return Math.trunc(number) | 0;
  const got = value === undefined ? 'nil' : typeof value === 'object' ? value.type : typeof value;
  return call.argError(-1, `number expected, got ${got}`);
}

interface IntegerRule {
  readonly min?: number;
  readonly max?: number;
  /** The firmware's sentence for a value out of range. */
  readonly error?: string;
}

/** luaL_checkinteger, 32-bit signed. */
const integer = (rule: IntegerRule = {}): Checker<number> => ({
  read: (call, n) => call.checkInteger(n),
  check: (call: LuaCall, n, value) => {
    const v = value as number;
    const ok = v >= (rule.min ?? v) && v <= (rule.max ?? v);
    call.argCheck(ok, n, rule.error ?? 'out of range');
  },
});

/** An integer that the firmware squeezes into a smaller type before it compares it with the allowed values. */
const mapped = (
  inner: Checker<number>,
  map: (value: number) => number,
  allowed: readonly number[],
  error: string,
): Checker<number> => ({
  read: (call, n) => map(inner.read(call, n)),
  check: (call: LuaCall, n, value) => call.argCheck(allowed.includes(value as number), n, error),
});

/** An integer that must be one of a few. */
const choice = (allowed: readonly number[], error: string): Checker<number> =>
  mapped(integer(), (v) => v, allowed, error);

/** Another checker's value, converted. */
const converted = <A, B>(inner: Checker<A>, convert: (value: A) => B): Checker<B> => ({
  read: (call, n) => convert(inner.read(call, n)),
});

/** Another checker with a condition for the second pass. */
const checked = <T>(inner: Checker<T>, holds: (value: T) => boolean, error: string): Checker<T> => ({
  read: (call, n) => inner.read(call, n),
  check: (call: LuaCall, n, value) => call.argCheck(holds(value as T), n, error),
});

/** A boolean or nothing (false). */
const optBoolean = (error: string): Checker<boolean> => ({
  read: (call, n) => call.toBoolean(n),
  check: (call: LuaCall, n) => call.argCheck(call.isNoneOrNil(n) || call.type(n) === 'boolean', n, error),
});

const number: Checker<number> = { read: (call, n) => call.checkNumber(n) };

/** luaL_checklstring as Latin-1 text; numbers are accepted. */
const text: Checker<string> = { read: (call, n) => call.checkText(n) };

/** luaL_checklstring as bytes; numbers are accepted. */
const bytes: Checker<Uint8Array> = { read: (call, n) => call.checkBytes(n) };

/** lua_toboolean: anything, absent is false. */
const truth: Checker<boolean> = { read: (call, n) => call.toBoolean(n) };

/** luaL_checktype(LUA_TBOOLEAN). */
const boolean: Checker<boolean> = {
  read: (call, n) => {
    call.checkType(n, 'boolean');
    return call.toBoolean(n);
  },
};

function typed(type: 'function' | 'table', message: string | undefined): Checker<LuaHandle> {
  return {
    read: (call, n) => {
      if (message === undefined) call.checkType(n, type);
      return call.handle(n) as LuaHandle;
    },
    check: (call: LuaCall, n) => {
      if (message !== undefined) call.argCheck(call.type(n) === type, n, message);
    },
  };
}

/** A function. Without `message` luaL_checktype's sentence in the first pass, with it luaL_argcheck in the second. */
const callback = (message?: string): Checker<LuaHandle> => typed('function', message);

/** A table; `message` as for {@link callback}. */
const table = (message?: string): Checker<LuaHandle> => typed('table', message);

/** luaL_checkudata. */
const self = <T extends object>(cls: LuaClass<T>): Checker<T> => ({ read: (call, n) => call.checkHost(n, cls) });

/** luaL_checkoption: the index in `options`. */
const oneOf = (options: readonly string[], fallback?: string): Checker<number> => ({
  read: (call, n) => call.checkOption(n, fallback, options),
});

/** nil or absent gives undefined, anything else goes to `checker`. */
const opt = <T>(checker: Checker<T>): Checker<T | undefined> => ({
  read: (call, n) => (call.isNoneOrNil(n) ? undefined : checker.read(call, n)),
  check: (call, n, value) => {
    if (value !== undefined) checker.check?.(call, n, value);
  },
});

/** nil or absent gives `fallback` (luaL_optX); the fallback is not range-checked. */
const or = <T>(checker: Checker<T>, fallback: T): Checker<T> => ({
  read: (call, n) => (call.isNoneOrNil(n) ? fallback : checker.read(call, n)),
  check: (call, n, value) => {
    if (!call.isNoneOrNil(n)) checker.check?.(call, n, value);
  },
});

/** A function if it is one, else undefined: what the many `lua_isfunction` tests of the firmware do. */
const functionOrNothing: Checker<LuaHandle | undefined> = {
  read: (call, n) => (call.type(n) === 'function' ? call.handle(n) : undefined),
};

/** An argument that is not looked at. */
const never: Checker<false> = { read: () => false };

/** Whatever is there. */
const any: Checker<LuaOutput> = { read: (call, n) => call.value(n) };

export const arg = {
  integer,
  mapped,
  choice,
  converted,
  checked,
  optBoolean,
  number,
  text,
  bytes,
  truth,
  boolean,
  callback,
  table,
  self,
  oneOf,
  opt,
  or,
  functionOrNothing,
  never,
  any,
} as const;

/** A text as C reads it: up to the first zero byte. */
export const cString = (text: string): string => text.split('\0', 1)[0] as string;
