/**
 * The quicksort of ltablib.c in its steps, because the order in which a comparison function is called can be seen.
 * Large 5.3 arrays take a fixed pivot where C takes one from the clock.
 */
import type { Value } from './value.ts';

export interface SortOps {
  get(i: number): Value;
  set(i: number, v: Value): void;
  less(a: Value, b: Value): boolean;
  charge(): void;
  invalid(): never;
}

/** 5.3: partitions above this size choose the pivot anew. */
const LARGE = 100;

function swap(ops: SortOps, i: number, a: Value, j: number, b: Value): void {
  ops.set(i, b);
  ops.set(j, a);
}

/** Puts the smaller of two places first; true when it had to swap. */
function orderPair(ops: SortOps, low: number, high: number): void {
  const a = ops.get(low);
  const b = ops.get(high);
  if (ops.less(b, a)) swap(ops, low, a, high, b);
}

export function sortRange(ops: SortOps, from: number, to: number, is51: boolean): void {
  let low = from;
  let high = to;
  while (low < high) {
    ops.charge();
    orderPair(ops, low, high);
    if (high - low === 1) return;
    const range = Math.floor((high - low) / 4);
    // Without C's clock the random pivot becomes the middle one.
    const middle =
      !is51 && high - low > LARGE ? low + range + (range % (range * 2 || 1)) : Math.floor((low + high) / 2);
    medianOfThree(ops, low, middle, high);
    if (high - low === 2) return;
    const pivot = ops.get(middle);
    swap(ops, middle, pivot, high - 1, ops.get(high - 1));
    const border = partition(ops, low, high, pivot);
    // The smaller part by recursion, the larger by going on.
    if (border - low < high - border) {
      sortRange(ops, low, border - 1, is51);
      low = border + 1;
    } else {
      sortRange(ops, border + 1, high, is51);
      high = border - 1;
    }
  }
}

function medianOfThree(ops: SortOps, low: number, middle: number, high: number): void {
  const m = ops.get(middle);
  const l = ops.get(low);
  if (ops.less(m, l)) {
    swap(ops, middle, m, low, l);
    return;
  }
  const h = ops.get(high);
  if (ops.less(h, m)) swap(ops, middle, m, high, h);
}

/** Smaller values left, larger right; the pivot's final place. */
function partition(ops: SortOps, low: number, high: number, pivot: Value): number {
  let i = low;
  let j = high - 1;
  for (;;) {
    let left = ops.get(++i);
    while (ops.less(left, pivot)) {
      if (i > high) ops.invalid();
      ops.charge();
      left = ops.get(++i);
    }
    let right = ops.get(--j);
    while (ops.less(pivot, right)) {
      if (j < low) ops.invalid();
      ops.charge();
      right = ops.get(--j);
    }
    if (j < i) break;
    swap(ops, i, left, j, right);
  }
  swap(ops, high - 1, ops.get(high - 1), i, ops.get(i));
  return i;
}
