/** `pipe`: byte queues between tasks. Firmware: app/modules/pipe.c */
import { type Device, Pipe, type PipeLimit, PRIORITY, type Priority } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaHandle, type LuaRef, NIL } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { approximated, classSpec, defineModule, fn, type LuaResult, luaClass, raw } from './lua.ts';

/** The object that scripts see; a table in the firmware, a userdata here. */
export interface PipeObject {
  readonly pipe: Pipe;
}

export const PIPE = luaClass<PipeObject>('pipe');
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

/** The pipe is looked at only when there is something for it. */
const give =
  (how: 'write' | 'unread') =>
  (call: LuaCall): undefined => {
    const data = bytes(call, 2);
    if (data.length > 0) self(call)[how](data);
  };

/** checkPipeTable. */
function self(call: LuaCall): Pipe {
  const object = call.testHost(1, PIPE);
  if (object === undefined) call.argError(1, 'pipe table');
  return (object as PipeObject).pipe;
}

const create = (device: Device, call: LuaCall): LuaResult => {
  if (call.isNoneOrNil(1)) return call.newHost(PIPE, { pipe: new Pipe() });
  call.checkType(1, 'function');
  const priority = call.isNoneOrNil(2) ? PRIORITY.MEDIUM : call.toInteger(2);
  call.argCheck(priority >= PRIORITY.LOW && priority <= PRIORITY.HIGH, 2, 'invalid priority');
  return makePipe(device, call, call.handle(1) as LuaHandle, priority as Priority);
};

/** A pipe with a reader, as a userdata that stays alive with its reader. */
export function makePipe(device: Device, call: LuaCall, reader: LuaHandle, priority: Priority): LuaHandle {
  const self: { ref?: LuaRef } = {};
  const object: PipeObject = { pipe: device.program.pipe(priority, reader.ref(), () => self.ref) };
  const handle = call.newHost(PIPE, object);
  self.ref = handle.ref();
  return handle;
}

export const pipe = defineModule({ name: 'pipe', lifetime: { since: '3.0' } }, (device) => {
  const read = (call: LuaCall): LuaResult => self(call).read(limit(call, 2)) ?? NIL;
  const reader = (call: LuaCall): LuaResult => {
    const source = self(call);
    const wanted = limit(call, 2);
    return () => source.read(wanted) ?? NIL;
  };
  return {
    functions: {
      create: approximated(
        'type() of a pipe is userdata, not table',
        raw((call) => create(device, call)),
      ),
    },
    classes: [
      classSpec(PIPE, {
        read: raw(read),
        reader: raw(reader),
        unread: raw(give('unread')),
        write: raw(give('write')),
        nrec: raw((call) => self(call).pieces),
        __len: fn([arg.self(PIPE)], (object) => object.pipe.pieces + 1),
      }),
    ],
  };
});
