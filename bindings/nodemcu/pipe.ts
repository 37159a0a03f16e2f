/** `pipe`: byte queues between tasks. Firmware: app/modules/pipe.c */
import {
  type Device,
  Pipe,
  type PipeLimit,
  type PipePiece,
  PRIORITY,
  type Priority,
} from '../../runtime/device/index.ts';
import { type LuaCall, type LuaHandle, type LuaHost, type LuaRef, NIL } from '../../runtime/vm/index.ts';
import { classSpec, defineModule, type LuaResult, luaClass, raw } from './lua.ts';

/** What a pipe's table stands for: its first element is `write`, the others are the pieces. */
export interface PipeObject {
  readonly pipe: Pipe;
  /** Pieces in the table. */
  shown: readonly PipePiece[];
}

/** Metatable of the table and of its pieces, pipe_meta. */
export const PIPE = luaClass<PipeObject | PipePiece>('pipe.meta');
/** What `__index` looks into, pipe_funcs. */
const FUNCTIONS = luaClass('pipe');
const NEWLINE: PipeLimit = { kind: 'until', delimiter: 10, keep: false };

/** How much to read: a count, a delimiter, or a delimiter with `+` to keep it. */
function limit(call: LuaCall, n: number): PipeLimit {
  if (call.type(n) === 'number') {
    const bytes = call.checkInteger(n);
    call.argCheck(bytes > 0, n, 'invalid chunk size');
    return { kind: 'count', bytes };
  }
  if (call.isNoneOrNil(n)) return NEWLINE;
  const text = call.toText(n) ?? '';
  const keep = text.length === 2 && text[1] === '+';
  call.argCheck(text.length === (keep ? 2 : 1), n, 'invalid delimiter');
  return { kind: 'until', delimiter: text.charCodeAt(0), keep };
}

/** lua_tolstring leaves no length for what is no text, so that such a value is as good as an empty one. */
const bytes = (call: LuaCall, n: number): Uint8Array => (call.isString(n) ? call.checkBytes(n) : new Uint8Array(0));

/** checkPipeTable. */
function self(call: LuaCall): PipeObject {
  const object = call.testHost(1, PIPE);
  return object !== undefined && 'pipe' in object ? object : call.argError(1, 'pipe table');
}

/** Brings the pieces into the table behind `write`; each stays the same userdata as long as it is there. */
function show(lua: LuaHost, object: PipeObject, table: LuaHandle): void {
  const { pieces } = object.pipe;
  const before = object.shown;
  if (pieces.length === before.length && pieces.every((piece, i) => piece === before[i])) return;
  object.shown = [...pieces];
  const known = new Map(before.map((piece, i) => [piece, table.get(i + 2)]));
  for (const [i, piece] of pieces.entries()) {
    const there = known.get(piece);
    const made = there === undefined ? lua.newHost(PIPE, piece) : undefined;
    table.set(i + 2, made ?? there);
    made?.release();
  }
  for (let i = pieces.length; i < before.length; i++) table.set(i + 2, undefined);
}

/** Does something with the pipe at argument 1, and shows what became of it. */
function handle<T>(call: LuaCall, work: (pipe: Pipe) => T): T {
  const object = self(call);
  const result = work(object.pipe);
  show(call.lua, object, call.handle(1) as LuaHandle);
  return result;
}

/** The pipe is looked at only when there is something for it. */
const give =
  (how: 'write' | 'unread') =>
  (call: LuaCall): undefined => {
    const data = bytes(call, 2);
    if (data.length > 0) handle(call, (pipe) => pipe[how](data));
  };

const create = (device: Device, call: LuaCall): LuaResult => {
  if (call.isNoneOrNil(1)) return makeTable(call, new Pipe());
  call.checkType(1, 'function');
  const priority = call.isNoneOrNil(2) ? PRIORITY.MEDIUM : call.toInteger(2);
  call.argCheck(priority >= PRIORITY.LOW && priority <= PRIORITY.HIGH, 2, 'invalid priority');
  return makePipe(device, call, call.handle(1) as LuaHandle, priority as Priority).table;
};

/** The table, with a `write` that does nothing to any other. */
function makeTable(call: LuaCall, pipe: Pipe): LuaHandle {
  const object: PipeObject = { pipe, shown: [] };
  const table = call.newHostTable(PIPE, object);
  table.set(1, (write) => (write.testHost(1, PIPE) === object ? give('write')(write) : undefined));
  return table;
}

/** A pipe with a reader, and its table, which stays alive with the reader. */
export function makePipe(
  device: Device,
  call: LuaCall,
  reader: LuaHandle,
  priority: Priority,
): { readonly pipe: Pipe; readonly table: LuaHandle } {
  const self: { ref?: LuaRef } = {};
  const pipe = device.program.pipe(priority, reader.ref(), () => {
    const object = table.host(PIPE);
    if (object !== undefined && 'pipe' in object) show(device.lua, object, table);
    return self.ref;
  });
  const table = makeTable(call, pipe);
  self.ref = table.ref();
  return { pipe, table };
}

/** lua_objlen, one less. */
function count(call: LuaCall): number {
  const table = call.type(1) === 'table' ? call.handle(1) : undefined;
  if (table !== undefined) return table.length() - 1;
  const isText = call.type(1) === 'string' || (call.lua.version === '5.1' && call.isString(1));
  return (isText ? call.checkBytes(1).length : 0) - 1;
}

/** The piece at argument 1; undefined for a table. */
function piece(call: LuaCall): PipePiece | undefined {
  if (call.type(1) === 'table') return undefined;
  call.checkType(1, 'userdata');
  return call.checkHost(1, PIPE) as PipePiece;
}

export const pipe = defineModule({ name: 'pipe', lifetime: { since: '3.0' } }, (device) => {
  const read = (call: LuaCall): LuaResult => {
    self(call);
    const wanted = limit(call, 2);
    return handle(call, (source) => source.read(wanted)) ?? NIL;
  };
  const reader = (call: LuaCall): LuaResult => {
    const object = self(call);
    const wanted = limit(call, 2);
    const table = call.handle(1) as LuaHandle;
    return () => {
      const data = object.pipe.read(wanted);
      show(call.lua, object, table);
      return data ?? NIL;
    };
  };
  const index = (call: LuaCall): LuaResult => {
    // strcmp of NULL.
    const name = call.toText(2) ?? device.fault('pipe: a key that is no text');
    return (name === 'write' ? call.handle(1)?.get(1) : call.method(FUNCTIONS, name)) ?? NIL;
  };
  const length = raw((call) => piece(call)?.bytes.length ?? call.handle(1)?.length());
  const toText = raw((call) => piece(call)?.bytes ?? `Pipe: ${call.address(1)}`);
  return {
    functions: { create: raw((call) => create(device, call)) },
    classes: [
      classSpec(PIPE, { __index: raw(index), __len: length, __tostring: toText }, '__index __len __tostring'),
      classSpec(FUNCTIONS, {
        __len: length,
        __tostring: toText,
        read: raw(read),
        reader: raw(reader),
        unread: raw(give('unread')),
        write: raw(give('write')),
        nrec: raw(count),
      }),
    ],
  };
});
