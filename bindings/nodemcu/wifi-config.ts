/** `wifi.sta.config`: checks its table field by field, in the firmware's order. Firmware: app/modules/wifi.c wifi_station_config */
import { type Device, type StationConfig, WIFI_EVENT } from '../../runtime/device/index.ts';
import type { LuaCall, LuaHandle, LuaOutput } from '../../runtime/vm/index.ts';
import { type MacAddress, parseMac } from '../../runtime/wire/index.ts';
import type { EventCallbacks } from './wifi-eventmon.ts';

const SSID_MAX = 32;
const PASSWORD_MAX = 64;
const MAC_TEXT = 17;

/** Field, event it listens to, and the name that the error text has. */
const CALLBACKS = [
  ['connect_cb', WIFI_EVENT.STA_CONNECTED, 'connect_cb'],
  ['disconnect_cb', WIFI_EVENT.STA_DISCONNECTED, 'disconnect_cb'],
  ['authmode_change_cb', WIFI_EVENT.STA_AUTHMODE_CHANGE, 'authmode_change_cb'],
  ['got_ip_cb', WIFI_EVENT.STA_GOT_IP, 'gotip_cb'],
  ['dhcp_timeout_cb', WIFI_EVENT.STA_DHCP_TIMEOUT, 'dhcp_timeout_cb'],
] as const;

/** A text field; numbers count as text. */
function textField(call: LuaCall, value: LuaOutput, notString: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return call.argError(1, notString);
  return String(value);
}

function booleanField(call: LuaCall, table: LuaHandle, name: string, fallback: boolean): boolean {
  const value = table.get(name);
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') return call.argError(1, `${name}:not boolean`);
  return value;
}

/** ets_str2macaddr reads two digits per octet whatever the separators are. */
export function looseMac(text: string): MacAddress {
  const octets = [0, 1, 2, 3, 4, 5].map((i) => text.slice(3 * i, 3 * i + 2).padStart(2, '0'));
  return parseMac(octets.join(':')) ?? (0 as MacAddress);
}

export function stationConfig(device: Device, callbacks: EventCallbacks, call: LuaCall): boolean {
  call.argCheck(call.type(1) === 'table', 1, 'config table not found!');
  const table = call.handle(1) as LuaHandle;

  const ssid = textField(call, table.get('ssid'), 'ssid:not string') ?? call.argError(1, 'ssid required');
  call.argCheck(ssid.length <= SSID_MAX, 1, 'ssid: length:0-32');
  const password = textField(call, table.get('pwd'), 'pwd:not string') ?? '';
  call.argCheck(password.length <= PASSWORD_MAX, 1, 'pwd: length:0-64');
  const bssid = textField(call, table.get('bssid'), 'bssid:not string');
  call.argCheck(bssid === undefined || bssid.length === MAC_TEXT, 1, 'bssid: FF:FF:FF:FF:FF:FF');
  const auto = booleanField(call, table, 'auto', true);
  const save = booleanField(call, table, 'save', true);
  // A callback before a wrong one is registered all the same.
  for (const [field, event, shown] of CALLBACKS) {
    const value = table.get(field);
    if (value === undefined) continue;
    if (typeof value !== 'object' || value.type !== 'function') call.argError(1, `${shown}:not function`);
    callbacks.set(event, (value as LuaHandle).ref());
  }

  const { wifi } = device;
  wifi.disconnect();
  const base = { ssid, password };
  const config: StationConfig = bssid === undefined ? base : { ...base, bssid: looseMac(bssid) };
  wifi.setStation(ssid === '' ? undefined : config, save);
  wifi.saved.autoConnect = auto;
  if (auto) wifi.connect();
  return true;
}
