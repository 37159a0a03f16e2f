/**
 * What node.heap tells: the free bytes after boot, less what the script has made the Lua state hold since. The Lua state
 * counts strings, tables, closures, threads and userdata by the sizes of the firmware's structures; what the SDK takes
 * for connections and packets is not counted.
 */
import type { LuaHost } from '../vm/index.ts';

type Heap = Pick<LuaHost, 'heapUsed' | 'limitHeap'>;

export class HeapAccount {
  #lua: Heap | undefined;
  #bytes = 0;
  /** Held when the limit was set. */
  #base = 0;

  /** From now on `free` bytes are free in this state; more than that is "not enough memory". */
  limit(lua: Heap, free: number): void {
    lua.limitHeap(free);
    this.#lua = lua;
    this.#base = lua.heapUsed;
    this.#bytes = free;
  }

  get free(): number {
    return this.#lua === undefined ? 0 : Math.max(0, this.#bytes - (this.#lua.heapUsed - this.#base));
  }
}
