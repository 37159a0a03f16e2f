/** The host interface over one state. */

import { invariant, toLatin1 } from '../core/index.ts';
import {
  type LineHook,
  LuaAbort,
  type LuaBuild,
  type LuaClass,
  type LuaEnv,
  type LuaFailure,
  type LuaFunction,
  type LuaHandle,
  type LuaHolding,
  type LuaHost,
  type LuaInput,
  type LuaModuleMembers,
  type LuaOptions,
  type LuaOutcome,
  type LuaOutput,
  type LuaPosition,
  type LuaRef,
  type StripLevel,
} from './api.ts';
import { mainClosure } from './call.ts';
import { compile, crossCompile } from './compile.ts';
import { beginOf, runningLine } from './errors.ts';
import { enterAddresses } from './hash.ts';
import { DEFAULT_LIMIT, USERDATA_BYTES } from './heap.ts';
import { HeapProfile } from './heap-profile.ts';
import { Call } from './host-call.ts';
import { Classes, fromLua, Handle, Ref, toLua } from './host-values.ts';
import { isNumber } from './number.ts';
import { openState } from './open.ts';
import { index, rawSet, setIndex } from './ops.ts';
import { pcallAt } from './protected.ts';
import type { Proto } from './proto.ts';
import { functionsOf, type ModuleCalls, Rom, romOf } from './rom.ts';
import { LuaTable } from './table.ts';
import { isFunction, type Thread } from './thread.ts';
import { toText } from './tostring.ts';
import { Closure, LuaError, Native, Userdata, type Value } from './value.ts';
import type { Vm } from './vm.ts';
import { typeOf } from './vm.ts';

export class Host implements LuaHost, ModuleCalls {
  readonly g: Vm;
  readonly classes = new Classes();
  #rom: Rom | undefined;
  /** What a module has in this state; asked once. */
  #members: ((at: number) => LuaModuleMembers) | undefined;
  /** Functions of the modules that were called, by the numbers of both. */
  readonly #functions: (readonly LuaFunction[])[] = [];
  #refs = 0;
  /** Free registry slots, last freed first, as luaL_ref reuses them. */
  readonly #free: number[] = [];
  #nextRef = 1;
  /** Nesting of entries from outside; 0 = no Lua code is running. */
  #entries = 0;
  #profile: HeapProfile | undefined;
  /** The entry that the watch was told of, 0 = none. */
  #watched = 0;
  #abortedAt: LuaPosition | undefined;

  constructor(env: LuaEnv, options: LuaOptions) {
    this.g = openState(options.version, env, options.heapLimit ?? DEFAULT_LIMIT);
    this.g.modules = this;
    this.g.dialect = options.dialect ?? {};
  }

  get version(): LuaBuild {
    return this.g.version;
  }
  get instructions(): number {
    return this.g.granted - this.g.fuel;
  }
  get budget(): number {
    return this.g.fuel;
  }
  set budget(n: number) {
    this.g.granted += n - this.g.fuel;
    this.g.fuel = n;
  }
  get stripLevel(): StripLevel {
    return this.g.stripLevel;
  }
  set stripLevel(level: StripLevel) {
    this.g.stripLevel = level;
  }
  get refCount(): number {
    return this.#refs;
  }
  get heapUsed(): number {
    return this.g.heapUsed;
  }
  limitHeap(free: number): void {
    this.g.limitHeap(free);
  }
  heapHoldings(): LuaHolding[] {
    this.#profile ??= new HeapProfile(this.g);
    return this.#profile.holdings();
  }
  collect(): void {
    this.#enter((L) => this.g.fullCollect(L));
  }

  /** Runs `body` with this state as the current one. An error that nothing of Lua is there to catch is a panic. */
  #enter<T>(body: (L: Thread) => T): T {
    const before = enterAddresses(this.g.addresses);
    const L = this.g.running;
    const { top } = L;
    this.#entries++;
    try {
      return body(L);
    } catch (error) {
      if (this.#entries > 1) throw error;
      // The state's run ends; only frames of the outside are left.
      this.#abortedAt = runningLine(this.g.running);
      const thrown = error instanceof LuaError ? new LuaAbort('panic', this.#text(L, error.value)) : error;
      this.#abandon();
      throw thrown;
    } finally {
      L.top = top;
      enterAddresses(before);
      if (this.#entries-- === this.#watched) {
        this.#watched = 0;
        this.g.env.watch?.left();
      }
    }
  }

  get onLine(): LineHook | undefined {
    return this.g.onLine;
  }
  set onLine(hook: LineHook | undefined) {
    this.g.onLine = hook;
    this.g.watching ||= hook !== undefined;
  }

  activeLines(chunk: LuaRef): readonly number[] {
    const fn = this.valueOf(chunk);
    const lines = new Set<number>();
    const add = (p: Proto): void => {
      for (const line of p.lines) lines.add(line);
      p.protos.forEach(add);
    };
    if (fn instanceof Closure) add(fn.proto);
    return [...lines].sort((a, b) => a - b);
  }

  /** Forgets all running code after an abort. */
  #abandon(): void {
    const { g } = this;
    g.running = g.main;
    g.main.status = 'running';
    g.main.unwind(g.main.baseFrame, 1);
    g.main.nativeCalls = 0;
    g.main.handler = undefined;
    g.cCalls = 0;
  }

