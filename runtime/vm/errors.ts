/** Raising Lua errors: positions, variable names, argument errors, in the words of each version. */
import type { LuaPosition } from './api.ts';
import { COST } from './cost.ts';
import { functionName, globalFunctionName, variableInfo } from './debug-info.ts';
import type { Frame, Thread } from './thread.ts';
import { Closure, LuaError, Native, type Value } from './value.ts';
import { shownType } from './vm.ts';

/** Line a Lua frame is at, -1 for built-in functions. */
export function currentLine(frame: Frame): number {
  if (!(frame.fn instanceof Closure)) return -1;
  return frame.fn.proto.lines[Math.max(0, frame.pc - 1)] ?? (frame.fn.proto.is51 ? 0 : -1);
}

/** The frame `level` calls below the running function (0 = itself), or undefined. */
export function frameAt(L: Thread, level: number): Frame | undefined {
  let frame: Frame | undefined = L.frame;
  for (let i = level; frame !== undefined && frame !== L.baseFrame; frame = frame.prev) {
    if (i === 0) return frame;
    i--;
    if (L.g.is51 && frame.tails > 0) {
      // Each lost tail call counts as a level of its own.
      i -= frame.tails;
      if (i < 0) return undefined;
    }
  }
  return undefined;
}

/** luaL_where: `chunk:line: ` of the Lua function at a level, or ''. */
export function where(L: Thread, level: number): string {
  const frame = frameAt(L, level);
  if (frame === undefined || !(frame.fn instanceof Closure)) return '';
  const line = currentLine(frame);
  return line > 0 ? `${frame.fn.proto.shortSource}:${line}: ` : '';
}

/** The innermost line of a script that runs; undefined where none has a number. */
export function runningLine(L: Thread): LuaPosition | undefined {
  for (let thread: Thread | undefined = L; thread !== undefined; thread = thread.resumer)
    for (let frame: Frame | undefined = thread.frame; frame !== undefined; frame = frame.prev) {
      const line = currentLine(frame);
      if (line > 0 && frame.fn instanceof Closure) return { source: frame.fn.proto.shortSource, line };
    }
  return undefined;
}

/** Where a function begins: its first line of code, for a main chunk the first line. */
export const beginOf = ({ proto }: Closure): LuaPosition => ({
  source: proto.shortSource,
  line: Math.max(1, proto.firstLine),
});

/** Calls the message handler, if any, and throws (luaG_errormsg). */
export function throwValue(L: Thread, value: Value): never {
  L.g.charge(COST.ERROR + Math.floor(L.g.cCalls ** 2 * COST.ERROR_DEPTH));
  const handler = L.handler;
  if (handler === undefined) throw new LuaError(value);
  if (!(handler instanceof Closure) && !(handler instanceof Native)) {
    throw new LuaError('error in error handling', 'handler', true);
  }
  const top = L.top;
  if (!(L.frame.fn instanceof Native)) L.top = L.frame.top;
  const result = L.call1(handler, value);
  L.top = top;
  throw new LuaError(result, 'run', true);
}

/** luaG_runerror: adds the position when the running function is a Lua one. */
export function runError(L: Thread, message: string): never {
  const { fn } = L.frame;
  if (!(fn instanceof Closure)) throwValue(L, message);
  throwValue(L, `${fn.proto.shortSource}:${currentLine(L.frame)}: ${message}`);
}

/** luaL_error: adds the position of the function that called the running built-in one. */
export function raise(L: Thread, message: string): never {
  throwValue(L, where(L, 1) + message);
}

/** luaL_argerror for argument `n` (from 1) of the running built-in function. */
export function argError(L: Thread, n: number, message: string): never {
  const name = functionName(L, L.frame);
  if (name?.kind === 'method') {
    if (n === 1) raise(L, `calling '${name.name}' on bad self (${message})`);
    raise(L, `bad argument #${n - 1} to '${name.name}' (${message})`);
  }
  let shown = name?.name;
  if (shown === undefined) shown = (L.g.is51 ? undefined : globalFunctionName(L, L.frame.fn)) ?? '?';
  raise(L, `bad argument #${n} to '${shown}' (${message})`);
}

/** luaL_typerror. */
export function typeError(L: Thread, n: number, expected: string): never {
  const at = L.frame.base + n - 1;
  let got = at < L.top ? shownType(L.g, L.stack[at]) : 'no value';
  if (!L.g.is51 && at < L.top) {
    const name = L.g.metamethod(L.stack[at], '__name');
    if (typeof name === 'string') got = name;
    else if (got === 'userdata' && L.g.metatable(L.stack[at]) === undefined) got = 'light userdata';
  }
  argError(L, n, `${expected} expected, got ${got}`);
}

/** What a message calls a value's type. */
export function objectTypeName(L: Thread, v: Value): string {
  if (!L.g.is51) {
    const name = L.g.metamethod(v, '__name');
    if (typeof name === 'string') return name;
  }
  return shownType(L.g, v);
}

/** `attempt to <op> …` naming the variable that held the value, if it is one. */
export function operandError(L: Thread, v: Value, op: string, register: number | undefined): never {
  const info = register === undefined ? undefined : variableInfo(L.frame, register);
  const type = objectTypeName(L, v);
  if (L.g.is51) {
    runError(
      L,
      info === undefined
        ? `attempt to ${op} a ${type} value`
        : `attempt to ${op} ${info.kind} '${info.name}' (a ${type} value)`,
    );
  }
  runError(L, `attempt to ${op} a ${type} value${info === undefined ? '' : ` (${info.kind} '${info.name}')`}`);
}

export function compareError(L: Thread, a: Value, b: Value): never {
  const x = objectTypeName(L, a);
  const y = objectTypeName(L, b);
  // 5.1 compares the third letters of the names.
  const same = L.g.is51 ? x[2] === y[2] : x === y;
  runError(L, same ? `attempt to compare two ${x} values` : `attempt to compare ${x} with ${y}`);
}
