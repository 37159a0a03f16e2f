/** `file`: the flash file system. Only the SPIFFS part of the firmware's module. Firmware: app/modules/file.c */
import { fromLatin1 } from '../../runtime/core/index.ts';
import type { Device, FlashFile } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaHandle, type LuaRef, multi, NIL, record } from '../../runtime/vm/index.ts';
import { arg, type Checker, cString } from './arg.ts';
import { approximated, classSpec, defineModule, fn, type LuaResult, luaClass, raw, since } from './lua.ts';

const NAME_MAX = 31; // FS_OBJ_NAME_LEN
const CHUNK = 1024; // FILE_READ_CHUNK
const WHENCE = ['set', 'cur', 'end'] as const;

/** The userdata behind `file.open()`. */
interface FileObject {
  readonly file: FlashFile;
  closed: boolean;
}

const OBJECT = luaClass<FileObject>('file.obj');

/** Part after the last slash; the firmware limits only that. */
const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A file name argument: at most 31 characters after the last slash, no NUL. Later arguments are looked at after that. */
const name: Checker<string> = { read: (call, n) => checkedName(call, n, call.checkText(n)) };

function checkedName(call: LuaCall, n: number, path: string): string {
  call.argCheck(basename(path).length <= NAME_MAX && !path.includes('\0'), n, 'filename invalid');
  return path;
}

/** What the module keeps between calls. */
class Handles {
  /** The last opened file, as the functions without an object use it; stays after a close. */
  current: FlashFile | undefined;
  /** Keeps the last opened object alive until it is closed or another is opened. */
  #pin: LuaRef | undefined;
  #object: FileObject | undefined;

  get object(): FileObject | undefined {
    return this.#object;
  }

  pin(ref: LuaRef | undefined, object: FileObject | undefined): void {
    this.#pin?.release();
    this.#pin = ref;
    this.#object = object;
  }
}

/** An open file and the position of the first argument after it. */
interface Target {
  readonly file: FlashFile;
  readonly first: number;
}

