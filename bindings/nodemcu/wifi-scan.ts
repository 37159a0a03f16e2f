/** `wifi.sta.getap`: scanning and its two table formats. Firmware: app/modules/wifi.c wifi_station_listap, wifi_scan_done */
import { ms } from '../../runtime/core/index.ts';
import {
  authModeNumber,
  type Device,
  type ScanOptions,
  type ScanResult,
  WIFI_MODE,
} from '../../runtime/device/index.ts';
import type { LuaCall, LuaHandle, LuaInput, LuaRef } from '../../runtime/vm/index.ts';
import { formatMac } from '../../runtime/wire/index.ts';
import { toNumber } from './arg.ts';
import { looseMac } from './wifi-config.ts';

const SSID_MAX = 32;
const MAC_TEXT = 17;
/** wifi.c gives these with a cfg table; without one the SDK's own hold. */
const CFG_DWELL = { minDwell: ms(60), maxDwell: ms(120) };

/** The callback of the running scan; a second getap only replaces it. */
export class Scanner {
  readonly #device: Device;
  #callback: LuaRef | undefined;
  #format = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  getap(call: LuaCall): undefined {
    const { wifi } = this.#device;
    if (wifi.mode === WIFI_MODE.SOFTAP) call.error("Can't list ap in SOFTAP mode");
    const type = call.type(1);
    const cfg = type === 'table' ? scanOptions(call, call.handle(1) as LuaHandle) : undefined;
    // cfg, format and function; C puts a nil where the first or the second was left out.
    const function2 = (type === 'table' || type === 'nil') && call.type(2) === 'function';
    const absent = type === 'function' ? 2 : type === 'number' || function2 ? 1 : 0;
    if (absent === 0 && type !== 'table' && type !== 'nil') call.error('wrong arg type');
    const n = 3 - absent;
    const format = n > 1 && call.type(n - 1) === 'number' ? call.checkInteger(n - 1) & 0xff : 0;
    if (format !== 0 && format !== 1) call.error('wrong arg type');
    this.#format = format;
    this.#callback?.release();
    this.#callback = undefined;
    if (call.type(n) !== 'function') return;
    this.#callback = call.ref(n);
    if (!wifi.scan(cfg ?? {}, (results) => this.#done(results))) this.#fail();
  }

  /** A refused scan is reported like an empty one, later. */
  #fail(): void {
    this.#device.clock.timer('wifi.scan', () => this.#done([])).arm(ms(0));
  }

  #done(results: readonly ScanResult[]): void {
    const callback = this.#callback;
    this.#callback = undefined;
    if (callback === undefined) return;
    this.#device.lua.pcallx(callback, [this.#format === 0 ? bySsid(results) : byBssid(results)]);
    callback.release();
  }
}

const bySsid = (results: readonly ScanResult[]): LuaInput =>
  new Map(results.map((r) => [r.ssid, `${authModeNumber(r.authMode)},${r.rssi},${formatMac(r.bssid)},${r.channel}`]));

const byBssid = (results: readonly ScanResult[]): LuaInput =>
  new Map(results.map((r) => [formatMac(r.bssid), `${r.ssid},${r.rssi},${authModeNumber(r.authMode)},${r.channel}`]));

function scanOptions(call: LuaCall, table: LuaHandle): ScanOptions {
  const text = (name: string): string | undefined => {
    const value = table.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') return call.error('wrong arg type');
    return String(value);
  };
  const number = (name: string): number | undefined => {
    const value = table.get(name);
    if (value === undefined) return undefined;
    return Math.trunc(toNumber(value) ?? call.error('wrong arg type')) & 0xff;
  };
  const ssid = text('ssid');
  if (ssid !== undefined && ssid.length > SSID_MAX) call.error('ssid:<32');
  const bssid = text('bssid');
  call.argCheck(bssid === undefined || bssid.length === MAC_TEXT, 1, 'MAC:FF:FF:FF:FF:FF:FF');
  const channel = number('channel');
  if (channel !== undefined && channel > 13) call.error('channel: 0 or 1-13');
  const showHidden = number('show_hidden');
  if (showHidden !== undefined && showHidden > 1) call.error('show_hidden: 0 or 1');
  return {
    ...CFG_DWELL,
    ...(ssid === undefined ? {} : { ssid }),
    ...(bssid === undefined ? {} : { bssid: looseMac(bssid) }),
    ...(channel === undefined ? {} : { channel }),
    ...(showHidden === undefined ? {} : { showHidden: showHidden === 1 }),
  };
}
