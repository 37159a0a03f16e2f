import t from 'tap';
import { calibration, centidegrees, fineTemperature, pressure } from '../../bindings/nodemcu/bme280-compensation.ts';

/** Little-endian words. */
const words = (...values: number[]): Uint8Array => Uint8Array.from(values.flatMap((v) => [v & 0xff, (v >> 8) & 0xff]));

const EXAMPLE = words(27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000);

t.test('the worked example of the BMP280 data sheet', async (t) => {
  const constants = calibration(EXAMPLE);
  const fine = fineTemperature(519888, constants);
  t.equal(fine, 128422);
  t.equal(centidegrees(fine), 2508);
  t.equal(pressure(415148, fine, constants), 1006532, '100653.2 Pa');
});

t.test('the humidity constants share a byte', async (t) => {
  const { h } = calibration(EXAMPLE, { h1: 75, rest: Uint8Array.of(0x6a, 0x01, 0, 0x14, 0x28, 0x03, 0x1e) });
  t.same(h, [75, 362, 0, 328, 50, 30]);
});
