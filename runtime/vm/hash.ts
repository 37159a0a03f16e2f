/**
 * Where a key would sit in a table of the chip (mainposition of ltable.c). Strings hash as lstring.c does. Objects hash by address there;
 * here by a number given when first asked for.
 */
import { SHARED, type Value } from './value.ts';

/** Lua 5.3 salts string hashes with an address and the time; any number is as good. */
const SEED_53 = 0x5bd1e995;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

function hashString(text: string, seed: number): number {
  let h = (seed ^ text.length) >>> 0;
  const step = (text.length >>> 5) + 1;
  for (let left = text.length; left >= step; left -= step) {
    h = (h ^ ((h << 5) + (h >>> 2) + text.charCodeAt(left - 1))) >>> 0;
  }
  return h;
}

/** Objects that can be printed or used as keys. */
export interface Addressed {
  id: number;
}

/** Numbers given out so far, one count per state. The running state's count is installed by {@link enterAddresses}. */
export interface AddressSpace {
  count: number;
  /** Numbers of what other states have too. */
  shared?: Map<Addressed, number>;
}
let space: AddressSpace = { count: 0 };

/** Makes a state's count the current one; returns the one before. */
export function enterAddresses(next: AddressSpace): AddressSpace {
  const before = space;
  space = next;
  return before;
}

const nextAddress = (): number => 0x3fff0000 + ((++space.count * 0x18) & 0xffff8);

function sharedAddress(object: Addressed): number {
  space.shared ??= new Map();
  const address = space.shared.get(object) ?? nextAddress();
  space.shared.set(object, address);
  return address;
}

/** A number that identifies an object and looks like an address in the chip's RAM. */
export function addressOf(object: Addressed): number {
  if (object.id > 0) return object.id;
  if (object.id === SHARED) return sharedAddress(object);
  object.id = nextAddress();
  return object.id;
}

function hashFloat53(n: number): number {
  if (!Number.isFinite(n) || n === 0) return 0;
  let exponent = Math.max(-1074, Math.floor(Math.log2(Math.abs(n))) + 1);
  let mantissa = n / 2 ** exponent;
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent++;
  }
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent--;
  }
  const u = (exponent + Math.trunc(mantissa * 2147483648)) >>> 0;
  return u <= 0x7fffffff ? u : ~u >>> 0;
}

/** Node number of a key in a vector of `size` nodes (a power of two). */
export function mainPosition(key: Value, size: number, is51: boolean): number {
  if (size === 1) return 0;
  switch (typeof key) {
    case 'string':
      return hashString(key, is51 ? 0 : SEED_53) & (size - 1);
    case 'number':
      if (is51) {
        if (key === 0) return 0;
        double[0] = key;
        return (((words[0] as number) + (words[1] as number)) >>> 0) % ((size - 1) | 1);
      }
      if ((key | 0) === key) return key & (size - 1);
      return hashFloat53(key) % ((size - 1) | 1);
    case 'bigint':
      return Number(BigInt.asUintN(32, key)) & (size - 1);
    case 'boolean':
      return (key ? 1 : 0) & (size - 1);
    case 'object':
      return addressOf(key as Addressed) % ((size - 1) | 1);
    default:
      return 0;
  }
}

/** The node in a chain before another, -1 when that is not in it. */
export function previous(next: Int32Array, from: number, to: number): number {
  let at = from;
  while (at >= 0 && next[at] !== to) at = next[at] as number;
  return at;
}

/** Copies a node (key and value alternate in `node`) with its link. */
export function move(node: Value[], mains: Int32Array, next: Int32Array, from: number, to: number): void {
  node[2 * to] = node[2 * from];
  node[2 * to + 1] = node[2 * from + 1];
  mains[to] = mains[from] as number;
  next[to] = next[from] as number;
}
