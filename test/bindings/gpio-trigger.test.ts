import t from 'tap';
import { Esp } from '../helpers/esp.ts';

const watching = (type: string) => {
  const esp = new Esp();
  esp.lua(`gpio.mode(2, gpio.INT) gpio.trig(2, "${type}", function(...) print(...) end)`);
  return esp;
};

t.test('the callback gets level, time and number of edges', async (t) => {
  const esp = watching('both').run(50);
  esp.device.gpio.setExternal(2, 0);
  t.same(esp.run(0).lines(), ['0\t50000\t1']);
});

t.test('up and down select one edge', async (t) => {
  for (const [type, seen] of [
    ['up', '1\t0\t1'],
    ['down', '0\t0\t1'],
  ] as const) {
    const esp = watching(type);
    esp.device.gpio.setExternal(2, 0);
    esp.run(0);
    esp.device.gpio.setExternal(2, 1);
    t.same(esp.run(0).lines(), [seen], type);
  }
});

t.test('edges before the task runs are counted', async (t) => {
  const esp = watching('both');
  for (const level of [0, 1, 0] as const) esp.device.gpio.setExternal(2, level);
  t.same(esp.run(0).lines(), ['0\t0\t3']);
});

t.test('a level trigger repeats as long as the level stays', async (t) => {
  const esp = new Esp();
  esp.lua('n = 0 gpio.mode(2, gpio.INT) gpio.trig(2, "low", function() n = n + 1 if n == 3 then gpio.trig(2) end end)');
  esp.device.gpio.setExternal(2, 0);
  esp.run(0);
  t.same(esp.lua('print(n)'), ['3']);
});

t.test('none and a change of mode end it, a type alone keeps the callback', async (t) => {
  const esp = watching('down');
  esp.lua('gpio.trig(2, "both")');
  esp.device.gpio.setExternal(2, 0);
  t.equal(esp.run(0).lines().length, 1);
  esp.lua('gpio.mode(2, gpio.INPUT)');
  esp.device.gpio.setExternal(2, 1);
  t.same(esp.run(0).lines(), []);
});
