/** The coroutine library. */
import { arg, checkFunction } from './args.ts';
import { FAILED, newThread, resume, takeResults, yieldValues } from './coroutine.ts';
import { argError, throwValue, where } from './errors.ts';
import type { Library } from './library.ts';
import { isNumber } from './number.ts';
import { give, give2 } from './results.ts';
import { Thread } from './thread.ts';
import { toText } from './tostring.ts';
import { Closure, type LuaFn, Native, type Value } from './value.ts';

function threadArg(L: Thread): Thread {
  const co = arg(L, 1);
  if (co instanceof Thread) return co;
  return argError(L, 1, L.g.is51 ? 'coroutine expected' : 'thread expected');
}

function resumeBody(L: Thread, base: number, count: number): number {
  const co = threadArg(L);
  const got = resume(L, co, base + 1, Math.max(0, count - 1));
  if (got === FAILED) return give2(L, base, false, co.error);
  L.stack[base - 1] = true;
  takeResults(L, co, got, base);
  return got + 1;
}

function wrapStep(L: Thread, base: number, count: number): number {
  const co = ((L.frame.fn as Native).upvals as Value[])[0] as Thread;
  // A 5.3 coroutine that calls its own wrapper without arguments looks dead to C.
  const dead = co === L && count === 0 && !L.g.is51;
  const got = dead ? FAILED : resume(L, co, base, count);
  if (got !== FAILED) {
    takeResults(L, co, got, base - 1);
    return got;
  }
  let error = dead ? 'cannot resume dead coroutine' : co.error;
  // A text gets the position of the caller in front, once more at each level.
  if (typeof error === 'string' || (L.g.is51 && isNumber(error))) error = where(L, 1) + String(toText(L, error));
  return throwValue(L, error);
}

function status(L: Thread, base: number): number {
  const co = threadArg(L);
  const text = co.status === 'fresh' ? 'suspended' : co.status;
  return give(L, base, text);
}

function running(L: Thread, base: number): number {
  if (L.g.is51) return give(L, base, L === L.g.main ? undefined : L);
  return give2(L, base, L, L === L.g.main);
}

/** What a new coroutine will run; 5.1 takes no built-in functions. */
function bodyArg(L: Thread): LuaFn {
  const v = arg(L, 1);
  if (!L.g.is51) return checkFunction(L, 1);
  return v instanceof Closure ? v : argError(L, 1, 'Lua function expected');
}

const COMMON: Library = [
  ['create', (L, base) => give(L, base, newThread(L, bodyArg(L)))],
  ['resume', resumeBody],
  ['running', running],
  ['status', status],
  ['wrap', (L, base) => give(L, base, new Native('wrap', wrapStep, [newThread(L, bodyArg(L))]))],
  ['yield', (L, base, count) => yieldValues(L, base, count)],
];

export const COROUTINE_51: Library = COMMON;
export const COROUTINE_53: Library = [
  ...COMMON,
  ['isyieldable', (L, base) => give(L, base, L !== L.g.main && L.nativeCalls === 0)],
];
