/** `ws2812`: addressable LEDs on D4 (and TX), through the serial ports. Firmware: app/modules/ws2812.c */
import { EMPTY, us } from '../../runtime/core/index.ts';
import { type Device, PIN_MODE } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { defineModule, type LuaResult, raw, until } from './lua.ts';
import { newBuffer, PIXBUF, PIXBUF_CLASS, PIXBUF_CONSTANTS } from './pixbuf.ts';

const MODE_SINGLE = 0;
const MODE_DUAL = 1;
/** GPIO2 is D4. */
const PIN = 4;
/** Eight bits of 1.25 us. */
const BYTE_US = 10;
/** Bytes that wait in the port's queue when write returns: 128 entries of a quarter byte. */
const QUEUED = 32;

/** The bytes at argument n: of a string or a buffer, none for nil. */
function bytesOf(call: LuaCall, n: number): Uint8Array {
  const type = call.type(n);
  if (type === 'nil' || (type === 'none' && n === 2)) return EMPTY;
  if (type === 'string') return call.checkBytes(n);
  if (type !== 'userdata') call.argError(n, 'pixbuf or string expected');
  const { channels, values } = call.checkHost(n, PIXBUF);
  call.argCheck(channels === 3 || channels === 4, n, 'Bad pixbuf format');
  return Uint8Array.from(values);
}

/** Colour bytes leave for whoever listens on that line. */
export function showPixels(device: Device, line: string, bytes: Uint8Array): void {
  const at = device.clock.now();
  device.hardware.showPixels(line, bytes, at);
  device.events.emit('pixels', line, bytes, at);
}

export const ws2812 = defineModule({ name: 'ws2812' }, (device) => {
  const write = (call: LuaCall): LuaResult => {
    const first = bytesOf(call, 1);
    const second = bytesOf(call, 2);
    if (first.length > 0) showPixels(device, 'ws2812', first);
    if (second.length > 0) showPixels(device, 'ws2812-2', second);
    device.cpu.spend(us(Math.max(0, Math.max(first.length, second.length) - QUEUED) * BYTE_US));
  };
  return {
    order: 'init newBuffer FADE_IN FADE_OUT SHIFT_LOGICAL SHIFT_CIRCULAR write MODE_SINGLE MODE_DUAL',
    constants: { MODE_SINGLE, MODE_DUAL, ...PIXBUF_CONSTANTS },
    functions: {
      init: raw((call: LuaCall) => {
        const mode = call.optInteger(1, MODE_SINGLE);
        call.argCheck(mode === MODE_SINGLE || mode === MODE_DUAL, 1, 'ws2812.SINGLE or ws2812.DUAL expected');
        device.gpio.setMode(PIN, PIN_MODE.OUTPUT);
        device.gpio.write(PIN, 0);
        device.cpu.spend(us(10));
      }),
      newBuffer,
      write: raw(write),
    },
    // From 3.0 on the class is pixbuf's.
    classes: [until('2.2', 2020, PIXBUF_CLASS)],
  };
});
