import t from 'tap';
import { Ads1115, Tcs34725, Wiegand, Xpt2046 } from '../../runtime/hardware/index.ts';
import { Esp } from '../helpers/esp.ts';

t.test('ads1115: channels, gains, single readings and continuous ones', async (t) => {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new Ads1115('ads1115', { address: 0x49 }));
  part.volts.splice(0, 4, 1, 0.25, 3, 2.5);
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW) a = ads1115.ads1115(0, ads1115.ADDR_VDD)');
  esp.lua('a:setting(ads1115.GAIN_4_096V, ads1115.DR_128SPS, ads1115.SINGLE_0, ads1115.SINGLE_SHOT)');
  esp.lua('a:startread(function(mv, uv, raw, sign) print(mv, uv, raw, sign) end)');
  t.same(esp.run(9).lines(), []);
  t.same(esp.run(2).lines(), ['1000\tnil\t8000\tnil']);
  esp.lua('a:setting(ads1115.GAIN_1_024V, ads1115.DR_8SPS, ads1115.DIFF_2_3, ads1115.CONTINUOUS)');
  t.same(esp.lua('print(a:read())'), ['500\tnil\t16000\tnil']);
  part.volts[2] = 2.25;
  t.same(esp.lua('print(a:read())'), ['-250\tnil\t57536\tnil']);
  t.match(esp.error('ads1115.ads1115(0, 0x49)'), /^unexpected config value \(0x[0-9a-f]+\) please reset/);
  t.same(esp.lua('ads1115.reset() print(pcall(ads1115.ads1115, 0, 0x49))').length, 1);
  t.equal(esp.error('ads1115.ads1115(0, 0x48)'), 'found no device');
  t.equal(esp.error('ads1115.ads1115(1, 0x48)'), "bad argument #1 to 'ads1115' (i2c_id must be 0)");
  t.equal(esp.error('ads1115.ads1115(0, 0x50)'), "bad argument #2 to 'ads1115' (unexpected value)");
  t.equal(esp.error('a:setting(1)'), "invalid number of arguments to 'setting'");
  t.equal(esp.error('a:setting(0, 1600, 0x4000, 0)'), "bad argument #2 to 'setting' (unexpected value)");
});

t.test('tcs34725: counts of four colours once it is enabled', async (t) => {
  const esp = new Esp();
  esp.device.hardware.attach(new Tcs34725({ red: 1000, green: 500, blue: 20 }));
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW)');
  t.equal(esp.error('tcs34725.raw()'), 'TCS34725 not initialised.');
  t.same(esp.lua('print(tcs34725.setup()) tcs34725.enable(function() print(tcs34725.raw()) end)'), ['1']);
  t.same(esp.run(40).lines(), ['1520\t1000\t500\t20']);
  esp.lua('tcs34725.disable()');
  t.equal(esp.error('tcs34725.setGain(1)'), 'TCS34725 not initialised.');
  t.equal(esp.error('tcs34725.enable()'), 'Enable argument must be a function.');
  t.equal(new Esp().error('tcs34725.setup()'), 'No TCS34725 found.');
});

t.test('xpt2046: where it is touched, in eleven bits as the firmware reads them', async (t) => {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new Xpt2046({ cs: 8, irq: 2, x: 1000, y: 3000 }));
  esp.lua('spi.setup(1, spi.MASTER, spi.CPOL_LOW, spi.CPHA_LOW, 8, 16) xpt2046.init(8, 2, 320, 240)');
  t.same(esp.lua('print(xpt2046.isTouched(), xpt2046.getRaw())'), ['true\t500\t1500']);
  esp.lua('xpt2046.setCalibration(0, 0, 2000, 2000)');
  t.same(esp.lua('print(xpt2046.getPosition()) print(xpt2046.getPositionAvg())'), ['180\t80', '180\t80']);
  part.touched = false;
  t.same(esp.lua('print(xpt2046.isTouched(), xpt2046.getPosition())'), ['false\t65535\t65535']);
});

t.test('wiegand: cards and keys', async (t) => {
  const esp = new Esp();
  const reader = esp.device.hardware.attach(new Wiegand({ d0: 1, d1: 2, card: 0x123456 }));
  esp.lua('w = wiegand.create(1, 2, function(card, bits) print(card, bits) end)');
  t.same(esp.run(1200).lines(), ['1193046\t26']);
  reader.press(7);
  t.same(esp.run(100).lines(), ['7\t4']);
  reader.present(1);
  t.same(esp.run(20).lines(), [], 'not before it is silent');
  t.same(esp.run(100).lines(), ['1\t26']);
  t.equal(esp.error('wiegand.create(2, 3, print)'), 'pin already in use');
  esp.lua('w:close()');
  reader.press(3);
  t.same(esp.run(100).lines(), []);
  t.equal(esp.error('wiegand.create(0, 1, print)'), "bad argument #1 to 'create' (Invalid pin for D0)");
  t.equal(esp.error('wiegand.create(1, 1, print)'), "bad argument #2 to 'create' (Invalid pin for D1)");
});
