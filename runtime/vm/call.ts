/** Calls, returns and closures: what the interpreter's call instructions do, and how errors find their handler. */

import { COST } from './cost.ts';
import { runError } from './errors.ts';
import { FINISH } from './finish.ts';
import { CLOSURE_BYTES, UPVAL_BYTES, valueBytes } from './heap.ts';
import { traceCall, traceReturn } from './hook.ts';
import { callable } from './ops.ts';
import type { Proto } from './proto.ts';
import { LuaTable } from './table.ts';
import { CATCH, FRESH, type Frame, TAIL, type Thread } from './thread.ts';
import { Closure, LuaError, Native, Upval, type Value } from './value.ts';

/** Enters a Lua function whose `count` arguments follow `func`. */
export function enterClosure(L: Thread, fn: Closure, func: number, count: number, want: number): Frame {
  const p = fn.proto;
  const stack = L.stack;
  const params = p.paramCount;
  if (!p.isVararg) {
    const frame = L.push(fn, func, func + 1, func + 1 + p.frameSize, want);
    for (let i = count; i < params; i++) stack[func + 1 + i] = undefined;
    return frame;
  }
  // The arguments stay below the frame; the named ones move into it.
  const base = func + 1 + count;
  const frame = L.push(fn, func, base, base + p.frameSize, want);
  for (let i = 0; i < params; i++) {
    if (i < count) {
      stack[base + i] = stack[func + 1 + i];
      stack[func + 1 + i] = undefined;
    } else stack[base + i] = undefined;
  }
  return frame;
}

/** CALL: the frame to go on with, `ci` itself after a built-in function, undefined after a yield. */
export function call(L: Thread, ci: Frame, func: number, count: number, want: number): Frame | undefined {
  let fn = L.stack[func];
  let given = count;
  if (!(fn instanceof Closure || fn instanceof Native)) {
    L.top = func + 1 + count;
    fn = callable(L, func, count);
    given++;
  }
  if (fn instanceof Closure) return enterClosure(L, fn, func, given, want);
  return callNative(L, ci, fn, func, given, want);
}

function callNative(L: Thread, ci: Frame, fn: Native, func: number, count: number, want: number): Frame | undefined {
  L.push(fn, func, func + 1, func + 1 + count, want);
  L.top = func + 1 + count;
  L.g.charge(COST.NATIVE);
  if (L.g.watching) traceCall(L);
  let got = fn.body(L, func + 1, count);
  if (got < 0) return got === ENTERED ? L.frame : undefined;
  if (L.g.watching) traceReturn(L, func + got);
  L.frame = ci;
  L.depth--;
  if (want < 0) L.top = func + got;
  else for (const stack = L.stack; got < want; got++) stack[func + got] = undefined;
  return ci;
}

/** Result of a built-in function that pushed a frame to be run in its place. */
export const ENTERED = -2;

/** TAILCALL: the frame to go on with, undefined after a yield. */
export function tailCall(L: Thread, ci: Frame, func: number, count: number): Frame | undefined {
  const stack = L.stack;
  let fn = stack[func];
  let given = count;
  if (!(fn instanceof Closure || fn instanceof Native)) {
    L.top = func + 1 + count;
    fn = callable(L, func, count);
    given++;
  }
  // A built-in function is called in the ordinary way; the RETURN behind hands its results on.
  if (fn instanceof Native) return callNative(L, ci, fn, func, given, -1);
  for (let i = 0; i <= given; i++) stack[ci.func + i] = stack[func + i];
  const { flags, tails, dest, finish, want } = ci;
  L.frame = ci.prev as Frame;
  L.depth--;
  const next = enterClosure(L, fn, ci.func, given, want);
  next.flags = L.g.is51 ? flags : flags | TAIL;
  next.tails = L.g.is51 ? tails + 1 : 0;
  next.dest = dest;
  next.finish = finish;
  return next;
}

/** TFORCALL: calls the iterator with state and control variable. */
export function iterate(L: Thread, ci: Frame, a: number, results: number): Frame | undefined {
  const stack = L.stack;
  if (a + 6 > stack.length) L.grow(a + 6);
  stack[a + 5] = stack[a + 2];
  stack[a + 4] = stack[a + 1];
  stack[a + 3] = stack[a];
  const next = call(L, ci, a + 3, 2, results);
  if (L.g.is51 && next !== ci && next !== undefined) {
    // 5.1 calls iterators from C, so they cannot yield.
    next.finish = FINISH.ITERATOR;
    L.nativeCalls++;
    if (++L.g.cCalls >= 200) L.g.cStackOverflow(L);
  } else if (L.g.is51 && next === undefined) runError(L, 'attempt to yield across metamethod/C-call boundary');
  return next;
}

