import t from 'tap';
import { Bme280, I2cRegisters, Pcf8574, Ssd1306 } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('registers are written and read back', async (t) => {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new I2cRegisters({ address: 0x50 }));
  part.registers.set([10, 20, 30]);
  t.same(
    esp.lua(
      'print(i2c.setup(0, 1, 2, i2c.FAST))',
      'i2c.start(0) print(i2c.address(0, 0x50, i2c.TRANSMITTER), i2c.write(0, 1)) i2c.stop(0)',
      'i2c.start(0) print(i2c.address(0, 0x50, i2c.RECEIVER), i2c.read(0, 2):byte(1, -1)) i2c.stop(0)',
      'i2c.start(0) i2c.address(0, 0x50, 0) print(i2c.write(0, "\\5ab", {1, 2}, 3)) i2c.stop(0)',
    ),
    ['100000', 'true\t1', 'true\t20\t30', '6'],
  );
  t.same([...part.registers.subarray(5, 11)], [97, 98, 1, 2, 3, 0]);
});

t.test('nobody answers at another address, or on other pins', async (t) => {
  const esp = new Esp();
  esp.device.hardware.attach(new Pcf8574({ address: 0x20, pins: { sda: 3, scl: 4 } }));
  t.same(
    esp.lua(
      'i2c.setup(0, 3, 4, i2c.SLOW) i2c.start(0) print(i2c.address(0, 0x21, 0), i2c.write(0, 1, 2)) i2c.stop(0)',
      'i2c.setup(0, 4, 3, i2c.SLOW) i2c.start(0) print(i2c.address(0, 0x20, 0)) i2c.stop(0)',
      'i2c.setup(0, 3, 4, i2c.SLOW) i2c.start(0) print(i2c.address(0, 0x20, 0)) i2c.stop(0)',
    ),
    ['false\t0', 'false', 'true'],
  );
});

t.test('without setup nobody hears, and reading nothing returns nothing', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('i2c.start(0) print(i2c.address(0, 0x20, 0)) i2c.stop(0) print(i2c.read(0, 0))'), ['false', '']);
});

t.test('the lines are driven as the firmware drives them, in about 20 us a bit', async (t) => {
  const esp = new Esp();
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW)');
  const before = esp.events.length;
  const begin = esp.device.clock.now();
  esp.lua('i2c.start(0) i2c.address(0, 0x20, 0) i2c.stop(0)');
  const lines = esp.events.slice(before).map((line) => line.split(' ')[1]);
  t.equal(lines.filter((line) => line === '2=1').length, 10, 'nine clock pulses and that of STOP');
  t.same(lines.slice(0, 5), ['1=0', '2=0', '2=1', '2=0', '1=1'], 'START, and the address 0x20 begins 0 1');
  t.ok(esp.device.clock.now() - begin > 150);
});

t.test('a held clock line ends in the watchdog', async (t) => {
  const esp = new Esp();
  esp.device.gpio.setExternal(2, 0);
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW)');
  esp.run(5000);
  t.match(
    esp.events.filter((line) => line.startsWith('crash')),
    [/^crash watchdog/],
  );
});

t.test('a display shows what is sent to it', async (t) => {
  const esp = new Esp();
  const display = esp.device.hardware.attach(new Ssd1306());
  esp.lua(
    'i2c.setup(0, 1, 2, i2c.FAST)',
    'local function send(...) i2c.start(0) i2c.address(0, 0x3c, 0) i2c.write(0, ...) i2c.stop(0) end',
    'send(0, 0x20, 0, 0xa1, 0xc8, 0xaf) send(0x40, ("\\1"):rep(4))',
  );
  t.equal(display.look(), 'on\n▀▀▀▀');
});

t.test('a sensor is found by its identification', async (t) => {
  const esp = new Esp();
  esp.device.hardware.attach(new Bme280());
  t.same(
    esp.lua(
      'i2c.setup(0, 2, 1, i2c.SLOW)',
      'i2c.start(0) i2c.address(0, 0x76, 0) i2c.write(0, 0xd0) i2c.stop(0)',
      'i2c.start(0) i2c.address(0, 0x76, 1) print(i2c.read(0, 1):byte()) i2c.stop(0)',
    ),
    ['96'],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['i2c.setup(1, 1, 2, 1)', 'i2c 1 does not exist'],
    ['i2c.setup(0, 13, 2, 1)', 'gpio 13 does not exist'],
    ['i2c.setup(0, 1, 13, 1)', 'gpio 13 does not exist'],
    ['i2c.setup(0, 0, 2, 1)', 'i2c SDA on D0 is not supported'],
    ['i2c.setup(0, 1, 2, 0)', 'wrong arg range'],
    ['i2c.setup(0, 1, 2)', "bad argument #4 to 'setup' (number expected, got no value)"],
    ['i2c.start(1)', 'i2c 1 does not exist'],
    ['i2c.stop(1)', 'i2c 1 does not exist'],
    ['i2c.address(1, 1, 1)', 'i2c 1 does not exist'],
    ['i2c.address(0, 128, 1)', 'wrong arg range'],
    ['i2c.address(0, -1, 1)', 'wrong arg range'],
    ['i2c.write(1, 1)', 'i2c 1 does not exist'],
    ['i2c.write(0)', 'wrong arg type'],
    ['i2c.write(0, 256)', 'wrong arg range'],
    ['i2c.write(0, {-1})', 'wrong arg range'],
    ['i2c.write(0, {"x"})', "bad argument #-1 to 'write' (number expected, got string)"],
    ['i2c.write(0, print)', "bad argument #2 to 'write' (string expected, got function)"],
    ['i2c.read(1, 1)', 'i2c 1 does not exist'],
    ['i2c.read(0)', "bad argument #2 to 'read' (number expected, got no value)"],
  ]);
});
