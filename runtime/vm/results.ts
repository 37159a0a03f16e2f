/** Handing results of built-in functions back. */
import type { Thread } from './thread.ts';
import type { Value } from './value.ts';

/** One result. */
export function give(L: Thread, base: number, v: Value): number {
  L.stack[base - 1] = v;
  return 1;
}

export function give2(L: Thread, base: number, a: Value, b: Value): number {
  const stack = L.stack;
  stack[base - 1] = a;
  stack[base] = b;
  return 2;
}

export function giveAll(L: Thread, base: number, values: readonly Value[]): number {
  const stack = L.stack;
  if (base + values.length > stack.length) L.grow(base + values.length);
  for (let i = 0; i < values.length; i++) stack[base - 1 + i] = values[i];
  return values.length;
}
