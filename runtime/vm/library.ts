/** How libraries are written down: tables of built-in functions, made once and shared read-only by all states. */
import { LuaTable } from './table.ts';
import { Native, type NativeBody, type Value } from './value.ts';

export type Library = readonly (readonly [string, NativeBody | Value])[];

/** A table in flash with the entries in declaration order. */
export function romTable(entries: Library, is51: boolean): LuaTable {
  const t = new LuaTable(is51);
  for (const [name, value] of entries) {
    t.append(name, typeof value === 'function' ? new Native(name, value) : value);
  }
  t.rom = true;
  return t;
}
