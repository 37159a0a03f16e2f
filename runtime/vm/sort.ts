/**
 * The quicksort of ltablib.c in its steps, because the order in which a comparison function is called can be seen.
 */
import type { Value } from './value.ts';

export interface SortOps {
  get(i: number): Value;
  set(i: number, v: Value): void;
  less(a: Value, b: Value): boolean;
  charge(): void;
  invalid(): never;
}

/** 5.3: partitions of this size may take another pivot than the middle (RANLIMIT). */
const LARGE = 100;
/** 5.3: a partition as uneven as this makes the rest do so. The firmware's "random" number is then the largest. */
const UNEVEN = 128;
const RANDOM = 0xffffffff;

function pivotOf(low: number, high: number, random: number): number {
  const quarter = Math.floor((high - low) / 4);
  return high - low < LARGE || random === 0 ? Math.floor((low + high) / 2) : low + quarter + (random % (quarter * 2));
}

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

export function sortRange(ops: SortOps, from: number, to: number, is51: boolean, seed = 0): void {
  let low = from;
  let high = to;
  let random = seed;
  while (low < high) {
    ops.charge();
    orderPair(ops, low, high);
    if (high - low === 1) return;
    const middle = pivotOf(low, high, random);
    medianOfThree(ops, low, middle, high);
    if (high - low === 2) return;
    const pivot = ops.get(middle);
    swap(ops, middle, pivot, high - 1, ops.get(high - 1));
    const border = partition(ops, low, high, pivot, is51);
    // The smaller part by recursion, the larger by going on.
    const smaller = Math.min(border - low, high - border);
    if (border - low < high - border) {
      sortRange(ops, low, border - 1, is51, random);
      low = border + 1;
    } else {
      sortRange(ops, border + 1, high, is51, random);
      high = border - 1;
    }
    if (!is51 && Math.floor((high - low) / UNEVEN) > smaller) random = RANDOM;
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

/** Smaller values left, larger right; the pivot's final place. 5.3 notices earlier that an order makes no sense. */
function partition(ops: SortOps, low: number, high: number, pivot: Value, is51: boolean): number {
  const end = is51 ? high + 1 : high - 1;
  let i = low;
  let j = high - 1;
  for (;;) {
    let left = ops.get(++i);
    while (ops.less(left, pivot)) {
      if (i >= end) ops.invalid();
      ops.charge();
      left = ops.get(++i);
    }
    let right = ops.get(--j);
    while (ops.less(pivot, right)) {
      if (j < (is51 ? low : i)) ops.invalid();
      ops.charge();
      right = ops.get(--j);
    }
    if (j < i) break;
    swap(ops, i, left, j, right);
  }
  swap(ops, high - 1, ops.get(high - 1), i, ops.get(i));
  return i;
}
