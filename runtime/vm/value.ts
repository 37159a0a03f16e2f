/**
 * What a Lua value is in JavaScript. nil is undefined, strings are one character per byte, numbers are JavaScript
 * numbers. In Lua 5.3 a number is an integer when it equals itself cut to 32 bits; a float with such a value is kept
 * in a {@link Flt}, every other float is a plain number already rounded to the build's precision. Longer integers,
 * which only the build with 64-bit numbers has, are of the type bigint: every integer looks one way only.
 */

import type { Proto } from './proto.ts';
import type { LuaTable } from './table.ts';
import type { Thread } from './thread.ts';

export type Value =
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Flt
  | LuaTable
  | LuaFn
  | Userdata
  | Thread
  | LightUserdata;
/** An integer of 5.3; in 5.1 a plain number whose fraction is gone. */
export type Int = number | bigint;
/** A number. */
export type Num = Int | Flt;
export type LuaFn = Closure | Native;

/** A Lua 5.3 float whose value is that of a 32-bit integer (or -0). */
export class Flt {
  readonly n: number;
  constructor(n: number) {
    this.n = n;
  }
}

/** The `id` of what several states share: each of them has an address of its own for it. */
export const SHARED = -1;

/** A C pointer; the only one scripts meet is NULL of sjson. */
export class LightUserdata {
  readonly label: string;
  id = 0;
  constructor(label: string) {
    this.label = label;
  }
}
export const NULL = new LightUserdata('(nil)');
NULL.id = SHARED;

/** A variable captured by closures: lives in a thread's stack while open, in its own cell after. */
export class Upval {
  /** Where the value is: `cells[at]`. */
  cells: Value[];
  at: number;
  /** Next lower open one of the same thread. */
  next: Upval | undefined;
  /** Collection cycle that reached it last. */
  mark = 0;
  #identity: LightUserdata | undefined = undefined;
  constructor(cells: Value[], at: number, next: Upval | undefined) {
    this.cells = cells;
    this.at = at;
    this.next = next;
  }

  /** A value that tells it from others (debug.upvalueid). */
  identity(): LightUserdata {
    this.#identity ??= new LightUserdata('upvalue');
    return this.#identity;
  }
}

/** A Lua function: shared code, its captured variables and (5.1) its environment. */
export class Closure {
  readonly proto: Proto;
  readonly upvals: Upval[];
  /** Table of globals in 5.1; 5.3 has it as upvalue. */
  env: LuaTable | undefined;
  id = 0;
  mark = 0;
  constructor(proto: Proto, upvals: Upval[], env: LuaTable | undefined) {
    this.proto = proto;
    this.upvals = upvals;
    this.env = env;
  }
}

/**
 * The body of a built-in function. Arguments are `L.stack[base] … [base+count-1]`; results go to
 * `L.stack[base-1] …` and their number is returned.
 */
export type NativeBody = (L: Thread, base: number, count: number) => number;

/** A built-in function. Without upvalues it may be shared by all states. */
export class Native {
  readonly name: string;
  readonly body: NativeBody;
  /** What the collector must keep, and closures over values. */
  readonly upvals: Value[] | undefined;
  env: LuaTable | undefined = undefined;
  id = 0;
  mark = 0;
  /** Stands in flash, not in a closure of its own. */
  light = false;
  #identities: LightUserdata[] | undefined = undefined;
  constructor(name: string, body: NativeBody, upvals?: Value[]) {
    this.name = name;
    this.body = body;
    this.upvals = upvals;
  }

  /** A value that tells the n-th upvalue from others (debug.upvalueid). */
  identity(n: number): LightUserdata {
    this.#identities ??= [];
    const known = this.#identities[n] ?? new LightUserdata('upvalue');
    this.#identities[n] = known;
    return known;
  }
}

/** A full userdata around an object of the host. */
export class Userdata {
  /** Undefined for newproxy. */
  readonly host: object | undefined;
  meta: LuaTable | undefined;
  env: LuaTable | undefined = undefined;
  /** 5.3: debug.setuservalue. */
  user: Value = undefined;
  id = 0;
  mark = 0;
  constructor(host: object | undefined, meta: LuaTable | undefined) {
    this.host = host;
    this.meta = meta;
  }
}

/** An error travelling up to the next protected call. Not an Error: it needs no JavaScript stack. */
export class LuaError {
  readonly value: Value;
  /** The message handler already saw it. */
  handled: boolean;
  /** 'memory' and 'handler' errors are reported as `out of memory` by protected callbacks. */
  readonly kind: 'run' | 'memory' | 'handler';
  constructor(value: Value, kind: 'run' | 'memory' | 'handler' = 'run', handled = false) {
    this.value = value;
    this.kind = kind;
    this.handled = handled;
  }
}
