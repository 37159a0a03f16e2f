/** Functions that compile code: load, loadstring, loadfile, dofile, require, module. */

import { toLatin1 } from '../core/index.ts';
import { arg, checkFunction, checkText, isNone, optText } from './args.ts';
import { mainClosure } from './call.ts';
import { type Compiled, compile } from './compile.ts';
import { frameAt, raise, throwValue } from './errors.ts';
import type { Library } from './library.ts';
import { index, rawSet, textOf, truthy } from './ops.ts';
import { give, give2, giveAll } from './results.ts';
import { LuaTable } from './table.ts';
import type { Thread } from './thread.ts';
import { Closure, Native, type Value } from './value.ts';

/** Pushes the compiled function, or nil and the message. */
function giveCompiled(L: Thread, base: number, result: Compiled, env?: Value): number {
  if (!result.ok) return give2(L, base, undefined, result.message);
  const closure = mainClosure(L, result.proto);
  if (env !== undefined && closure.upvals[0] !== undefined)
    closure.upvals[0].cells[0] = env === NIL_ENV ? undefined : env;
  return give(L, base, closure);
}
/** An explicit nil environment of 5.3's load. */
const NIL_ENV = false;

const loaded = (L: Thread, base: number, source: string, chunkName: string): number =>
  giveCompiled(L, base, compile(L.g, source, chunkName));

/** Compiles what a function answers until it answers nil or '' (generic_reader of lbaselib.c). */
function loadedBy(L: Thread, base: number, reader: Value, chunkName: string, mode?: string, env?: Value): number {
  const piece = (): string => {
    const answer = L.call1(reader);
    if (answer === undefined) return '';
    return textOf(L, answer) ?? raise(L, 'reader function must return a string');
  };
  const result = L.g.protect(L, () => compile(L.g, piece, chunkName, mode));
  return result.ok ? giveCompiled(L, base, result.value, env) : give2(L, base, undefined, result.error);
}

function load51(L: Thread, base: number): number {
  const name = optText(L, 2, '=(load)');
  return loadedBy(L, base, checkFunction(L, 1), name);
}

const loadstring: (L: Thread, base: number) => number = (L, base) => {
  const source = checkText(L, 1);
  return loaded(L, base, source, optText(L, 2, source));
};

function load53(L: Thread, base: number): number {
  const mode = optText(L, 3, 'bt');
  const env = isNone(L, 4) ? undefined : (arg(L, 4) ?? NIL_ENV);
  const text = textOf(L, arg(L, 1));
  const name = optText(L, 2, text ?? '=(load)');
  if (text === undefined) return loadedBy(L, base, checkFunction(L, 1), name, mode, env);
  return giveCompiled(L, base, compile(L.g, text, name, mode), env);
}

/** Reads a file of the flash; a first line that begins with `#` is skipped. */
function readSource(L: Thread, name: string): string | undefined {
  const bytes = L.g.env.readFile(name);
  if (bytes === undefined) return undefined;
  const source = toLatin1(bytes);
  if (!source.startsWith('#')) return source;
  const newline = source.indexOf('\n');
  return newline < 0 ? '' : source.slice(newline);
}

/** luaL_loadfilex. */
function loadSource(L: Thread, base: number, mode?: string, env?: Value): number {
  // The firmware has no standard input to fall back to.
  const name = arg(L, 1) === undefined ? raise(L, 'filename is NULL') : checkText(L, 1);
  const source = readSource(L, name);
  const { cannotOpenTail = L.g.is51 ? ': ' : '' } = L.g.dialect;
  if (source === undefined) return give2(L, base, undefined, `cannot open ${name}${cannotOpenTail}`);
  return giveCompiled(L, base, compile(L.g, source, `@${name}`, mode), env);
}

const loadfile51 = (L: Thread, base: number): number => loadSource(L, base);

const loadfile53 = (L: Thread, base: number): number =>
  loadSource(L, base, optText(L, 2, 'bt'), isNone(L, 3) ? undefined : (arg(L, 3) ?? NIL_ENV));

