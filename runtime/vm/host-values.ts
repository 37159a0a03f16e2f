/** Values on their way between JavaScript and a Lua state. */

import { toLatin1 } from '../core/index.ts';
import {
  LIGHT_NULL,
  type LuaClass,
  LuaFloat,
  type LuaHandle,
  type LuaInput,
  type LuaOutput,
  LuaRecord,
  type LuaRef,
  type LuaType,
} from './api.ts';
import type { Host } from './host.ts';
import { whole64 } from './number64.ts';
import { rawSet } from './ops.ts';
import { LuaTable } from './table.ts';
import { Flt, NULL, Userdata, type Value } from './value.ts';
import { typeOf } from './vm.ts';

/** A value of Lua seen from JavaScript. */
export class Handle implements LuaHandle {
  readonly #host: Host;
  readonly value: Value;
  readonly type: LuaType;
  constructor(host: Host, value: Value) {
    this.#host = host;
    this.value = value;
    this.type = typeOf(value);
  }

  is(other: LuaHandle | LuaRef): boolean {
    return this.#host.valueOf(other) === this.value;
  }
  ref(): LuaRef {
    return this.#host.refValue(this.value);
  }
  host<T extends object>(cls: LuaClass<T>): T | undefined {
    return this.#host.classes.unwrap(cls, this.value);
  }
  #table(): LuaTable {
    if (!(this.value instanceof LuaTable)) throw new TypeError(`a ${this.type} is not a table`);
    return this.value;
  }
  get(key: string | number): LuaOutput {
    return fromLua(this.#host, this.#table().get(key));
  }
  set(key: string | number, value: LuaInput): void {
    this.#host.setField(this.#table(), key, value);
  }
  length(): number {
    return this.#table().length();
  }
  pairs(): [LuaOutput, LuaOutput][] {
    const t = this.#table();
    const out: [LuaOutput, LuaOutput][] = [];
    for (let at = t.nextUsed(0); at >= 0; at = t.nextUsed(at + 1)) {
      out.push([fromLua(this.#host, t.keyAt(at)), fromLua(this.#host, t.valueAt(at))]);
    }
    return out;
  }
}

/** A slot of the registry. */
export class Ref implements LuaRef {
  readonly #host: Host;
  #slot: number;
  value: Value;
  readonly type: LuaType;
  constructor(host: Host, slot: number, value: Value, type: LuaType) {
    this.#host = host;
    this.#slot = slot;
    this.value = value;
    this.type = type;
  }
  release(): void {
    if (this.#slot === 0) return;
    this.#host.releaseRef(this.#slot);
    this.#slot = 0;
    this.value = undefined;
  }
}

/** Userdata classes and their metatables; tokens with equal names stand for the same class. */
export class Classes {
  metas: ReadonlyMap<string, LuaTable> = NO_CLASSES;
  /** The host objects of tables. */
  readonly tables = new WeakMap<LuaTable, object>();
  meta(cls: LuaClass<object>): LuaTable | undefined {
    return this.metas.get(cls.name);
  }
  unwrap<T extends object>(cls: LuaClass<T>, value: Value): T | undefined {
    if (!(value instanceof Userdata || value instanceof LuaTable)) return undefined;
    if (value.meta === undefined || value.meta !== this.metas.get(cls.name)) return undefined;
    return (value instanceof Userdata ? value.host : this.tables.get(value)) as T | undefined;
  }
}
const NO_CLASSES: ReadonlyMap<string, LuaTable> = new Map();

export function fromLua(host: Host, v: Value): LuaOutput {
  switch (typeof v) {
    case 'object':
      return v instanceof Flt ? v.n : new Handle(host, v);
    case 'bigint':
      return Number(v);
    default:
      return v;
  }
}

export function toLua(host: Host, v: LuaInput): Value {
  switch (typeof v) {
    case 'undefined':
    case 'boolean':
    case 'string':
      return v;
    case 'number':
      if ((v | 0) === v) return v | 0;
      return host.g.wide && Number.isSafeInteger(v) ? whole64(v) : host.g.numbers.float(v);
    case 'symbol':
      return v === LIGHT_NULL ? NULL : undefined;
    case 'function':
      return host.native(v.name, v);
    default:
  }
  if (v instanceof Uint8Array) return toLatin1(v);
  if (v instanceof Handle || v instanceof Ref) return v.value;
  if (v instanceof LuaFloat) return host.g.numbers.float(v.value);
  if (Array.isArray(v)) return listToTable(host, v as readonly LuaInput[]);
  if (v instanceof Map) return fillTable(host, host.g.newTable(), v.entries());
  const entries = Object.entries(v instanceof LuaRecord ? v.fields : (v as Record<string, LuaInput>));
  return fillTable(host, host.g.newTable(0, v instanceof LuaRecord ? entries.length : 0), entries);
}

function fillTable(host: Host, t: LuaTable, entries: Iterable<readonly [LuaInput, LuaInput]>): LuaTable {
  for (const [key, value] of entries) rawSet(host.g.running, t, toLua(host, key), toLua(host, value));
  return t;
}

function listToTable(host: Host, list: readonly LuaInput[]): LuaTable {
  const t = host.g.newTable(list.length);
  list.forEach((value, i) => {
    t.set(i + 1, toLua(host, value));
  });
  return t;
}
