import t from 'tap';
import { bme680Calibration, bme680Heater } from '../../bindings/nodemcu/bme680-compensation.ts';
import { Bme680 } from '../../runtime/hardware/index.ts';
import { Esp } from '../helpers/esp.ts';

function make(options: ConstructorParameters<typeof Bme680>[0] = {}) {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new Bme680(options));
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW)');
  return { esp, part };
}
const near = (line: string | undefined, expected: readonly number[], slack: readonly number[]): boolean => {
  const values = (line ?? '').split('\t').map(Number);
  return (
    values.length === expected.length && values.every((v, i) => Math.abs(v - (expected[i] ?? 0)) <= (slack[i] ?? 0))
  );
};

t.test('what the world has set comes back through registers and integer compensation', async (t) => {
  const { esp, part } = make({ temperature: 23.45, pressure: 1002.5, humidity: 48.5, gas: 120_000 });
  t.same(esp.lua('print(bme680.setup()) print(bme680.read())'), ['1', ''], 'nothing is measured yet');
  esp.lua('bme680.startreadout(0, function() print(bme680.read(300)) end)');
  t.same(esp.run(115).lines(), [], 'it heats for 100 ms');
  const [line] = esp.run(15).lines();
  t.ok(near(line, [2345, 100_250, 48_500, 120_000, 103_890], [1, 8, 30, 100, 10]), `${line}`);
  for (const [temperature, pressure, humidity, gas] of [
    [-10, 1030, 20, 5000],
    [40, 950, 90, 2_000_000],
  ] as const) {
    Object.assign(part, { temperature, pressure, humidity, gas });
    const [again] = esp.lua('bme680.startreadout(0) print(bme680.read())');
    t.ok(near(again, [temperature * 100, pressure * 100, humidity * 1000, gas], [1, 8, 30, gas / 100]), `${again}`);
  }
});

t.test('the second address, formulas, and nobody there', async (t) => {
  const { esp } = make({ address: 0x77 });
  t.same(esp.lua('print(bme680.setup())'), ['1']);
  t.same(esp.lua('print(bme680.qfe2qnh(100250, 300), bme680.altitude(100250, 103890), bme680.dewpoint(48500, 2345))'), [
    '103892\t29980\t1198',
  ]);
  t.equal(esp.error('bme680.qfe2qnh(1)'), 'wrong arg range');
  t.same(new Esp().lua('print(select("#", bme680.setup()))'), ['0']);
});

t.test('the heater gets hotter with its target', async (t) => {
  const calibration = bme680Calibration(new Uint8Array(41), 44, 0x10, 0);
  const steps = [100, 200, 300, 400, 500].map((target) => bme680Heater(target, 23, calibration));
  t.ok(
    steps.slice(1, 4).every((value, i) => value > (steps[i] ?? 0)),
    String(steps),
  );
  t.equal(steps[4], steps[3], 'at most 400 degrees');
});