function dofile(L: Thread, base: number): number {
  if (loadSource(L, base) === 2) throwValue(L, L.stack[base]);
  const fn = L.stack[base - 1];
  const got = L.call(fn, [], -1);
  return giveAll(L, base, L.stack.slice(L.top, L.top + got));
}

/** The first readable file of a path, or the names that were tried. */
function searchIn(
  L: Thread,
  name: string,
  path: string,
  separator: string,
  by: string,
): { file: string; source: string } | string {
  let tried = '';
  const plain = separator === '' ? name : name.replaceAll(separator, by);
  for (const template of path.split(';')) {
    if (template === '') continue;
    const file = template.replaceAll('?', plain);
    const source = readSource(L, file);
    if (source !== undefined) return { file, source };
    tried += `\n\tno file '${file}'`;
  }
  return tried;
}

const packageField = (L: Thread, name: string): Value =>
  L.g.package instanceof LuaTable ? L.g.package.getStr(name) : undefined;

function preloadSearcher(L: Thread, base: number): number {
  const name = checkText(L, 1);
  const preload = packageField(L, 'preload');
  if (!(preload instanceof LuaTable)) return raise(L, "'package.preload' must be a table");
  return give(L, base, preload.getStr(name) ?? `\n\tno field package.preload['${name}']`);
}

function fileSearcher(L: Thread, base: number): number {
  const name = checkText(L, 1);
  const path = packageField(L, 'path');
  if (typeof path !== 'string') return raise(L, "'package.path' must be a string");
  const found = searchIn(L, name, path, '.', '/');
  if (typeof found === 'string') return give(L, base, found);
  const result = compile(L.g, found.source, `@${found.file}`);
  if (!result.ok) return raise(L, `error loading module '${name}' from file '${found.file}':\n\t${result.message}`);
  return give2(L, base, mainClosure(L, result.proto), found.file);
}

/** Marks a module that is being loaded (5.1). */
const SENTINEL = new Native('sentinel', () => 0);

function require(L: Thread, base: number): number {
  const name = checkText(L, 1);
  const modules = L.g.loaded;
  const known = modules.getStr(name);
  if (truthy(known)) {
    if (known === SENTINEL) raise(L, `loop or previous error loading module '${name}'`);
    return give(L, base, known);
  }
  // The firmware looks for a global or ROM table of that name next.
  const rom = L.g.rom?.getStr(name);
  if (rom instanceof LuaTable) return give(L, base, rom);
  const loaders = packageField(L, L.g.is51 ? 'loaders' : 'searchers');
  if (!(loaders instanceof LuaTable)) raise(L, `'package.${L.g.is51 ? 'loaders' : 'searchers'}' must be a table`);
  let message = '';
  let loader: Value;
  let extra: Value;
  for (let i = 1; ; i++) {
    const searcher = (loaders as LuaTable).get(i);
    if (searcher === undefined) raise(L, `module '${name}' not found:${message}`);
    const got = L.call(searcher, [name], 2);
    loader = got > 0 ? L.stack[L.top] : undefined;
    extra = got > 1 ? L.stack[L.top + 1] : undefined;
    if (loader instanceof Closure || loader instanceof Native) break;
    if (typeof loader === 'string') message += loader;
  }
  if (L.g.is51) rawSet(L, modules, name, SENTINEL);
  const value = L.g.is51 ? L.call1(loader, name) : L.call1(loader, name, extra);
  if (value !== undefined) rawSet(L, modules, name, value);
  const now = modules.getStr(name);
  if (now === SENTINEL || now === undefined) rawSet(L, modules, name, true);
  return give(L, base, modules.getStr(name));
}