  load(
    source: Uint8Array | string,
    chunkName: string,
    place: 'RAM' | 'flash' = 'RAM',
  ): { ok: true; chunk: LuaRef } | { ok: false; message: string } {
    return this.#enter((L) => {
      const text = typeof source === 'string' ? source : toLatin1(source);
      const result = (place === 'flash' ? crossCompile : compile)(this.g, text, chunkName);
      if (!result.ok) return result;
      return { ok: true, chunk: this.#makeRef(mainClosure(L, result.proto)) };
    });
  }

  position(): LuaPosition | undefined {
    return this.#entries === 0 ? undefined : runningLine(this.g.running);
  }
  get abortedAt(): LuaPosition | undefined {
    return this.#abortedAt;
  }

  /** Puts function and arguments on the stack; answers their place. */
  #prepare(L: Thread, fn: LuaRef | LuaHandle, args: readonly LuaInput[]): number {
    const func = L.top;
    if (this.#watched === 0) this.#entered(this.valueOf(fn));
    if (func + args.length + 1 > L.stack.length) L.grow(func + args.length + 1);
    L.stack[func] = this.valueOf(fn);
    for (let i = 0; i < args.length; i++) L.stack[func + 1 + i] = toLua(this, args[i]);
    return func;
  }

  #entered(fn: Value): void {
    this.#abortedAt = undefined;
    const { watch } = this.g.env;
    if (watch === undefined || !(fn instanceof Closure)) return;
    this.#watched = this.#entries;
    watch.entered(beginOf(fn));
  }

  call(fn: LuaRef | LuaHandle, args: readonly LuaInput[] = [], results = 0): LuaOutput[] {
    return this.#enter((L) => {
      const func = this.#prepare(L, fn, args);
      const got = L.callAt(func, args.length, results);
      return this.#results(L, func, got);
    });
  }

  pcallx(fn: LuaRef | LuaHandle, args: readonly LuaInput[] = []): boolean {
    if (this.g.dialect.unprotectedCallbacks) {
      this.call(fn, args);
      return true;
    }
    return this.#enter((L) => {
      const func = this.#prepare(L, fn, args);
      const got = pcallAt(L, func, args.length, tracebackHandler);
      if (!(got instanceof LuaError)) return true;
      L.top = func;
      // lnodemcu.c: no word without debug.traceback, and this text, without traceback, for whatever else went wrong.
      if (got.kind !== 'run') this.g.env.onError(OUT_OF_MEMORY);
      else if (isFunction(tracebackFunction(L))) this.g.env.onError(this.#failure(L, got));
      return false;
    });
  }

  docall(fn: LuaRef | LuaHandle, args: readonly LuaInput[] = []): LuaOutcome {
    return this.#protected(fn, args, tracebackHandler);
  }

  docallHandles(fn: LuaRef | LuaHandle): LuaOutcome {
    return this.#protected(fn, [], tracebackHandler, (v) => new Handle(this, v));
  }

  pcall(fn: LuaRef | LuaHandle, args: readonly LuaInput[] = []): LuaOutcome {
    return this.#protected(fn, args, undefined);
  }

  #protected(
    fn: LuaRef | LuaHandle,
    args: readonly LuaInput[],
    handler: Value,
    out: (v: Value) => LuaOutput = (v) => fromLua(this, v),
  ): LuaOutcome {
    return this.#enter((L) => {
      const func = this.#prepare(L, fn, args);
      const got = pcallAt(L, func, args.length, handler);
      if (got instanceof LuaError) {
        L.top = func;
        return { ok: false, failure: this.#failure(L, got) };
      }
      return { ok: true, results: L.stack.slice(func, func + got).map(out) };
    });
  }

  #results(L: Thread, at: number, count: number): LuaOutput[] {
    const out: LuaOutput[] = [];
    for (let i = 0; i < count; i++) out.push(fromLua(this, L.stack[at + i]));
    return out;
  }

  #text(L: Thread, v: Value): string {
    return typeof v === 'string' ? v : isNumber(v) ? String(toText(L, v)) : `(error object is a ${typeOf(v)} value)`;
  }

  #failure(L: Thread, error: LuaError): LuaFailure {
    const v = error.value;
    const isText = typeof v === 'string' || isNumber(v);
    return {
      message: isText ? String(toText(L, v)) : v === undefined ? 'nil' : this.#text(L, v),
      isText,
      type: typeOf(v),
      value: fromLua(this, v),
    };
  }

  getGlobal(name: string): LuaOutput {
    return this.#enter((L) => fromLua(this, index(L, this.g.globals, name)));
  }

  setGlobal(name: string, value: LuaInput): void {
    this.#enter((L) => setIndex(L, this.g.globals, name, toLua(this, value)));
  }

  openModules(modules: readonly { readonly name: string }[], members: (at: number) => LuaModuleMembers): void {
    const { g } = this;
    const { globals, loaded, rom: libraries } = g;
    invariant(libraries !== undefined && this.#rom === undefined, 'modules are opened once');
    const rom = romOf(libraries, modules, () => {
      const inFlash = modules.map(({ name }, at) => ({ name, ...members(at) }));
      return new Rom(libraries, inFlash, (value) => toLua(this, value));
    });
    this.#rom = rom;
    this.#members = members;
    this.classes.metas = rom.classes;
    g.rom = rom.table;
    (g.is51 ? globals : globals.meta)?.set('__index', rom.table);
    rom.load(loaded);
    for (const { name, table } of rom.doubles) this.setGlobal(name, new Handle(this, table));
  }

  callModule(L: Thread, base: number, module: number, fn: number): number {
    return this.#call(L, base, (this.#functions[module] ?? this.#functionsOf(module))[fn] as LuaFunction);
  }

  /** Makes what the functions of a module do in this state. */
  #functionsOf(at: number): readonly LuaFunction[] {
    const module = this.#rom?.modules[at];
    invariant(module !== undefined && this.#members !== undefined, 'no such module');
    const found = functionsOf(this.#members(at));
    const functions = module.functions.map((path) => {
      const fn = found.get(path);
      invariant(fn !== undefined, `module ${module.name} has no ${path} any more`);
      return fn;
    });
    this.#functions[at] = functions;
    return functions;
  }

  /** The body of a built-in function around a host function. */
  native(name: string, fn: LuaFunction): Native {
    return new Native(name, (L, base) => this.#call(L, base, fn));
  }

  #call(L: Thread, base: number, fn: LuaFunction): number {
    const { pinned } = this.g;
    const before = pinned.length;
    const call = new Call(this, L);
    const got = call.finish(base, fn(call));
    pinned.length = before;
    return got;
  }

  #makeRef(value: Value): Ref {
    const slot = this.#free.pop() ?? this.#nextRef++;
    this.g.registry.set(slot, value === undefined ? false : value);
    this.#refs++;
    return new Ref(this, slot, value, typeOf(value));
  }

  releaseRef(slot: number): void {
    this.g.registry.set(slot, undefined);
    this.#free.push(slot);
    this.#refs--;
  }

  ref(value: LuaInput): LuaRef {
    return this.refValue(toLua(this, value));
  }

  refValue(value: Value): LuaRef {
    return this.#makeRef(value);
  }

  newHost<T extends object>(cls: LuaClass<T>, host: T): LuaRef {
    return this.#enter(() => this.#makeRef(this.userdata(cls, host)));
  }

  /** Sets a field of a table as a script's assignment without metamethods would. */
  setField(table: LuaTable, key: string | number, value: LuaInput): void {
    this.#enter((L) => rawSet(L, table, key, toLua(this, value)));
  }

  userdata(cls: LuaClass<object>, host: object): Userdata {
    const meta = this.classes.meta(cls);
    invariant(meta !== undefined, `no module has the class ${cls.name}`);
    this.g.account(USERDATA_BYTES);
    return this.g.track(new Userdata(host, meta));
  }

  /** The Lua value behind a handle or reference. */
  valueOf(v: LuaRef | LuaHandle): Value {
    return v instanceof Handle || v instanceof Ref ? v.value : undefined;
  }
}

const OUT_OF_MEMORY: LuaFailure = {
  message: 'out of memory',
  isText: true,
  type: 'string',
  value: 'out of memory',
};

function tracebackFunction(L: Thread): Value {
  const debug = index(L, L.g.globals, 'debug');
  return debug instanceof LuaTable ? index(L, debug, 'traceback') : undefined;
}

/** Adds a traceback, as the handlers of lua.c and lnodemcu.c do through the global `debug`. */
const tracebackHandler = new Native('traceback', (L, base) => {
  const message = L.stack[base];
  const traceback = tracebackFunction(L);
  // The handlers before release 3.0 give it only texts, and know what to do without it.
  const careful = L.g.dialect.unprotectedCallbacks === true;
  const usable = isFunction(traceback) && (!careful || typeof message === 'string' || isNumber(message));
  L.stack[base - 1] = usable ? L.call1(traceback, message, 2) : careful ? message : traceback;
  return 1;
});
