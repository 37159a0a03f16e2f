/**
 * What the threads of one Lua state share: globals, registry, type metatables, the instruction budget and the heap
 * account. No state is shared between two of these.
 */

import {
  type LineHook,
  LuaAbort,
  type LuaBuild,
  type LuaDialect,
  type LuaEnv,
  type LuaType,
  type StripLevel,
} from './api.ts';
import { collect, held } from './collector.ts';
import { COST } from './cost.ts';
import type { AddressSpace } from './hash.ts';
import { BASE_BYTES, STRING_BYTES, tableBytes } from './heap.ts';
import type { NumberModel } from './numbers.ts';
import { generation } from './proto.ts';
import type { ModuleCalls } from './rom.ts';
import { LuaTable } from './table.ts';
import { Thread } from './thread.ts';
import { Closure, Flt, LightUserdata, LuaError, Native, Userdata, type Value } from './value.ts';

/** Metamethods with a bit in {@link LuaTable.flags}, as in ltm.h. */
export const EVENTS = ['__index', '__newindex', '__gc', '__mode', '__len', '__eq'] as const;
export const TM_INDEX = 0;
export const TM_NEWINDEX = 1;
export const TM_LEN = 4;
export const TM_EQ = 5;

/** Values of `interpreter` that are not a count of results. */
export const YIELD = -1;

export class Vm {
  readonly version: LuaBuild;
  readonly is51: boolean;
  /** Integers have 64 bits: short cuts for those of 32 bits must look twice. */
  readonly wide: boolean;
  /** Numbers take eight bytes on the chip, and values twelve. */
  readonly longNumbers: boolean;
  readonly numbers: NumberModel;
  readonly env: LuaEnv;
  dialect: LuaDialect = {};
  readonly main: Thread;
  readonly registry: LuaTable;
  globals: LuaTable;
  /** `package.loaded`. */
  readonly loaded: LuaTable;
  stringMeta: LuaTable | undefined = undefined;
  /** debug.setmetatable of the other basic types. */
  readonly typeMetas = new Map<LuaType, LuaTable>();
  /** Does what the functions of modules stand for. */
  modules: ModuleCalls | undefined = undefined;
  readonly addresses: AddressSpace = { count: 0 };
  running: Thread;
  /** Instructions left before the watchdog. */
  fuel = 0x3fffffff;
  /** Sum of all budgets granted; instructions executed = granted - fuel. */
  granted = 0x3fffffff;
  /** Heat at which a function is written as JavaScript. */
  readonly hot: number;
  /** Generated functions called by generated ones that are active. */
  nested = 0;
  /** Instructions that generated code did and the interpreter, which goes on with the frame, is to charge. */
  uncharged = 0;
  /** Calls through JavaScript that are active, over all threads. */
  cCalls = 0;
  /** Frames at which a thread overflows. 5.1: the frame vector doubles until it passes LUAI_MAXCALLS = 20000. */
  maxDepth: number;
  /** What newly compiled code forgets. */
  stripLevel: StripLevel = 1;
  /** Set while handling an overflow, so that a message handler has some room. */
  overflowing = false;
  /** Told of each new table while the heap is profiled. */
  onTable: ((t: LuaTable) => void) | undefined = undefined;
  /** Bytes the heap may hold. */
  heapLimit: number;
  /** Bytes that can still be taken before the heap must be looked at, negated. */
  debt = 0;
  /** Bytes in use when {@link debt} was set, plus what may come on top. */
  #horizon = 0;
  /** Numbers set through collectgarbage. */
  readonly gcSettings = new Map<string, number>();
  /** Work that steps have done of the collector's cycle under way. */
  gcPaid = 0;
  /** collectgarbage("stop"), or a collection under way. */
  gcStopped = false;
  /** 5.1: memory ran out while the collector was locked, and it stays so (ldo.c luaD_reallocstack). */
  gcBlocked = false;
  /** Runs a call; installed by the interpreter. */
  readonly interpreter: (L: Thread, func: number, count: number, want: number) => number;
  /** State of math.random after math.randomseed; undefined = numbers of the environment. */
  #seed: number | undefined = undefined;
  /** The table of built-in globals. */
  rom: LuaTable | undefined = undefined;
  /** The `package` table as the loaders see it. */
  package: LuaTable | undefined = undefined;
  /** Metatables made by newproxy(true). */
  readonly proxies = new Set<LuaTable>();
  /** Objects that may have a finalizer, oldest first. */
  readonly finalizable: (Userdata | LuaTable)[] = [];
  /** Userdata made by a running host function, not yet on the stack. */
  readonly pinned: (Userdata | LuaTable)[] = [];
  /** Somebody has looked at what is executed, or still does. */
  watching = false;
  /** The host's line hook. */
  onLine: LineHook | undefined = undefined;

