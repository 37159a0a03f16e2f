/** `xpt2046`: the controller of a touch screen on the SPI bus, with a pin that is low while it is touched. Firmware: app/modules/xpt2046.c */
import { us } from '../../runtime/core/index.ts';
import { PIN_COUNT, PIN_MODE } from '../../runtime/device/index.ts';
import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';

const READ_X = 0x93;
const READ_Y = 0xd3;
/** Y as well, and the converter sleeps afterwards so that the pin tells touches. */
const READ_Y_LAST = 0xd4;
const ADC_MAX = 0x0fff;
const SAMPLES_MAX = 255;
const NOWHERE = 0xffff;
const BYTE_US = 1;

const unsigned16 = (value: number): number => value & 0xffff;
const signed16 = (value: number): number => (value << 16) >> 16;

/** The mean of the two values that are closest together, in the firmware's 16 bits. */
function bestTwo([x, y, z]: readonly [number, number, number]): number {
  const [xy, xz, yz] = [Math.abs(x - y), Math.abs(x - z), Math.abs(z - y)];
  if (xy <= xz && xy <= yz) return (x + y) >> 1;
  return xz <= xy && xz <= yz ? (x + z) >> 1 : (y + z) >> 1;
}

export const xpt2046 = defineModule({ name: 'xpt2046', lifetime: { since: '2.2' } }, (device) => {
  const { gpio, hardware, cpu } = device;
  let [select, touch, width, height] = [0, 0, 0, 0];
  let [i1, j1, di, dj] = [0, 0, 0, 0];

  const exchange = (byte: number): number => {
    cpu.spend(us(BYTE_US));
    return hardware.exchangeSpi(Uint8Array.of(byte))[0] ?? 0xff;
  };
  const selected = <T>(run: () => T): T => {
    gpio.write(select, 0);
    const result = run();
    gpio.write(select, 1);
    return result;
  };
  const touched = (): boolean => gpio.read(touch) === 0;

  /** Until two readings are the same. */
  const settled = (control: number): number => {
    let [before, now] = [NOWHERE, NOWHERE];
    for (let i = 0; i < SAMPLES_MAX; i++) {
      before = now;
      now = unsigned16((exchange(0) << 4) | (exchange(control) >> 4));
      if (before === now) break;
    }
    return now;
  };
  const readRaw = (): readonly [number, number] =>
    selected(() => {
      exchange(READ_X);
      const i = settled(READ_X);
      const j = settled(READ_Y);
      exchange(0);
      for (const byte of [READ_Y_LAST, 0, 0]) exchange(byte);
      return [i, j] as const;
    });

  const calibrate = (vi1: number, vj1: number, vi2: number, vj2: number): void => {
    [i1, j1] = [unsigned16(vi1), unsigned16(vj1)];
    [di, dj] = [unsigned16(vi2) - i1, unsigned16(vj2) - j1];
  };

  const position = (): readonly [number, number] => {
    if (!touched()) return [NOWHERE, NOWHERE];
    const [i, j] = readRaw();
    const place = (extent: number, value: number, from: number, span: number): number => {
      const at = span === 0 ? 0 : unsigned16(Math.trunc((extent * (value - from)) / span));
      return at > 0x7fff ? 0 : at;
    };
    return [place(width, j, j1, dj), place(height, i, i1, di)];
  };

  const init = (call: LuaCall): LuaResult => {
    const numbers = [1, 2, 3, 4].map((n) => call.checkInteger(n)) as [number, number, number, number];
    [select, touch] = [numbers[0] % PIN_COUNT, numbers[1] % PIN_COUNT];
    [height, width] = [unsigned16(numbers[2]), unsigned16(numbers[3])];
    gpio.setMode(select, PIN_MODE.OUTPUT);
    calibrate(0, 0, ADC_MAX, ADC_MAX);
    selected(() => {
      for (const byte of [READ_Y_LAST, 0, 0]) exchange(byte);
    });
  };

  const average = (): LuaResult => {
    const all = [position(), position(), position()] as const;
    const [x, y] = ([0, 1] as const).map((axis) =>
      bestTwo([signed16(all[0][axis]), signed16(all[1][axis]), signed16(all[2][axis])]),
    );
    return multi(x, y);
  };

  return {
    order: 'isTouched getRaw getPosition getPositionAvg setCalibration init',
    functions: {
      init: raw(init),
      isTouched: raw(() => touched()),
      getRaw: raw(() => multi(...readRaw())),
      getPosition: raw(() => multi(...position())),
      getPositionAvg: raw(average),
      setCalibration: raw((call) => {
        const [a = 0, b = 0, c = 0, d = 0] = [1, 2, 3, 4].map((n) => call.checkInteger(n));
        calibrate(a, b, c, d);
      }),
    },
  };
});
