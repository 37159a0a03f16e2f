/** `wifi.ap`: the soft access point. Firmware: app/modules/wifi.c */
import { type Device, type SoftApConfig, WIFI_EVENT } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaHandle, multi, NIL } from '../../runtime/vm/index.ts';
import { formatIpv4, formatMac, IPV4_ANY, type Ipv4Address } from '../../runtime/wire/index.ts';
import { arg, toNumber } from './arg.ts';
import { approximated, fn, type LuaResult, raw, type TableSpec } from './lua.ts';
import { addressField } from './wifi-address.ts';
import { looseMac } from './wifi-config.ts';
import type { EventCallbacks } from './wifi-eventmon.ts';

const MAC_TEXT = 17;
const MAC_ERROR = 'MAC:FF:FF:FF:FF:FF:FF';
const SSID_MAX = 32;
const PASSWORD_MIN = 8;
const PASSWORD_MAX = 64;
const STATION_MODE = 1;
const AUTH_OPEN = 0;
const AUTH_WPA_WPA2_PSK = 4;
const DEFAULT_CHANNEL = 6;

const CALLBACKS = [
  ['staconnected_cb', WIFI_EVENT.AP_STACONNECTED],
  ['stadisconnected_cb', WIFI_EVENT.AP_STADISCONNECTED],
  ['probereq_cb', WIFI_EVENT.AP_PROBEREQRECVED],
] as const;

/** An integer field, with the sentences of the firmware for another type and for another range. */
function integerField(
  call: LuaCall,
  table: LuaHandle,
  name: string,
  [min, max, fallback]: readonly [number, number, number | undefined],
  range: string,
): number | undefined {
  const value = table.get(name);
  if (value === undefined) return fallback;
  const number = Math.trunc(toNumber(value) ?? call.argError(1, `${name}: not number`));
  call.argCheck(number >= min && number <= max, 1, range);
  return number;
}

function textField(call: LuaCall, table: LuaHandle, name: string): string | undefined {
  const value = table.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return call.argError(1, `${name}: not string`);
  return String(value);
}

function hiddenField(call: LuaCall, table: LuaHandle): boolean {
  const value = table.get('hidden');
  if (value === undefined || typeof value === 'boolean') return value === true;
  if (typeof value !== 'number') return call.argError(1, 'hidden: not boolean');
  const number = Math.trunc(value);
  call.argCheck(number === 0 || number === 1, 1, 'hidden: 0 or 1');
  return number === 1;
}

/** wifi_ap_config: field by field, in the firmware's order. */
function config(device: Device, callbacks: EventCallbacks, call: LuaCall): boolean {
  call.checkType(1, 'table');
  const table = call.handle(1) as LuaHandle;
  const ssid = textField(call, table, 'ssid') ?? call.argError(1, 'ssid: required');
  call.argCheck(ssid.length >= 1 && ssid.length <= SSID_MAX, 1, 'ssid: length:1-32');
  const password = textField(call, table, 'pwd');
  const fits = password === undefined || (password.length >= PASSWORD_MIN && password.length <= PASSWORD_MAX);
  call.argCheck(fits, 1, 'pwd: length:0 or 8-64');
  const natural = password === undefined ? AUTH_OPEN : AUTH_WPA_WPA2_PSK;
  const settings: SoftApConfig = {
    ssid,
    password: password ?? '',
    auth: integerField(call, table, 'auth', [0, 4, natural], 'auth: Range:0-4') as number,
    channel: integerField(call, table, 'channel', [1, 13, DEFAULT_CHANNEL], 'channel: Range:1-13') as number,
    hidden: hiddenField(call, table),
    max: integerField(call, table, 'max', [1, 4, 4], 'max: 1-4') as number,
    beacon: integerField(call, table, 'beacon', [100, 60_000, 100], 'beacon: 100-60000') as number,
  };
  const save = table.get('save') ?? true;
  if (typeof save !== 'boolean') return call.argError(1, 'save: not boolean');
  // A callback before a wrong one is registered all the same.
  for (const [field, event] of CALLBACKS) {
    const value = table.get(field);
    if (value === undefined) continue;
    if (typeof value !== 'object' || value.type !== 'function') return call.argError(1, `${field}:not function`);
    callbacks.set(event, value.ref());
  }
  device.wifi.softAp.configure(settings, save);
  return true;
}

