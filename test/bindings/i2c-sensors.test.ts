import t from 'tap';
import { Am2320, Axes, Bmp085, Hdc1080, type Part, Si7021, Tsl2561 } from '../../runtime/hardware/index.ts';
import { Esp } from '../helpers/esp.ts';

function make<P extends Part>(part?: P, firmware: '1.5' | '3.0' = '3.0') {
  const esp = new Esp({ profile: { firmware } });
  if (part !== undefined) esp.device.hardware.attach(part);
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW)');
  return esp;
}
const near = (line: string | undefined, expected: readonly number[], slack: readonly number[]): boolean => {
  const values = (line ?? '').split('\t').map(Number);
  return (
    values.length === expected.length && values.every((v, i) => Math.abs(v - (expected[i] ?? 0)) <= (slack[i] ?? 0))
  );
};

t.test('bmp085: the example of the data sheet', async (t) => {
  const part = new Bmp085({ temperature: 15, pressure: 699.64 });
  const esp = make(part);
  esp.lua('bmp085.setup()');
  t.same(esp.lua('print(bmp085.temperature())'), ['150']);
  const [raw = ''] = esp.lua('print(bmp085.pressure_raw())');
  t.ok(near(raw, [23843], [2]), raw);
  for (const oversampling of [0, 1, 2, 3]) {
    const [pressure = ''] = esp.lua(`print(bmp085.pressure(${oversampling}))`);
    t.ok(near(pressure, [69964], [6]), pressure);
  }
  part.temperature = -7.3;
  part.pressure = 1021.5;
  t.same(esp.lua('print(bmp085.temperature())'), ['-73']);
  const [pressure = ''] = esp.lua('print(bmp085.pressure(3))');
  t.ok(near(pressure, [102150], [6]), pressure);
});

t.test('bmp085: in 1.5 init brings the bus up', async (t) => {
  const esp = new Esp({ profile: { firmware: '1.5' } });
  esp.device.hardware.attach(new Bmp085({ temperature: 21.5 }));
  t.same(esp.lua('bmp085.init(1, 2) print(bmp085.temperature())'), ['215']);
  t.equal(esp.error('bmp085.init(0, 2)'), 'no i2c for D0');
  t.equal(esp.error('bmp085.init(1)'), 'wrong arg range');
});

t.test('am2320: tenths, signs, identity, and a check sum', async (t) => {
  const part = new Am2320({ temperature: -4.2, humidity: 61.5 });
  const esp = make(part);
  t.same(esp.lua('print(am2320.setup())'), ['2336\t1\t4660']);
  t.same(esp.lua('print(am2320.read())'), ['615\t-42']);
  t.equal(make().error('am2320.read()'), 'transmission error');
});

t.test('si7021: humidity, temperature, settings, serial number', async (t) => {
  const part = new Si7021({ temperature: 23.45, humidity: 48.5 });
  const esp = make(part);
  esp.lua('si7021.setup()');
  const [line = ''] = esp.lua('print(si7021.read())');
  t.ok(near(line, [48.5, 23.45, 500, 450], [0.01, 0.02, 10, 15]), line);
  t.same(esp.lua('print(si7021.setting(si7021.RH08_TEMP12, si7021.HEATER_ENABLE, 5))'), ['1\t0\t1\t5']);
  t.same([part.user, part.heater], [0x3f, 5]);
  t.same(esp.lua('print(string.format("%x %x", si7021.serial()), si7021.firmware())'), ['1234567 15ffffff\t32']);
  t.equal(esp.error('si7021.setting(2)'), 'Invalid argument: resolution');
  t.equal(esp.error('si7021.setting(0, 1, 2)'), 'Invalid argument: heater');
  t.equal(esp.error('si7021.setting(0, 4, 16)'), 'Invalid argument: heater_setting');
  t.equal(make().error('si7021.setup()'), 'found no device');
});

t.test('hdc1080', async (t) => {
  const part = new Hdc1080({ temperature: 23.45, humidity: 48.5 });
  const esp = make(part);
  const [line = ''] = esp.lua('hdc1080.setup() print(hdc1080.read())');
  t.ok(near(line, [23.45, 48.5], [0.01, 0.01]), line);
  t.equal(part.config, 0x0500);
});

t.test('three axes: g, degrees per second and gauss as counts', async (t) => {
  const acceleration = new Axes('adxl345', { x: 0.5, y: -1, z: 0.25 });
  t.same(make(acceleration).lua('adxl345.setup() print(adxl345.read())'), ['128\t-256\t64']);
  const turning = new Axes('l3g4200d', { x: 8.75, y: -35, z: 0 });
  t.same(make(turning).lua('l3g4200d.setup() print(l3g4200d.read())'), ['1000\t-4000\t0']);
  t.equal(turning.registers[0x20], 0x0f);
  const field = new Axes('hmc5883l', { x: 0.2, y: 0.1, z: -0.4 });
  t.same(make(field).lua('hmc5883l.setup() print(hmc5883l.read())'), ['78\t39\t-156']);
  for (const name of ['adxl345', 'l3g4200d', 'hmc5883l']) t.equal(make().error(`${name}.setup()`), 'device not found');
});

t.test('tsl2561: lux from both channels, whatever the time and gain', async (t) => {
  const part = new Tsl2561({ lux: 250 });
  const esp = make(part);
  t.same(esp.lua('print(tsl2561.getlux())'), ['0\t3'], 'not before init');
  t.same(esp.lua('print(tsl2561.init(1, 2, tsl2561.ADDRESS_FLOAT, tsl2561.PACKAGE_T_FN_CL))'), ['0']);
  for (const time of ['13MS', '101MS', '402MS']) {
    for (const gain of ['1X', '16X']) {
      const [line = ''] = esp.lua(
        `tsl2561.settiming(tsl2561.INTEGRATIONTIME_${time}, tsl2561.GAIN_${gain}) print(tsl2561.getlux())`,
      );
      t.ok(near(line, [250, 0], [12, 0]), `${time} ${gain}: ${line}`);
    }
  }
  const [channels = ''] = esp.lua('print(tsl2561.getrawchannels())');
  t.match(channels, /^\d+\t\d+\t0$/);
  t.equal(esp.error('tsl2561.init(0, 1)'), 'no i2c for D0');
  t.equal(esp.error('tsl2561.init(1, 2, 3)'), 'Invalid argument: address');
  t.equal(esp.error('tsl2561.settiming(5, 0)'), 'Invalid argument: integration');
});