export const file = defineModule({ name: 'file' }, (device) => {
  const { era } = device;
  const atEnd = era.fileEndIsNil ? NIL : undefined;
  const handles = new Handles();

  /** The file, undefined when closed, and the position of the first argument after it. */
  const given = (call: LuaCall): { file: FlashFile | undefined; first: number } => {
    if (call.type(1) !== 'userdata') return { file: handles.current, first: 1 };
    const object = call.checkHost(1, OBJECT);
    return { file: object.closed ? undefined : object.file, first: 2 };
  };

  const isOpen = (call: LuaCall, opened: FlashFile | undefined): FlashFile => opened ?? call.error('open a file first');

  const target = (call: LuaCall): Target => {
    const { file: opened, first } = given(call);
    return { file: isOpen(call, opened), first };
  };

  const openFile = (call: LuaCall, path: string, mode: string): LuaHandle | undefined => {
    // The collector of 5.1 runs before each allocation (EGC_ALWAYS): what nobody holds does not keep a place by now.
    if (device.profile.lua === '5.1' && device.flash.allPlacesTaken) call.lua.collect();
    handles.pin(undefined, undefined);
    const opened = device.flash.open(path, mode);
    handles.current = opened;
    if (opened === undefined) return undefined;
    const object: FileObject = { file: opened, closed: false };
    const handle = call.newHost(OBJECT, object);
    handles.pin(handle.ref(), object);
    return handle;
  };

  const closeObject = (object: FileObject): void => {
    if (!object.closed) object.file.close();
    object.closed = true;
  };

  const close = (call: LuaCall): undefined => {
    const object = call.type(1) === 'userdata' ? call.checkHost(1, OBJECT) : handles.object;
    if (object === undefined) return;
    closeObject(object);
    // Closing any object also forgets the default one (file.c file_close).
    handles.pin(undefined, undefined);
  };

  const read = (call: LuaCall): LuaResult => {
    const { file: opened, first } = given(call);
    let length = CHUNK;
    let end: number | undefined;
    if (call.type(first) === 'number') {
      length = call.checkInteger(first);
    } else if (call.isString(first)) {
      const text = call.checkText(first);
      if (text.length !== 1) call.error('wrong arg range');
      end = text.charCodeAt(0);
    }
    if (length <= 0 && era.fileReadsAtLeast1) length = CHUNK;
    return readUpTo(isOpen(call, opened), length, end) ?? atEnd;
  };

  const readline = (call: LuaCall): LuaResult => readUpTo(target(call).file, era.fileLineMax, 10) ?? atEnd;

  const write = (call: LuaCall): LuaResult => {
    const { file: opened, first } = target(call);
    return opened.write(call.checkBytes(first)) || NIL;
  };

  const writeline = (call: LuaCall): LuaResult => {
    const { file: opened, first } = target(call);
    return (opened.write(call.checkBytes(first)) && opened.write(Uint8Array.of(10))) || NIL;
  };

  const seek = (call: LuaCall): LuaResult => {
    const { file: opened, first } = target(call);
    const whence = WHENCE[call.checkOption(first, 'cur', WHENCE)] ?? 'cur';
    return opened.seek(whence, call.optInteger(first + 1, 0)) ? opened.position : NIL;
  };

  const flush = (call: LuaCall): LuaResult => target(call).file.flush() || NIL;

  const getcontents = (path: string, call: LuaCall): LuaResult => {
    if (openFile(call, path, 'r') === undefined) return undefined;
    const content = readUpTo(handles.current as FlashFile, 0x7fffffff, undefined);
    closeObject(handles.object as FileObject);
    handles.pin(undefined, undefined);
    return content ?? NIL;
  };

  const putcontents = (call: LuaCall): LuaResult => {
    // lua_settop(L, 2): absent arguments are nil in the error texts.
    const path = checkedName(call, 1, argumentOrNil(call, 1));
    if (openFile(call, path, 'w+') === undefined) return NIL;
    const content = argumentOrNil(call, 2);
    const written = (handles.current as FlashFile).write(fromLatin1(content));
    closeObject(handles.object as FileObject);
    handles.pin(undefined, undefined);
    return written || NIL;
  };

  const list = (call: LuaCall): LuaResult => {
    const pattern = call.isNoneOrNil(1) || !era.fileListPattern ? undefined : call.checkText(1);
    const files = device.flash.list();
    if (pattern === undefined) return new Map(files.map((f) => [f.name, f.size]));
    const match = (call.lua.getGlobal('string') as LuaHandle).get('match') as LuaHandle;
    return new Map(
      files.filter((f) => call.lua.call(match, [f.name, pattern], 1)[0] !== undefined).map((f) => [f.name, f.size]),
    );
  };

  const format = (call: LuaCall): undefined => {
    close(call);
    device.flash.format();
    device.uart.writeText(`${'.'.repeat(device.flash.formatSteps)}format done.\n`);
  };

  const methods = { close: raw(close), read: raw(read), readline: raw(readline), write: raw(write) };
  const moreMethods = { writeline: raw(writeline), seek: raw(seek), flush: raw(flush) };
  return {
    order:
      'list open close write writeline read readline format fscfg remove seek flush rename exists getcontents putcontents fsinfo on stat',
    functions: {
      list: raw(list),
      open: fn([name, arg.or(arg.text, 'r')], (path, mode, call) => openFile(call, path, cString(mode)) ?? NIL),
      ...methods,
      ...moreMethods,
      format: raw(format),
      fscfg: fn([], () => multi(device.flash.partition.address, device.flash.partition.bytes)),
      remove: fn([name], (path) => {
        device.flash.remove(path);
      }),
      rename: fn([name, name], (from, to) => device.flash.rename(from, to)),
      exists: fn([name], (path) => device.flash.size(path) !== undefined),
      getcontents: since(
        '3.0',
        raw((call: LuaCall) => getcontents(checkedName(call, 1, argumentOrNil(call, 1)), call)),
      ),
      putcontents: since('3.0', raw(putcontents)),
      fsinfo: fn([], () => {
        const { used, total } = device.flash.usage;
        return multi(total - used, used, total);
      }),
      on: approximated('the clock callback is accepted; SPIFFS never asks for it', raw(onEvent)),
      stat: since(
        '2.2',
        fn([statName], (path) => stat(device, path)),
      ),
    },
    classes: [
      classSpec(OBJECT, {
        ...methods,
        ...moreMethods,
        __gc: fn([arg.self(OBJECT)], (object) => closeObject(object)),
      }),
    ],
  };
});

/** file.stat limits the whole name, unlike the others. */
const statName = arg.checked(arg.text, (t) => t.length <= NAME_MAX && !t.includes('\0'), 'filename invalid');

function stat(device: Device, path: string): LuaResult {
  const size = device.flash.size(path);
  if (size === undefined) return NIL;
  return record({
    size,
    name: path.replace(/^\/FLASH\/?/, ''),
    is_dir: false,
    is_rdonly: false,
    is_hidden: false,
    is_sys: false,
    is_arch: false,
    time: record({ year: 1970, mon: 1, day: 1, hour: 0, min: 0, sec: 0 }), // FILE_TIMEDEF_*
  });
}

function onEvent(call: LuaCall): undefined {
  call.checkOption(1, 'rtc', ['rtc']);
  const type = call.type(2);
  if (type !== 'function' && type !== 'nil') call.error('Callback should be function or nil');
}

/** luaL_checkstring after lua_settop: a missing argument is reported as nil. */
function argumentOrNil(call: LuaCall, n: number): string {
  if (call.type(n) === 'none') call.argError(n, 'string expected, got nil');
  return call.checkText(n);
}

/** Up to `length` bytes, or up to and including `end`; undefined at the end of the file. A length below 1 gives ''. */
function readUpTo(opened: FlashFile, length: number, end: number | undefined): Uint8Array | undefined {
  if (length <= 0) return new Uint8Array(0);
  const bytes = opened.read(length);
  const at = bytes === undefined || end === undefined ? -1 : bytes.indexOf(end);
  if (bytes === undefined || at < 0) return bytes;
  opened.seek('cur', at + 1 - bytes.length);
  return bytes.subarray(0, at + 1);
}
