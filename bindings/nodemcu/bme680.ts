import { type LuaCall, type LuaRef, multi } from '../../runtime/vm/index.ts';
import {
  bme680Calibration,
  bme680Fine,
  bme680Gas,
  bme680Heater,
  bme680Humidity,
  bme680Pressure,
  bme680Temperature,
} from './bme680-compensation.ts';
import { I2cDevice } from './i2c-device.ts';
import { approximated, defineModule, type LuaResult, raw } from './lua.ts';

const ADDRESSES = [0x76, 0x77] as const;
const REGISTER = {
  HEAT_VALUE: 0x00,
  HEAT_RANGE: 0x02,
  RANGE_ERROR: 0x04,
  FIELD: 0x1d,
  HEAT: 0x5a,
  GAS_WAIT: 0x64,
  HEATER: 0x70,
  RUN_GAS: 0x71,
  HUMIDITY: 0x72,
  CONTROL: 0x74,
  FILTER: 0x75,
  COEFFICIENTS_1: 0x89,
  COEFFICIENTS_2: 0xe1,
} as const;
const COEFFICIENTS = [25, 16] as const;
const FIELD_BYTES = 15;
const NEW_DATA = 0x80;
const FORCED = 1;
/** Oversampling of temperature, pressure and humidity: 2, 16 and 1 times. */
const OVERSAMPLING = [2, 5, 1] as const;
const FILTER_31 = 5;
const HEATER = { degrees: 300, ms: 100 } as const;
const AMBIENT = 23;

/** Four to the power of the upper two bits, times the lower six. */
function heaterWait(milliseconds: number): number {
  if (milliseconds >= 0xfc0) return 0xff;
  let [rest, factor] = [milliseconds, 0];
  while (rest > 0x3f) {
    rest >>= 2;
    factor++;
  }
  return rest + factor * 64;
}

const seaLevel = (qfe: number, altitude: number): number =>
  Math.trunc(qfe * (1 - 2.25577e-5 * altitude) ** -5.25588 + 0.5) | 0;
const rounded = (value: number): number => Math.trunc(value + Math.sign(value) * 0.5) | 0;

