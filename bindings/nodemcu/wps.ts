/** `wps`: credentials at the push of a button. Firmware: app/modules/wps.c; what the SDK does: runtime/device/wps.ts. */
import { type Device, WPS_STATUS } from '../../runtime/device/index.ts';
import type { LuaCall, LuaRef } from '../../runtime/vm/index.ts';
import { approximated, defineModule, fn, raw } from './lua.ts';

const HOW = "the button is seen on the air, the registrar's eight messages are not";

class Wps {
  readonly #device: Device;
  #callback: LuaRef | undefined;

  constructor(device: Device) {
    this.#device = device;
  }

  /** Lua: wps.start(function(status)) */
  start(call: LuaCall): undefined {
    this.#callback?.release();
    this.#callback = undefined;
    if (call.type(1) !== 'function') call.error('Argument not a function');
    this.#callback = call.ref(1);
    this.#device.wifi.wps.start((status) => {
      if (this.#callback !== undefined) this.#device.lua.pcallx(this.#callback, [status]);
    });
  }
}

export const wps = defineModule({ name: 'wps', lifetime: { since: '2.2' } }, (device) => {
  const module = new Wps(device);
  return {
    constants: WPS_STATUS,
    functions: {
      disable: fn([], () => device.wifi.wps.disable()),
      enable: fn([], () => device.wifi.wps.enable()),
      start: approximated(
        HOW,
        raw((call) => module.start(call)),
      ),
    },
  };
});
