/** The globals of a fresh state: a table in flash shared by all states, and a few in RAM in front of it. */

import type { LuaBuild, LuaEnv } from './api.ts';
import { collect } from './collector.ts';
import { runError } from './errors.ts';
import { BASE_51, BASE_53, RAM_BASE } from './lib-base.ts';
import { COROUTINE_51, COROUTINE_53 } from './lib-coroutine.ts';
import { DEBUG_51, DEBUG_53 } from './lib-debug.ts';
import { LOAD_51, LOAD_53, openPackage } from './lib-load.ts';
import { MATH } from './lib-math.ts';
import { STRING_51, STRING_53, stringMod } from './lib-string.ts';
import { TABLE_51, TABLE_53 } from './lib-table.ts';
import { UTF8 } from './lib-utf8.ts';
import { inFlash, romTable } from './library.ts';
import { interpret } from './machine.ts';
import { NUMBERS } from './numbers.ts';
import { callMeta } from './ops.ts';
import { LuaTable } from './table.ts';
import { FINALIZING, isFunction } from './thread.ts';
import { Native } from './value.ts';
import { Vm } from './vm.ts';

interface Flash {
  /** Libraries and functions, as `ROM` has them. */
  readonly rom: LuaTable;
  readonly stringMeta: LuaTable;
}

function build(version: LuaBuild): Flash {
  const is51 = version === '5.1';
  const string = new LuaTable(is51);
  string.append('__index', string);
  string.append('__mod', inFlash('__mod', stringMod));
  romTable(is51 ? STRING_51 : STRING_53, is51, string);
  const libraries: [string, LuaTable][] = [
    ['string', string],
    ['table', romTable(is51 ? TABLE_51 : TABLE_53, is51)],
    ['debug', romTable(is51 ? DEBUG_51 : DEBUG_53, is51)],
    ['coroutine', romTable(is51 ? COROUTINE_51 : COROUTINE_53, is51)],
    ['math', romTable(MATH[version], is51)],
  ];
  if (!is51) libraries.push(['utf8', romTable(UTF8, false)]);
  const functions = is51 ? [...BASE_51, ...LOAD_51] : [...BASE_53, ...LOAD_53];
  const rom = romTable(libraries, is51);
  rom.append('ROM', rom);
  for (const [name, body] of functions) rom.append(name, inFlash(name, body));
  return { rom, stringMeta: string };
}

/** What is in flash does not change, so one copy serves every state of a version. */
const flash = new Map<LuaBuild, Flash>();

function flashOf(version: LuaBuild): Flash {
  let found = flash.get(version);
  if (found === undefined) {
    found = build(version);
    flash.set(version, found);
  }
  return found;
}

export function openState(version: LuaBuild, env: LuaEnv, heapLimit: number): Vm {
  const g = new Vm(version, NUMBERS[version], env, interpret, heapLimit);
  g.throwError = runError;
  g.finalize = (L, object) => {
    const handler = object.meta?.getStr('__gc');
    if (!isFunction(handler)) return;
    const { frame, inHook } = L;
    frame.flags |= FINALIZING;
    L.inHook = true;
    try {
      callMeta(L, handler, object);
    } finally {
      frame.flags &= ~FINALIZING;
      L.inHook = inHook;
    }
  };
  const { rom, stringMeta } = flashOf(version);
  g.rom = rom;
  g.stringMeta = stringMeta;
  const { globals, loaded } = g;
  globals.set('_G', globals);
  globals.set('_VERSION', g.is51 ? 'Lua 5.1' : 'Lua 5.3');
  if (g.is51) {
    // The table of globals is its own metatable.
    globals.set('__index', rom);
    for (const [name, body] of RAM_BASE) globals.set(name, typeof body === 'function' ? new Native(name, body) : body);
    globals.meta = globals;
  } else {
    const meta = new LuaTable(false, 0, 1);
    meta.set('__index', rom);
    globals.meta = meta;
    loaded.set('_G', globals);
  }
  openPackage(g.main);
  g.registry.set('_LOADED', loaded);
  // The account begins with what a fresh state holds.
  collect(g);
  return g;
}
