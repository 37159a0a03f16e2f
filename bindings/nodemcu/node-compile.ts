/** `node.compile` and `node.stripdebug`. Firmware: app/modules/node.c */
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import type { Device } from '../../runtime/device/index.ts';
import type { LuaCall, LuaHandle, StripLevel } from '../../runtime/vm/index.ts';
import type { LuaResult } from './lua.ts';

const NAME_MAX = 31; // FS_OBJ_NAME_LEN

/** Writes `x.lc` beside `x.lua`. */
export function compile(device: Device, call: LuaCall): undefined {
  const name = call.checkText(1);
  const base = name.slice(name.lastIndexOf('/') + 1);
  call.argCheck(base.length <= NAME_MAX && !name.includes('\0'), 1, 'filename invalid');
  if (!name.endsWith('.lua')) call.error('not a .lua file');
  const source = device.flash.read(name);
  if (source === undefined) return call.error(`cannot open ${name}${device.era.cannotOpenTail}`);
  const loaded = call.lua.load(withoutFirstComment(toLatin1(source)), `@${name}`);
  if (!loaded.ok) return call.error(loaded.message);
  const dump = (call.lua.getGlobal('string') as LuaHandle).get('dump') as LuaHandle;
  const code = call.lua.call(dump, [loaded.chunk, true], 1)[0];
  loaded.chunk.release();
  const output = device.flash.open(`${name.slice(0, -2)}c`, 'w+');
  if (output === undefined) return call.error('cannot open/write to file');
  const written = output.write(fromLatin1(String(code))) && output.flush();
  output.close();
  if (!written) call.error('writing to file failed');
}

/** luaL_loadfile skips a first line with `#`, the line of Unix scripts; lines keep their numbers. */
const withoutFirstComment = (source: string): string => source.replace(/^#[^\n]*/, '');

/** The level of later compilations; a function's own debug information stays. */
export function stripdebug(call: LuaCall): LuaResult {
  const level = call.toInteger(1);
  if (!call.isNoneOrNil(1)) call.argCheck(level > 0 && level < 4, 1, 'Invalid strip level');
  const isFunction = call.type(2) === 'function' || (call.isNumber(2) && call.toInteger(2) > 0);
  call.argCheck(call.count < 2 || isFunction, 2, 'not a valid function');
  if (isFunction) return 0;
  if (!call.isNoneOrNil(1)) call.lua.stripLevel = (level - 1) as StripLevel;
  return call.lua.stripLevel + 1;
}
