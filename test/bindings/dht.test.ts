import t from 'tap';
import { Dht } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('a DHT22 is read, and read again when the weather has changed', async (t) => {
  const esp = new Esp();
  const sensor = esp.device.hardware.attach(new Dht('dht22', { pin: 2, temperature: 23.5, humidity: 45.5 }));
  t.same(esp.lua('print(dht.read(2))'), ['0\t23.5\t45.5\t500\t500']);
  sensor.temperature = -3.7;
  sensor.humidity = 99.9;
  t.same(esp.lua('print(dht.readxx(2))'), ['0\t-3.7\t99.9\t-700\t900']);
});

t.test('a DHT11 is read by its own function and by the common one', async (t) => {
  const esp = new Esp();
  const sensor = esp.device.hardware.attach(new Dht('dht11', { pin: 5, temperature: 21, humidity: 40 }));
  t.same(esp.lua('print(dht.read11(5)) print(dht.read(5))'), ['0\t21\t40\t0\t0', '0\t21\t40\t0\t0']);
  sensor.temperature = 21.4;
  t.same(esp.lua('print(dht.read11(5))'), ['0\t21.4\t40\t399\t0'], 'the decimals are cut off a binary fraction');
  t.same(esp.lua('print(dht.read12(5))'), ['0\t21.4\t40\t399\t0']);
});

t.test('no sensor, a silent one and a wrong sum', async (t) => {
  const esp = new Esp();
  const sensor = esp.device.hardware.attach(new Dht('dht22', { pin: 2, temperature: 23.5, humidity: 45.5 }));
  t.same(esp.lua('print(dht.read(3))'), ['-2\t-999\t-999\t0\t0']);
  sensor.corrupt = true;
  t.same(esp.lua('print(dht.read(2))'), ['-1\t23.5\t45.5\t500\t500']);
  sensor.alive = false;
  t.same(esp.lua('print(dht.read(2) == dht.ERROR_TIMEOUT, dht.OK, dht.ERROR_CHECKSUM)'), ['true\t0\t-1']);
});

t.test('reading takes its time', async (t) => {
  const esp = new Esp();
  esp.device.hardware.attach(new Dht('dht22', { pin: 2 }));
  const [line = ''] = esp.lua('local t = tmr.now() dht.read(2) print(tmr.now() - t)');
  t.ok(Number(line) > 21_000 && Number(line) < 24_000, line);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['dht.read(0)', 'dht 0 does not exist'],
    ['dht.read11(13)', 'dht 13 does not exist'],
    ['dht.read12(-1)', 'dht -1 does not exist'],
    ['dht.readxx()', "bad argument #1 to 'readxx' (number expected, got no value)"],
  ]);
});
