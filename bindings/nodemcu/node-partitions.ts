/** `node.getpartitiontable` and `node.setpartitiontable`. Firmware: app/modules/node.c */
import type { Device } from '../../runtime/device/index.ts';
import { LuaAbort, type LuaCall, type LuaHandle, record } from '../../runtime/vm/index.ts';
import { approximated, fn, type LuaEntry, raw } from './lua.ts';

const NAMES: readonly unknown[] = ['lfs_addr', 'lfs_size', 'spiffs_addr', 'spiffs_size'];
const SECTOR = 4096;

function set(device: Device, call: LuaCall): never {
  call.argCheck(call.type(1) === 'table', 1, 'must be table');
  for (const [key, value] of (call.handle(1) as LuaHandle).pairs()) {
    const number = typeof value === 'string' ? Number(value) : value;
    const known = NAMES.includes(key) && typeof number === 'number' && !Number.isNaN(number);
    call.argCheck(known, 1, 'invalid partition setting');
    const inside = (number as number) % SECTOR === 0 && (number as number) <= device.profile.flashBytes;
    if (!inside) call.error('Partition value out of range');
  }
  // The firmware spins for ever so that the watchdog loads the new table.
  throw new LuaAbort('watchdog', 'node.setpartitiontable');
}

export const partitions = (device: Device): Record<string, LuaEntry> => ({
  getpartitiontable: fn([], () =>
    record({
      lfs_addr: device.lfs.address,
      lfs_size: device.lfs.bytes,
      spiffs_addr: device.flash.partition.address,
      spiffs_size: device.flash.partition.bytes,
    }),
  ),
  setpartitiontable: approximated(
    'checks and the reset are the firmware’s, the layout stays',
    raw((call) => set(device, call)),
  ),
});
