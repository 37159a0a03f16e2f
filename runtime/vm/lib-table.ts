/** The table library (ltablib.c of both builds). */
import { arg, argCount, checkFunction, checkInteger, checkTable, cInt, optInteger, optText } from './args.ts';
import { argError, raise, runError, typeError } from './errors.ts';
import { distance, lengthInteger, unpack } from './lib-base.ts';
import type { Library } from './library.ts';
import { wrap64 } from './number64.ts';
import { index, lessThan, rawSet, setIndex, textOf, truthy } from './ops.ts';
import { give } from './results.ts';
import { sortRange } from './sort.ts';
import { LuaTable } from './table.ts';
import type { Thread } from './thread.ts';
import type { Int, Value } from './value.ts';
import { typeName } from './vm.ts';

/** 5.3 works on anything that behaves like a table. */
function listArg(L: Thread, n: number, needs: readonly string[]): Value {
  const v = arg(L, n);
  if (L.g.is51 || v instanceof LuaTable) return L.g.is51 ? checkTable(L, n) : v;
  const meta = L.g.metatable(v);
  if (meta === undefined || needs.some((name) => meta.getStr(name) === undefined)) typeError(L, n, 'table');
  return v;
}

const lengthOf = (L: Thread, t: Value): Int =>
  t instanceof LuaTable && (L.g.is51 || t.meta === undefined) ? t.length() : lengthInteger(L, t);
const getAt = (L: Thread, t: Value, i: Int): Value => (L.g.is51 ? (t as LuaTable).get(i) : index(L, t, i));
const setAt = (L: Thread, t: Value, i: Int, v: Value): void => {
  if (L.g.is51) rawSet(L, t as LuaTable, i, v);
  else setIndex(L, t, i, v);
};

function insert(L: Thread): number {
  const t = listArg(L, 1, ['__index', '__newindex', '__len']);
  const { plus } = L.g.numbers;
  const size = plus(lengthOf(L, t), 1);
  switch (argCount(L)) {
    case 2:
      setAt(L, t, size, arg(L, 2));
      return 0;
    case 3: {
      const at = checkInteger(L, 2);
      if (!L.g.is51 && (at < 1 || at > size)) argError(L, 2, 'position out of bounds');
      const above = distance(at, size);
      L.g.charge(Math.max(0, above));
      for (let i = 0; i < above; i++) setAt(L, t, plus(size, -i), getAt(L, t, plus(size, -i - 1)));
      setAt(L, t, at, arg(L, 3));
      return 0;
    }
    default:
      return raise(L, "wrong number of arguments to 'insert'");
  }
}

function remove(L: Thread, base: number, count: number): number {
  const t = listArg(L, 1, ['__index', '__newindex', '__len']);
  const size = lengthOf(L, t);
  const { plus } = L.g.numbers;
  let at = optInteger(L, 2, size);
  if (L.g.is51) {
    if (!(at >= 1 && at <= size)) return 0;
  } else if (count > 1 && arg(L, 2) !== undefined && (at < 1 || at > plus(size, 1)) && at !== size) {
    argError(L, 1, 'position out of bounds');
  }
  const removed = getAt(L, t, at);
  L.g.charge(Math.max(0, distance(at, size)));
  for (; at < size; at = plus(at, 1)) setAt(L, t, at, getAt(L, t, plus(at, 1)));
  if (L.g.is51 || at <= size) setAt(L, t, L.g.is51 ? size : at, undefined);
  else setAt(L, t, at, undefined);
  return give(L, base, removed);
}

function concat(L: Thread, base: number): number {
  // The separator is looked at first in 5.1, the table in 5.3.
  if (!L.g.is51) listArg(L, 1, ['__index', '__len']);
  const separator = optText(L, 2, '');
  const t = listArg(L, 1, ['__index', '__len']);
  const first = optInteger(L, 3, 1);
  const last = arg(L, 4) === undefined ? lengthOf(L, t) : checkInteger(L, 4);
  const parts: string[] = [];
  let size = 0;
  for (let i = 0, n = distance(first, last); i <= n; i++) {
    const at = L.g.numbers.plus(first, i);
    const v = getAt(L, t, at);
    const text = textOf(L, v);
    if (text === undefined) raise(L, `invalid value (${typeName(v)}) at index ${cInt(at)} in table for 'concat'`);
    parts.push(text as string);
    size += (text as string).length + separator.length;
    L.g.charge(2);
    if (size > L.g.heapLimit) L.g.outOfMemory();
  }
  L.g.chargeString(size);
  return give(L, base, parts.join(separator));
}

