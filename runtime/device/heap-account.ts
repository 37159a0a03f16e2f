/**
 * What node.heap tells: the free bytes after boot, less what the script has made the Lua state hold since. The Lua state
 * counts strings, tables, closures, threads and userdata by the sizes of the firmware's structures; what the SDK takes
 * for connections and packets is not counted.
 */

/** What a state with its modules holds before any script, by the Lua host's own estimate. */
const OPENED_STATE_BYTES = 6300;

export class HeapAccount {
  readonly #bootBytes: number;
  #bytes: number;
  /** Held right after the modules were opened. */
  #base = 0;

  /** `bootBytes` are free before scripts take theirs. */
  constructor(bootBytes: number) {
    this.#bootBytes = bootBytes;
    this.#bytes = bootBytes;
  }

  /** What the Lua state may hold in all. */
  get luaLimit(): number {
    return this.#bootBytes + OPENED_STATE_BYTES;
  }

  /** A boot has opened its modules and holds that much. */
  opened(used: number): void {
    this.#base = used;
    this.#bytes = this.#bootBytes;
  }

  free(used: number): number {
    return Math.max(0, this.#bytes - (used - this.#base));
  }

  /** From now on only so many bytes are free. */
  limit(free: number, used: number): void {
    this.#bytes = free + used - this.#base;
  }
}
