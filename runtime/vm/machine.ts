/** Entering the interpreter from JavaScript, and what catches errors on their way out of it. */

import { enterClosure, recover } from './call.ts';
import { COST } from './cost.ts';
import { run } from './execute.ts';
import { traceCall, traceReturn } from './hook.ts';
import { callable } from './ops.ts';
import { FRESH, type Frame, type Thread } from './thread.ts';
import { Closure, Native } from './value.ts';

/** Calls the function at `func` from JavaScript (see {@link Thread.callAt}). */
export function interpret(L: Thread, func: number, count: number, want: number): number {
  let fn = L.stack[func];
  let given = count;
  if (!(fn instanceof Closure || fn instanceof Native)) {
    fn = callable(L, func, count);
    given++;
  }
  if (fn instanceof Closure) {
    enterClosure(L, fn, func, given, want).flags = FRESH;
    return execute(L);
  }
  L.push(fn, func, func + 1, func + 1 + given, want).flags = FRESH;
  L.top = func + 1 + given;
  L.g.charge(COST.NATIVE);
  if (L.g.watching) traceCall(L);
  let got = fn.body(L, func + 1, given);
  if (got < 0) return execute(L);
  if (L.g.watching) traceReturn(L, func + got);
  L.pop();
  for (; got < want; got++) L.stack[func + got] = undefined;
  return want >= 0 ? want : got;
}

/** Runs the thread until the nearest fresh frame returns; the number of its results, or YIELD. */
export function execute(L: Thread): number {
  const { nativeCalls } = L;
  const { nested } = L.g;
  // The run ends at this frame; errors are caught above it.
  let entry = L.frame;
  while ((entry.flags & FRESH) === 0) entry = entry.prev as Frame;
  for (;;) {
    try {
      return run(L);
    } catch (error) {
      L.g.nested = nested;
      recover(L, error, nativeCalls, entry);
    }
  }
}
