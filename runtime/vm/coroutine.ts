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

/** What {@link resume} returns when the coroutine failed; its `error` says why. */
export const FAILED = -1;

/**
 * Resumes a thread with `count` values of `L`'s stack at `from`. The number of results, which lie at
 * `co.stack[co.resultAt] …`, or FAILED.
 */
export function resume(L: Thread, co: Thread, from: number, count: number): number {
  const g = L.g;
  const { status } = co;
  if (status !== 'fresh' && status !== 'suspended') {
    return fail(co, `cannot resume ${g.is51 || status === 'dead' ? status : 'non-suspended'} coroutine`);
  }
  if (g.cCalls >= 199) return fail(co, 'C stack overflow');
  g.charge(COST.SWITCH);
  const { cCalls } = g;
  co.status = 'running';
  co.resumer = L;
  L.status = 'normal';
  g.running = co;
  g.cCalls = cCalls + 1;
  co.nativeCalls = 0;
  try {
    const got = status === 'fresh' ? start(co, L, from, count) : deliver(co, L, from, count);
    if (got === YIELD) {
      co.status = 'suspended';
      co.resultAt = co.yieldAt;
      return co.yieldCount;
    }
    co.status = 'dead';
    co.resultAt = 1;
    return got;
  } catch (error) {
    co.status = 'dead';
    if (!(error instanceof LuaError)) throw error;
    return fail(co, error.value);
  } finally {
    g.cCalls = cCalls;
    g.running = L;
    L.status = 'running';
    co.resumer = undefined;
  }
}

function fail(co: Thread, error: Value): number {
  co.error = error;
  return FAILED;
}

/** Copies values from one thread's stack to another's. */
function move(from: Thread, at: number, to: Thread, dest: number, count: number): void {
  if (dest + count > to.stack.length) to.grow(dest + count);
  for (let i = 0; i < count; i++) to.stack[dest + i] = from.stack[at + i];
}

function start(co: Thread, L: Thread, from: number, count: number): number {
  move(L, from, co, 2, count);
  const fn = co.stack[1];
  co.top = 2 + count;
  if (fn instanceof Closure) {
    enterClosure(co, fn, 1, count, -1).flags = FRESH;
    return execute(co);
  }
  co.push(fn as Native, 1, 2, 2 + count, -1).flags = FRESH;
  const got = (fn as Native).body(co, 2, count);
  if (got === YIELD) return YIELD;
  if (got < 0) return execute(co);
  co.pop();
  return got;
}

/** Hands the values of a resume to the suspended call and goes on. */
function deliver(co: Thread, L: Thread, from: number, count: number): number {
  const frame = co.frame;
  const { dest, want } = frame;
  const n = want < 0 ? count : want;
  move(L, from, co, dest, Math.min(n, count));
  for (let i = count; i < n; i++) co.stack[dest + i] = undefined;
  if (want < 0) co.top = dest + n;
  co.frame = frame.prev as Frame;
  co.depth--;
  if ((frame.flags & FRESH) !== 0) return n;
  return execute(co);
}

/** Copies the results of a resume to `to` on the resumer's stack. */
export function takeResults(L: Thread, co: Thread, count: number, to: number): void {
  move(co, co.resultAt, L, to, count);
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