function sort(L: Thread): number {
  const t = listArg(L, 1, ['__index', '__newindex', '__len']);
  const size = Number(lengthOf(L, t));
  if (size >= 0x7fffffff && !L.g.is51) argError(L, 1, 'array too big');
  const order = arg(L, 2);
  // 5.3 does not look at it when there is nothing to sort.
  if (order !== undefined && (L.g.is51 || size > 1)) checkFunction(L, 2);
  const less =
    order === undefined
      ? (a: Value, b: Value) => (typeof a === 'number' && typeof b === 'number' ? a < b : lessThan(L, a, b))
      : (a: Value, b: Value) => truthy(L.call1(order, a, b));
  const ops = {
    get: (i: number) => getAt(L, t, i),
    set: (i: number, v: Value) => setAt(L, t, i, v),
    less,
    charge: () => L.g.charge(1),
    invalid: () => raise(L, 'invalid order function for sorting'),
  };
  if (size > 1) sortRange(ops, 1, size, L.g.is51);
  return 0;
}

function foreach(L: Thread, base: number): number {
  const t = checkTable(L, 1);
  const fn = checkFunction(L, 2);
  for (let key: Value; ; ) {
    const at = t.positionOf(key);
    if (at < 0) runError(L, "invalid key to 'next'");
    const used = t.nextUsed(at);
    if (used < 0) return 0;
    key = t.keyAt(used);
    const result = L.call1(fn, key, t.valueAt(used));
    if (result !== undefined) return give(L, base, result);
  }
}

function foreachi(L: Thread, base: number): number {
  const t = checkTable(L, 1);
  const fn = checkFunction(L, 2);
  for (let i = 1, n = t.length(); i <= n; i++) {
    const result = L.call1(fn, i, t.get(i));
    if (result !== undefined) return give(L, base, result);
  }
  return 0;
}

function maxn(L: Thread, base: number): number {
  const t = checkTable(L, 1);
  let max = 0;
  for (let at = t.nextUsed(0); at >= 0; at = t.nextUsed(at + 1)) {
    const key = t.keyAt(at);
    if (typeof key === 'number' && key > max) max = key;
  }
  return give(L, base, max);
}

function setn(L: Thread): number {
  checkTable(L, 1);
  return raise(L, "'setn' is obsolete");
}

function pack(L: Thread, base: number, count: number): number {
  const t = L.g.newTable(count, 1);
  for (let i = count; i >= 1; i--) t.set(i, L.stack[base + i - 1]);
  t.set('n', count);
  return give(L, base, t);
}

function move(L: Thread, base: number): number {
  const { plus, maxInteger } = L.g.numbers;
  const first = checkInteger(L, 2);
  const last = checkInteger(L, 3);
  const at = checkInteger(L, 4);
  const to = arg(L, 5) === undefined ? 1 : 5;
  const from = listArg(L, 1, ['__index']);
  const target = listArg(L, to, ['__newindex']);
  if (last >= first) {
    // Exact beyond 2^53 too.
    const span = BigInt(last) - BigInt(first);
    if (!(first > 0 || span < maxInteger)) argError(L, 3, 'too many elements to move');
    if (BigInt(at) + span > maxInteger) argError(L, 4, 'destination wrap around');
    const up = at > last || at <= first || (to !== 1 && target !== from);
    const [source, goal, way] = up ? [first, at, 1] : [last, wrap64(BigInt(at) + span), -1];
    for (let i = 0, n = Number(span); i <= n; i++) {
      L.g.charge(2);
      setIndex(L, target, plus(goal, i * way), index(L, from, plus(source, i * way)));
    }
  }
  return give(L, base, target);
}

export const TABLE_51: Library = [
  ['concat', concat],
  ['foreach', foreach],
  ['foreachi', foreachi],
  ['getn', (L, base) => give(L, base, checkTable(L, 1).length())],
  ['maxn', maxn],
  ['insert', insert],
  ['remove', remove],
  ['setn', setn],
  ['sort', sort],
];
export const TABLE_53: Library = [
  ['concat', concat],
  ['insert', insert],
  ['pack', pack],
  ['unpack', unpack],
  ['remove', remove],
  ['move', move],
  ['sort', sort],
];
