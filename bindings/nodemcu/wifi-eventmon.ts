/** `wifi.eventmon`: one callback per event, shared with sta.config and sta.connect. Firmware: app/modules/wifi_eventmon.c */
import { type Device, WIFI_EVENT, type WifiEvent, type WifiListener } from '../../runtime/device/index.ts';
import type { LuaCall, LuaInput, LuaRef } from '../../runtime/vm/index.ts';
import { formatIpv4, formatMac } from '../../runtime/wire/index.ts';
import { raw, since, type TableSpec } from './lua.ts';

const REASON = {
  UNSPECIFIED: 1,
  AUTH_EXPIRE: 2,
  AUTH_LEAVE: 3,
  ASSOC_EXPIRE: 4,
  ASSOC_TOOMANY: 5,
  NOT_AUTHED: 6,
  NOT_ASSOCED: 7,
  ASSOC_LEAVE: 8,
  ASSOC_NOT_AUTHED: 9,
  DISASSOC_PWRCAP_BAD: 10,
  DISASSOC_SUPCHAN_BAD: 11,
  IE_INVALID: 13,
  MIC_FAILURE: 14,
  '4WAY_HANDSHAKE_TIMEOUT': 15,
  GROUP_KEY_UPDATE_TIMEOUT: 16,
  IE_IN_4WAY_DIFFERS: 17,
  GROUP_CIPHER_INVALID: 18,
  PAIRWISE_CIPHER_INVALID: 19,
  AKMP_INVALID: 20,
  UNSUPP_RSN_IE_VERSION: 21,
  INVALID_RSN_IE_CAP: 22,
  '802_1X_AUTH_FAILED': 23,
  CIPHER_SUITE_REJECTED: 24,
  BEACON_TIMEOUT: 200,
  NO_AP_FOUND: 201,
  AUTH_FAIL: 202,
  ASSOC_FAIL: 203,
  HANDSHAKE_TIMEOUT: 204,
} as const;

const CONSTANTS = {
  STA_CONNECTED: WIFI_EVENT.STA_CONNECTED,
  STA_DISCONNECTED: WIFI_EVENT.STA_DISCONNECTED,
  STA_AUTHMODE_CHANGE: WIFI_EVENT.STA_AUTHMODE_CHANGE,
  STA_GOT_IP: WIFI_EVENT.STA_GOT_IP,
  STA_DHCP_TIMEOUT: WIFI_EVENT.STA_DHCP_TIMEOUT,
  AP_STACONNECTED: WIFI_EVENT.AP_STACONNECTED,
  AP_STADISCONNECTED: WIFI_EVENT.AP_STADISCONNECTED,
  AP_PROBEREQRECVED: WIFI_EVENT.AP_PROBEREQRECVED,
  WIFI_MODE_CHANGED: since('2.2', WIFI_EVENT.WIFI_MODE_CHANGED),
};

/** The callbacks by event number. */
export class EventCallbacks implements WifiListener {
  readonly #device: Device;
  readonly #callbacks = new Map<number, LuaRef>();

  constructor(device: Device) {
    this.#device = device;
  }

  set(id: number, callback: LuaRef | undefined): void {
    this.#callbacks.get(id)?.release();
    if (callback === undefined) this.#callbacks.delete(id);
    else this.#callbacks.set(id, callback);
    this.#device.wifi.events.listen(id, callback === undefined ? undefined : this);
  }

  /** wifi_event_monitor_register, with the event's number at argument `n`: without a function behind it nobody listens any more. */
  register(call: LuaCall, n: number): void {
    const id = call.checkInteger(n) & 0xff;
    const max = this.#device.era.wifiEventMax;
    if (id > max) call.error(`valid wifi events:0-${max}`);
    this.set(id, call.type(n + 1) === 'function' ? call.ref(n + 1) : undefined);
  }

  onWifiEvent(event: WifiEvent): void {
    // The one event without a name goes to the default handler.
    const nameless = event.id === WIFI_EVENT.AP_DISTRIBUTE_STA_IP;
    const callback = this.#callbacks.get(nameless ? this.#device.era.wifiEventMax : event.id);
    if (callback !== undefined) this.#device.lua.pcallx(callback, [eventTable(event)]);
  }
}

/** The table that a callback gets. */
function eventTable(event: WifiEvent): LuaInput {
  switch (event.id) {
    case WIFI_EVENT.STA_CONNECTED:
      return { SSID: event.ssid, BSSID: formatMac(event.bssid), channel: event.channel };
    case WIFI_EVENT.STA_DISCONNECTED:
      return { SSID: event.ssid, reason: event.reason, BSSID: formatMac(event.bssid) };
    case WIFI_EVENT.STA_AUTHMODE_CHANGE:
      return { old_auth_mode: event.oldMode, new_auth_mode: event.newMode };
    case WIFI_EVENT.STA_GOT_IP:
      return { IP: formatIpv4(event.ip), netmask: formatIpv4(event.netmask), gateway: formatIpv4(event.gateway) };
    case WIFI_EVENT.STA_DHCP_TIMEOUT:
      return {};
    case WIFI_EVENT.AP_STACONNECTED:
    case WIFI_EVENT.AP_STADISCONNECTED:
      return { MAC: formatMac(event.mac), AID: event.aid };
    case WIFI_EVENT.AP_PROBEREQRECVED:
      return { MAC: formatMac(event.mac), RSSI: event.rssi };
    case WIFI_EVENT.WIFI_MODE_CHANGED:
      return { old_mode: event.oldMode, new_mode: event.newMode };
    default:
      return { info: `event ${event.id} not implemented` };
  }
}

export function eventmon(device: Device, callbacks: EventCallbacks): TableSpec {
  const register = raw((call: LuaCall) => callbacks.register(call, 1));
  return {
    functions: { register, unregister: register },
    constants: { ...CONSTANTS, EVENT_MAX: device.era.wifiEventMax },
    tables: { reason: { constants: REASON } },
  };
}
