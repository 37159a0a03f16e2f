import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { I2cDevice } from './i2c-device.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';

const ERROR = {
  TSL2561_OK: 0,
  TSL2561_ERROR_I2CINIT: 1,
  TSL2561_ERROR_I2CBUSY: 2,
  TSL2561_ERROR_NOINIT: 3,
  TSL2561_ERROR_LAST: 4,
} as const;
const TIME = { INTEGRATIONTIME_13MS: 0, INTEGRATIONTIME_101MS: 1, INTEGRATIONTIME_402MS: 2 } as const;
const GAIN = { GAIN_1X: 0x00, GAIN_16X: 0x10 } as const;
const PACKAGE = { PACKAGE_CS: 0, PACKAGE_T_FN_CL: 1 } as const;
const ADDRESS = { ADDRESS_GND: 0x29, ADDRESS_FLOAT: 0x39, ADDRESS_VDD: 0x49 } as const;

const COMMAND = 0x80;
const WORD = 0x20;
const REGISTER = { CONTROL: 0, TIMING: 1, CHANNEL0: 0x0c, CHANNEL1: 0x0e } as const;
const POWER = { ON: 3, OFF: 0 } as const;
/** By integration time. */
const INTEGRATION_US = [14_000, 102_000, 404_000] as const;
/** To counts of 402 ms, times 2^10. */
const SCALE = [0x7517, 0x0fe7, 1 << 10] as const;
const LUX_BITS = 14;

/** Rows of the data sheet: up to this ratio of infrared times 2^9, factors of both channels times 2^14. */
const LUX_CS = [
  [0x43, 0x204, 0x1ad],
  [0x85, 0x228, 0x2c1],
  [0xc8, 0x253, 0x363],
  [0x10a, 0x282, 0x3df],
  [0x14d, 0x177, 0x1dd],
  [0x19a, 0x101, 0x127],
  [0x29a, 0x37, 0x2b],
] as const;
const LUX_T = [
  [0x40, 0x1f2, 0x1be],
  [0x80, 0x214, 0x2d1],
  [0xc0, 0x23f, 0x37b],
  [0x100, 0x270, 0x3fe],
  [0x138, 0x16f, 0x1fc],
  [0x19a, 0xd2, 0xfb],
  [0x29a, 0x18, 0x12],
] as const;

const among = (table: Readonly<Record<string, number>>, value: number): boolean => Object.values(table).includes(value);

export const tsl2561 = defineModule({ name: 'tsl2561' }, (device) => {
  const chip = new I2cDevice(device, ADDRESS.ADDRESS_FLOAT);
  let started = false;
  let time: number = TIME.INTEGRATIONTIME_402MS;
  let gain: number = GAIN.GAIN_1X;
  let casing: number = PACKAGE.PACKAGE_T_FN_CL;

  const power = (state: number): void => chip.write(COMMAND | REGISTER.CONTROL, state);
  const word = (register: number): number => {
    const [low, high] = [0, 1].map((i) => chip.register((COMMAND | WORD | register) + i)) as [number, number];
    return low | (high << 8);
  };

  const setTiming = (integration: number, factor: number): number => {
    if (!started) return ERROR.TSL2561_ERROR_NOINIT;
    power(POWER.ON);
    chip.write(COMMAND | REGISTER.TIMING, integration | factor);
    time = integration;
    gain = factor;
    power(POWER.OFF);
    return ERROR.TSL2561_OK;
  };

  /** Counts of both channels; before `init` those of the last time. */
  let counts: readonly [number, number] = [0, 0];
  const measure = (): number => {
    if (!started) return ERROR.TSL2561_ERROR_NOINIT;
    power(POWER.ON);
    chip.pause(INTEGRATION_US[time] ?? 0);
    counts = [word(REGISTER.CHANNEL0), word(REGISTER.CHANNEL1)];
    power(POWER.OFF);
    return ERROR.TSL2561_OK;
  };

  /** With the firmware's 32 unsigned bits. */
  const lux = (): number => {
    const scale = (SCALE[time] ?? 0) << (gain === GAIN.GAIN_1X ? 4 : 0);
    const [full, infrared] = counts.map((count) => (Math.imul(count, scale) >>> 0) >>> 10) as [number, number];
    const doubled = full === 0 ? 0 : Math.trunc(((infrared << 10) >>> 0) / full);
    const ratio = (doubled + 1) >>> 1;
    const rows = casing === PACKAGE.PACKAGE_CS ? LUX_CS : LUX_T;
    const [, b, m] = rows.find(([limit]) => ratio <= limit) ?? [0, 0, 0];
    const sum = (Math.imul(full, b) - Math.imul(infrared, m) + (1 << (LUX_BITS - 1))) >>> 0;
    return sum >>> LUX_BITS;
  };

  const init = (call: LuaCall): LuaResult => {
    if (!call.isNumber(1) || !call.isNumber(2)) call.error('wrong arg range');
    const [sda, scl] = [call.checkInteger(1), call.checkInteger(2)];
    if (scl === 0 || sda === 0) call.error('no i2c for D0');
    chip.bus.setup(sda, scl);
    started = true;
    setTiming(time, gain);
    if (call.isNumber(3)) {
      const address = call.checkInteger(3) & 0xff;
      if (!among(ADDRESS, address)) call.error('Invalid argument: address');
      chip.address = address;
    }
    if (call.isNumber(4)) {
      const kind = call.checkInteger(4) & 0xff;
      if (!among(PACKAGE, kind)) call.error('Invalid argument: package');
      casing = kind;
    }
    return ERROR.TSL2561_OK;
  };

  return {
    order:
      'settiming getlux getrawchannels init TSL2561_OK TSL2561_ERROR_I2CINIT TSL2561_ERROR_I2CBUSY TSL2561_ERROR_NOINIT TSL2561_ERROR_LAST INTEGRATIONTIME_13MS INTEGRATIONTIME_101MS INTEGRATIONTIME_402MS GAIN_1X GAIN_16X PACKAGE_CS PACKAGE_T_FN_CL ADDRESS_GND ADDRESS_FLOAT ADDRESS_VDD',
    constants: { ...ERROR, ...TIME, ...GAIN, ...PACKAGE, ...ADDRESS },
    functions: {
      init: raw(init),
      settiming: raw((call) => {
        if (!call.isNumber(1) || !call.isNumber(2)) call.error('wrong arg range');
        const integration = call.checkInteger(1) & 0xff;
        if (!among(TIME, integration)) call.error('Invalid argument: integration');
        const factor = call.checkInteger(2) & 0xff;
        if (!among(GAIN, factor)) call.error('Invalid argument: gain');
        return setTiming(integration, factor);
      }),
      getlux: raw(() => {
        const error = measure();
        return multi(error === ERROR.TSL2561_OK ? lux() : 0, error);
      }),
      getrawchannels: raw(() => {
        const error = measure();
        return multi(...counts, error);
      }),
    },
  };
});
