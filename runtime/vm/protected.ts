/** pcall and xpcall. 5.1 calls through C, so nothing under them can yield; 5.3 continues in the same run. */
import { arg, checkAny, checkFunction, isNone } from './args.ts';
import { ENTERED, enterClosure } from './call.ts';
import { typeError } from './errors.ts';
import { traceCall, traceReturn } from './hook.ts';
import { callable } from './ops.ts';
import { give2 } from './results.ts';
import { CATCH, type Frame, isFunction, type Thread } from './thread.ts';
import { Closure, LuaError, type Native, type Value } from './value.ts';

/** A protected call through JavaScript; results at `func`, or the error. */
export function pcallAt(L: Thread, func: number, count: number, handler: Value): number | LuaError {
  const { frame, handler: outer } = L;
  const { cCalls } = L.g;
  const { nativeCalls } = L;
  L.handler = handler;
  try {
    return L.callAt(func, count, -1);
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    L.unwind(frame, func);
    L.g.cCalls = cCalls;
    L.nativeCalls = nativeCalls;
    L.top = func;
    return error;
  } finally {
    L.handler = outer;
  }
}

function pcall51(L: Thread, base: number, count: number, handler: Value): number {
  const got = pcallAt(L, base, count, handler);
  if (got instanceof LuaError) return give2(L, base, false, got.value);
  L.stack[base - 1] = true;
  return got + 1;
}

/** Continuation: the results are at `at`, right behind the place of `true`. */
function succeeded(L: Thread, frame: Frame, _at: number, count: number): number {
  L.handler = frame.handler;
  L.g.cCalls = frame.cCalls;
  frame.flags &= ~CATCH;
  L.stack[frame.func] = true;
  return count + 1;
}

/** Calls the function at `func` under a frame that catches errors; it may yield. */
function pcall53(L: Thread, func: number, count: number, handler: Value): number {
  const frame = L.frame;
  frame.handler = L.handler;
  frame.cCalls = L.g.cCalls;
  frame.flags |= CATCH;
  frame.k = succeeded;
  L.handler = handler;
  if (++L.g.cCalls >= 200) L.g.cStackOverflow(L);
  let fn = L.stack[func];
  let given = count;
  if (!isFunction(fn)) {
    L.top = func + 1 + count;
    fn = callable(L, func, count);
    given++;
  }
  if (fn instanceof Closure) {
    enterClosure(L, fn, func, given, -1);
    return ENTERED;
  }
  L.push(fn as Native, func, func + 1, func + 1 + given, -1);
  L.top = func + 1 + given;
  if (L.g.watching) traceCall(L);
  const got = (fn as Native).body(L, func + 1, given);
  if (got < 0) return got;
  if (L.g.watching) traceReturn(L, func + got);
  L.pop();
  frame.k = undefined;
  return succeeded(L, frame, func, got);
}

export function protectedCall(L: Thread, base: number, count: number): number {
  checkAny(L, 1);
  return L.g.is51 ? pcall51(L, base, count - 1, undefined) : pcall53(L, base, count - 1, undefined);
}

export function protectedCallHandled(L: Thread, base: number, count: number): number {
  if (L.g.is51) {
    if (isNone(L, 2)) checkAny(L, 2);
    // Even nil is taken as handler; using it then fails.
    return pcall51(L, base, 0, arg(L, 2) ?? false);
  }
  const handler = isFunction(arg(L, 2)) ? checkFunction(L, 2) : typeError(L, 2, 'function');
  const stack = L.stack;
  // Function and arguments close up over the handler.
  for (let i = 1; i < count - 1; i++) stack[base + i] = stack[base + i + 1];
  return pcall53(L, base, Math.max(0, count - 2), handler);
}
