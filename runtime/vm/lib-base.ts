/** The basic functions (lbaselib.c of both builds), without those that load code. */
import { arg, checkAny, checkInt, checkInteger, checkTable, checkText, isNone, optInt, optInteger } from './args.ts';
import { A_SUB } from './arith.ts';
import { argError, frameAt, raise, runError, throwValue, typeError, where } from './errors.ts';
import { collectgarbage } from './lib-gc.ts';
import type { Library } from './library.ts';
import { floatToInt, isInt, isNumber, toDouble } from './number.ts';
import { wrap64 } from './number64.ts';
import { index, length, rawEqual, rawSet, toNumber } from './ops.ts';
import { protectedCall, protectedCallHandled } from './protected.ts';
import { give, give2, giveAll } from './results.ts';
import { LuaTable } from './table.ts';
import { isFunction, MAX_C_CALLS, type Thread } from './thread.ts';
import { toText } from './tostring.ts';
import { Closure, type Int, Native, type Num, Userdata, type Value } from './value.ts';
import { shownType } from './vm.ts';

function print(L: Thread, base: number, count: number): number {
  const { g } = L;
  const tostring = index(L, g.globals, 'tostring');
  // Called where it could fail for the depth of calls through C.
  const direct = tostring === nativeTostring && g.cCalls < MAX_C_CALLS - 1;
  let pieces: string[] = [];
  for (let i = 0; i < count; i++) {
    const v = L.stack[base + i];
    let text: Value;
    if (direct && (typeof v !== 'object' || isNumber(v))) text = toText(L, v);
    else {
      // What stands before is out already when a metamethod prints or fails; it runs under the built-in function,
      // which its traceback shows.
      put(L, pieces);
      pieces = [];
      text = L.call1(tostring, v);
    }
    if (typeof text !== 'string' && !isNumber(text)) raise(L, "'tostring' must return a string to 'print'");
    const shown = String(typeof text === 'string' ? text : toText(L, text));
    // The firmware prints C strings: they end at the first NUL.
    const nul = g.is51 ? shown.indexOf('\0') : -1;
    if (i > 0) pieces.push('\t');
    pieces.push(nul >= 0 ? shown.slice(0, nul) : shown);
  }
  pieces.push('\n');
  put(L, pieces);
  return 0;
}

function put({ g }: Thread, pieces: readonly string[]): void {
  if (pieces.length === 0) return;
  const text = pieces.join('');
  g.charge(text.length >> 3);
  for (const piece of g.dialect.printInPieces === true ? pieces : [text]) g.env.write(piece);
}

function tonumber(L: Thread, base: number): number {
  const radix = arg(L, 2) === undefined ? 0 : checkInt(L, 2);
  if (radix === 0 || (L.g.is51 && radix === 10)) return give(L, base, toNumber(L, checkAny(L, 1)));
  if (!L.g.is51) {
    checkAny(L, 1);
    if (typeof arg(L, 1) !== 'string') typeError(L, 1, 'string');
  }
  const text = checkText(L, 1);
  if (radix < 2 || radix > 36) argError(L, 2, 'base out of range');
  return give(L, base, parseRadix(L, text, radix));
}

function parseRadix(L: Thread, source: string, radix: number): Num | undefined {
  L.g.charge(source.length >> 2);
  const m = /^[ \t\n\v\f\r]*([+-]?)(0[xX])?([0-9a-zA-Z]+)[ \t\n\v\f\r]*$/.exec(source);
  if (m === null) return undefined;
  let digits = m[3] as string;
  if (m[2] !== undefined && !(L.g.is51 && radix === 16)) digits = m[2] + digits;
  let value: Int = 0;
  for (const digit of digits.toLowerCase()) {
    const d = Number.parseInt(digit, 36);
    if (d >= radix) return undefined;
    if (L.g.is51) value = Math.min(Number(value) * radix + d, 0xffffffff);
    else if (!L.g.wide) value = (Math.imul(Number(value), radix) + d) | 0;
    else value = wrap64(BigInt(value) * BigInt(radix) + BigInt(d));
  }
  if (m[1] !== '-') return value;
  return L.g.is51 ? (2 ** 32 - Number(value)) % 2 ** 32 : L.g.numbers.arith(L, A_SUB, 0, value);
}

function setmetatable(L: Thread, base: number): number {
  const t = checkTable(L, 1);
  const meta = arg(L, 2);
  if (!(meta instanceof LuaTable) && (meta !== undefined || isNone(L, 2))) argError(L, 2, 'nil or table expected');
  if (t.meta?.getStr('__metatable') !== undefined) raise(L, 'cannot change a protected metatable');
  if (t.rom) runError(L, 'table is readonly');
  t.meta = meta as LuaTable | undefined;
  L.g.noteMetatable(t);
  return give(L, base, t);
}

