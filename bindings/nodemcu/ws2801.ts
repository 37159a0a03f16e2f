/** `ws2801`: LED drivers with a clock and a data line. Its pins are GPIO numbers. Firmware: app/modules/ws2801.c */
import { us } from '../../runtime/core/index.ts';
import { type Level, PIN_MODE } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';
import { PIXBUF } from './pixbuf.ts';

/** NodeMCU's pin of a GPIO; absent where none is led out. */
const PIN_OF_GPIO: Readonly<Record<number, number>> = {
  0: 3,
  1: 10,
  2: 4,
  3: 9,
  4: 2,
  5: 1,
  9: 11,
  10: 12,
  12: 6,
  13: 7,
  14: 5,
  15: 8,
};
const DEFAULT = { clock: 0, data: 2 } as const;

function valuesAt(call: LuaCall): Uint8Array {
  if (call.type(1) === 'string') return call.checkBytes(1);
  if (call.type(1) !== 'userdata') return call.argError(1, 'pixbuf or string expected');
  const { channels, values } = call.checkHost(1, PIXBUF);
  call.argCheck(channels === 3, 1, 'Pixbuf not 3-channel');
  return values;
}

export const ws2801 = defineModule({ name: 'ws2801' }, (device) => {
  const { gpio, cpu, hardware, clock: time } = device;
  let pins: readonly [clock: number | undefined, data: number | undefined] = [undefined, undefined];

  const set = (pin: number | undefined, level: Level): void => {
    if (pin !== undefined) gpio.write(pin, level);
  };

  const write = (call: LuaCall): LuaResult => {
    const values = valuesAt(call);
    const [clock, data] = pins;
    cpu.spend(us(10));
    for (const byte of values) {
      for (let bit = 7; bit >= 0; bit--) {
        set(data, ((byte >> bit) & 1) as Level);
        set(clock, 1);
        set(clock, 0);
      }
      cpu.spend(us(1));
    }
    set(data, 0);
    hardware.showPixels('ws2801', values, time.now());
  };

  return {
    order: 'write init',
    functions: {
      init: raw((call) => {
        const given = call.isNumber(1) && call.isNumber(2);
        const wanted = given ? [call.checkInteger(1), call.checkInteger(2)] : [DEFAULT.clock, DEFAULT.data];
        const [clock, data] = wanted.map((number) => PIN_OF_GPIO[number]);
        pins = [clock, data];
        for (const pin of pins) {
          if (pin === undefined) continue;
          gpio.setMode(pin, PIN_MODE.OUTPUT);
          gpio.write(pin, 0);
        }
        cpu.spend(us(20));
      }),
      write: raw(write),
    },
  };
});
