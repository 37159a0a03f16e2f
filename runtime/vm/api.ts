/**
 * The narrow host interface: the only way between JavaScript and a device's Lua state.
 * Modelled on lauxlib.h, with values instead of a stack. Strings of Lua are byte strings: as JavaScript
 * strings they hold one byte per character (Latin-1); where bytes matter use the `Bytes` forms.
 */

export type LuaType =
  | 'nil'
  | 'boolean'
  | 'lightuserdata'
  | 'number'
  | 'string'
  | 'table'
  | 'function'
  | 'userdata'
  | 'thread';

/** A pushed nil, where `undefined` would mean "no value". */
export const NIL: unique symbol = Symbol('nil');

/** Several results of a host function. A plain array is a Lua sequence instead. */
export class LuaMulti {
  readonly values: readonly LuaInput[];
  constructor(values: readonly LuaInput[]) {
    this.values = values;
  }
}
export const multi = (...values: readonly LuaInput[]): LuaMulti => new LuaMulti(values);

/** A number that stays a float in Lua 5.3 although its value is integral. */
export class LuaFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

type LuaFields = { readonly [key: string]: LuaInput };

/**
 * A table made with room for all its fields (lua_createtable), where a plain object grows from nothing (lua_newtable):
 * with the order of the fields this decides the order of `pairs`.
 */
export class LuaRecord {
  readonly fields: LuaFields;
  constructor(fields: LuaFields) {
    this.fields = fields;
  }
}
export const record = (fields: LuaFields): LuaRecord => new LuaRecord(fields);

/** The NULL light userdata (`sjson` null). */
export const LIGHT_NULL: unique symbol = Symbol('NULL');

/** What can be handed to Lua. Plain objects and Maps become new tables, arrays sequences; undefined is nil. */
export type LuaInput =
  | undefined
  | typeof NIL
  | typeof LIGHT_NULL
  | boolean
  | number
  | LuaFloat
  | string
  | Uint8Array
  | LuaRef
  | LuaHandle
  | LuaFunction
  | readonly LuaInput[]
  | ReadonlyMap<LuaInput, LuaInput>
  | LuaRecord
  | LuaFields;

/** What comes back from Lua. Strings arrive as Latin-1 text. Handles are valid until the host function returns. */
export type LuaOutput = undefined | boolean | number | string | LuaHandle;

/** A host function: result undefined = no results, LuaMulti = several, anything else = one. */
export type LuaFunction = (call: LuaCall) => LuaInput | LuaMulti | undefined;

/** A registry reference (luaL_ref): keeps its value alive until released. */
export interface LuaRef {
  readonly type: LuaType;
  release(): void;
}

/** A table, function, userdata or thread seen during a call, not kept alive by us. */
export interface LuaHandle {
  readonly type: LuaType;
  /** Same Lua object. */
  is(other: LuaHandle | LuaRef): boolean;
  ref(): LuaRef;
  /** The host object of a userdata of that class, else undefined. */
  host<T extends object>(cls: LuaClass<T>): T | undefined;
  /** Raw access, tables only. */
  get(key: string | number): LuaOutput;
  set(key: string | number, value: LuaInput): void;
  /** Raw length, tables only. */
  length(): number;
  /** Key and value pairs in `next` order, tables only. */
  pairs(): [LuaOutput, LuaOutput][];
}

/** A userdata class (luaL_newmetatable). `T` is the host object inside. Tokens of equal names are the same class. */
export interface LuaClass<T extends object> {
  /** The registry name, for example `tmr.timer`; appears in error texts. */
  readonly name: string;
  /** Phantom. */
  readonly hostType?: T;
}

/** Members of a class: methods by name (found through __index) and metamethods by their `__name`. */
export type LuaClassMembers = { readonly [name: string]: LuaFunction | LuaTree };
/** A read-only ("ROM") table: functions, constants and sub-tables. Writing to it raises `table is readonly`. */
export type LuaTree = { readonly [name: string]: LuaFunction | LuaInput | LuaTree };

/** A userdata class of a module (luaL_newmetatable). */
export interface LuaModuleClass {
  readonly name: string;
  readonly members: LuaClassMembers;
}
/** What a module is made of. */
export interface LuaModuleMembers {
  readonly tree: LuaTree;
  readonly classes?: readonly LuaModuleClass[];
}

/** The arguments of a running host function, numbered from 1, and the errors it may raise. */
export interface LuaCall {
  readonly lua: LuaHost;
  /** Number of arguments (lua_gettop). */
  readonly count: number;
  /** 'none' beyond the last argument. */
  type(n: number): LuaType | 'none';
  isNoneOrNil(n: number): boolean;
  /** Number or numeric string (lua_isnumber). */
  isNumber(n: number): boolean;
  /** String or number (lua_isstring). */
  isString(n: number): boolean;
  /** lua_tonumber; undefined when not convertible. Integers beyond 2^53 are rounded, here and in every {@link LuaOutput}. */
  toNumber(n: number): number | undefined;
  /** lua_tointeger: truncated and wrapped to 32 bits; 0 when not convertible. */
  toInteger(n: number): number;
  toBoolean(n: number): boolean;
  /** lua_tolstring as Latin-1 text; undefined when neither string nor number. */
  toText(n: number): string | undefined;
  toBytes(n: number): Uint8Array | undefined;
  /** Any argument as a value; undefined for nil and none. */
  value(n: number): LuaOutput;
  /** A handle of a table, function, userdata or thread; undefined for other types. */
  handle(n: number): LuaHandle | undefined;
  /** luaL_ref of argument n. */
  ref(n: number): LuaRef;

