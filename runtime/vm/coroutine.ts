/** Resuming and suspending threads. A resume runs the interpreter on the other thread; a yield makes it return. */
import { enterClosure } from './call.ts';
import { COST } from './cost.ts';
import { runError } from './errors.ts';
import { threadBytes } from './heap.ts';
import { execute } from './machine.ts';
import { FRESH, type Frame, Thread } from './thread.ts';
import { Closure, LuaError, type LuaFn, type Native, type Value } from './value.ts';
import { YIELD } from './vm.ts';

/** A new thread that will run `fn`. */
export function newThread(L: Thread, fn: LuaFn): Thread {
  L.g.charge(COST.THREAD);
  const co = new Thread(L.g);
  account(L, co);
  co.env = L.env;
  co.stack[1] = fn;
  co.top = 2;
  return co;
}

/** 5.1 grows the new thread's stack with the collector locked; when memory runs out there, it stays locked. */
function account(L: Thread, co: Thread): void {
  try {
    L.g.account(threadBytes(co));
  } catch (error) {
    if (L.g.is51 && error instanceof LuaError && error.kind === 'memory') {
      L.g.gcBlocked = true;
      L.g.debt = 1;
    }
    throw error;
  }
}

export type ResumeResult =
  | { readonly ok: true; readonly at: number; readonly count: number }
  | { readonly ok: false; readonly error: Value };

/** Resumes a thread with values; its results lie in its own stack. */
export function resume(L: Thread, co: Thread, values: readonly Value[]): ResumeResult {
  const g = L.g;
  if (co.status !== 'fresh' && co.status !== 'suspended') {
    const what = co.status === 'dead' ? 'dead' : 'non-suspended';
    return { ok: false, error: `cannot resume ${g.is51 ? co.status : what} coroutine` };
  }
  if (g.cCalls >= 199) return { ok: false, error: 'C stack overflow' };
  g.charge(COST.SWITCH);
  const fresh = co.status === 'fresh';
  const { cCalls } = g;
  co.status = 'running';
  co.resumer = L;
  L.status = 'normal';
  g.running = co;
  g.cCalls = cCalls + 1;
  co.nativeCalls = 0;
  try {
    const got = fresh ? start(co, values) : deliver(co, values);
    if (got === YIELD) {
      co.status = 'suspended';
      return { ok: true, at: co.yieldAt, count: co.yieldCount };
    }
    co.status = 'dead';
    return { ok: true, at: 1, count: got };
  } catch (error) {
    co.status = 'dead';
    if (!(error instanceof LuaError)) throw error;
    return { ok: false, error: error.value };
  } finally {
    g.cCalls = cCalls;
    g.running = L;
    L.status = 'running';
    co.resumer = undefined;
  }
}

function start(co: Thread, values: readonly Value[]): number {
  const stack = co.stack;
  if (values.length + 2 > stack.length) co.grow(values.length + 2);
  const fn = stack[1];
  for (let i = 0; i < values.length; i++) stack[2 + i] = values[i];
  co.top = 2 + values.length;
  if (fn instanceof Closure) {
    enterClosure(co, fn, 1, values.length, -1).flags = FRESH;
    return execute(co);
  }
  co.push(fn as Native, 1, 2, 2 + values.length, -1).flags = FRESH;
  const got = (fn as Native).body(co, 2, values.length);
  if (got === YIELD) return YIELD;
  if (got < 0) return execute(co);
  co.pop();
  return got;
}

/** Hands the values of a resume to the suspended call and goes on. */
function deliver(co: Thread, values: readonly Value[]): number {
  const frame = co.frame;
  const stack = co.stack;
  const { dest, want } = frame;
  if (dest + values.length > stack.length) co.grow(dest + values.length);
  const n = want < 0 ? values.length : want;
  for (let i = 0; i < n; i++) stack[dest + i] = values[i];
  if (want < 0) co.top = dest + n;
  co.frame = frame.prev as Frame;
  co.depth--;
  if ((frame.flags & FRESH) !== 0) return n;
  return execute(co);
}

/** Suspends the running thread; `count` values lie at `at`. Returned by the body of a built-in function. */
export function yieldValues(L: Thread, at: number, count: number): number {
  if (L.nativeCalls > 0 || L === L.g.main) {
    if (L.g.is51) runError(L, 'attempt to yield across metamethod/C-call boundary');
    runError(
      L,
      L === L.g.main ? 'attempt to yield from outside a coroutine' : 'attempt to yield across a C-call boundary',
    );
  }
  L.yieldAt = at;
  L.yieldCount = count;
  return YIELD;
}
