/** The numeric `for`: preparation and the cases the interpreter's short cut does not take. */
import { runError } from './errors.ts';
import { isInt, makeFloat, toDouble } from './number.ts';
import { toNumber } from './ops.ts';
import type { Thread } from './thread.ts';
import type { Flt, Value } from './value.ts';

/** Clips a float limit to the integers (forlimit of lvm.c); undefined when the loop must not run. */
function intLimit(limit: number, step: number): number | undefined {
  if (Number.isNaN(limit)) return undefined;
  const whole = step < 0 ? Math.ceil(limit) : Math.floor(limit);
  if (whole > 0x7fffffff) return step < 0 ? undefined : 0x7fffffff;
  if (whole < -0x80000000) return step < 0 ? -0x80000000 : undefined;
  return whole;
}

/** FORPREP: checks the three values at `a` and steps back once. */
export function forPrep(L: Thread, a: number): void {
  const stack = L.stack;
  const init = stack[a];
  const limit = stack[a + 1];
  const step = stack[a + 2];
  if (L.g.is51) {
    // 5.1 accepts numeric strings here.
    const from = toNumber(L, init);
    const to = toNumber(L, limit);
    const by = toNumber(L, step);
    if (from === undefined) runError(L, "'for' initial value must be a number");
    if (to === undefined) runError(L, "'for' limit must be a number");
    if (by === undefined) runError(L, "'for' step must be a number");
    stack[a] = (from as number) - (by as number);
    stack[a + 1] = to;
    stack[a + 2] = by;
    return;
  }
  const bound = toNumber(L, limit);
  if (isInt(init) && isInt(step) && bound !== undefined) {
    const clipped = isInt(bound) ? bound : intLimit(toDouble(bound), step);
    if (clipped === undefined) {
      // A loop that must not run: start beyond an empty range.
      stack[a] = ((step < 0 ? -1 : 1) - step) | 0;
      stack[a + 1] = 0;
      return;
    }
    stack[a] = (init - step) | 0;
    stack[a + 1] = clipped;
    return;
  }
  const numbers: (number | Flt)[] = [];
  const parts: [Value, string][] = [
    [limit, 'limit'],
    [step, 'step'],
    [init, 'initial'],
  ];
  for (const [value, name] of parts) {
    const v = toNumber(L, value);
    if (v === undefined) runError(L, `'for' ${name}${name === 'initial' ? ' value' : ''} must be a number`);
    numbers.push(v as number | Flt);
  }
  const [to, by, from] = numbers as [number | Flt, number | Flt, number | Flt];
  // All three become floats; boxed ones mark the loop as a float loop.
  stack[a + 1] = makeFloat(toDouble(to));
  stack[a + 2] = makeFloat(toDouble(by));
  stack[a] = makeFloat(toDouble(from) - toDouble(by));
}

/** FORLOOP of a 5.3 float loop; true to go on. */
export function forLoopFloat(stack: Value[], a: number): boolean {
  const step = toDouble(stack[a + 2] as number | Flt);
  const limit = toDouble(stack[a + 1] as number | Flt);
  const now = Math.fround(toDouble(stack[a] as number | Flt) + step);
  if (!(step > 0 ? now <= limit : limit <= now)) return false;
  stack[a] = makeFloat(now);
  stack[a + 3] = stack[a];
  return true;
}