export const bme680 = defineModule({ name: 'bme680', lifetime: { since: '2.2' } }, (device) => {
  const chip = new I2cDevice(device, ADDRESSES[0]);
  let calibration = bme680Calibration(new Uint8Array(41), 0, 0, 0);
  let [osTemperature, osPressure, osHumidity] = [0, 0, 0];
  let heaterMs = 0;
  let ambient = AMBIENT;
  let callback: LuaRef | undefined;
  const timer = device.timers.timer('bme680', () => {
    const ready = callback;
    callback = undefined;
    if (ready === undefined) return;
    device.lua.pcallx(ready);
    ready.release();
  });

  const read = (register: number, count: number): Uint8Array => {
    chip.select(register);
    return chip.read(count);
  };
  const byte = (register: number): number => read(register, 1)[0] ?? 0;
  const answers = (address: number): boolean => {
    chip.bus.start();
    const there = chip.bus.address(address, false);
    chip.bus.stop();
    return there;
  };

  const configure = (call: LuaCall): void => {
    const number = (n: number, fallback: number): number => (call.isNumber(n) ? call.checkInteger(n) : fallback);
    [osTemperature, osPressure, osHumidity] = OVERSAMPLING.map((value, i) => number(i + 1, value) & 7) as [
      number,
      number,
      number,
    ];
    const filter = (number(6, FILTER_31) & 7) << 2;
    heaterMs = number(5, HEATER.ms) & 0xffff;
    chip.write(REGISTER.GAS_WAIT, heaterWait(heaterMs));
    chip.write(REGISTER.HEAT, bme680Heater(number(4, HEATER.degrees) & 0xffff, ambient, calibration));
    chip.write(REGISTER.FILTER, (byte(REGISTER.FILTER) & ~0x1c) | (filter & 0x1c));
    chip.write(REGISTER.HEATER, byte(REGISTER.HEATER) & ~0x08);
    chip.write(REGISTER.CONTROL, (osPressure << 2) | (osTemperature << 5));
    chip.write(REGISTER.HUMIDITY, (byte(REGISTER.HUMIDITY) & ~7) | osHumidity);
    chip.write(REGISTER.RUN_GAS, 1 << 4);
  };

  const setup = (call: LuaCall): LuaResult => {
    const found = ADDRESSES.find(answers);
    chip.address = found ?? ADDRESSES[1];
    if (found === undefined) return undefined;
    const coefficients = Uint8Array.of(
      ...read(REGISTER.COEFFICIENTS_1, COEFFICIENTS[0]),
      ...read(REGISTER.COEFFICIENTS_2, COEFFICIENTS[1]),
    );
    const [range, value] = [byte(REGISTER.HEAT_RANGE), byte(REGISTER.HEAT_VALUE)];
    calibration = bme680Calibration(coefficients, value, range, byte(REGISTER.RANGE_ERROR));
    if (!call.isNumber(7) || (call.toInteger(7) & 0xff) !== 0) configure(call);
    return 1;
  };

  /** Milliseconds of a measurement with its heating. */
  const duration = (): number => {
    const us = (osTemperature + osPressure + osHumidity) * 1963 + 477 * 9 + 500;
    return heaterMs + Math.trunc(us / 1000) + 1;
  };

  const startReadout = (call: LuaCall): LuaResult => {
    const delay = call.isNumber(1) ? call.checkInteger(1) : 0;
    callback?.release();
    callback = call.isNoneOrNil(2) ? undefined : call.ref(2);
    chip.write(REGISTER.HUMIDITY, osHumidity);
    chip.write(REGISTER.CONTROL, (osPressure << 2) | (osTemperature << 5) | FORCED);
    if (callback !== undefined) timer.arm(delay > 0 ? delay : duration(), false);
  };

  const readAll = (call: LuaCall): LuaResult => {
    const field = read(REGISTER.FIELD, FIELD_BYTES);
    const [status = 0, , p0 = 0, p1 = 0, p2 = 0, t0 = 0, t1 = 0, t2 = 0, h0 = 0, h1 = 0] = field;
    const [gas = 0, last = 0] = field.subarray(13);
    // The bits of the gas measurement do not make up for the missing one.
    if ((status & NEW_DATA) === 0) return undefined;
    const fine = bme680Fine((t0 << 12) | (t1 << 4) | (t2 >> 4), calibration);
    const temperature = bme680Temperature(fine);
    ambient = Math.trunc(temperature / 100);
    const qfe = bme680Pressure((p0 << 12) | (p1 << 4) | (p2 >> 4), fine, calibration);
    const humidity = bme680Humidity((h0 << 8) | h1, fine, calibration);
    const all = [temperature, qfe, humidity, bme680Gas((gas << 2) | (last >> 6), last & 15, calibration)];
    return call.isNumber(1) ? multi(...all, seaLevel(qfe, call.checkInteger(1))) : multi(...all);
  };

  /** Two integers, of which the second must be a number. */
  const pair = (call: LuaCall): [number, number] => {
    if (!call.isNumber(2)) call.error('wrong arg range');
    return [call.checkInteger(1), call.checkInteger(2)];
  };

  return {
    order: 'setup startreadout qfe2qnh altitude dewpoint read',
    functions: {
      setup: raw(setup),
      startreadout: approximated(
        'without a delay it waits for the measurement, where the firmware has no value',
        raw(startReadout),
      ),
      read: raw(readAll),
      qfe2qnh: raw((call) => seaLevel(...pair(call))),
      altitude: raw((call) => {
        const [p, qnh] = pair(call);
        return rounded(((1 - (p / qnh) ** (1 / 5.25588)) / 2.25577e-5) * 100);
      }),
      dewpoint: raw((call) => {
        const [h, t] = pair(call).map((value, i) => value / (i === 0 ? 100_000 : 100)) as [number, number];
        const c = Math.log(h) + (17.67 * t) / (243.5 + t);
        return rounded(((243.5 * c) / (17.67 - c)) * 100);
      }),
    },
  };
});
