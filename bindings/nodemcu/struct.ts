/** `struct`: values to packed bytes and back. Firmware: app/modules/struct.c */
import { concat } from '../../runtime/core/index.ts';
import { type LuaCall, type LuaInput, multi } from '../../runtime/vm/index.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';
import { Format, type FormatItem, packFloat, packInteger, unpackFloat, unpackInteger } from './struct-format.ts';

/** C pushes a nil behind the arguments, and that is what it finds where one is missing. */
function there(call: LuaCall, n: number, expected: string): number {
  if (call.type(n) === 'none') call.argError(n, `${expected} expected, got nil`);
  return n;
}

function pack(call: LuaCall): LuaResult {
  const format = new Format(call, call.checkText(1));
  const parts: Uint8Array[] = [];
  let position = 0;
  let n = 2;
  for (let item = format.next(position); item !== undefined; item = format.next(position)) {
    parts.push(new Uint8Array(item.padding));
    position += item.padding;
    let bytes: Uint8Array;
    if (item.option === 'x') {
      bytes = new Uint8Array(1);
    } else if (item.option === 'f' || item.option === 'd') {
      bytes = packFloat(call.checkNumber(there(call, n++, 'number')), item.size, item.bigEndian);
    } else if (item.option === 'c' || item.option === 's') {
      const text = call.checkBytes(there(call, n++, 'string'));
      call.argCheck(text.length >= item.size, n, 'string too short');
      bytes = item.size === 0 ? text : text.subarray(0, item.size);
      if (item.option === 's') bytes = concat(bytes, new Uint8Array(1));
    } else {
      bytes = packInteger(call.checkInteger(there(call, n++, 'number')), item.size, item.bigEndian);
    }
    parts.push(bytes);
    position += bytes.length;
  }
  return concat(...parts);
}

function unpack(call: LuaCall): LuaResult {
  const format = new Format(call, call.checkText(1));
  const data = call.checkBytes(2);
  let position = call.optInteger(3, 1) - 1;
  const results: LuaInput[] = [];
  // size_t in the firmware: a negative position is a huge one.
  const check = (size: number): void =>
    call.argCheck(position >= 0 && position + size <= data.length, 2, 'data string too short');
  const next = (): FormatItem | undefined => format.next(position, () => check(0));
  for (let item = next(); item !== undefined; item = next()) {
    position += item.padding;
    let { size } = item;
    check(size);
    if (item.option === 'c' && size === 0) {
      const previous = results.pop();
      if (typeof previous !== 'number') call.error("format `c0' needs a previous size");
      size = previous as number;
      check(size);
    }
    if (item.option === 's') {
      const end = data.indexOf(0, position);
      if (end < 0) call.error('unfinished string in data');
      results.push(data.slice(position, end));
      size = end + 1 - position;
    } else if (item.option !== 'x') {
      results.push(value(item.option, data.slice(position, position + size), item.bigEndian));
    }
    position += size;
  }
  return multi(...results, position + 1);
}

function value(option: string, bytes: Uint8Array, bigEndian: boolean): LuaInput {
  if (option === 'c') return bytes;
  if (option === 'f' || option === 'd') return unpackFloat(bytes, bigEndian);
  return unpackInteger(bytes, option >= 'a', bigEndian);
}

function size(call: LuaCall): LuaResult {
  const format = new Format(call, call.checkText(1), true);
  let position = 0;
  for (let item = format.next(position); item !== undefined; item = format.next(position)) {
    if (item.option === 's') call.argError(1, "option 's' has no fixed size");
    if (item.option === 'c' && item.size === 0) call.argError(1, "option 'c0' has no fixed size");
    position += item.padding + item.size;
  }
  return position;
}

export const struct = defineModule({ name: 'struct' }, () => ({
  functions: { pack: raw(pack), unpack: raw(unpack), size: raw(size) },
}));
