/** A device in the default world (or another): its console and clock as with {@link Esp}, with air and LAN around it. */
import type { Firmware, StationConfig } from '../../runtime/device/index.ts';
import { type World, wiredWorld } from '../../runtime/world/index.ts';
import { Esp } from './esp.ts';

export const HOME: StationConfig = { ssid: 'home', password: 'secret123' };

export interface Home {
  readonly world: World;
  readonly esp: Esp;
}

/** An access point `home` with a password and a device that has `station` saved. */
export function home(station: StationConfig | undefined = HOME, files: Readonly<Record<string, string>> = {}): Home {
  const world = wiredWorld({ traceLines: 0 });
  world.addAccessPoint({ ssid: HOME.ssid, password: HOME.password, channel: 6, rssi: -61 });
  const esp = new Esp({ clock: world.clock, files, env: { medium: world.medium }, profile: { station } });
  return { world, esp };
}

/** No saved configuration. */
export const blank = (files: Readonly<Record<string, string>> = {}, firmware: Firmware = '3.0'): Home => {
  const world = wiredWorld({ traceLines: 0 });
  world.addAccessPoint({ ssid: HOME.ssid, password: HOME.password, channel: 6, rssi: -61 });
  const esp = new Esp({ clock: world.clock, files, env: { medium: world.medium }, profile: { firmware } });
  return { world, esp };
};

/** Lua that prints every event of the station as `NAME fields`. */
export const WATCH = [
  'local e = wifi.eventmon',
  'local function watch(name, ...) local keys = {...} e.register(e[name], function(t)',
  '  local s = name for _, k in ipairs(keys) do s = s .. " " .. tostring(t[k]) end print(s) end) end',
  'watch("STA_CONNECTED", "SSID", "BSSID", "channel") watch("STA_DISCONNECTED", "SSID", "reason")',
  'watch("STA_GOT_IP", "IP", "netmask", "gateway") watch("STA_DHCP_TIMEOUT") watch("WIFI_MODE_CHANGED", "old_mode", "new_mode")',
].join('\n');
