/** How libraries are written down: tables of built-in functions, made once and shared read-only by all states. */
import { LuaTable } from './table.ts';
import { Native, type NativeBody, SHARED, type Value } from './value.ts';

export type Library = readonly (readonly [string, NativeBody | Value])[];

/** A table in flash with the entries in declaration order, after what `t` has already. */
export function romTable(entries: Library, is51: boolean, t = new LuaTable(is51)): LuaTable {
  for (const [name, value] of entries) {
    t.append(name, inFlash(name, value));
  }
  t.rom = true;
  t.id = SHARED;
  return t;
}

/** A member of a table in flash: a body becomes a function. */
export function inFlash(name: string, value: NativeBody | Value): Value {
  const member = typeof value === 'function' ? new Native(name, value) : value;
  if (member instanceof Native) {
    member.light = true;
    member.id = SHARED;
  }
  return member;
}
