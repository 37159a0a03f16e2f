import t from 'tap';
import type { Firmware } from '../../runtime/device/index.ts';
import { Bme280 } from '../../runtime/hardware/index.ts';
import { Esp } from '../helpers/esp.ts';

function era(firmware: Firmware) {
  const esp = new Esp({ profile: { firmware } });
  esp.device.hardware.attach(new Bme280({ temperature: 23.45, pressure: 1002.5, humidity: 48.5 }));
  return esp;
}

t.test('bme280.init of 1.5 brings up the bus itself', (t) => {
  const esp = era('1.5');
  t.same(esp.lua('print(bme280.setup, bme280.read, bme280.init(1, 2))'), ['nil\tnil\t2']);
  t.match(esp.lua('print(bme280.temp())')[0], /^234[456]\t/);
  t.equal(esp.error('bme280.init(1)'), 'wrong arg range');
  t.end();
});

t.test('bme280.setup says that it will go only in 3.0', (t) => {
  t.same(era('2.2').lua('i2c.setup(0, 1, 2, i2c.SLOW)', 'print(bme280.init, bme280.setup())'), ['nil\t2']);
  t.match(era('3.0').lua('bme280.setup()')[0], 'Warning, deprecated API! bme280.');
  t.end();
});

t.test('i2c before 3.0 has one speed and no pin D0', (t) => {
  const esp = era('2.2');
  t.same(esp.lua('print(i2c.FAST, i2c.SLOW)'), ['nil\t100000']);
  t.equal(esp.error('i2c.setup(0, 1, 0, i2c.SLOW)'), 'no i2c for D0');
  t.same(era('3.0').lua('print(i2c.setup(0, 1, 0, i2c.SLOW))'), ['100000']);
  t.end();
});

t.test('names of 3.0 only', (t) => {
  const names = 'dht.read12, ow.set_timings, spi.set_clock_div, softuart, pwm2, rotary';
  t.match(era('2.2').lua(`print(${names})`)[0], /^nil\tnil\tnil\tnil\tnil\tromtable/);
  t.notMatch(era('3.0').lua(`print(${names})`)[0], 'nil');
  t.end();
});