function getmetatable(L: Thread, base: number): number {
  const meta = L.g.metatable(checkAny(L, 1));
  return give(L, base, meta === undefined ? undefined : (meta.getStr('__metatable') ?? meta));
}

/** The function meant by getfenv's and setfenv's first argument. */
function environmentOf(L: Thread, optional: boolean): Value {
  const v = arg(L, 1);
  if (isFunction(v)) return v;
  const level = optional ? optInt(L, 1, 1) : checkInt(L, 1);
  if (level < 0) argError(L, 1, 'level must be non-negative');
  if (level === 0) return undefined;
  const frame = frameAt(L, level);
  if (frame === undefined) argError(L, 1, 'invalid level');
  return frame.fn;
}

function getfenv(L: Thread, base: number): number {
  const level0 = arg(L, 1) !== undefined && !isFunction(arg(L, 1)) && checkInt(L, 1) === 0;
  const fn = environmentOf(L, true);
  return give(L, base, level0 ? L.env : fn instanceof Closure ? fn.env : L.g.globals);
}

function setfenv(L: Thread, base: number): number {
  const env = checkTable(L, 2);
  const v = arg(L, 1);
  if (isNumber(v) && checkInt(L, 1) === 0) {
    L.env = env;
    return 0;
  }
  const fn = environmentOf(L, false);
  if (!(fn instanceof Closure)) raise(L, "'setfenv' cannot change environment of given object");
  fn.env = env;
  return give(L, base, fn);
}

const next = (L: Thread, base: number): number => {
  const t = checkTable(L, 1);
  const at = t.positionOf(arg(L, 2));
  if (at < 0) runError(L, L.g.is51 ? "invalid key to 'next'" : "invalid key to 'next'");
  const used = t.nextUsed(at);
  if (used > at + 8) L.g.charge((used - at) >> 3);
  else if (used < 0) L.g.charge((t.arr.length + t.node.length - at) >> 4);
  return used < 0 ? give(L, base, undefined) : give2(L, base, t.keyAt(used), t.valueAt(used));
};
const nativeNext = new Native('next', next);

function pairs(L: Thread, base: number): number {
  const v = L.g.is51 ? checkTable(L, 1) : checkAny(L, 1);
  const handler = L.g.is51 ? undefined : L.g.metamethod(v, '__pairs');
  if (handler !== undefined) {
    const got = L.call(handler, [v], 3);
    for (let i = 0; i < 3; i++) L.stack[base - 1 + i] = i < got ? L.stack[L.top + i] : undefined;
    return 3;
  }
  // 5.3 leaves the check to next.
  return giveAll(L, base, [nativeNext, v, undefined]);
}

function ipairsStep(L: Thread, base: number): number {
  const at = L.g.numbers.plus(checkInteger(L, 2), 1);
  const t = arg(L, 1);
  const v = L.g.is51
    ? checkTable(L, 1).get(at)
    : t instanceof LuaTable && t.meta === undefined
      ? t.get(at)
      : index(L, t, at);
  return v === undefined ? give(L, base, L.g.is51 ? undefined : undefined) : give2(L, base, at, v);
}
const nativeIpairsStep = new Native('ipairs_aux', ipairsStep);

function ipairs(L: Thread, base: number): number {
  const t = L.g.is51 ? checkTable(L, 1) : checkAny(L, 1);
  return giveAll(L, base, [nativeIpairsStep, t, 0]);
}

function error(L: Thread): number {
  const level = optInt(L, 2, 1);
  const v = arg(L, 1);
  if ((typeof v === 'string' || (L.g.is51 && isNumber(v))) && level > 0)
    throwValue(L, where(L, level) + String(toText(L, v)));
  return throwValue(L, v);
}

function assert(L: Thread, base: number, count: number): number {
  const v = checkAny(L, 1);
  if (v !== undefined && v !== false) return giveAll(L, base, L.stack.slice(base, base + count));
  if (L.g.is51) {
    const message = arg(L, 2) === undefined ? 'assertion failed!' : checkText(L, 2);
    return raise(L, message);
  }
  const message = count < 2 ? 'assertion failed!' : arg(L, 2);
  return throwValue(L, typeof message === 'string' ? where(L, 1) + message : message);
}

