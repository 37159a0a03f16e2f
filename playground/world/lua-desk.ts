/** What the editor asks about Lua: the names scripts may use, and whether a source compiles. On a device of its own, so that
 * nothing of it touches the world that runs. */
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { type Device, type LuaMembers, seconds, World } from '../../runtime/index.ts';
import type { ApiEntry, Problem } from './protocol.ts';

/** Whether a source fits into the device is another question than whether it is Lua. */
const ROOM = 256 * 1024 * 1024;

export class LuaDesk {
  readonly #device: Device;

  constructor() {
    const world = new World({ traceLines: 0 });
    this.#device = world.addDevice({ modules: NODEMCU_MODULES, profile: { heapBytes: ROOM } });
    this.#device.start();
    world.runUntil(() => !this.#device.off, seconds(1));
  }

  /** Every module, function and constant. */
  api(): ApiEntry[] {
    return this.#device.modules.flatMap((module) => {
      const { functions, tree } = this.#device.members(module);
      return [
        { name: module.name, kind: 'module' as const },
        ...functions.map(({ name, support, how }) => ({
          name,
          kind: 'function' as const,
          support,
          ...(how === undefined ? {} : { how }),
        })),
        ...constants(tree, `${module.name}.`),
      ];
    });
  }

  /** The first syntax error. */
  check(name: string, source: string): Problem | undefined {
    const { lua } = this.#device;
    // No watchdog watches here.
    lua.budget = Number.MAX_SAFE_INTEGER;
    const loaded = lua.load(source, `@${name}`);
    if (loaded.ok) {
      loaded.chunk.release();
      lua.collect();
      return undefined;
    }
    const place = /:(\d+): ([\s\S]*)$/.exec(loaded.message);
    return place === null
      ? { line: 1, message: loaded.message }
      : { line: Number(place[1]), message: (place[2] ?? '').trim() };
  }
}

function constants(tree: LuaMembers['tree'], prefix: string): ApiEntry[] {
  return Object.entries(tree).flatMap(([name, member]) => {
    if (typeof member === 'number' || typeof member === 'string')
      return [{ name: prefix + name, kind: 'constant' as const, value: String(member) }];
    if (typeof member === 'object' && member !== null && member.constructor === Object)
      return constants(member as LuaMembers['tree'], `${prefix}${name}.`);
    return [];
  });
}
