/** Who holds the heap: bytes by the line that made the holder, where that was watched. */
import type { LuaHolding } from './api.ts';
import { type Collectable, weigh } from './collector.ts';
import { runningLine } from './errors.ts';
import { LuaTable } from './table.ts';
import { Thread } from './thread.ts';
import { Closure, Userdata } from './value.ts';
import type { Vm } from './vm.ts';

export class HeapProfile {
  readonly #g: Vm;
  readonly #sites = new WeakMap<LuaTable, string>();

  /** Notes from now on where tables are made. */
  constructor(g: Vm) {
    this.#g = g;
    g.onTable = (t) => {
      const at = runningLine(g.running);
      if (at !== undefined) this.#sites.set(t, `table of ${at.source}:${at.line}`);
    };
  }

  /** The biggest first. */
  holdings(): LuaHolding[] {
    const bytes = new Map<string, number>();
    weigh(this.#g, (holder, held) => {
      const site = this.#siteOf(holder);
      if (held > 0) bytes.set(site, (bytes.get(site) ?? 0) + held);
    });
    return [...bytes].map(([holder, held]) => ({ holder, bytes: held })).sort((a, b) => b.bytes - a.bytes);
  }

  #siteOf(v: Collectable): string {
    const g = this.#g;
    if (v instanceof LuaTable) {
      if (v === g.globals) return 'global variables';
      return this.#sites.get(v) ?? (v === g.registry ? 'registry' : 'tables of the firmware');
    }
    if (v instanceof Closure) {
      const { shortSource, firstLine } = v.proto;
      return firstLine === 0 ? `chunk ${shortSource}` : `function of ${shortSource}:${firstLine}`;
    }
    if (v instanceof Userdata) return 'userdata';
    if (v instanceof Thread) return v === g.main ? 'stack' : 'coroutines';
    return 'functions of the firmware';
  }
}
