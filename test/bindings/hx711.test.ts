import t from 'tap';
import { Hx711 } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

function make(value: number) {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new Hx711({ clock: 1, data: 2, value }));
  esp.lua('hx711.init(1, 2)');
  esp.run(10);
  return { esp, part };
}

t.test('a sample of 24 bits with its sign, when the converter has woken up', async (t) => {
  const { esp, part } = make(123456);
  const before = esp.clock.now();
  t.same(esp.lua('print(hx711.read())'), ['123456']);
  t.ok(esp.clock.now() - before > 390_000, 'settling');
  part.value = -8_000_000;
  t.same(esp.lua('print(hx711.read(0))'), ['-8000000']);
  t.same(esp.lua('print(hx711.read(2))'), ['-8000000']);
});

t.test('a reading right after init is a whole one', async (t) => {
  const esp = new Esp();
  esp.device.hardware.attach(new Hx711({ clock: 1, data: 2, value: 84_210 }));
  t.same(esp.lua('hx711.init(1, 2) print(hx711.read()) print(hx711.read())'), ['84210', '84210']);
});

t.test('samples in the background, three bytes each', async (t) => {
  const { esp, part } = make(0x010203);
  esp.lua('hx711.start(0, 3, function(data, at, dropped) print(#data, data:byte(1, 3)) print(dropped) end)');
  esp.run(720);
  t.same(esp.lines(), ['9\t3\t2\t1', '0']);
  part.value = -2;
  esp.run(600);
  t.match(esp.lines().at(-2), /^9\t/);
  esp.lua('hx711.stop()');
  esp.run(1000);
  t.same(esp.lines(), []);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['hx711.init(13, 1)', 'gpio 13 does not exist'],
    ['hx711.init(256, -1)', 'gpio 255 does not exist'],
    ['hx711.start(3)', "bad argument #2 to 'start' (number expected, got no value)"],
    ['hx711.read(3)', "bad argument #1 to 'read' (Mode value out of range)"],
    ['hx711.start(3, 1, print)', "bad argument #1 to 'start' (Mode value out of range)"],
    ['hx711.start(0, 401, print)', "bad argument #2 to 'start' (Samples value out of range (1-400))"],
    ['hx711.start(0, 4)', "bad argument #3 to 'start' (Not a callback function)"],
    ['(function() hx711.init(1, 2) hx711.read() end)()', 'ADC timeout!'],
  ]);
});
