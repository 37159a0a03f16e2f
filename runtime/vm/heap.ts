/**
 * What things cost on the chip, in bytes (structures of app/lua and app/lua53 with 32-bit pointers; a value with its
 * tag takes 12 bytes where numbers are doubles and 8 in 5.3 with 32 bits). Only for the account of the heap; nothing is allocated from it.
 */
import type { LuaTable } from './table.ts';
import type { Thread } from './thread.ts';

/** Bytes a Lua heap may hold before memory runs out, unless the device says otherwise. */
export const DEFAULT_LIMIT = 128 * 1024;
/** What an empty state has taken: string table, registry, fixed strings. */
export const BASE_BYTES = 6 * 1024;

export const valueBytes = (longNumbers: boolean): number => (longNumbers ? 12 : 8);
/** A node: key, value and link. */
export const nodeBytes = (longNumbers: boolean): number => (longNumbers ? 28 : 20);
export const TABLE_BYTES = 36;
export const STRING_BYTES = 17;
export const CLOSURE_BYTES = 20;
export const UPVAL_BYTES = 24;
/** Header and a typical C structure behind it. */
export const USERDATA_BYTES = 20 + 24;

export const tableBytes = (t: LuaTable, longNumbers: boolean): number =>
  TABLE_BYTES + t.arr.length * valueBytes(longNumbers) + (t.node.length >> 1) * nodeBytes(longNumbers);

/** Thread structure, call frames and stack; both vectors start at 8 frames and 45 values and double. */
export function threadBytes(L: Thread): number {
  let slots = 45;
  while (slots < L.frame.top) slots *= 2;
  let frames = 8;
  while (frames < L.depth) frames *= 2;
  return 116 + 24 * frames + slots * valueBytes(L.g.longNumbers);
}
