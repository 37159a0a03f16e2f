/**
 * The collector: finds what the state can still reach, so that finalizers run, weak tables lose their entries and the
 * account of the heap is right. JavaScript frees the memory itself. Runs at moments that depend on the script alone:
 * at `collectgarbage()` and when the account reaches the limit.
 */

import {
  BASE_BYTES,
  CLOSURE_BYTES,
  STRING_BYTES,
  tableBytes,
  threadBytes,
  UPVAL_BYTES,
  USERDATA_BYTES,
  valueBytes,
} from './heap.ts';
import { OP } from './opcodes.ts';
import type { Proto } from './proto.ts';
import { LuaTable } from './table.ts';
import { type Frame, Thread } from './thread.ts';
import { Closure, Native, type Upval, Userdata, type Value } from './value.ts';
import type { Vm } from './vm.ts';

/** Marks differ between any two collections of any states, because prototypes are shared. */
let cycles = 0;

export type Collectable = LuaTable | Closure | Native | Userdata | Thread;

/** Told of each object how many bytes it holds: its own, and strings (and of functions the code) found through it first. */
export type HolderNote = (holder: Collectable, bytes: number) => void;

const isObject = (v: Value): v is Collectable =>
  v instanceof LuaTable || v instanceof Closure || v instanceof Native || v instanceof Userdata || v instanceof Thread;

/**
 * End of the values a running Lua function still needs. In 5.3 an instruction that allocates has nothing alive above its
 * target (lvm.c checkGC); 5.1 keeps the whole frame.
 */
function liveEnd(frame: Frame, p: Proto): number {
  const i = p.code[frame.pc - 1];
  if (p.is51 || i === undefined) return frame.top;
  const op = i & 0x3f;
  const target = frame.base + ((i >>> 6) & 0xff);
  if (op === OP.NEWTABLE || op === OP.CLOSURE) return target + 1;
  return op === OP.CONCAT ? Math.max(target + 1, frame.base + (i >>> 23)) : frame.top;
}

/** One collection of one state. */
class Marking {
  readonly #g: Vm;
  readonly #cycle = ++cycles;
  readonly #gray: Collectable[] = [];
  readonly #strings = new Set<string>();
  readonly #weak: LuaTable[] = [];
  /** Tables with weak keys whose values count only when the key is reached (5.3). */
  readonly #ephemerons: LuaTable[] = [];
  bytes = BASE_BYTES;
  readonly #note: HolderNote | undefined;

  constructor(g: Vm, note?: HolderNote) {
    this.#g = g;
    this.#note = note;
  }

