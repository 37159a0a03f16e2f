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

/** Limits and defaults of the table form; until 2017 an empty SSID or password was refused and nothing was saved unasked. */
interface TableRules {
  readonly ssidMin: number;
  readonly ssidError: string;
  readonly passwordMin: number;
  readonly passwordError: string;
  readonly save: boolean;
}

const RULES: TableRules = {
  ssidMin: 0,
  ssidError: 'ssid: length:0-32',
  passwordMin: 0,
  passwordError: 'pwd: length:0-64',
  save: true,
};
const OLD_RULES: TableRules = {
  ssidMin: 1,
  ssidError: 'ssid: length:1-32',
  passwordMin: 8,
  passwordError: 'pwd: length:8-64',
  save: false,
};

export function stationConfig(device: Device, callbacks: EventCallbacks, call: LuaCall): boolean {
  const { positionalStationConfig, stationOf2017 } = device.era;
  if (positionalStationConfig && call.type(1) !== 'table') return positional(device, call);
  call.argCheck(call.type(1) === 'table', 1, 'config table not found!');
  const table = call.handle(1) as LuaHandle;
  const rules = stationOf2017 ? RULES : OLD_RULES;

  const ssid = textField(call, table.get('ssid'), 'ssid:not string') ?? call.argError(1, 'ssid required');
  call.argCheck(ssid.length >= rules.ssidMin && ssid.length <= SSID_MAX, 1, rules.ssidError);
  const password = textField(call, table.get('pwd'), 'pwd:not string');
  const fits = password === undefined || (password.length >= rules.passwordMin && password.length <= PASSWORD_MAX);
  call.argCheck(fits, 1, rules.passwordError);
  const bssid = textField(call, table.get('bssid'), 'bssid:not string');
  call.argCheck(bssid === undefined || bssid.length === MAC_TEXT, 1, 'bssid: FF:FF:FF:FF:FF:FF');
  const auto = booleanField(call, table, 'auto', true);
  const save = booleanField(call, table, 'save', rules.save);
  // A callback before a wrong one is registered all the same.
  for (const [field, event, shown] of stationOf2017 ? CALLBACKS : []) {
    const value = table.get(field);
    if (value === undefined) continue;
    if (typeof value !== 'object' || value.type !== 'function') call.argError(1, `${shown}:not function`);
    callbacks.set(event, (value as LuaHandle).ref());
  }
  return apply(device, { ssid, password: password ?? '', bssid, auto, save });
}

/** Lua: wifi.sta.config("ssid", "pwd", [auto 0|1], [bssid]), saved always. */
function positional(device: Device, call: LuaCall): boolean {
  const ssid = call.checkText(1);
  call.argCheck(ssid.length >= 1 && ssid.length < SSID_MAX, 1, 'length:1-32');
  const password = call.checkText(2);
  call.argCheck(password === '' || (password.length >= 8 && password.length < PASSWORD_MAX), 2, 'length:0 or 8-64');
  let auto = 1;
  let n = 4;
  if (call.isNumber(3)) {
    auto = call.checkInteger(3);
    if (auto !== 0 && auto !== 1) call.error('wrong arg type');
  } else if (call.isString(3)) {
    n = 3; // the address without the number before it
  } else if (call.type(3) === 'nil') {
    call.error('wrong arg type');
  }
  const bssid = call.isNumber(n) ? undefined : call.toText(n);
  call.argCheck(bssid === undefined || bssid.length === MAC_TEXT, 1, 'MAC:FF:FF:FF:FF:FF:FF');
  return apply(device, { ssid, password, bssid, auto: auto === 1, save: true });
}

interface Wanted {
  readonly ssid: string;
  readonly password: string;
  readonly bssid: string | undefined;
  readonly auto: boolean;
  readonly save: boolean;
}

function apply({ wifi }: Device, { ssid, password, bssid, auto, save }: Wanted): boolean {
  wifi.disconnect();
  const base = { ssid, password };
  const config: StationConfig = bssid === undefined ? base : { ...base, bssid: looseMac(bssid) };
  wifi.setStation(ssid === '' ? undefined : config, save);
  wifi.saved.autoConnect = auto;
  if (auto) wifi.connect();
  return true;
}
