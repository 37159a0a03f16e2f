import type { LuaCall } from '../../runtime/vm/index.ts';
import { I2cDevice, oldInit, signed16, unsigned16 } from './i2c-device.ts';
import { defineModule, raw, since } from './lua.ts';

const ADDRESS = 0x77;
const REGISTER = { CALIBRATION: 0xaa, CONTROL: 0xf4, OUT: 0xf6 } as const;
const COMMAND = { TEMPERATURE: 0x2e, PRESSURE: 0x34 } as const;
/** By oversampling. */
const CONVERSION_US = [4500, 7500, 13_500, 25_500] as const;

export const bmp085 = defineModule({ name: 'bmp085' }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);
  /** AC1 … AC6, B1, B2, MB, MC, MD, in the data sheet's order. */
  let calibration = new Array<number>(11).fill(0);

  const bytes = (register: number, count: number): Uint8Array =>
    Uint8Array.from({ length: count }, (_, i) => chip.register(register + i));

  const setup = (): undefined => {
    calibration = calibration.map((_, i) => {
      const word = bytes(REGISTER.CALIBRATION + 2 * i, 2);
      return i >= 3 && i <= 5 ? unsigned16(word) : signed16(word);
    });
  };

  /** Fine temperature B5 of the data sheet. */
  const fine = (): number => {
    const [, , , , ac5 = 0, ac6 = 0, , , , mc = 0, md = 0] = calibration;
    chip.write(REGISTER.CONTROL, COMMAND.TEMPERATURE);
    chip.pause(CONVERSION_US[0]);
    const raw16 = unsigned16(bytes(REGISTER.OUT, 2));
    const x1 = Math.imul(raw16 - ac6, ac5) >> 15;
    // The chip's C divides by zero without a word.
    const x2 = Math.trunc((mc << 11) / (x1 + md)) | 0;
    return (x1 + x2) | 0;
  };

  const rawPressure = (oversampling: number): number => {
    chip.write(REGISTER.CONTROL, COMMAND.PRESSURE + 64 * oversampling);
    chip.pause(CONVERSION_US[oversampling] ?? 0);
    const [high = 0, middle = 0, low = 0] = bytes(REGISTER.OUT, 3);
    return ((high << 16) | (middle << 8) | low) >> (8 - oversampling);
  };

  const pressure = (oversampling: number): number => {
    const [ac1 = 0, ac2 = 0, ac3 = 0, ac4 = 0, , , b1 = 0, b2 = 0] = calibration;
    const up = rawPressure(oversampling);
    const b6 = (fine() - 4000) | 0;
    const square = Math.imul(b6, b6) >> 12;
    const b3 =
      (Math.imul((ac1 << 2) + (Math.imul(b2, square) >> 11) + (Math.imul(ac2, b6) >> 11), 1 << oversampling) + 2) >> 2;
    const x3 = ((Math.imul(ac3, b6) >> 13) + (Math.imul(b1, square) >> 16) + 2) >> 2;
    const b4 = (Math.imul(ac4, x3 + 32768) >>> 0) >>> 15;
    const b7 = Math.imul(up - b3, Math.trunc(50000 / (1 << oversampling))) >>> 0;
    const p = b4 === 0 ? 0 : (b7 < 0x80000000 ? Math.trunc((b7 * 2) / b4) : Math.trunc(b7 / b4) * 2) | 0;
    const x1 = Math.imul(Math.imul(p >> 8, p >> 8), 3038) >> 16;
    const x2 = Math.imul(-7357, p) >> 16;
    return (p + ((x1 + x2 + 3791) >> 4)) | 0;
  };

  const oversamplingOf = (call: LuaCall): number => (call.isNumber(1) ? Math.min(3, call.checkInteger(1) & 0xff) : 0);

  return {
    order: 'temperature pressure pressure_raw setup',
    functions: {
      init: oldInit(chip.bus, setup),
      setup: since('2.2', raw(setup)),
      temperature: raw(() => (((fine() + 8) >> 4) << 16) >> 16),
      pressure: raw((call) => pressure(oversamplingOf(call))),
      pressure_raw: raw((call) => rawPressure(oversamplingOf(call))),
    },
  };
});
