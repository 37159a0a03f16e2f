/** `bme280`: the weather sensors BME280 and BMP280 at I2C address 0x76 or 0x77. Firmware: app/modules/bme280.c */
import { PIN_COUNT } from '../../runtime/device/index.ts';
import { type LuaCall, type LuaRef, multi, NIL } from '../../runtime/vm/index.ts';
import {
  type Calibration,
  calibration,
  centidegrees,
  fineTemperature,
  humidity,
  pressure,
} from './bme280-compensation.ts';
import { I2cMaster } from './i2c-master.ts';
import { approximated, defineModule, type LuaResult, raw, since, until } from './lua.ts';

const ADDRESSES = [0x76, 0x77] as const;
const REGISTER = {
  calibration: 0x88,
  h1: 0xa1,
  id: 0xd0,
  h2: 0xe1,
  controlHumidity: 0xf2,
  control: 0xf4,
  config: 0xf5,
  pressure: 0xf7,
  temperature: 0xfa,
} as const;
const BME280 = 0x60;
const OVERSAMPLING_16 = 5;
const NORMAL_MODE = 3;
const FORCED_MODE = 1;
const STANDBY_20_MS = 7;
const FILTER_16 = 4;
const READOUT_MS = 113;

const NONE: Calibration = { t: [0, 0, 0], p: [0, 0, 0, 0, 0, 0, 0, 0, 0] };

/** Raw values that stand for a measurement that was skipped. */
const missing20 = (value: number): boolean => value === 0x80000 || value === 0xfffff;
const missing16 = (value: number): boolean => value === 0x8000 || value === 0xffff;
const raw20 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 12) | ((bytes[at + 1] ?? 0) << 4) | ((bytes[at + 2] ?? 0) >> 4);
const raw16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Away from zero at a half, as the firmware rounds. */
const rounded = (value: number): number => Math.trunc(value + Math.sign(value) * 0.5) | 0;