  mark(v: Value): void {
    if (typeof v === 'string') {
      if (this.#strings.has(v)) return;
      this.#strings.add(v);
      this.bytes += STRING_BYTES + v.length;
    } else if (typeof v === 'object' && isObject(v) && v.mark !== this.#cycle) {
      v.mark = this.#cycle;
      this.#gray.push(v);
    }
  }

  isDead(v: Value): boolean {
    return typeof v === 'object' && isObject(v) && v.mark !== this.#cycle && !(v instanceof LuaTable && v.rom);
  }

  roots(): void {
    const g = this.#g;
    this.mark(g.main);
    for (let L: Thread | undefined = g.running; L !== undefined; L = L.resumer) this.mark(L);
    this.mark(g.registry);
    this.mark(g.globals);
    this.mark(g.loaded);
    this.mark(g.package);
    this.mark(g.stringMeta);
    for (const meta of g.typeMetas.values()) this.mark(meta);
    for (const u of g.pinned) this.mark(u);
    this.propagate();
  }

  propagate(): void {
    for (;;) {
      for (let v = this.#gray.pop(); v !== undefined; v = this.#gray.pop()) {
        const before = this.bytes;
        this.#visit(v);
        this.#note?.(v, this.bytes - before);
      }
      let more = false;
      for (const t of this.#ephemerons) more = this.#converge(t) || more;
      if (!more) return;
    }
  }

  #visit(v: Collectable): void {
    if (v instanceof LuaTable) this.#table(v);
    else if (v instanceof Closure) {
      this.bytes += CLOSURE_BYTES + 4 * v.upvals.length;
      this.mark(v.env);
      this.#proto(v.proto);
      for (const u of v.upvals) this.#upval(u);
    } else if (v instanceof Native) {
      if (v.upvals === undefined) return;
      this.bytes += CLOSURE_BYTES + valueBytes(this.#g.longNumbers) * v.upvals.length;
      for (const u of v.upvals) this.mark(u);
    } else if (v instanceof Userdata) {
      this.bytes += USERDATA_BYTES;
      this.mark(v.meta);
      this.mark(v.env);
      this.mark(v.user);
    } else this.#thread(v);
  }

  #upval(u: Upval): void {
    if (u.mark === this.#cycle) return;
    u.mark = this.#cycle;
    this.bytes += UPVAL_BYTES;
    // An open one is marked with its thread's stack, unless the thread is gone.
    this.mark(u.cells[u.at]);
  }

  #proto(p: Proto): void {
    if (p.rom || p.mark === this.#cycle) return;
    p.mark = this.#cycle;
    this.bytes += p.bytes;
    for (const k of p.constants) if (typeof k === 'string') this.mark(k);
    for (const child of p.protos) this.#proto(child);
  }

  #thread(L: Thread): void {
    this.bytes += threadBytes(L);
    this.mark(L.env);
    this.mark(L.handler);
    this.mark(L.error);
    this.mark(L.hook?.fn);
    const { frame, stack } = L;
    const suspended = L.status === 'suspended' || L.status === 'fresh';
    const top = suspended
      ? Math.max(L.top, L.yieldAt + L.yieldCount)
      : frame.fn instanceof Closure
        ? liveEnd(frame, frame.fn.proto)
        : L.top;
    if (L.status === 'dead') return;
    for (let i = 0; i < top; i++) this.mark(stack[i]);
    for (let f = L.frame; f !== L.baseFrame; f = f.prev as typeof f) this.mark(f.handler);
  }

  #table(t: LuaTable): void {
    if (t.rom) return;
    this.bytes += tableBytes(t, this.#g.longNumbers);
    this.mark(t.meta);
    const mode = t.meta?.getStr('__mode');
    const weakKeys = typeof mode === 'string' && mode.includes('k');
    const weakValues = typeof mode === 'string' && mode.includes('v');
    if (weakKeys || weakValues) this.#weak.push(t);
    if (weakKeys && !weakValues && !this.#g.is51) this.#ephemerons.push(t);
    const { arr, node } = t;
    if (!weakValues) for (const v of arr) this.mark(v);
    for (let i = 0; i < node.length; i += 2) {
      const v = node[i + 1];
      if (v === undefined) continue;
      if (!weakKeys || typeof node[i] === 'string') this.mark(node[i]);
      // Strings are values, never removed from weak tables.
      if (typeof v === 'string' || (!weakValues && (!weakKeys || this.#g.is51))) this.mark(v);
    }
  }

  #converge(t: LuaTable): boolean {
    let marked = false;
    const { node } = t;
    for (let i = 0; i < node.length; i += 2) {
      if (node[i + 1] === undefined || this.isDead(node[i]) || !this.isDead(node[i + 1])) continue;
      this.mark(node[i + 1]);
      marked = true;
    }
    return marked;
  }

  /** Removes the entries of weak tables whose key or value is gone. */
  clearWeak(finalized: ReadonlySet<Value>): void {
    for (const t of this.#weak) {
      const mode = String(t.meta?.getStr('__mode'));
      const gone = (v: Value) => this.isDead(v) || finalized.has(v);
      if (mode.includes('v')) for (let i = 0; i < t.arr.length; i++) if (gone(t.arr[i])) t.arr[i] = undefined;
      for (let i = 0; i < t.node.length; i += 2) {
        // A key with a finalizer stays until it is really freed; a value does not.
        if ((mode.includes('v') && gone(t.node[i + 1])) || (mode.includes('k') && this.isDead(t.node[i]))) {
          t.node[i + 1] = undefined;
        }
      }
    }
  }
}

/** Collects; the objects whose finalizers are to be called, in that order. */
export function collect(g: Vm): (Userdata | LuaTable)[] {
  const marking = new Marking(g);
  marking.roots();
  const dying: (Userdata | LuaTable)[] = [];
  let kept = 0;
  for (const u of g.finalizable) {
    if (!marking.isDead(u)) {
      g.finalizable[kept++] = u;
      continue;
    }
    // Without a finalizer by now it simply goes.
    if (u.meta?.getStr('__gc') !== undefined) dying.unshift(u);
  }
  g.finalizable.length = kept;
  for (const u of dying) marking.mark(u);
  marking.propagate();
  marking.clearWeak(new Set<Value>(dying));
  g.settle(marking.bytes);
  return dying;
}

/** Looks at everything that is reachable and frees nothing. */
export const weigh = (g: Vm, note: HolderNote): void => new Marking(g, note).roots();

/** Bytes that are held by what is reachable. */
export function held(g: Vm): number {
  const marking = new Marking(g);
  marking.roots();
  return marking.bytes;
}