function configResult(call: LuaCall, { ssid, password, auth, ...rest }: SoftApConfig): LuaResult {
  const open = auth === AUTH_OPEN;
  if (call.type(1) !== 'boolean' || !call.toBoolean(1)) return multi(ssid, open ? NIL : password);
  const { channel, hidden, max, beacon } = rest;
  return { ssid, ...(open ? {} : { pwd: password }), auth, channel, hidden, max, beacon };
}

export function ap(device: Device, callbacks: EventCallbacks): TableSpec {
  const { softAp } = device.wifi;

  const setip = (call: LuaCall): LuaResult => {
    if (call.type(1) !== 'table') call.error('wrong arg type');
    const table = call.handle(1) as LuaHandle;
    const now = softAp.addresses;
    softAp.setIp({
      addr: addressField(table, 'ip') ?? now.addr,
      netmask: addressField(table, 'netmask') ?? now.netmask,
      // Only here the firmware takes a missing gateway for 0.0.0.0.
      gateway: addressField(table, 'gateway') ?? IPV4_ANY,
    });
    return true;
  };

  const getclient = (call: LuaCall): LuaResult => {
    if (device.wifi.mode === STATION_MODE) call.error("Can't list clients in STATION mode");
    return Object.fromEntries([...softAp.clients].map(([mac, addr]) => [formatMac(mac), formatIpv4(addr)]));
  };

  const deauth = (call: LuaCall): LuaResult => {
    if (!call.isString(1)) return softAp.deauth(undefined);
    const text = call.checkText(1);
    call.argCheck(text.length === MAC_TEXT, 1, MAC_ERROR);
    return softAp.deauth(looseMac(text));
  };

  const dhcpConfig = (call: LuaCall): LuaResult => {
    const table = call.type(1) === 'table' ? (call.handle(1) as LuaHandle) : call.error('wrong arg type');
    const first = addressField(table, 'start') ?? call.error('wrong arg type');
    // The last octet alone counts up, and wraps.
    const host = ((first & 0xff) + softAp.config.max - 1) & 0xff;
    const last = ((first - (first & 0xff) + host) >>> 0) as Ipv4Address;
    softAp.setDhcpRange({ first, last });
    return multi(formatIpv4(first), formatIpv4(last));
  };

  return {
    order: 'config deauth getip setip getbroadcast getmac setmac getclient getconfig getdefaultconfig dhcp',
    functions: {
      config: approximated(
        'kept in every mode, and never refused',
        raw((call) => config(device, callbacks, call)),
      ),
      deauth: raw(deauth),
      getbroadcast: fn([], () => {
        const { ip } = softAp;
        if (ip === undefined || ip.addr === IPV4_ANY) return NIL;
        return formatIpv4(((~ip.netmask | ip.addr) >>> 0) as Ipv4Address);
      }),
      getclient: raw(getclient),
      getconfig: raw((call) => configResult(call, softAp.config)),
      getdefaultconfig: raw((call) => configResult(call, softAp.saved ?? softAp.blankConfig)),
      getip: fn([], () => {
        const { ip } = softAp;
        if (ip === undefined || ip.addr === IPV4_ANY) return NIL;
        return multi(formatIpv4(ip.addr), formatIpv4(ip.netmask), formatIpv4(ip.gateway));
      }),
      getmac: fn([], () => formatMac(softAp.mac)),
      setip: raw(setip),
      setmac: fn([arg.checked(arg.text, (t) => t.length === MAC_TEXT, MAC_ERROR)], (text) => {
        softAp.setMac(looseMac(text));
        return true;
      }),
    },
    tables: {
      dhcp: {
        functions: {
          config: raw(dhcpConfig),
          start: fn([], () => softAp.startDhcp()),
          stop: fn([], () => softAp.stopDhcp()),
        },
      },
    },
  };
}
