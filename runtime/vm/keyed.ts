/**
 * Table access with a remembered place: an instruction with a constant key finds it mostly in the cell where it
 * found it last, in the same or a likewise built table.
 */
import { LuaTable } from './table.ts';
import type { Value } from './value.ts';

/** `t[key]` without metamethods. */
export function getKeyed(t: LuaTable, key: Value, hints: Uint16Array, at: number): Value {
  if (typeof key === 'string') {
    const hint = hints[at] as number;
    const node = t.node;
    if (node[hint] === key) return node[hint + 1];
    const cell = t.cellOf(key);
    if (cell < 0) return undefined;
    hints[at] = cell;
    // The search may have filled the table.
    return t.node[cell + 1];
  }
  if (typeof key === 'number') {
    const arr = t.arr;
    return key > 0 && key <= arr.length && (key | 0) === key ? arr[key - 1] : t.get(key);
  }
  return t.get(key);
}

/** `t[key] = value` when that needs neither metamethod, new key nor check; else false. */
export function setKeyed(t: LuaTable, key: Value, value: Value, hints: Uint16Array, at: number): boolean {
  if (t.rom) return false;
  if (typeof key === 'number') {
    const arr = t.arr;
    if (key > 0 && key <= arr.length && (key | 0) === key && (t.meta === undefined || arr[key - 1] !== undefined)) {
      arr[key - 1] = value;
      return true;
    }
    return false;
  }
  if (typeof key !== 'string') return false;
  let cell = hints[at] as number;
  const node = t.node;
  if (node[cell] !== key) {
    cell = t.cellOf(key);
    if (cell < 0) return false;
    hints[at] = cell;
    if (cell > 0xffff) return false;
  }
  if (node[cell + 1] === undefined) return false;
  node[cell + 1] = value;
  // Absent metamethods are remembered in the table that would hold them; present values change nothing there.
  return true;
}

/** Levels of `__index` tables that are followed without further ado. */
const LEVELS = 4;

/** `t[key]` through a few `__index` tables; undefined when it is not that simple. */
export function getMethod(t: Value, key: Value, hints: Uint16Array, at: number): Value {
  if (!(t instanceof LuaTable) || typeof key !== 'string') return undefined;
  let own = getKeyed(t, key, hints, at);
  let { meta } = t;
  for (let level = 0; own === undefined && meta !== undefined && level < LEVELS; level++) {
    const up = meta.getStr('__index');
    if (!(up instanceof LuaTable)) return undefined;
    own = getKeyed(up, key, hints, at);
    meta = up.meta;
  }
  return own;
}
