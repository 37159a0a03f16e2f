/**
 * The modules of a build as they stand in flash: tables and metatables, made once and shared by all its states. A function
 * in them knows only its place; what it does is each state's own, and made when a script first calls one of its module.
 */
import type { LuaClassMembers, LuaFunction, LuaInput, LuaModuleMembers, LuaTree } from './api.ts';
import { inFlash } from './library.ts';
import { LuaTable } from './table.ts';
import type { Thread } from './thread.ts';
import { SHARED, type Value } from './value.ts';

/** Does in one state what functions in flash stand for. */
export interface ModuleCalls {
  /** Calls the function of that number in the module of that number, with the results of a native body. */
  callModule(L: Thread, base: number, module: number, fn: number): number;
}

/** One module in flash. */
interface RomModule {
  readonly name: string;
  readonly table: LuaTable;
  /** Paths of its functions by their numbers: `sta.getip`, `net.socket:on`. */
  readonly functions: readonly string[];
}

const isTree = (member: LuaTree[string]): member is LuaTree =>
  typeof member === 'object' && member !== null && member.constructor === Object;

/** The functions of a module by their paths. */
export function functionsOf({ tree, classes = [] }: LuaModuleMembers): ReadonlyMap<string, LuaFunction> {
  const found = new Map<string, LuaFunction>();
  const add = (prefix: string, members: LuaTree): void => {
    for (const [name, member] of Object.entries(members)) {
      if (typeof member === 'function') found.set(prefix + name, member);
      else if (isTree(member)) add(`${prefix}${name}.`, member);
    }
  };
  add('', tree);
  for (const { name, members } of classes) add(`${name}:`, members);
  return found;
}

/**
 * The firmware's 5.1 looks for a metamethod only until a later name (rotable_findentry), which needs them sorted. Those of
 * an unsorted table are seen by pairs() and found by nobody.
 */
function hideUnsorted(meta: LuaTable): void {
  const index = new Map<Value, number>();
  let last = '';
  for (let at = 0; at < meta.node.length; at += 2) {
    const key = meta.node[at] as string;
    if (key.startsWith('__') && key < last) continue;
    if (key.startsWith('__')) last = key;
    index.set(key, at);
  }
  if (index.size < meta.node.length / 2) meta.index = index;
}

/** Writes one module into flash. */
class Writer {
  readonly functions: string[] = [];
  readonly #module: number;
  readonly #is51: boolean;
  readonly #constant: (value: LuaInput) => Value;

  constructor(module: number, is51: boolean, constant: (value: LuaInput) => Value) {
    this.#module = module;
    this.#is51 = is51;
    this.#constant = constant;
  }

  /** A table; its `__index` becomes that of its metatable. */
  table(tree: LuaTree, prefix: string): LuaTable {
    const t = this.#empty();
    const { __index, ...members } = tree;
    if (__index !== undefined) {
      t.meta = this.#empty();
      this.#add(t.meta, '__index', __index, prefix);
    }
    for (const [name, member] of Object.entries(members)) this.#add(t, name, member, prefix);
    return t;
  }

  /** A metatable, which is its own `__index` unless the class has another; that stands first, or behind a leading `__gc`. */
  metatable(name: string, members: LuaClassMembers): LuaTable {
    const meta = this.#empty();
    const add = ([key, member]: readonly [string, LuaTree[string]]): void => this.#add(meta, key, member, `${name}:`);
    const all = Object.entries(members);
    const before = all[0]?.[0] === '__gc' ? 1 : 0;
    all.slice(0, before).forEach(add);
    if (!('__index' in members)) meta.append('__index', meta);
    all.slice(before).forEach(add);
    if (this.#is51) hideUnsorted(meta);
    return meta;
  }

  #empty(): LuaTable {
    const t = new LuaTable(this.#is51);
    t.rom = true;
    t.id = SHARED;
    return t;
  }

  #add(t: LuaTable, name: string, member: LuaTree[string], prefix: string): void {
    if (typeof member === 'function') t.append(name, this.#function(name, prefix + name));
    else t.append(name, isTree(member) ? this.table(member, `${prefix}${name}.`) : this.#constant(member));
  }

  #function(name: string, path: string): Value {
    const module = this.#module;
    const fn = this.functions.push(path) - 1;
    return inFlash(name, (L: Thread, base: number) => (L.g.modules as ModuleCalls).callModule(L, base, module, fn));
  }
}

export class Rom {
  /** The table of all libraries and modules that scripts see as `ROM`. */
  readonly table: LuaTable;
  readonly modules: readonly RomModule[];
  /** Metatables of userdata classes by name. */
  readonly classes: ReadonlyMap<string, LuaTable>;
  /** Modules that stand in front of something of the same name. */
  readonly doubles: readonly RomModule[];
  /** The nodes of `package.loaded` with the modules, and without what is each state's own. */
  #loaded: { readonly node: readonly Value[]; readonly lastFree: number } | undefined;

  /** `libraries` stays as it is; `constant` makes a Lua value of what is no function. */
  constructor(
    libraries: LuaTable,
    modules: readonly (LuaModuleMembers & { readonly name: string })[],
    constant: (value: LuaInput) => Value,
  ) {
    const table = new LuaTable(libraries.inPlace);
    table.rom = true;
    table.id = SHARED;
    for (let at = libraries.nextUsed(0); at >= 0; at = libraries.nextUsed(at + 1)) {
      const value = libraries.valueAt(at);
      table.append(libraries.keyAt(at) as string, value === libraries ? table : value);
    }
    const classes = new Map<string, LuaTable>();
    const doubles: RomModule[] = [];
    this.modules = modules.map((members, at) => {
      const writer = new Writer(at, table.inPlace, constant);
      const module = { name: members.name, table: writer.table(members.tree, ''), functions: writer.functions };
      for (const cls of members.classes ?? []) classes.set(cls.name, writer.metatable(cls.name, cls.members));
      if (table.getStr(module.name) === undefined) table.append(module.name, module.table);
      else doubles.push(module);
      return module;
    });
    this.table = table;
    this.classes = classes;
    this.doubles = doubles;
  }

  /** Enters the modules into a fresh state's `package.loaded`. All of them get the same places in it. */
  load(loaded: LuaTable): void {
    if (this.#loaded === undefined) {
      const own = new Set(loaded.node);
      for (const { name, table } of this.modules) loaded.set(name, table);
      const { node, lastFree } = loaded;
      this.#loaded = {
        node: node.map((value, i) => (i % 2 === 1 && own.has(node[i - 1]) ? undefined : value)),
        lastFree,
      };
      return;
    }
    const { node: own } = loaded;
    const node = this.#loaded.node.slice();
    for (let i = 0; i < own.length; i += 2) if (own[i] !== undefined) node[node.indexOf(own[i]) + 1] = own[i + 1];
    loaded.replaceNodes(node, this.#loaded.lastFree);
  }
}

/** By the table of libraries and the list of modules. */
const roms = new WeakMap<LuaTable, WeakMap<object, Rom>>();

/** What is in flash does not change, so states with the same libraries and the same list of modules share one copy. */
export function romOf(libraries: LuaTable, modules: object, make: () => Rom): Rom {
  let known = roms.get(libraries);
  if (known === undefined) {
    known = new WeakMap();
    roms.set(libraries, known);
  }
  let rom = known.get(modules);
  if (rom === undefined) {
    rom = make();
    known.set(modules, rom);
  }
  return rom;
}
