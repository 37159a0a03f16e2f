/** The numeric `for`: preparation and the cases the interpreter's short cut does not take. */
import { A_SUB } from './arith.ts';
import { runError } from './errors.ts';
import { floor } from './libc.ts';
import { comparable, isInt, makeFloat, toDouble } from './number.ts';
import { float64, plus64, wrap64 } from './number64.ts';
import { toNumber } from './ops.ts';
import type { Thread } from './thread.ts';
import type { Flt, Int, Num, Value } from './value.ts';

/** Clips a float limit to the integers (forlimit of lvm.c); undefined when the loop must not run. */
function intLimit(L: Thread, limit: number, step: Int): number | undefined {
  if (L.g.wide) {
    // luaV_tointeger asks the firmware's floor, which gives every limit 32 bits.
    const down = floor(limit);
    return down !== limit && step < 0 ? down + 1 : down;
  }
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
    const clipped = isInt(bound) ? bound : intLimit(L, toDouble(bound), step);
    if (clipped === undefined) {
      // A loop that must not run: start beyond an empty range.
      stack[a] = L.g.numbers.arith(L, A_SUB, step < 0 ? -1 : 1, step);
      stack[a + 1] = 0;
      return;
    }
    stack[a] = L.g.numbers.arith(L, A_SUB, init, step);
    stack[a + 1] = clipped;
    return;
  }
  const numbers: number[] = [];
  const parts: [Value, string][] = [
    [limit, 'limit'],
    [step, 'step'],
    [init, 'initial'],
  ];
  for (const [value, name] of parts) {
    const v = toNumber(L, value);
    if (v === undefined) runError(L, `'for' ${name}${name === 'initial' ? ' value' : ''} must be a number`);
    numbers.push(toDouble(v as Num));
  }
  const [to, by, from] = numbers as [number, number, number];
  const { float } = L.g.numbers;
  // All three become floats; boxed ones mark the loop as a float loop.
  stack[a + 1] = float(to);
  stack[a + 2] = float(by);
  stack[a] = float(from - by);
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

/**
 * FORLOOP where integers have 64 bits; true to go on. An integer beyond the last one is the first again. In a damaged
 * chunk the three may be anything.
 */
export function forLoop64(stack: Value[], a: number): boolean {
  const at = stack[a] as Num;
  const step = stack[a + 2] as Num;
  const limit = comparable(stack[a + 1] as Num);
  let now: Num;
  if (isInt(at) && isInt(step)) now = typeof step === 'number' ? plus64(at, step) : wrap64(BigInt(at) + step);
  else now = float64(toDouble(at) + toDouble(step));
  const place = comparable(now);
  if (!(comparable(step) > 0 ? place <= limit : limit <= place)) return false;
  stack[a] = now;
  stack[a + 3] = now;
  return true;
}
