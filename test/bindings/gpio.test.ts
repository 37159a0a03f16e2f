import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('an output is driven and reads itself', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'gpio.mode(1, gpio.OUTPUT) gpio.write(1, gpio.HIGH) print(gpio.read(1)) gpio.write(1, 0) print(gpio.read(1))',
    ),
    ['1', '0'],
  );
  t.same(esp.events.slice(1), ['pin 1=0 @0', 'pin 1=1 @0', 'pin 1=0 @0']);
});

t.test('writing makes an input an output', async (t) => {
  const esp = new Esp();
  esp.device.gpio.setExternal(5, 0);
  t.same(esp.lua('gpio.mode(5, gpio.INPUT) gpio.write(5, 1) print(gpio.read(5))'), ['1']);
});

t.test('an input reads what the world applies', async (t) => {
  const esp = new Esp();
  esp.device.gpio.setExternal(5, 0);
  t.same(esp.lua('gpio.mode(5, gpio.INPUT, gpio.PULLUP) print(gpio.read(5), gpio.read(6))'), ['0\t1']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['gpio.mode(13, 0)', "bad argument #1 to 'mode' (Invalid pin)"],
    ['gpio.mode(0, gpio.INT)', "bad argument #1 to 'mode' (Invalid pin)"],
    ['gpio.mode(1, 4)', "bad argument #2 to 'mode' (wrong arg type)"],
    ['gpio.read(13)', 'gpio 13 does not exist'],
    ['gpio.read(-1)', 'gpio -1 does not exist'],
    ['gpio.write(13, 1)', 'gpio 13 does not exist'],
    ['gpio.write(1, 2)', "bad argument #2 to 'write' (wrong level type)"],
    ['gpio.write(1)', "bad argument #2 to 'write' (number expected, got no value)"],
    ['gpio.trig(0, "up", print)', "bad argument #1 to 'trig' (Invalid interrupt pin)"],
    ['gpio.trig(1, "x", print)', "bad argument #2 to 'trig' (invalid option 'x')"],
    ['gpio.trig(1, "x\\0y", print)', "bad argument #2 to 'trig' (invalid option 'x')"],
    ['gpio.trig(1, "up")', "bad argument #3 to 'trig' (invalid callback type)"],
    ['gpio.serout(13, 1, {1})', "bad argument #1 to 'serout' (Invalid pin)"],
    ['gpio.serout(1, 2, {1})', "bad argument #2 to 'serout' (Wrong level type)"],
    ['gpio.serout(1, 1)', "bad argument #3 to 'serout' (Invalid delay_times)"],
    [
      'gpio.serout(1, 1, (function() local t = {} for i = 1, 256 do t[i] = 1 end return t end)())',
      "bad argument #3 to 'serout' (Invalid delay_times)",
    ],
    ['gpio.serout(1, 1, {"x"})', "bad argument #-1 to 'serout' (number expected, got string)"],
  ]);
});
