/** `wifi.sta`: the station. Firmware: app/modules/wifi.c */
import { type Device, type StationConfig, WIFI_EVENT } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaHandle, type LuaInput, multi, NIL } from '../../runtime/vm/index.ts';
import { formatIpv4, formatMac, IPV4_ANY, type Ipv4Address, MAC_ZERO } from '../../runtime/wire/index.ts';
import { arg } from './arg.ts';
import { approximated, fn, type LuaResult, raw, since, type TableSpec } from './lua.ts';
import { addressField } from './wifi-address.ts';
import { looseMac, stationConfig } from './wifi-config.ts';
import type { EventCallbacks } from './wifi-eventmon.ts';
import { Scanner } from './wifi-scan.ts';
import { statusMonitor } from './wifi-status-monitor.ts';

const MAC_TEXT = 17;
const AP_NUMBERS = [1, 2, 3, 4, 5];
/** A byte before it is judged. */
const apNumber = arg.mapped(arg.integer(), (n) => n & 0xff, AP_NUMBERS, 'Valid range: 1-5');

/** wifi_sta_sethostname: 1 to 32 letters, digits and inner hyphens. */
const validHostname = (name: string): boolean => name.length <= 32 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(name);

export function sta(device: Device, callbacks: EventCallbacks, sleeptype: TableSpec['functions']): TableSpec {
  const { wifi } = device;
  const scanner = new Scanner(device);

  const getip = (): LuaResult => {
    const ip = wifi.ip;
    if (ip === undefined || ip.addr === IPV4_ANY) return NIL;
    return multi(formatIpv4(ip.addr), formatIpv4(ip.netmask), formatIpv4(ip.gateway));
  };

  const setip = (call: LuaCall): LuaResult => {
    if (call.type(1) !== 'table') call.error('wrong arg type');
    const table = call.handle(1) as LuaHandle;
    const now = wifi.ip;
    wifi.setIp({
      addr: addressField(table, 'ip') ?? now?.addr ?? IPV4_ANY,
      netmask: addressField(table, 'netmask') ?? now?.netmask ?? IPV4_ANY,
      gateway: addressField(table, 'gateway') ?? now?.gateway ?? IPV4_ANY,
    });
    return true;
  };

  const apListEntry = approximated(
    'one access point is remembered',
    fn([apNumber], (n) => n === 1),
  );

  /** connect and disconnect take a callback for their event; arguments behind it are taken for those of eventmon.register. */
  const listen = (call: LuaCall, event: number): void => {
    if (!device.era.stationOf2017 || call.type(1) !== 'function') return;
    if (call.count === 1) {
      callbacks.set(event, call.ref(1));
    } else {
      if (!call.isNumber(2)) call.argError(1, `number expected, got ${call.type(2)}`);
      callbacks.register(call, 2);
    }
  };

  return {
    functions: {
      autoconnect: fn([arg.choice([0, 1], '0 or 1')], (on) => {
        wifi.saved.autoConnect = on === 1;
      }),
      changeap: apListEntry,
      clearconfig: since(
        '2.2',
        fn([], () => {
          wifi.clearStation();
          return true;
        }),
      ),
      config: raw((call) => stationConfig(device, callbacks, call)),
      connect: raw((call) => {
        listen(call, WIFI_EVENT.STA_CONNECTED);
        wifi.connect();
      }),
      disconnect: raw((call) => {
        listen(call, WIFI_EVENT.STA_DISCONNECTED);
        wifi.disconnect();
      }),
      getap: raw((call) => scanner.getap(call)),
      getapindex: approximated(
        'one access point is remembered',
        fn([], () => 1),
      ),
      getapinfo: approximated(
        'one access point is remembered',
        fn([], () => apInfo(wifi.saved.station)),
      ),
      getbroadcast: fn([], () => {
        const ip = wifi.ip;
        if (ip === undefined || ip.addr === IPV4_ANY) return NIL;
        return formatIpv4(((~ip.netmask | ip.addr) >>> 0) as Ipv4Address);
      }),
      getconfig: raw((call) => configResult(device, call, wifi.config)),
      getdefaultconfig: raw((call) => configResult(device, call, wifi.saved.station)),
      gethostname: fn([], () => wifi.hostname),
      getip: fn([], getip),
      getmac: fn([], () => formatMac(wifi.mac)),
      getrssi: fn([], () => wifi.rssi ?? NIL),
      setaplimit: approximated(
        'accepted; one access point is remembered',
        fn([apNumber], () => true),
      ),
      sethostname: fn([arg.text], (name, call) => {
        if (!validHostname(name)) call.argError(1, 'Invalid hostname');
        wifi.hostname = name;
        return device.era.stationOf2017 ? true : undefined;
      }),
      setip: raw(setip),
      setmac: fn([arg.checked(arg.text, (t) => t.length === MAC_TEXT, 'MAC:FF:FF:FF:FF:FF:FF')], (text) =>
        wifi.setMac(looseMac(text)),
      ),
      ...sleeptype,
      ...statusMonitor(device),
      status: fn([], () => wifi.status),
    },
  };
}

function configResult(device: Device, call: LuaCall, config: StationConfig | undefined): LuaResult {
  const ssid = config?.ssid ?? '';
  const pwd = config?.password ?? '';
  const bssidSet = config?.bssid !== undefined;
  const bssid = formatMac(config?.bssid ?? MAC_ZERO);
  if (call.type(1) !== 'boolean' || !call.toBoolean(1)) return multi(ssid, pwd, bssidSet ? 1 : 0, bssid);
  const password = pwd === '' ? {} : { pwd };
  if (device.era.stationOf2017) return { ssid, ...password, bssid_set: bssidSet, bssid };
  return { ssid, ...password, ...(bssidSet ? { bssid } : {}) };
}

function apInfo(config: StationConfig | undefined): LuaInput {
  if (config === undefined) return { qty: 0 };
  const { ssid, password, bssid } = config;
  const entry = {
    ssid,
    ...(password === '' ? {} : { pwd: password }),
    ...(bssid === undefined ? {} : { bssid: formatMac(bssid) }),
  };
  return new Map<LuaInput, LuaInput>([
    ['qty', 1],
    [1, entry],
  ]);
}