/** 5.1's module(name, …). */
function module(L: Thread, base: number, count: number): number {
  const name = checkText(L, 1);
  // Also a table that module itself has made.
  if (index(L, L.g.globals, name) instanceof LuaTable) return 0;
  const modules = L.g.loaded;
  let t = modules.getStr(name);
  if (!(t instanceof LuaTable)) {
    let at: LuaTable = L.g.globals;
    for (const part of name.split('.')) {
      let next: Value = at.getStr(part);
      if (next === undefined) {
        next = L.g.newTable();
        rawSet(L, at, part, next);
      }
      if (!(next instanceof LuaTable)) raise(L, `name conflict for module '${name}'`);
      at = next as LuaTable;
    }
    t = at;
    rawSet(L, modules, name, t);
  }
  const table = t as LuaTable;
  if (table.getStr('_NAME') === undefined) {
    rawSet(L, table, '_M', table);
    rawSet(L, table, '_NAME', name);
    const dot = name.lastIndexOf('.');
    rawSet(L, table, '_PACKAGE', dot < 0 ? '' : name.slice(0, dot + 1));
  }
  const caller = frameAt(L, 1)?.fn;
  if (!(caller instanceof Closure)) raise(L, "'module' not called from a Lua function");
  (caller as Closure).env = table;
  for (const option of L.stack.slice(base + 1, base + count)) L.call(option, [table], 0);
  return 0;
}

function seeall(L: Thread): number {
  const t = arg(L, 1);
  if (!(t instanceof LuaTable)) return raise(L, 'table expected');
  t.meta ??= L.g.newTable(0, 1);
  rawSet(L, t.meta, '__index', L.g.globals);
  return 0;
}

export const LOAD_51: Library = [
  ['dofile', dofile],
  ['load', load51],
  ['loadfile', loadfile51],
  ['loadstring', loadstring],
];
const nativeLoad = new Native('load', load53);
export const LOAD_53: Library = [
  ['dofile', dofile],
  ['load', nativeLoad],
  ['loadfile', loadfile53],
  ['loadstring', nativeLoad],
];

/** package.searchpath of 5.3. */
function searchpath(L: Thread, base: number): number {
  const found = searchIn(L, checkText(L, 1), checkText(L, 2), optText(L, 3, '.'), optText(L, 4, '/'));
  return typeof found === 'string' ? give2(L, base, undefined, found) : give(L, base, found.file);
}

/** C libraries cannot be loaded; their searchers find nothing. */
const noLoader = (): number => 0;
function loadlib(L: Thread, base: number): number {
  checkText(L, 1);
  checkText(L, 2);
  return giveAll(L, base, [undefined, 'dynamic libraries not enabled; check your Lua installation', 'absent']);
}

/** LUA_PATH_DEFAULT. */
const SEARCH_PATH = '?.lc;?.lua';

/** `package` and the functions in RAM that belong to it. */
export function openPackage(L: Thread): void {
  const g = L.g;
  // Sizes and order as in loadlib.c, which pairs() shows.
  const t = g.newTable(0, g.is51 ? 2 : 5);
  g.package = t;
  const loaders = g.newTable(4);
  loaders.set(1, new Native('loader_preload', preloadSearcher));
  loaders.set(2, new Native('loader_Lua', fileSearcher));
  if (g.is51) {
    loaders.set(3, new Native('loader_C', noLoader));
    loaders.set(4, new Native('loader_Croot', noLoader));
    t.set('loadlib', new Native('loadlib', loadlib));
    t.set('seeall', new Native('seeall', seeall));
    t.set('loaders', loaders);
    t.set('path', SEARCH_PATH);
    t.set('cpath', '');
    t.set('config', '/\n;\n?\n!\n-');
    g.globals.set('module', new Native('module', module));
  } else {
    t.set('searchpath', new Native('searchpath', searchpath));
    t.set('preload', false);
    t.set('path', SEARCH_PATH);
    t.set('searchers', loaders);
    t.set('loaded', g.loaded);
    t.set('loaders', loaders);
    t.set('config', '/\n;\n?\n!\n-\n');
    g.loaded.set('package', t);
  }
  t.set('loaded', g.loaded);
  t.set('preload', g.newTable());
  g.globals.set('package', t);
  g.globals.set('require', new Native('require', require));
}
