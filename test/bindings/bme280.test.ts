import t from 'tap';
import { Bme280 } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

function make(options: ConstructorParameters<typeof Bme280>[0] = {}) {
  const esp = new Esp();
  const part = esp.device.hardware.attach(
    new Bme280({ temperature: 23.45, pressure: 1002.5, humidity: 48.5, ...options }),
  );
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW)');
  return { esp, part };
}

const near = (line: string | undefined, expected: readonly number[], slack: readonly number[]): boolean =>
  (line ?? '').split('\t').every((value, i) => Math.abs(Number(value) - (expected[i] ?? 0)) <= (slack[i] ?? 0));

t.test('what the world has set comes back through registers and compensation', async (t) => {
  const { esp, part } = make();
  const [warning = '', kind = ''] = esp.lua('print(bme280.setup())');
  t.match(warning, 'Warning, deprecated API! bme280. It will be removed soon. Use bme280math');
  t.equal(kind, '2');
  const [all = ''] = esp.lua('print(bme280.read())');
  t.ok(near(all, [2345, 1002500, 48500], [1, 60, 60]), all);
  part.temperature = -5;
  const [cold = ''] = esp.lua('print(bme280.temp())');
  t.ok(near(cold.split('\t')[0], [-500], [1]), cold);
});

t.test('each quantity by itself, and pressure at sea level', async (t) => {
  const { esp } = make({ address: 0x77 });
  const lines = esp.lua('bme280.setup() print(bme280.baro()) print(bme280.humi()) print(bme280.read(300))').slice(1);
  t.ok(near(lines[0], [1002500, 2345], [60, 1]), `${lines[0]}`);
  t.ok(near(lines[1], [48500, 2345], [60, 1]), `${lines[1]}`);
  t.ok(near(lines[2]?.split('\t')[3], [1038900], [200]), `${lines[2]}`);
});

t.test('a forced read-out calls back when it is ready', async (t) => {
  const { esp } = make();
  esp.lua('bme280.setup(nil, nil, nil, 0) bme280.startreadout(0, function() print(bme280.temp()) end)');
  t.same(esp.run(112).lines(), []);
  t.ok(near(esp.run(10).lines()[0]?.split('\t')[0], [2345], [1]));
});

t.test('without a sensor setup returns nothing, and skipped quantities are nil', async (t) => {
  const esp = new Esp();
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW)');
  t.same(esp.lua('print(bme280.setup())').slice(1), ['']);
  const { esp: other } = make();
  const line = other.lua('bme280.setup(1, 0, 0) print(bme280.read())').at(-1);
  t.equal(line?.split('\t').slice(1).join(), 'nil,nil');
});

t.test('arithmetic of heights and dew', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua('print(bme280.qfe2qnh(1002500, 0), bme280.altitude(1002500, 1013250), bme280.dewpoint(48500, 2345))'),
    ['1002500\t8987\t1198'],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['bme280.qfe2qnh(1)', 'wrong arg range'],
    ['bme280.altitude(1)', 'wrong arg range'],
    ['bme280.dewpoint(1)', 'wrong arg range'],
  ]);
});
