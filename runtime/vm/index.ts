/** The Lua machine: NodeMCU's Lua 5.1 and 5.3 behind one narrow host interface. */
import type { LuaEnv, LuaHost, LuaOptions } from './api.ts';
import { Host } from './host.ts';

export * from './api.ts';
export { generation } from './proto.ts';

/** A fresh state. */
export function createLua(env: LuaEnv, options: LuaOptions): LuaHost {
  return new Host(env, options);
}
