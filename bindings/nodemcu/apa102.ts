/** `apa102`: addressable LEDs on two pins that the CPU moves. Firmware: app/modules/apa102.c */
import { us } from '../../runtime/core/index.ts';
import { type Level, PIN_COUNT, PIN_MODE } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { defineModule, raw } from './lua.ts';
import { PIXBUF } from './pixbuf.ts';
import { showPixels } from './ws2812.ts';

/** About what the bit loop takes at 80 MHz. */
const BYTE_US = 8;

function pinAt(call: LuaCall, n: number): number {
  const pin = call.checkInteger(n) & 0xff;
  if (pin >= PIN_COUNT) call.error(`gpio ${pin} does not exist`);
  return pin;
}

/** Whole LEDs of argument 3; those of a buffer are its own, in which the three bits stay set. */
function framesOf(call: LuaCall): Uint8Array {
  const type = call.type(3);
  if (type === 'string') {
    const bytes = call.checkBytes(3);
    return bytes.slice(0, bytes.length - (bytes.length % 4));
  }
  if (type !== 'userdata') return call.argError(3, 'String or pixbuf expected');
  const { channels, values } = call.checkHost(3, PIXBUF);
  call.argCheck(channels === 4, 3, 'Pixbuf not 4-channel');
  return values;
}

export const apa102 = defineModule({ name: 'apa102' }, (device) => ({
  functions: {
    write: raw((call: LuaCall) => {
      const { gpio, cpu } = device;
      const data = pinAt(call, 1);
      const clock = pinAt(call, 2);
      const leds = framesOf(call);
      for (let i = 0; i < leds.length; i += 4) leds[i] = (leds[i] ?? 0) | 0xe0;
      gpio.setMode(data, PIN_MODE.OUTPUT);
      gpio.write(data, 1);
      gpio.setMode(clock, PIN_MODE.OUTPUT);
      gpio.write(clock, 0);
      const ends = Math.floor((leds.length / 4 + 1) / 2) * 4;
      for (const byte of [0, 0, 0, 0, ...leds, ...new Uint8Array(ends).fill(0xff)]) {
        for (let bit = 7; bit >= 0; bit--) {
          gpio.write(data, ((byte >> bit) & 1) as Level);
          gpio.write(clock, 1);
          gpio.write(clock, 0);
          if (bit % 2 === 0) cpu.spend(us(BYTE_US / 4));
        }
      }
      showPixels(device, 'apa102', Uint8Array.from(leds));
    }),
  },
}));