  constructor(
    version: LuaBuild,
    numbers: NumberModel,
    env: LuaEnv,
    interpreter: (L: Thread, func: number, count: number, want: number) => number,
    heapLimit: number,
  ) {
    this.heapLimit = heapLimit;
    this.settle(BASE_BYTES);
    this.version = version;
    this.is51 = version === '5.1';
    this.wide = version === '5.3-64';
    // Generated code knows numbers of 32 bits and doubles.
    this.hot = generation.heat;
    this.longNumbers = version !== '5.3';
    this.numbers = numbers;
    this.env = env;
    this.interpreter = interpreter;
    this.maxDepth = this.is51 ? 16384 : 12000;
    this.registry = new LuaTable(this.is51);
    this.globals = new LuaTable(this.is51);
    this.loaded = new LuaTable(this.is51);
    this.main = new Thread(this);
    this.main.status = 'running';
    this.main.env = this.globals;
    this.running = this.main;
  }

  /** 0 (included) … 1 (excluded). */
  random(): number {
    if (this.#seed === undefined) return this.env.random();
    // xorshift32: any stream will do, as long as the seed alone decides it.
    let x = this.#seed;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#seed = x;
    return (x >>> 0) / 2 ** 32;
  }

  seedRandom(seed: number): void {
    this.#seed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
    this.random();
  }

  /** Registers a userdata whose metatable may have `__gc`. */
  track(u: Userdata): Userdata {
    this.finalizable.push(u);
    return u;
  }

  /** 5.3: a table got a metatable; one with `__gc` is to be finalized. */
  noteMetatable(t: LuaTable): void {
    if (!this.is51 && t.meta?.getStr('__gc') !== undefined && !this.finalizable.includes(t)) this.finalizable.push(t);
  }

  /** Estimated bytes in use. */
  get heapUsed(): number {
    return this.#horizon + this.debt;
  }

  /** Measures the heap, at no cost of time; from now on so many bytes more may be held. */
  limitHeap(free: number): void {
    const used = held(this);
    this.heapLimit = used + free;
    this.settle(used);
  }

  /** The heap was measured: the next look is due when the limit could be reached. */
  settle(used: number): void {
    const room = Math.max(4096, this.heapLimit - used);
    this.#horizon = used + room;
    this.debt = -room;
  }

  /** Collects and calls finalizers. */
  fullCollect(L: Thread): void {
    const { gcStopped } = this;
    this.gcStopped = true;
    this.gcPaid = 0;
    const dying = collect(this);
    try {
      // Marking takes time with what is there.
      this.charge(this.heapUsed >> 4);
      for (const u of dying) this.finalize(L, u);
    } finally {
      this.gcStopped = gcStopped;
    }
  }

  /** The account reached its horizon: collects, and if that does not help memory is out. */
  onDebt(L: Thread): void {
    if (!this.gcBlocked && !this.gcStopped) {
      this.fullCollect(L);
      // What the finalizers let go of is free after one more.
      if (this.heapUsed > this.heapLimit) this.fullCollect(L);
    }
    if (this.heapUsed > this.heapLimit) this.outOfMemory();
  }

  /** Calls the finalizer of one object; installed with the libraries. */
  finalize: (L: Thread, object: Userdata | LuaTable) => void = () => {};

  /** Runs JavaScript under protection: an error of Lua becomes a value. The message handler stays that of the caller. */
  protect<T>(L: Thread, body: () => T): { ok: true; value: T } | { ok: false; error: Value } {
    const { frame, top, nativeCalls } = L;
    const { cCalls } = this;
    try {
      return { ok: true, value: body() };
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      L.unwind(frame, top);
      L.top = top;
      L.nativeCalls = nativeCalls;
      this.cCalls = cCalls;
      return { ok: false, error: error.value };
    }
  }

  newTable(arraySize = 0, nodeCount = 0): LuaTable {
    const t = new LuaTable(this.is51, arraySize, nodeCount);
    this.onTable?.(t);
    this.charge(COST.TABLE + ((arraySize + nodeCount) >> 2));
    this.account(tableBytes(t, this.longNumbers));
    return t;
  }

  metatable(v: Value): LuaTable | undefined {
    if (v instanceof LuaTable || v instanceof Userdata) return v.meta;
    if (typeof v === 'string') return this.stringMeta;
    return this.typeMetas.size === 0 ? undefined : this.typeMetas.get(typeOf(v));
  }

  /** A metamethod of any value. */
  metamethod(v: Value, name: string): Value {
    const meta = this.metatable(v);
    return meta === undefined ? undefined : meta.getStr(name);
  }

  /** Charges work that is not instructions; ends the device's run when nothing is left. */
  charge(cost: number): void {
    this.fuel -= cost;
    if (this.fuel < 0) this.outOfFuel();
  }

  /** Counts bytes taken from the heap; now and then that makes it look at the heap. */
  account(bytes: number): void {
    this.debt += bytes;
    if (this.debt > 0) this.onDebt(this.running);
  }

  /** Makes sure that so many bytes could be held for a while. */
  reserve(bytes: number): void {
    if (bytes <= this.heapLimit - this.heapUsed) return;
    if (!this.gcStopped) this.fullCollect(this.running);
    if (bytes > this.heapLimit - this.heapUsed) this.outOfMemory();
  }

  outOfFuel(): never {
    throw new LuaAbort('watchdog', 'instruction budget used up');
  }

  /** Accounts for a new string of this length. */
  chargeString(length: number): void {
    if (length > this.heapLimit) this.outOfMemory();
    this.charge(length >>> 5);
    this.account(STRING_BYTES + length);
  }

  outOfMemory(): never {
    throw new LuaError('not enough memory', 'memory', true);
  }

  stackOverflow(L: Thread): never {
    if (L.depth >= this.maxDepth + 300) throw new LuaError('error in error handling', 'handler', true);
    if (this.overflowing) return undefined as never;
    // The chip's memory ends long before 5.1's own limit does.
    if (this.is51) this.outOfMemory();
    this.overflowing = true;
    try {
      this.throwError(L, 'stack overflow');
    } finally {
      this.overflowing = false;
    }
  }

  cStackOverflow(L: Thread): void {
    if (this.cCalls === 200) this.throwError(L, 'C stack overflow');
    else if (this.cCalls >= 225) throw new LuaError('error in error handling', 'handler', true);
  }

  /** Raises a run-time error with the position of the running function; installed by errors.ts. */
  throwError: (L: Thread, message: string) => never = () => {
    throw new LuaError('error');
  };

  /** Values in one thread's stack (LUAI_MAXCSTACK and the chip's memory are both far below). */
  checkStack(L: Thread, size: number): void {
    if (size > 1_000_000) this.throwError(L, 'stack overflow');
  }
}

export function typeOf(v: Value): LuaType {
  switch (typeof v) {
    case 'undefined':
      return 'nil';
    case 'string':
      return 'string';
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      if (v instanceof LuaTable) return 'table';
      if (v instanceof Closure || v instanceof Native) return 'function';
      if (v instanceof Flt) return 'number';
      if (v instanceof Userdata) return 'userdata';
      return v instanceof LightUserdata ? 'lightuserdata' : 'thread';
  }
}

/** Type name as messages show it. */
export function typeName(v: Value): string {
  const type = typeOf(v);
  return type === 'lightuserdata' ? 'userdata' : type;
}

/** Type name as messages and `type` have it in the state's dialect. */
export function shownType(g: Vm, v: Value): string {
  if (g.dialect.romTypes === true) {
    if (v instanceof LuaTable && v.rom) return 'romtable';
    if (v instanceof Native && v.light) return 'lightfunction';
  } else if (g.is51 && v instanceof LightUserdata) {
    return 'lightfunction'; // ltm.c of 3.0: the name at the place of light userdata
  }
  return typeName(v);
}
