/** What a device is given as its Lua modules. Bindings implement these types, so runtime never imports bindings. */
import type { LuaClassMembers, LuaHost, LuaTree } from '../vm/index.ts';
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

/** A userdata class of a module (luaL_newmetatable). */
export interface LuaModuleClass {
  readonly name: string;
  readonly members: LuaClassMembers;
}

/** One module of one boot: made anew at each start of the Lua state, so what it keeps is RAM. */
export interface LuaModule {
  /** The global's name. */
  readonly name: string;
  readonly tree: LuaTree;
  readonly classes: readonly LuaModuleClass[];
  readonly functions: readonly FunctionSupport[];
  /**
   * The releases that have a name, for those that not all have: `tmr.alarm`, `wifi.eventmon.EVENT_MAX`,
   * `tls.socket:dns`, or the module's own name.
   */
  readonly lifetimes?: ReadonlyMap<string, Lifetime>;
  /** luaopen_x: runs once after the tables exist. */
  readonly open?: (lua: LuaHost) => void;
}

/** The module as that release has it; undefined where it has none. */
export function moduleIn(module: LuaModule, firmware: Firmware): LuaModule | undefined {
  const { name, tree, classes, functions, lifetimes } = module;
  if (lifetimes === undefined) return module;
  const exists = (path: string): boolean => existsIn(lifetimes.get(path) ?? {}, firmware);
  if (!exists(name)) return undefined;
  return {
    ...module,
    tree: pruned(tree, `${name}.`, exists),
    classes: classes
      .filter((cls) => exists(cls.name))
      .map((cls) => ({ name: cls.name, members: pruned(cls.members, `${cls.name}:`, exists) as LuaClassMembers })),
    functions: functions.filter(({ lifetime }) => lifetime === undefined || existsIn(lifetime, firmware)),
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
export const builtNames = (modules: readonly LuaModule[]): string[] =>
  modules
    .filter(({ functions }) => functions.length === 0 || functions.some(({ support }) => support !== 'not built'))
    .map(({ name }) => name);
