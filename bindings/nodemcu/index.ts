/** NodeMCU 3.0's modules, in the order of the firmware's table. */
import type { LuaModuleFactory } from '../../runtime/device/index.ts';

export { arg, type Checker } from './arg.ts';
export * from './lua.ts';

/** The modules of the default build and the optional ones that are built. */
export const NODEMCU_MODULES: readonly LuaModuleFactory[] = [];