export const bme280 = defineModule({ name: 'bme280' }, (device) => {
  const bus = I2cMaster.of(device);
  let address: number = ADDRESSES[0];
  let isBme = false;
  let constants = NONE;
  let fine = 0;
  let control = 0;
  let oversamplingHumidity = 0;
  let callback: LuaRef | undefined;
  const timer = device.timers.timer('bme280', () => {
    const ready = callback;
    callback = undefined;
    if (ready === undefined) return;
    device.lua.pcallx(ready);
    ready.release();
  });

  const answers = (candidate: number): boolean => {
    bus.start();
    const there = bus.address(candidate, false);
    bus.stop();
    return there;
  };
  const read = (register: number, count: number): Uint8Array => {
    bus.start();
    bus.address(address, false);
    bus.write(register);
    bus.start();
    bus.address(address, true);
    const bytes = Uint8Array.from({ length: count }, (_, i) => bus.read(i < count - 1));
    bus.stop();
    return bytes;
  };
  const write = (register: number, value: number): void => {
    bus.start();
    bus.address(address, false);
    bus.write(register);
    bus.write(value);
    bus.stop();
  };

  /** A number of some bits at argument n. */
  const bits = (call: LuaCall, n: number, fallback: number, mask = 7): number =>
    call.isNumber(n) ? call.checkInteger(n) & mask : fallback;

  const setup = (call: LuaCall): LuaResult => {
    if (device.era.bme280Deprecated) device.deprecated('bme280', 'soon. Use bme280math and bme280 Lua module instead');
    return begin(call, 0, (standby, filter) => (standby << 5) | (filter << 2));
  };

  /** Brings the bus up as well; the config register gets its two values one place too low. */
  const init = (call: LuaCall): LuaResult => {
    if (!call.isNumber(1) || !call.isNumber(2)) call.error('wrong arg range');
    const [sda, scl] = [call.checkInteger(1) & 0xff, call.checkInteger(2) & 0xff];
    if (sda < PIN_COUNT && scl < PIN_COUNT) bus.setup(sda, scl);
    return begin(call, 2, (standby, filter) => (standby << 4) | (filter << 1));
  };

  /** The sensor's own arguments follow `skip` others. */
  const begin = (call: LuaCall, skip: number, configOf: (standby: number, filter: number) => number): LuaResult => {
    const mode = bits(call, skip + 4, NORMAL_MODE, 3);
    control = mode | (bits(call, skip + 2, OVERSAMPLING_16) << 2) | (bits(call, skip + 1, OVERSAMPLING_16) << 5);
    oversamplingHumidity = bits(call, skip + 3, OVERSAMPLING_16);
    const config = configOf(bits(call, skip + 5, STANDBY_20_MS), bits(call, skip + 6, FILTER_16));
    const configures = skip > 0 || !call.isNumber(7) || (call.toInteger(7) & 0xff) !== 0;
    const found = ADDRESSES.find(answers);
    address = found ?? ADDRESSES[1];
    if (found === undefined) return undefined;
    isBme = read(REGISTER.id, 1)[0] === BME280;
    const low = Uint8Array.of(...read(REGISTER.calibration, 6), ...read(REGISTER.calibration + 6, 18));
    if (configures) write(REGISTER.config, config);
    if (isBme) {
      const [h1 = 0] = read(REGISTER.h1, 1);
      constants = calibration(low, { h1, rest: read(REGISTER.h2, 7) });
      if (configures) write(REGISTER.controlHumidity, oversamplingHumidity);
    } else constants = calibration(low);
    if (configures) write(REGISTER.control, control);
    return isBme ? 2 : 1;
  };

  /** Hundredths of a degree; the other compensations use the fine value it leaves behind. */
  const temperature = (value: number): number => {
    fine = fineTemperature(value, constants);
    return centidegrees(fine);
  };

  const startReadout = (call: LuaCall): LuaResult => {
    const delay = call.isNumber(1) ? call.checkInteger(1) : 0;
    callback?.release();
    callback = call.isNoneOrNil(2) ? undefined : call.ref(2);
    write(REGISTER.controlHumidity, oversamplingHumidity);
    write(REGISTER.control, (control & 0xfc) | FORCED_MODE);
    if (callback !== undefined) timer.arm(delay > 0 ? delay : READOUT_MS, false);
  };

  const seaLevel = (qfe: number, altitude: number): number =>
    Math.trunc(qfe * (1 - 2.25577e-5 * altitude) ** -5.25588 + 0.5) | 0;

  const readAll = (call: LuaCall): LuaResult => {
    const bytes = read(REGISTER.pressure, 8);
    const [p, t, h] = [raw20(bytes, 0), raw20(bytes, 3), raw16(bytes, 6)];
    if (missing20(t)) return undefined;
    const values = [temperature(t)];
    const qfe = missing20(p) ? undefined : pressure(p, fine, constants);
    const wet = !isBme || missing16(h) ? NIL : humidity(h, fine, constants);
    const all = [...values, qfe ?? NIL, wet] as const;
    if (qfe === undefined || !call.isNumber(1)) return multi(...all);
    return multi(...all, seaLevel(qfe, call.checkInteger(1)));
  };

  /** Two integers, of which the second must be a number. */
  const pair = (call: LuaCall): [number, number] => {
    if (!call.isNumber(2)) call.error('wrong arg range');
    return [call.checkInteger(1), call.checkInteger(2)];
  };

  return {
    functions: {
      init: until('1.5', 2018, raw(init)),
      setup: since('2.2', raw(setup)),
      temp: raw(() => {
        const value = raw20(read(REGISTER.temperature, 3), 0);
        if (missing20(value)) return undefined;
        return multi(temperature(value), fine);
      }),
      baro: raw(() => {
        const bytes = read(REGISTER.pressure, 6);
        const [p, t] = [raw20(bytes, 0), raw20(bytes, 3)];
        const degrees = temperature(t);
        if (missing20(t) || missing20(p)) return undefined;
        return multi(pressure(p, fine, constants), degrees);
      }),
      humi: raw(() => {
        if (!isBme) return undefined;
        const bytes = read(REGISTER.temperature, 5);
        const [t, h] = [raw20(bytes, 0), raw16(bytes, 3)];
        const degrees = temperature(t);
        if (missing20(t) || missing16(h)) return undefined;
        return multi(humidity(h, fine, constants), degrees);
      }),
      startreadout: approximated('without a delay it waits 113 ms, where the firmware has no value', raw(startReadout)),
      qfe2qnh: raw((call) => seaLevel(...pair(call))),
      altitude: raw((call) => {
        const [p, qnh] = pair(call);
        return rounded(((1 - (p / qnh) ** (1 / 5.25588)) / 2.25577e-5) * 100);
      }),
      dewpoint: raw((call) => {
        const [h, t] = pair(call);
        const celsius = t / 100;
        const c = Math.log(h / 100000) + (17.67 * celsius) / (243.5 + celsius);
        return rounded(((243.5 * c) / (17.67 - c)) * 100);
      }),
      read: since('2.2', raw(readAll)),
    },
  };
});
