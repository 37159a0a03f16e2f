/** `node.LFS`, `node.flashindex` and `node.flashreload`: modules in flash. Firmware: app/modules/node.c, app/lua/lnodemcu.c, lflash.c */
import type { Device } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaRef, multi, NIL, record } from '../../runtime/vm/index.ts';
import { fn, type LuaEntry, type LuaResult, raw } from './lua.ts';

const NO_PARTITION = 'No LFS partition allocated';
/** Where the chip maps its flash. */
const MAPPED = 0x40200000;

export interface LfsEntries {
  readonly list: LuaEntry;
  readonly get: LuaEntry;
  readonly reload: LuaEntry;
  /** `node.LFS.name`. */
  readonly index: LuaEntry;
  readonly flashindex: LuaEntry;
  readonly flashreload: LuaEntry;
}

/** What node.info('lfs') and node.LFS.config tell. */
export function lfsConfig({ lfs }: Device): Record<string, number> {
  const mapped = lfs.bytes === 0 ? 0 : MAPPED + lfs.address;
  return { lfs_mapped: mapped, lfs_base: lfs.address, lfs_size: lfs.bytes, lfs_used: lfs.image?.length ?? 0 };
}

export function lfsEntries(device: Device): LfsEntries {
  const { lfs } = device;
  const content = lfs.content;
  const loaded = new Map<string, LuaRef>();

  const module = (call: LuaCall, name: string | undefined): LuaRef | undefined => {
    const found = content?.modules.find((m) => m.name === name);
    if (found === undefined) return undefined;
    const known = loaded.get(found.name);
    if (known !== undefined) return known;
    const code = call.lua.load(found.code, `@LFS/${found.name}`, 'flash');
    if (!code.ok) return call.error(code.message);
    loaded.set(found.name, code.chunk);
    return code.chunk;
  };
  const names = () => content?.modules.map(({ name }) => name).sort() ?? [];

  const reload = (call: LuaCall): LuaResult => {
    if (lfs.bytes === 0) return NO_PARTITION;
    const name = call.toText(1);
    const image = name === undefined ? undefined : device.flash.read(name);
    if (image === undefined) return 'LFS image file not found';
    const written = lfs.write(image);
    if (!written.ok) return written.error;
    device.uart.writeText('LFS region updated.  Restarting.');
    return device.starve('node.LFS.reload');
  };

  /** Before 2020 a name that is no module is answered with what there is. */
  const flashindex = (call: LuaCall): LuaResult => {
    const found = module(call, call.toText(1));
    if (found !== undefined) return found;
    if (device.era.nodeOf2020) return NIL;
    const { lfs_mapped, lfs_base, lfs_size } = lfsConfig(device);
    if (content === undefined) return multi(NIL, lfs_mapped, lfs_base);
    return multi(content.timestamp, lfs_base, lfs_mapped, lfs_size, names());
  };

  return {
    list: fn([], () => (content === undefined ? NIL : names())),
    get: raw((call) => module(call, call.toText(1)) ?? NIL),
    reload: raw(reload),
    index: raw((call) => {
      const name = call.toText(2);
      if (name === 'config') return record(lfsConfig(device));
      if (name === 'time') return content?.timestamp ?? NIL;
      return module(call, name) ?? NIL;
    }),
    flashindex: raw(flashindex),
    flashreload: raw((call) => {
      if (device.era.nodeOf2020) device.deprecated('node.flashreload', 'soon. Use node.LFS interface instead');
      return reload(call);
    }),
  };
}

/** What the Lua core says of the partition while it starts. */
export function lfsBootNote({ lfs, profile, uart }: Device): void {
  if (lfs.bytes === 0) return;
  if (lfs.content === undefined) uart.writeText('No LFS image loaded\n');
  else if (profile.lua !== '5.1') uart.writeText('LFS image loaded\n');
}
