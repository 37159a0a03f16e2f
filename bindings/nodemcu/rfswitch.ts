/** `rfswitch`: the codes of remote sockets as pulses on a pin, for a transmitter of 433 MHz. Firmware: app/modules/rfswitch.c */
import { us } from '../../runtime/core/index.ts';
import { type Level, PIN_COUNT, PIN_MODE } from '../../runtime/device/index.ts';
import { arg } from './arg.ts';
import { approximated, defineModule, fn } from './lua.ts';

type HighLow = readonly [high: number, low: number];

/** Pulses of each protocol in units of the pulse length; the last begins low. */
const PROTOCOLS: readonly { sync: HighLow; zero: HighLow; one: HighLow; inverted: boolean }[] = [
  { sync: [1, 31], zero: [1, 3], one: [3, 1], inverted: false },
  { sync: [1, 10], zero: [1, 2], one: [2, 1], inverted: false },
  { sync: [30, 71], zero: [4, 11], one: [9, 6], inverted: false },
  { sync: [1, 6], zero: [1, 3], one: [3, 1], inverted: false },
  { sync: [6, 14], zero: [1, 2], one: [2, 1], inverted: false },
  { sync: [23, 1], zero: [1, 2], one: [2, 1], inverted: true },
];

export const rfswitch = defineModule({ name: 'rfswitch', lifetime: { since: '2.2' } }, (device) => {
  const { gpio, cpu } = device;
  const int = arg.integer();
  return {
    functions: {
      send: approximated(
        'an unknown protocol or pin sends nothing',
        fn([int, int, int, int, int, int], (protocol, pulseUs, repeats, pin, value, length) => {
          const code = PROTOCOLS[protocol - 1];
          if (code === undefined || pin < 0 || pin >= PIN_COUNT) return;
          const [mark, space]: readonly [Level, Level] = code.inverted ? [0, 1] : [1, 0];
          const transmit = ([high, low]: HighLow): void => {
            gpio.write(pin, mark);
            cpu.spend(us(Math.max(0, pulseUs * high)));
            gpio.write(pin, space);
            cpu.spend(us(Math.max(0, pulseUs * low)));
          };
          gpio.setMode(pin, PIN_MODE.OUTPUT);
          for (let repeat = 0; repeat < repeats; repeat++) {
            for (let bit = length - 1; bit >= 0; bit--) transmit((value >> bit) & 1 ? code.one : code.zero);
            transmit(code.sync);
          }
        }),
      ),
    },
  };
});
