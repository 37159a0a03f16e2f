/** The debug library as the firmware builds it: three functions in 5.1, all but `debug` in 5.3. */
import {
  arg,
  argCount,
  checkAny,
  checkFunction,
  checkInt,
  checkOption,
  checkTable,
  checkText,
  checkType,
  cut32,
  optInt,
  optText,
} from './args.ts';
import { functionName, localName } from './debug-info.ts';
import { argError, currentLine, frameAt } from './errors.ts';
import { Hook } from './hook.ts';
import type { Library } from './library.ts';
import { isNumber } from './number.ts';
import { textOf, toNumber } from './ops.ts';
import { give, give2, giveAll } from './results.ts';
import { LuaTable } from './table.ts';
import { type Frame, isFunction, TAIL, Thread, TOUCHED } from './thread.ts';
import { toText } from './tostring.ts';
import { traceback } from './traceback.ts';
import { Closure, type LuaFn, Native, Userdata, type Value } from './value.ts';
import { typeOf } from './vm.ts';

/** The optional thread argument in front, and how far it moves the others. */
function threadArg(L: Thread): { of: Thread; shift: number } {
  const first = arg(L, 1);
  return first instanceof Thread ? { of: first, shift: 1 } : { of: L, shift: 0 };
}

/** debug_errorfb: a number in second place is the level, and all that is left before the traceback is one text. */
function traceback51(L: Thread, base: number): number {
  const { of, shift } = threadArg(L);
  const level = toNumber(L, arg(L, 2 + shift));
  const count = argCount(L) - (level === undefined ? 0 : 1);
  const texts = Array.from({ length: count - shift }, (_, i) => textOf(L, arg(L, shift + i + 1)));
  // Where the message is no text, what lies on top of the stack comes back.
  if (texts.length > 0 && texts[0] === undefined) return give(L, base, arg(L, count));
  const text = texts.length > 0 ? texts.join('') : undefined;
  return give(L, base, traceback(L, of, text, level === undefined ? (of === L ? 1 : 0) : cut32(level as number)));
}

function traceback53(L: Thread, base: number): number {
  const { of, shift } = threadArg(L);
  const message = arg(L, 1 + shift);
  if (message !== undefined && typeof message !== 'string' && !isNumber(message)) return give(L, base, message);
  const level = optInt(L, 2 + shift, of === L ? 1 : 0);
  const text = message === undefined || argCount(L) <= shift ? undefined : String(toText(L, message));
  return give(L, base, traceback(L, of, text, level));
}

/** The strings of the state are not kept apart here; the list is empty. */
function getstrings(L: Thread, base: number): number {
  const what = checkOption(L, 1, 'RAM', ['RAM', 'ROM']);
  return give(L, base, what === 1 ? undefined : L.g.newTable());
}

function describe(L: Thread, of: Thread, fn: LuaFn | undefined, frame: Frame | undefined, what: string): LuaTable {
  const t = L.g.newTable(0, 8);
  const p = fn instanceof Closure ? fn.proto : undefined;
  if (what.includes('S')) {
    t.set('source', p === undefined ? '=[C]' : p.source);
    t.set('short_src', p === undefined ? '[C]' : p.shortSource);
    t.set('linedefined', p === undefined ? -1 : p.firstLine);
    t.set('lastlinedefined', p === undefined ? -1 : p.lastLine);
    t.set('what', p === undefined ? 'C' : p.firstLine === 0 ? 'main' : 'Lua');
  }
  if (what.includes('l')) t.set('currentline', frame === undefined ? -1 : currentLine(frame));
  if (what.includes('u')) {
    t.set(
      'nups',
      p !== undefined ? p.upvals.length : fn instanceof Native && fn.upvals !== undefined ? fn.upvals.length : 0,
    );
    t.set('nparams', p?.paramCount ?? 0);
    t.set('isvararg', p?.isVararg ?? true);
  }
  if (what.includes('n')) {
    const name = frame === undefined ? undefined : functionName(of, frame);
    t.set('name', name?.name);
    t.set('namewhat', name?.kind ?? '');
  }
  if (what.includes('t')) t.set('istailcall', frame !== undefined && (frame.flags & TAIL) !== 0);
  if (what.includes('L') && p !== undefined) {
    const lines = L.g.newTable();
    for (const line of p.lines) lines.set(line, true);
    t.set('activelines', lines);
  }
  if (what.includes('f')) t.set('func', fn);
  return t;
}

