/** What a device is given as its Lua modules. Bindings implement these types, so runtime never imports bindings. */
import type { LuaClassMembers, LuaHost, LuaTree } from '../vm/index.ts';

/** How one function of the firmware's table is offered. */
export type Support = 'as the firmware' | 'approximated' | 'not built';

/** One line of the support matrix. */
export interface FunctionSupport {
  /** Full name as a script writes it, for example `wifi.sta.config` or `tmr.timer:alarm`. */
  readonly name: string;
  readonly support: Support;
  /** What differs; set for 'approximated'. */
  readonly how?: string;
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
  /** luaopen_x: runs once after the tables exist. */
  readonly open?: (lua: LuaHost) => void;
}
