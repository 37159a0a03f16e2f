/** `wifi.startsmart` and `wifi.stopsmart`, of builds with WIFI_SMART_ENABLE. Firmware: app/modules/wifi.c wifi_start_smart */
import { type Device, type StationConfig, WIFI_MODE } from '../../runtime/device/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { approximated, fn, raw, type TableSpec } from './lua.ts';

/** ESP-TOUCH and AirKiss. */
const LAST_TYPE = 1;
const HOW = 'as in builds with WIFI_SMART_ENABLE; the credentials come from the world in one piece';

class Smart {
  readonly #device: Device;
  #callback: LuaRef | undefined;

  constructor(device: Device) {
    this.#device = device;
  }

  /** Lua: wifi.startsmart([type,] [function(ssid, password)]) */
  start(call: LuaCall): undefined {
    if (this.#device.wifi.mode !== WIFI_MODE.STATION) call.error('Smart link only in STATION mode');
    const typed = call.isNumber(1);
    const type = typed ? call.toInteger(1) & 0xff : 0;
    const n = typed ? 2 : 1;
    if (call.type(n) === 'function') {
      this.#forget();
      this.#callback = call.ref(n);
    }
    if (type > LAST_TYPE) call.error('wrong arg range');
    this.#device.wifi.smart.start((credentials) => this.#link(credentials));
  }

  stop(): void {
    this.#device.wifi.smart.stop();
    this.#forget();
  }

  /** wifi_smart_succeed_cb. */
  #link(credentials: StationConfig): void {
    const { wifi, lua } = this.#device;
    wifi.setStation(credentials, true);
    wifi.disconnect();
    wifi.connect();
    const callback = this.#callback;
    this.#callback = undefined;
    if (callback === undefined) return;
    lua.pcallx(callback, [credentials.ssid, credentials.password]);
    callback.release();
  }

  #forget(): void {
    this.#callback?.release();
    this.#callback = undefined;
  }
}

export function smartconfig(device: Device): NonNullable<TableSpec['functions']> {
  const smart = new Smart(device);
  return {
    startsmart: approximated(
      HOW,
      raw((call) => smart.start(call)),
    ),
    stopsmart: approximated(
      HOW,
      fn([], () => smart.stop()),
    ),
  };
}