function getinfo(L: Thread, base: number): number {
  const { of, shift } = threadArg(L);
  const what = optText(L, 2 + shift, 'flnStu');
  const subject = arg(L, 1 + shift);
  let fn: LuaFn | undefined;
  let frame: Frame | undefined;
  if (isFunction(subject)) fn = subject;
  else {
    const level = checkInt(L, 1 + shift);
    frame = level < 0 ? undefined : frameAt(of, level);
    if (frame === undefined) return give(L, base, undefined);
    fn = frame.fn;
  }
  if (/[^SlunLtf]/.test(what)) argError(L, 2 + shift, 'invalid option');
  return give(L, base, describe(L, of, fn, frame, what));
}

/** Stack index and name of a local variable, or of a value without a name. */
function local(of: Thread, frame: Frame, n: number): { name: string; at: number } | undefined {
  const { fn } = frame;
  if (fn instanceof Closure) {
    if (n < 0) {
      const extra = frame.base - frame.func - 1 - fn.proto.paramCount;
      const at = frame.func + fn.proto.paramCount - n;
      return fn.proto.isVararg && -n <= extra ? { name: '(*vararg)', at } : undefined;
    }
    const name = localName(fn.proto, n, frame.pc - 1);
    if (name !== undefined) return { name, at: frame.base + n - 1 };
  }
  const limit = frame === of.frame ? of.top : (frame.next?.func ?? of.top);
  const at = frame.base + n - 1;
  return n > 0 && at < limit ? { name: '(*temporary)', at } : undefined;
}

function getlocal(L: Thread, base: number): number {
  const { of, shift } = threadArg(L);
  const n = checkInt(L, 2 + shift);
  const subject = arg(L, 1 + shift);
  if (isFunction(subject))
    return give(L, base, subject instanceof Closure ? localName(subject.proto, n, 0) : undefined);
  const frame = frameAt(of, checkInt(L, 1 + shift));
  if (frame === undefined) return argError(L, 1 + shift, 'level out of range');
  const found = local(of, frame, n);
  return found === undefined ? give(L, base, undefined) : give2(L, base, found.name, of.stack[found.at]);
}

function setlocal(L: Thread, base: number): number {
  const { of, shift } = threadArg(L);
  const frame = frameAt(of, checkInt(L, 1 + shift));
  const n = checkInt(L, 2 + shift);
  if (frame === undefined) return argError(L, 1 + shift, 'level out of range');
  checkAny(L, 3 + shift);
  const found = local(of, frame, n);
  if (found !== undefined) {
    of.stack[found.at] = arg(L, 3 + shift);
    frame.flags |= TOUCHED;
  }
  return give(L, base, found?.name);
}

/** The cell of an upvalue; those of built-in functions have no names. */
function upvalue(fn: LuaFn, n: number): { name: string; cells: Value[]; at: number } | undefined {
  if (fn instanceof Native) {
    const cells = fn.upvals ?? [];
    return n >= 1 && n <= cells.length ? { name: '', cells, at: n - 1 } : undefined;
  }
  const u = fn.upvals[n - 1];
  return u === undefined ? undefined : { name: fn.proto.upvals[n - 1]?.name || '(*no name)', cells: u.cells, at: u.at };
}

function getupvalue(L: Thread, base: number): number {
  const n = checkInt(L, 2);
  const found = upvalue(checkFunction(L, 1), n);
  return found === undefined ? 0 : give2(L, base, found.name, found.cells[found.at]);
}

