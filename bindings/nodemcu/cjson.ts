import type { LuaCall, LuaHandle, LuaOutput } from '../../runtime/vm/index.ts';
import { CjsonError, CjsonScanner } from './cjson-scanner.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';
import { formatG } from './sjson-encoder.ts';

const MAX_DEPTH = 1000; // DEFAULT_ENCODE_MAX_DEPTH
const SPARSE_RATIO = 2;
const SPARSE_SAFE = 10;
const DIGITS = 14; // LUA_NUMBER_FMT
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

function quote(text: string): string {
  let out = '"';
  for (const c of text) {
    const control = c < ' ' || c === '\x7f';
    out += SHORT[c] ?? (control ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c);
  }
  return `${out}"`;
}

class Encoder {
  readonly #call: LuaCall;

  constructor(call: LuaCall) {
    this.#call = call;
  }

  value(value: LuaOutput, depth: number): string {
    if (value === undefined) return 'null';
    if (typeof value === 'string') return quote(value);
    if (typeof value === 'number') return this.#number(value);
    if (typeof value === 'boolean') return String(value);
    if (value.type === 'table') return this.#table(value, depth + 1);
    if (value.type === 'lightuserdata') return 'null';
    return this.#fail(value.type, 'type not supported');
  }

  #table(table: LuaHandle, depth: number): string {
    if (depth > MAX_DEPTH) this.#call.error(`Cannot serialise, excessive nesting (${depth})`);
    const pairs = table.pairs();
    const length = this.#arrayLength(pairs);
    if (length > 0) return `[${Array.from({ length }, (_, i) => this.value(table.get(i + 1), depth)).join(',')}]`;
    return `{${pairs.map(([key, value]) => `${this.#key(key)}:${this.value(value, depth)}`).join(',')}}`;
  }

  /** The largest key if all are whole numbers from 1; -1 for anything else, 0 for an empty table. */
  #arrayLength(pairs: readonly [LuaOutput, LuaOutput][]): number {
    let max = 0;
    for (const [key] of pairs) {
      if (typeof key !== 'number' || !Number.isInteger(key) || key < 1) return -1;
      max = Math.max(max, key);
    }
    if (max > pairs.length * SPARSE_RATIO && max > SPARSE_SAFE) this.#fail('table', 'excessively sparse array');
    return max;
  }

  #key(key: LuaOutput): string {
    if (typeof key === 'number') return `"${this.#number(key)}"`;
    if (typeof key === 'string') return quote(key);
    return this.#fail(typeof key === 'object' ? key.type : typeof key, 'table key must be a number or string');
  }

  #number(value: number): string {
    if (!Number.isFinite(value)) this.#fail('number', 'must not be NaN or Infinity');
    return formatG(value, DIGITS);
  }

  #fail(type: string, reason: string): never {
    return this.#call.error(`Cannot serialise ${type}: ${reason}`);
  }
}

function encode(call: LuaCall): LuaResult {
  call.argCheck(call.count === 1, 1, 'expected 1 argument');
  return new Encoder(call).value(call.value(1), 0);
}

function decode(call: LuaCall): LuaResult {
  call.argCheck(call.count === 1, 1, 'expected 1 argument');
  const text = call.checkText(1);
  if (text.length >= 2 && text.slice(0, 2).includes('\0')) call.error('JSON parser does not support UTF-16 or UTF-32');
  try {
    return new CjsonScanner(text).value();
  } catch (error) {
    if (error instanceof CjsonError) return call.error(error.message);
    throw error;
  }
}

export const cjson = defineModule({ name: 'cjson', lifetime: { until: '1.5', left: 2017 } }, () => ({
  functions: { encode: raw(encode), decode: raw(decode) },
}));
