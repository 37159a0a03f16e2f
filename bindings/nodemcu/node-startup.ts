/** `node.startup` and `node.startupcommand`: settings in flash for the next boots. Firmware: app/modules/node.c */
import type { Device } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaHandle, type LuaInput, record } from '../../runtime/vm/index.ts';
import type { LuaResult } from './lua.ts';

export function startupcommand(device: Device, call: LuaCall): LuaResult {
  device.startup.command = call.checkText(1);
  return true;
}

export function startup(device: Device, call: LuaCall): LuaResult {
  if (call.count > 0) {
    call.checkType(1, 'table');
    apply(device, call, call.handle(1) as LuaHandle);
  }
  const { command, banner, delayMount, frequency } = device.startup;
  // In the order of node.c, which pairs() shows.
  const first: Record<string, LuaInput> = command === undefined ? {} : { command };
  return record({ ...first, banner, delay_mount: delayMount, frequency });
}

function apply(device: Device, call: LuaCall, table: LuaHandle): void {
  const entries = table.pairs().filter(([key]) => typeof key === 'string' || typeof key === 'number');
  const settings = device.startup;
  if (entries.length === 0) {
    // An empty table resets everything.
    settings.command = undefined;
    settings.banner = true;
    settings.delayMount = false;
    settings.frequency = 80;
  }
  for (const [key, value] of entries) {
    if (key === 'command') {
      if (typeof value !== 'string' && typeof value !== 'number') {
        call.argError(-1, `string expected, got ${typeof value === 'object' ? value.type : typeof value}`);
      }
      settings.command = String(value);
    }
    const truth = value !== undefined && value !== false;
    if (key === 'banner') settings.banner = truth;
    if (key === 'delay_mount') settings.delayMount = truth;
    if (key === 'frequency') settings.frequency = Number(value) === 160 ? 160 : 80;
  }
}
