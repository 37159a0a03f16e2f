/** What a device is given as its Lua modules. Bindings implement these types, so runtime never imports bindings. */
import type { LuaClassMembers, LuaModuleMembers, LuaTree } from '../vm/index.ts';
import { existsIn, type Firmware, type Lifetime } from './era.ts';

/** How one function of the firmware's table is offered. */
export type Support = 'as the firmware' | 'approximated' | 'not built';

/** One line of the support matrix. */
export interface FunctionSupport {
  /** Full name as a script writes it, for example `wifi.sta.config` or `tmr.timer:alarm`. */
  readonly name: string;
  readonly support: Support;
  /** What differs; set for 'approximated'. */
  readonly how?: string;
  /** The releases that have it; absent = all. */
  readonly lifetime?: Lifetime;
}

/** What is true of a module on every device. */
export interface ModuleFacts {
  /** The global's name. */
  readonly name: string;
  /** When the module as a whole exists; absent = in all releases. */
  readonly lifetime?: Lifetime;
  /** Nothing of it is built: its functions only say so. */
  readonly stub?: boolean;
}

/** A module for devices of the type `D`. */
export interface ModuleOf<D> extends ModuleFacts {
  /** luaopen_x: what it does at each boot, whether or not a script uses it. */
  readonly open?: (device: D) => void;
  /** What one boot of a device has in it: made when a script first calls a function of it; what it keeps is RAM. */
  readonly members: (device: D) => LuaMembers;
}

/** What one boot of a device has in a module. */
export interface LuaMembers extends LuaModuleMembers {
  readonly classes: NonNullable<LuaModuleMembers['classes']>;
  readonly functions: readonly FunctionSupport[];
  /** The releases that have a name, for those that not all have: `tmr.alarm`, `wifi.eventmon.EVENT_MAX`, `tls.socket:dns`. */
  readonly lifetimes: ReadonlyMap<string, Lifetime>;
}

const releases = new WeakMap<object, Map<Firmware, unknown>>();

/** The modules that release has, in the same order; one list for all devices that are given the same modules. */
export function inRelease<M extends ModuleFacts>(given: readonly M[], firmware: Firmware): readonly M[] {
  const known = releases.get(given) ?? new Map<Firmware, unknown>();
  releases.set(given, known);
  const modules =
    (known.get(firmware) as readonly M[] | undefined) ??
    given.filter(({ lifetime }) => lifetime === undefined || existsIn(lifetime, firmware));
  known.set(firmware, modules);
  return modules;
}

/** The members as that release has them. */
export function membersIn(name: string, members: LuaMembers, firmware: Firmware): LuaMembers {
  const { tree, classes, functions, lifetimes } = members;
  if (lifetimes.size === 0) return members;
  const exists = (path: string): boolean => existsIn(lifetimes.get(path) ?? {}, firmware);
  return {
    tree: pruned(tree, `${name}.`, exists),
    classes: classes
      .filter((cls) => exists(cls.name))
      .map((cls) => ({ name: cls.name, members: pruned(cls.members, `${cls.name}:`, exists) as LuaClassMembers })),
    functions: functions.filter(({ lifetime }) => lifetime === undefined || existsIn(lifetime, firmware)),
    lifetimes,
  };
}

function pruned(tree: LuaTree, prefix: string, exists: (path: string) => boolean): LuaTree {
  const out: Record<string, LuaTree[string]> = {};
  for (const [name, member] of Object.entries(tree)) {
    if (!exists(prefix + name)) continue;
    out[name] = isTree(member) ? pruned(member, `${prefix}${name}.`, exists) : member;
  }
  return out;
}

const isTree = (member: LuaTree[string]): member is LuaTree =>
  typeof member === 'object' && member !== null && member.constructor === Object;

/** Names of the modules of which anything is built. */
export const builtNames = (modules: readonly ModuleFacts[]): string[] =>
  modules.filter(({ stub }) => stub !== true).map(({ name }) => name);