  /** luaL_checkinteger: truncates in Lua 5.1, raises `number has no integer representation` in 5.3. 32-bit signed. */
  checkInteger(n: number): number;
  checkNumber(n: number): number;
  checkText(n: number): string;
  checkBytes(n: number): Uint8Array;
  checkType(n: number, type: LuaType): void;
  /** `value expected` when none (luaL_checkany). */
  checkAny(n: number): void;
  optInteger(n: number, fallback: number): number;
  optNumber(n: number, fallback: number): number;
  optText(n: number, fallback: string): string;
  /** luaL_checkoption: index into `options`, or raises `invalid option 'x'`. */
  checkOption(n: number, fallback: string | undefined, options: readonly string[]): number;
  /** luaL_checkudata. */
  checkHost<T extends object>(n: number, cls: LuaClass<T>): T;
  testHost<T extends object>(n: number, cls: LuaClass<T>): T | undefined;

  /** luaL_error: prefixed with the position of the calling Lua line. */
  error(message: string): never;
  /** luaL_argerror. */
  argError(n: number, message: string): never;
  /** luaL_typerror: `<expected> expected, got <type>`. */
  typeError(n: number, expected: string): never;
  /** luaL_argcheck. */
  argCheck(condition: boolean, n: number, message: string): asserts condition;
  /** lua_error with any value, no position added. */
  raise(value: LuaInput): never;

  /** Makes a userdata of a class around a host object. Return it or store its ref. */
  newHost<T extends object>(cls: LuaClass<T>, host: T): LuaHandle;
  /** lua_topointer, as `%p` writes it. */
  address(n: number): string;
  /** What a class has under a name, undefined for nothing. */
  method(cls: LuaClass<object>, name: string): LuaOutput;
  /** The same as {@link newHost} with a table that has room for one element, and which scripts may fill and read besides. */
  newHostTable<T extends object>(cls: LuaClass<T>, host: T): LuaHandle;
  /** luaL_where(level): `chunk:line: ` or ''. */
  where(level: number): string;
}

/** An uncaught error of protected code: the error value as text, with traceback where asked. */
export interface LuaFailure {
  readonly message: string;
  /** False when the error object was not a string or number. */
  readonly isText: boolean;
  /** nil error objects print as `nil` without prefix; see spec/modules.md 24. */
  readonly type: LuaType;
  /** The error value itself; where it is text, with the traceback. */
  readonly value: LuaOutput;
}

/** What a protected call came to. */
export type LuaOutcome =
  | { readonly ok: true; readonly results: LuaOutput[] }
  | { readonly ok: false; readonly failure: LuaFailure };

