/** `sjson.encode` and `sjson.encoder`: Lua values to JSON text. Firmware: app/modules/sjson.c */
import { invariant } from '../../runtime/core/index.ts';
import type { LuaBuild, LuaCall, LuaHandle, LuaHost, LuaOutput, LuaRef, LuaType } from '../../runtime/vm/index.ts';
import { DEPTH } from './sjson-decoder.ts';

const CALLS_MAX = 10;
/** Lua's type numbers, as the error text shows them. */
const TYPE_NUMBER: Partial<Record<LuaType, number>> = { function: 6, userdata: 7, thread: 8 };
const SHORT: Readonly<Record<string, string>> = { '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't' };

/** printf's %.<digits>g. */
export function formatG(value: number, digits: number): string {
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1]);
  if (exponent >= -4 && exponent < digits) {
    const fixed = value.toFixed(Math.max(0, Math.min(100, digits - 1 - exponent)));
    return Object.is(value, -0) ? '-0' : fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
  }
  const [mantissa = '', power = ''] = value.toExponential(digits - 1).split('e');
  const sign = power.startsWith('-') ? '-' : '+';
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${short}e${sign}${power.slice(1).padStart(2, '0')}`;
}

/** Backslashes stay as they are: the firmware forgets them. */
export function quote(text: string): string {
  let out = '"';
  for (const c of text) {
    if (c === '"') out += '\\"';
    else if (c >= ' ') out += c;
    else out += `\\${SHORT[c] ?? `u${c.charCodeAt(0).toString(16).padStart(4, '0')}`}`;
  }
  return `${out}"`;
}

export class JsonEncoder {
  readonly #root: LuaRef;
  readonly #null: string | undefined;
  #text: string | undefined;
  #at = 0;

  /** Encodes the table at argument 1 with the options at argument 2. */
  constructor(call: LuaCall) {
    call.checkType(1, 'table');
    this.#root = call.ref(1);
    const sentinel = call.type(2) === 'table' ? call.handle(2)?.get('null') : undefined;
    this.#null = typeof sentinel === 'string' ? sentinel : undefined;
  }

  /** Up to `length` characters; undefined at the end. The first read encodes everything. */
  read(call: LuaCall, length: number): string | undefined {
    this.#text ??= this.#table(call, deref(call.lua, this.#root), 1);
    const part = this.#text.slice(this.#at, this.#at + length);
    this.#at += part.length;
    return part === '' ? undefined : part;
  }

  free(): void {
    this.#root.release();
  }

  #table(call: LuaCall, table: LuaHandle, level: number): string {
    if (level > DEPTH) call.error('encoder stack overflow');
    const pairs = table.pairs();
    const size = arraySize(
      pairs.map(([key]) => key),
      call.lua.version !== '5.1',
    );
    if (size === undefined) {
      const members = pairs.map(([key, value]) => `${this.#key(call, key)}:${this.#value(call, value, level)}`);
      return members.length === 0 ? '{}' : `{${members.join(',')}}`;
    }
    const items = Array.from({ length: size }, (_, i) => this.#value(call, table.get(i + 1), level));
    return `[${items.join(',')}]`;
  }

  /** lua_tostring turns numbers into strings first; anything else is encoded as a value. */
  #key(call: LuaCall, key: LuaOutput): string {
    return this.#scalar(call, typeof key === 'number' ? String(key) : key);
  }

  #value(call: LuaCall, given: LuaOutput, level: number): string {
    let value = given;
    for (let i = 0; i < CALLS_MAX && isHandle(value, 'function'); i++) value = call.lua.call(value, [], 1)[0];
    return isHandle(value, 'table') ? this.#table(call, value, level + 1) : this.#scalar(call, value);
  }

  #scalar(call: LuaCall, value: LuaOutput): string {
    if (typeof value === 'string') return value === this.#null ? 'null' : quote(value);
    if (typeof value === 'number') return number(value, call.lua.version);
    if (typeof value === 'boolean') return String(value);
    if (value === undefined || value.type === 'lightuserdata') return 'null';
    return call.error(`Cannot encode type ${TYPE_NUMBER[value.type] ?? 5}`);
  }
}

const isHandle = (value: LuaOutput, type: LuaType): value is LuaHandle =>
  typeof value === 'object' && value.type === type;

function number(value: number, version: LuaBuild): string {
  if (!Number.isFinite(value)) return 'null';
  if (version !== '5.1' && Object.is(value, -0)) return '-0';
  if (version === '5.3' ? (value | 0) === value : version === '5.3-64' && Number.isSafeInteger(value))
    return String(value);
  return formatG(value, version === '5.3' ? 9 : 19);
}

/** The largest key if all are positive integers, else undefined: an object. 5.1's lua_tointeger cuts fractions off. */
function arraySize(keys: readonly LuaOutput[], exact: boolean): number | undefined {
  let size = 0;
  for (const key of keys) {
    if (exact && !Number.isInteger(key)) return undefined;
    if (typeof key !== 'number' || Math.trunc(key) <= 0) return undefined;
    size = Math.max(size, Math.trunc(key));
  }
  return size;
}

/** The value behind a reference, for the duration of the call. */
function deref(lua: LuaHost, ref: LuaRef): LuaHandle {
  const loaded = lua.load('return ...', '=sjson');
  invariant(loaded.ok, 'the encoder’s own Lua does not compile');
  const handle = lua.call(loaded.chunk, [ref], 1)[0] as LuaHandle;
  loaded.chunk.release();
  return handle;
}