function select(L: Thread, base: number, count: number): number {
  const v = arg(L, 1);
  if (typeof v === 'string' && v.startsWith('#')) return give(L, base, count - 1);
  let n = checkInt(L, 1);
  if (n < 0) n = count + n;
  else if (n > count) n = count;
  if (n < 1) argError(L, 1, 'index out of range');
  return giveAll(L, base, L.stack.slice(base + n, base + count));
}

/** luaL_len. */
export function lengthInteger(L: Thread, t: Value): Int {
  const n = length(L, t);
  if (isInt(n)) return n;
  return (isNumber(n) ? floatToInt(toDouble(n)) : undefined) ?? raise(L, 'object length is not an integer');
}

/** How far an integer is from another. */
export const distance = (from: Int, to: Int): number =>
  typeof from === 'number' && typeof to === 'number' ? to - from : Number(BigInt(to) - BigInt(from));

export function unpack(L: Thread, base: number): number {
  const t = arg(L, 1);
  if (L.g.is51) checkTable(L, 1);
  const first = optInteger(L, 2, 1);
  const last = arg(L, 3) === undefined ? lengthInteger(L, t) : checkInteger(L, 3);
  if (first > last) return 0;
  const n = distance(first, last) + 1;
  if (n >= 7900) return raise(L, 'too many results to unpack');
  L.g.charge(n);
  const values: Value[] = [];
  for (let i = 0; i < n; i++) {
    const at = L.g.numbers.plus(first, i);
    values.push(L.g.is51 ? (t as LuaTable).get(at) : index(L, t, at));
  }
  return giveAll(L, base, values);
}

/** 5.3's global `unpack` calls `table.unpack`. */
function unpackThroughTable(L: Thread, base: number, count: number): number {
  const table = index(L, L.g.globals, 'table');
  const got = L.call(index(L, table, 'unpack'), L.stack.slice(base, base + count), -1);
  return giveAll(L, base, L.stack.slice(L.top, L.top + got));
}

function rawset(L: Thread, base: number): number {
  const t = checkTable(L, 1);
  checkAny(L, 2);
  checkAny(L, 3);
  rawSet(L, t, arg(L, 2), arg(L, 3));
  return give(L, base, t);
}

function rawlen(L: Thread, base: number): number {
  const v = arg(L, 1);
  if (v instanceof LuaTable) return give(L, base, v.length());
  return typeof v === 'string' ? give(L, base, v.length) : argError(L, 1, 'table or string expected');
}

function newproxy(L: Thread, base: number): number {
  const v = arg(L, 1);
  if (v === undefined || v === false) return give(L, base, new Userdata(undefined, undefined));
  if (v === true) {
    const meta = L.g.newTable();
    L.g.proxies.add(meta);
    return give(L, base, L.g.track(new Userdata(undefined, meta)));
  }
  if (!(v instanceof Userdata) || v.meta === undefined || !L.g.proxies.has(v.meta))
    argError(L, 1, 'boolean or proxy expected');
  return give(L, base, L.g.track(new Userdata(undefined, v.meta)));
}

const nativeTostring = new Native('tostring', (L, base) => give(L, base, toText(L, checkAny(L, 1))));

const COMMON: Library = [
  ['assert', assert],
  ['collectgarbage', collectgarbage],
  ['error', error],
  ['getmetatable', getmetatable],
  ['pcall', protectedCall],
  ['print', print],
  ['rawequal', (L, base) => give(L, base, rawEqual(checkAny(L, 1), checkAny(L, 2)))],
  ['rawget', (L, base) => give(L, base, checkTable(L, 1).get(checkAny(L, 2)))],
  ['rawset', rawset],
  ['select', select],
  ['setmetatable', setmetatable],
  ['tonumber', tonumber],
  ['tostring', nativeTostring],
  ['type', (L, base) => give(L, base, shownType(L.g, checkAny(L, 1)))],
  ['xpcall', protectedCallHandled],
  ['next', nativeNext],
];

export const BASE_51: Library = [
  ...COMMON,
  ['unpack', unpack],
  ['gcinfo', (L, base) => give(L, base, Math.floor(L.g.heapUsed / 1024))],
  ['getfenv', getfenv],
  ['setfenv', setfenv],
];
export const BASE_53: Library = [
  ...COMMON,
  ['rawlen', rawlen],
  ['unpack', unpackThroughTable],
  ['pairs', pairs],
  ['ipairs', ipairs],
];

/** Those that 5.1 keeps in RAM, because they have upvalues there. */
export const RAM_BASE: Library = [
  ['pairs', pairs],
  ['ipairs', ipairs],
  ['newproxy', newproxy],
];