function setupvalue(L: Thread, base: number): number {
  checkAny(L, 3);
  const n = checkInt(L, 2);
  const found = upvalue(checkFunction(L, 1), n);
  if (found === undefined) return 0;
  // Built-in functions rely on what theirs hold.
  if (found.name !== '') found.cells[found.at] = arg(L, 3);
  return give(L, base, found.name);
}

function upvalueid(L: Thread, base: number): number {
  const n = checkInt(L, 2);
  const fn = checkFunction(L, 1);
  if (upvalue(fn, n) === undefined) argError(L, 2, 'invalid upvalue index');
  return give(L, base, fn instanceof Native ? fn.identity(n) : fn.upvals[n - 1]?.identity());
}

function upvalueArg(L: Thread, n: number): { fn: Closure; at: number } {
  const at = checkInt(L, n + 1);
  const fn = checkFunction(L, n);
  if (upvalue(fn, at) === undefined) argError(L, n + 1, 'invalid upvalue index');
  return fn instanceof Closure ? { fn, at: at - 1 } : argError(L, n, 'Lua function expected');
}

function upvaluejoin(L: Thread): number {
  const to = upvalueArg(L, 1);
  const from = upvalueArg(L, 3);
  const shared = from.fn.upvals[from.at];
  if (shared !== undefined) to.fn.upvals[to.at] = shared;
  return 0;
}

function setmetatable(L: Thread, base: number): number {
  const meta = arg(L, 2);
  if (meta !== undefined) checkTable(L, 2);
  const v = arg(L, 1);
  const table = meta as LuaTable | undefined;
  if (v instanceof LuaTable || v instanceof Userdata) v.meta = table;
  else if (typeof v === 'string') L.g.stringMeta = table;
  else if (table === undefined) L.g.typeMetas.delete(typeOf(v));
  else L.g.typeMetas.set(typeOf(v), table);
  return give(L, base, v);
}

function setuservalue(L: Thread, base: number): number {
  checkType(L, 1, 'userdata');
  checkAny(L, 2);
  const u = arg(L, 1) as Userdata;
  u.user = arg(L, 2);
  return give(L, base, u);
}

function sethook(L: Thread): number {
  const { of, shift } = threadArg(L);
  const fn = arg(L, 1 + shift);
  if (fn === undefined) {
    of.hook = undefined;
    return 0;
  }
  const mask = checkText(L, 2 + shift);
  const hook = new Hook(checkFunction(L, 1 + shift), mask, optInt(L, 3 + shift, 0));
  of.hook = hook.mask === '' && hook.count === 0 ? undefined : hook;
  L.g.watching = true;
  return 0;
}

function gethook(L: Thread, base: number): number {
  const { hook } = threadArg(L).of;
  return giveAll(L, base, [hook?.fn, hook?.mask ?? '', hook?.count ?? 0]);
}

const getregistry = (L: Thread, base: number): number => give(L, base, L.g.registry);

export const DEBUG_51: Library = [
  ['getregistry', getregistry],
  ['getstrings', getstrings],
  ['traceback', traceback51],
];

export const DEBUG_53: Library = [
  ['gethook', gethook],
  ['getinfo', getinfo],
  ['getlocal', getlocal],
  ['getmetatable', (L, base) => give(L, base, L.g.metatable(checkAny(L, 1)))],
  ['getregistry', getregistry],
  ['getstrings', getstrings],
  ['getupvalue', getupvalue],
  [
    'getuservalue',
    (L, base) => give(L, base, arg(L, 1) instanceof Userdata ? (arg(L, 1) as Userdata).user : undefined),
  ],
  ['sethook', sethook],
  ['setlocal', setlocal],
  ['setmetatable', setmetatable],
  ['setupvalue', setupvalue],
  ['setuservalue', setuservalue],
  ['traceback', traceback53],
  ['upvalueid', upvalueid],
  ['upvaluejoin', upvaluejoin],
];
