import { type LuaCall, LuaFloat, type LuaInput, multi, NIL } from '../../runtime/vm/index.ts';
import {
  type Calibration,
  calibration,
  centidegrees,
  fineTemperature,
  humidity,
  pressure,
} from './bme280-compensation.ts';
import { classSpec, defineModule, type LuaResult, luaClass, raw } from './lua.ts';

/** T1 … T3 and P1 … P9; with a BME280 also H1 … H6. */
const BMP_BYTES = 24;
const [OVERSAMPLING_16, NORMAL_MODE, STANDBY_20_MS, FILTER_16] = [5, 3, 7, 4];

interface Sensor {
  readonly calibration: Calibration;
}
const SENSOR = luaClass<Sensor>('bme280_math.sensor');

/** Raw values that stand for a measurement that was skipped. */
const missing20 = (value: number): boolean => value === 0x80000 || value === 0xfffff;
const missing16 = (value: number): boolean => value === 0x8000 || value === 0xffff;
const raw20 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 12) | ((bytes[at + 1] ?? 0) << 4) | ((bytes[at + 2] ?? 0) >> 4);

const seaLevel = (qfe: number, altitude: number): number => qfe * (1 - 2.25577e-5 * altitude) ** -5.25588;

/** The firmware's series for the natural logarithm. */
function ln(x: number): number {
  const y = (x - 1) / (x + 1);
  let sum = 0;
  for (let i = 33; i > 0; i -= 2) sum = 1 / i + y * y * sum;
  return 2 * y * sum;
}

/** Numbers at two arguments, which an object may precede. */
const pair = (call: LuaCall): [number, number] => {
  const first = ['userdata', 'table'].includes(call.type(1)) ? 2 : 1;
  return [call.checkNumber(first), call.checkNumber(first + 1)];
};

function setup(call: LuaCall): LuaResult {
  const bits = (n: number, fallback: number, mask = 7): number =>
    call.isNumber(n) ? call.checkInteger(n) & mask : fallback;
  const control = bits(5, NORMAL_MODE, 3) | (bits(3, OVERSAMPLING_16) << 2) | (bits(2, OVERSAMPLING_16) << 5);
  const wet = bits(4, OVERSAMPLING_16);
  const config = (bits(6, STANDBY_20_MS) << 5) | (bits(7, FILTER_16) << 2);
  const bytes = call.checkBytes(1);
  const low = bytes.subarray(0, BMP_BYTES);
  const constants =
    bytes.length >= BMP_BYTES
      ? calibration(low, { h1: bytes[BMP_BYTES] ?? 0, rest: bytes.subarray(BMP_BYTES + 1) })
      : calibration(low);
  // A zero is where the C string ends.
  const registers: LuaInput = [config, wet, control].map((value) => Uint8Array.from(value === 0 ? [] : [value]));
  return multi(call.newHost(SENSOR, { calibration: constants }), registers);
}

function read(call: LuaCall): LuaResult {
  const sensor = call.checkHost(1, SENSOR);
  const bytes = call.checkBytes(2);
  if (bytes.length !== 8 && bytes.length !== 6) call.error('invalid readout data');
  const [t, p, h] = [raw20(bytes, 3), raw20(bytes, 0), ((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)];
  if (missing20(t)) return undefined;
  const fine = fineTemperature(t, sensor.calibration);
  const qfe = missing20(p) ? undefined : pressure(p, fine, sensor.calibration) / 1000;
  const dry = bytes.length !== 8 || missing16(h);
  const all: LuaInput[] = [
    new LuaFloat(centidegrees(fine) / 100),
    qfe === undefined ? NIL : new LuaFloat(qfe),
    dry ? NIL : new LuaFloat(humidity(h, fine, sensor.calibration) / 1000),
  ];
  if (qfe !== undefined && call.isNumber(3)) all.push(new LuaFloat(seaLevel(qfe, Math.trunc(call.checkNumber(3)))));
  return multi(...all);
}

export const bme280_math = defineModule({ name: 'bme280_math', lifetime: { since: '3.0' } }, () => ({
  functions: {
    setup: raw(setup),
    read: raw(read),
    qfe2qnh: raw((call) => new LuaFloat(seaLevel(...pair(call)))),
    altitude: raw((call) => {
      const [p, qnh] = pair(call);
      return new LuaFloat((1 - (p / qnh) ** (1 / 5.25588)) / 2.25577e-5);
    }),
    dewpoint: raw((call) => {
      const [percent, t] = pair(call);
      const c = ln(percent / 100) + (17.67 * t) / (243.5 + t);
      return new LuaFloat((243.5 * c) / (17.67 - c));
    }),
  },
  classes: [classSpec(SENSOR, {})],
}));
