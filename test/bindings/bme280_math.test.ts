import t from 'tap';
import { Bme280 } from '../../runtime/hardware/index.ts';
import { Esp } from '../helpers/esp.ts';

t.test('the registers of a sensor become degrees, hectopascal and percent', async (t) => {
  const esp = new Esp();
  esp.device.hardware.attach(new Bme280({ temperature: 23.45, pressure: 1002.5, humidity: 48.5 }));
  const lines = esp.lua(`
    i2c.setup(0, 1, 2, i2c.SLOW)
    local function write(...) i2c.start(0) i2c.address(0, 0x76, i2c.TRANSMITTER) i2c.write(0, ...) i2c.stop(0) end
    local function read(register, count)
      write(register)
      i2c.start(0) i2c.address(0, 0x76, i2c.RECEIVER)
      local data = i2c.read(0, count)
      i2c.stop(0)
      return data
    end
    sensor, config = bme280_math.setup(read(0x88, 24) .. read(0xa1, 1) .. read(0xe1, 7))
    print(config[1]:byte(), config[2]:byte(), config[3]:byte())
    write(0xf5, config[1]) write(0xf2, config[2]) write(0xf4, config[3])
    local t, p, h, qnh = bme280_math.read(sensor, read(0xf7, 8), 300)
    print(string.format("%.1f %.0f %.1f %.0f", t, p, h, qnh))
    print(bme280_math.read(sensor, ("\\128\\0\\0"):rep(2) .. "\\128\\0"))`);
  t.same(lines, ['240\t5\t183', '23.4 1002 48.5 1039', '']);
});

t.test('formulas, with or without an object before', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(`print(string.format("%.2f", bme280_math.qfe2qnh(1002.5, 300)))
      print(string.format("%.2f", bme280_math.altitude({}, 1002.5, 1038.9)))
      print(string.format("%.2f", bme280_math.dewpoint(48.5, 23.45)))`),
    ['1038.92', '299.80', '11.98'],
  );
  t.equal(esp.error('bme280_math.read(bme280_math.setup(("x"):rep(24)), "short")'), 'invalid readout data');
});