/** CLOSURE. */
export function makeClosure(L: Thread, parent: Closure, p: Proto, base: number): Closure {
  // map makes the array as long as it will be; one that grows has room to spare, and a program has many functions.
  const upvals = p.upvals.map((u) => (u.inStack ? L.findUpval(base + u.index) : (parent.upvals[u.index] as Upval)));
  L.g.charge(COST.CLOSURE);
  L.g.account(CLOSURE_BYTES + (4 + UPVAL_BYTES) * upvals.length);
  return new Closure(p, upvals, parent.env);
}

/** A main function: its only upvalue, if any, is the table of globals. */
export function mainClosure(L: Thread, p: Proto): Closure {
  const upvals = p.upvals.map(() => new Upval([undefined], 0, undefined));
  const first = upvals[0];
  // 5.3 hands the globals to whatever the first upvalue is.
  if (first !== undefined && !L.g.is51) first.cells[0] = L.g.globals;
  return new Closure(p, upvals, L.env as LuaTable);
}

/** VARARG: copies the extra arguments to `a`; `want` of them or all (-1). */
export function varargs(L: Thread, ci: Frame, p: Proto, a: number, want: number): void {
  const first = ci.func + 1 + p.paramCount;
  const extra = Math.max(0, ci.base - first);
  const n = want < 0 ? extra : want;
  const stack = L.stack;
  if (a + n > stack.length) L.grow(a + n);
  for (let i = 0; i < n; i++) stack[a + i] = i < extra ? stack[first + i] : undefined;
  if (want < 0) L.top = a + n;
  L.g.charge(n >> 2);
}

/** 5.1's hidden `arg`: the extra arguments and their number as `n`. */
export function argTable(L: Thread, ci: Frame, p: Proto): LuaTable {
  const first = ci.func + 1 + p.paramCount;
  const extra = Math.max(0, ci.base - first);
  const t = L.g.newTable(extra, 1);
  for (let i = 0; i < extra; i++) t.set(i + 1, L.stack[first + i]);
  t.set('n', extra);
  return t;
}

/** SETLIST: `count` values after `a` (0 = up to the top), block number `block`. */
export function setList(L: Thread, t: Value, a: number, count: number, block: number): void {
  // Only a crafted binary chunk can have anything else there.
  if (!(t instanceof LuaTable)) runError(L, 'bad list');
  const n = count !== 0 ? count : L.top - a - 1;
  const last = (block - 1) * 50 + n;
  const before = t.arr.length;
  t.growArray(last);
  L.g.charge(n >> 1);
  for (let i = n; i > 0; i--) t.set(last - n + i, L.stack[a + i]);
  L.g.account(valueBytes(L.g.longNumbers) * (t.arr.length - before));
}

/** Continuation of a protected call that failed: both results are in place. */
const caught = (): number => 2;

/** The function called by a built-in one has returned; runs its continuation. Results of a fresh frame, or -1 to go on. */
export function resumeNative(L: Thread, frame: Frame): number {
  const k = frame.k;
  if (k === undefined) return 0;
  frame.k = undefined;
  let got = k(L, frame, frame.func + 1, L.top - frame.func - 1);
  if (got < 0) return got;
  const { want, dest, func } = frame;
  if (L.g.watching) traceReturn(L, func + got);
  const stack = L.stack;
  if (dest !== func) for (let i = 0; i < got; i++) stack[dest + i] = stack[func + i];
  L.frame = frame.prev as Frame;
  L.depth--;
  if (want < 0) L.top = dest + got;
  else {
    for (; got < want; got++) stack[dest + got] = undefined;
    got = want;
  }
  return (frame.flags & FRESH) !== 0 ? got : CONTINUE;
}

/** {@link resumeNative}: the interpreter goes on with the frame that is current now. */
export const CONTINUE = -3;

/**
 * An error reached a run of the interpreter. Goes on at the nearest protected call inside this run, or throws on.
 */
export function recover(L: Thread, error: unknown, nativeCalls: number, entry: Frame): void {
  if (!(error instanceof LuaError)) throw error;
  for (let frame: Frame | undefined = L.frame; frame !== undefined; frame = frame.prev) {
    if (frame.flags & CATCH) {
      L.g.cCalls = frame.cCalls;
      L.nativeCalls = nativeCalls;
      L.unwind(frame, frame.base);
      L.handler = frame.handler;
      L.stack[frame.func] = false;
      L.stack[frame.func + 1] = error.value;
      frame.flags &= ~CATCH;
      frame.k = caught;
      return;
    }
    if (frame === entry) break;
  }
  throw error;
}
