import t from 'tap';
import { Esp } from '../helpers/esp.ts';

t.test('without a callback it blocks and the levels alternate through all rounds', async (t) => {
  const esp = new Esp();
  const lines = esp.lua(
    'gpio.mode(1, 1) local t = tmr.now() gpio.serout(1, 1, {1000, 2000, 3000}, 2) print(tmr.now() - t)',
  );
  t.same(lines, ['12000']);
  t.same(esp.events.slice(2), ['pin 1=1 @0', 'pin 1=0 @1', 'pin 1=1 @3', 'pin 1=0 @6', 'pin 1=1 @7', 'pin 1=0 @9']);
});

t.test('with a callback it plays in the background and then calls it', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'gpio.mode(1, 1) gpio.serout(1, 1, {10000, 20000}, 2, function() print("done", tmr.now()) end) print("at once")',
    ),
    ['at once'],
  );
  t.same(esp.run(100).lines(), ['done\t60000']);
  t.same(esp.events.slice(2), ['pin 1=1 @0', 'pin 1=0 @10', 'pin 1=1 @30', 'pin 1=0 @40']);
});

t.test('a number instead of a callback plays in the background in silence', async (t) => {
  const esp = new Esp();
  esp.lua('gpio.mode(1, 1) gpio.serout(1, 1, {1000}, 1, 1)');
  t.same(esp.run(10).lines(), []);
});

t.test('zero rounds are 2^32: the watchdog bites while it blocks, and in the background there is no end', async (t) => {
  const esp = new Esp();
  esp.lua('gpio.mode(1, 1) gpio.serout(1, 1, {400000, 500000}, 0)');
  t.match(
    esp.events.find((event) => event.startsWith('crash')),
    /^crash watchdog gpio.serout/,
  );
  const silent = new Esp();
  silent.lua('gpio.mode(1, 1) gpio.serout(1, 1, {}, 0)');
  t.match(
    silent.events.find((event) => event.startsWith('crash')),
    /^crash watchdog/,
  );
  const other = new Esp();
  other.lua('gpio.mode(1, 1) gpio.serout(1, 1, {0, 20000}, 0, print)');
  other.run(100);
  t.equal(other.events.filter((event) => event.startsWith('pin 1=1')).length, 5);
});