/** Thrown through everything, uncatchable by Lua: the device is to be reset. */
export class LuaAbort extends Error {
  override readonly name = 'LuaAbort';
  /** 'panic': unprotected error, text in message. 'watchdog': budget used up. 'halt': the device asked for it. */
  readonly reason: 'panic' | 'watchdog' | 'halt';
  constructor(reason: 'panic' | 'watchdog' | 'halt', message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A line of a script. */
export interface LuaPosition {
  /** The chunk as messages show it, for example `init.lua`. */
  readonly source: string;
  readonly line: number;
}

/** Told of a line that is reached; `source` as in {@link LuaPosition}. */
export type LineHook = (source: string, line: number) => void;

/** Told when the outside calls a function of a script, and when that has returned; nothing of the calls within. */
export interface LuaWatch {
  /** Where the function begins. */
  entered(fn: LuaPosition): void;
  left(): void;
}

/** What the Lua state needs of the device around it. */
export interface LuaEnv {
  /** Console bytes of print and of the interpreter (before `\n` becomes `\r\n`). */
  write(text: string): void;
  /** Reads a flash file for loadfile/dofile/require; undefined when absent. */
  readFile(name: string): Uint8Array | undefined;
  /** Called with the text of an error of a protected callback (luaL_pcallx): message and traceback. */
  onError(failure: LuaFailure): void;
  /** Number source of math.random. */
  random(): number;
  /** Absent: nobody watches. */
  readonly watch?: LuaWatch;
}

/** How releases of the firmware before 2020 had it. */
export interface LuaDialect {
  /** Built-in tables and functions are of the types `romtable` and `lightfunction`. */
  readonly romTypes?: boolean;
  /** {@link LuaHost.pcallx} protects nothing: it is {@link LuaHost.call}. */
  readonly unprotectedCallbacks?: boolean;
  /** print writes each argument, tab and line end by itself. */
  readonly printInPieces?: boolean;
  /** What follows `cannot open NAME`; by default as the version has it. */
  readonly cannotOpenTail?: string;
}

/**
 * How the firmware can be built: Lua 5.1 with doubles, Lua 5.3 with 32-bit integers and single floats, and Lua 5.3 with
 * 64-bit integers and doubles (LUA_NUMBER_64BITS).
 */
export const LUA_BUILDS = ['5.1', '5.3', '5.3-64'] as const;
export type LuaBuild = (typeof LUA_BUILDS)[number];

export interface LuaOptions {
  readonly dialect?: LuaDialect;
  readonly version: LuaBuild;
  /** Bytes the Lua heap may hold before `not enough memory`, by {@link LuaHost.heapUsed}'s measure; 128 KiB if absent. */
  readonly heapLimit?: number;
}

/** What compiled code forgets: 0 nothing, 1 the names of locals and upvalues, 2 line numbers too (LUAI_OPTIMIZE_DEBUG). */
export type StripLevel = 0 | 1 | 2;

/** A part of the heap. */
export interface LuaHolding {
  /** What holds it, for example `table of init.lua:3`. */
  readonly holder: string;
  readonly bytes: number;
}

/** One Lua state. */
export interface LuaHost {
  readonly version: LuaBuild;
  /** Instructions executed since the state was made (the device turns them into time). */
  readonly instructions: number;
  /** Instructions that may still be executed before LuaAbort('watchdog'); set by the device at each entry, raised by tmr.wdclr. */
  budget: number;

  /** The line of a script that runs; undefined when none runs or it has no number. */
  position(): LuaPosition | undefined;
  /** Where the last run was when an abort ended it. */
  readonly abortedAt: LuaPosition | undefined;

  /** Applies to what is compiled from now on; 1 is the firmware's default. */
  stripLevel: StripLevel;

  /** Compiles a chunk. `chunkName` as in C: `=stdin`, `@init.lua`. A failure's message is the syntax error text.
   * A chunk in 'flash' takes no heap; its name must be one that nothing in RAM has. */
  load(
    source: Uint8Array | string,
    chunkName: string,
    place?: 'RAM' | 'flash',
  ): { ok: true; chunk: LuaRef } | { ok: false; message: string };
  /**
   * lua_call: not protected. Under a running Lua function an error travels on to its caller. From the
   * outside it throws LuaAbort('panic') with the message.
   */
  call(fn: LuaRef | LuaHandle, args?: readonly LuaInput[], results?: number): LuaOutput[];
  /** luaL_pcallx: an error goes, with traceback, to env.onError; returns whether it succeeded. */
  pcallx(fn: LuaRef | LuaHandle, args?: readonly LuaInput[]): boolean;
  /** docall of lua.c: protected, error with traceback comes back. */
  docall(fn: LuaRef | LuaHandle, args?: readonly LuaInput[]): LuaOutcome;
  /** As {@link docall}, with every result as a handle: floats stay floats, and long integers exact. */
  docallHandles(fn: LuaRef | LuaHandle): LuaOutcome;
  /** lua_pcall without a message handler: the error comes back as it was raised. */
  pcall(fn: LuaRef | LuaHandle, args?: readonly LuaInput[]): LuaOutcome;

  getGlobal(name: string): LuaOutput;
  setGlobal(name: string, value: LuaInput): void;
  /**
   * Opens the modules of the build, once. What is in flash of them (names, constants, the tables themselves) is shared by
   * all states that are given the same list, and is taken from the first of them. What their functions do is
   * asked for, once a state and module, when a script first calls one.
   */
  openModules(modules: readonly { readonly name: string }[], members: (at: number) => LuaModuleMembers): void;
  /** Makes a value reachable from JavaScript outside a call (registry reference). */
  ref(value: LuaInput): LuaRef;
  /** A userdata made outside a call, held by a reference. */
  newHost<T extends object>(cls: LuaClass<T>, host: T): LuaRef;

  /** Full collection: runs `__gc` of unreachable userdata, clears weak tables. Deterministic. */
  collect(): void;
  /**
   * Called before the first instruction of each line that is reached, as the `line` event of debug.sethook, in all
   * threads. Costs the device no time. Takes effect when Lua is entered the next time.
   */
  onLine: LineHook | undefined;
  /** The lines with instructions in a chunk and the functions inside it, ascending: all that {@link onLine} may report. */
  activeLines(chunk: LuaRef): readonly number[];

  /** Number of live registry references; tests assert it returns to its base. */
  readonly refCount: number;
  /** Estimated bytes held by the Lua heap on the chip. */
  readonly heapUsed: number;
  /** Measures {@link heapUsed} anew; beyond it the heap may from now on hold so many bytes. */
  limitHeap(free: number): void;
  /** Tells who holds the heap, the biggest first; lines are known of tables made after the first call. */
  heapHoldings(): readonly LuaHolding[];
}
