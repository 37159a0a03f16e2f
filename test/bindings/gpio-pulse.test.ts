import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

const SQUARE = `
  gpio.mode(1, gpio.OUTPUT) gpio.mode(2, gpio.OUTPUT)
  p = gpio.pulse.build {
    { [1] = gpio.HIGH, [2] = gpio.LOW, delay = 250000 },
    { [1] = gpio.LOW, [2] = gpio.HIGH, delay = 250000, loop = 1, count = 3 },
  }`;

t.test(
  'steps set their pins one after the other, as often as the loop says, and then the callback knows',
  async (t) => {
    const esp = new Esp();
    esp.lua(SQUARE, 'p:start(function(position, steps, rest) print(position, steps, rest) end)');
    esp.events.length = 0;
    esp.run(5000);
    t.same(esp.events, [
      'pin 2=1 @250',
      'pin 1=0 @250',
      'pin 1=1 @500',
      'pin 2=0 @500',
      'pin 2=1 @750',
      'pin 1=0 @750',
      'pin 1=1 @1000',
      'pin 2=0 @1000',
      'pin 2=1 @1250',
      'pin 1=0 @1250',
      'pin 1=1 @1500',
      'pin 2=0 @1500',
      'pin 2=1 @1750',
      'pin 1=0 @1750',
    ]);
    t.same(esp.lines(), ['nil\t9\t0']);
  },
);

t.test('delays of more than 1.2 s are as long as asked for', async (t) => {
  const esp = new Esp();
  esp.lua('gpio.mode(1, 1) gpio.pulse.build{{[1]=1, delay=3400000}, {[1]=0}}:start(print)');
  esp.run(3399);
  t.same(esp.device.gpio.read(1), 1);
  esp.run(2);
  t.same(esp.device.gpio.read(1), 0);
});

t.test('stop ends at a step, cancel at once, and both tell the state', async (t) => {
  const esp = new Esp();
  esp.lua(SQUARE, 'p:start(print)');
  t.same(esp.lua('print(p:stop(2, function(position, steps) print("stopped", position, steps) end))'), ['true']);
  esp.run(1000);
  t.same(esp.lines(), ['stopped\t2\t2']);
  esp.lua('p:start(print)');
  esp.run(300);
  t.same(esp.lua('local position, steps, rest = p:cancel() print(position, steps, rest)'), ['2\t2\t200000']);
  esp.run(2000);
  t.same(esp.lines(), []);
  t.same(esp.lua('print(select("#", p:cancel()), select("#", p:adjust(1)))'), ['0\t0']);
});

t.test('a step with limits makes up for what came before', async (t) => {
  const esp = new Esp();
  esp.lua(`gpio.mode(1, gpio.OUTPUT)
    p = gpio.pulse.build {
      { [1] = 1, delay = 1000, min = 900, max = 1100 },
      { [1] = 0, delay = 1000, min = 900, max = 1100, loop = 1, count = 100 },
    }
    p:start(print)`);
  esp.run(20);
  esp.events.length = 0;
  esp.lua('p:adjust(300)');
  esp.run(10);
  const times = esp.events.map((event) => Number(event.split('@')[1]));
  const gaps = times.slice(1).map((time, i) => Math.round((time - (times[i] ?? 0)) * 1000));
  t.same(gaps.slice(0, 5), [1100, 1100, 1100, 1000, 1000], 'in three parts, as the limit allows');
});

t.test('update changes a step of a pattern that runs', async (t) => {
  const esp = new Esp();
  esp.lua(SQUARE, 'p:start(print) p:update(1, { delay = 100000 })');
  esp.run(500);
  esp.events.length = 0;
  esp.run(110);
  t.match(esp.events, ['pin 2=1 @600']);
});

t.test('a loop without delays is ended by the watchdog', async (t) => {
  const esp = new Esp();
  esp.lua('gpio.pulse.build{{[1]=1, loop=1, count=-1}}:start(print)');
  t.match(esp.events.join(), /crash watchdog gpio.pulse: a loop without delays/);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['gpio.pulse.build(1)', "bad argument #1 to 'build' (table expected, got number)"],
    ['gpio.pulse.build{1}', 'All entries must be tables'],
    ['gpio.pulse.build{{[13]=1}}', 'pin number 13 must be in range 0 .. 12'],
    ['gpio.pulse.build{{delay=-1}}', 'delay of -1 must be in the range 0 .. 64000000 microseconds'],
    ['gpio.pulse.build{{delay=10,min=-2}}', 'delay minimum of -2 must be in the range 0 .. 64000000 microseconds'],
    ['gpio.pulse.build{{delay=10,min=5}}', 'Delay of 10 must be between min and max'],
    ['gpio.pulse.build{{foo=1}}', 'Unrecognized key found: foo'],
    ['gpio.pulse.build{{delay="x"}}', "bad argument #-1 to 'build' (number expected, got string)"],
    [
      '(function() local t = {} for i = 1, 101 do t[i] = {} end gpio.pulse.build(t) end)()',
      'table is too large: 101 entries is more than 100',
    ],
    ['gpio.pulse.build{{delay=9}}:start()', 'missing callback'],
    ['gpio.pulse.build{{delay=9}}:update(2, {})', 'entry number must be in range 1 .. 1'],
    [
      '(function() local p = gpio.pulse.build{{delay=9}} p:start(print) p:start(print) end)()',
      'pulse operation already in progress',
    ],
  ]);
  errorRows(t, [
    [
      '(function() local p = gpio.pulse.build{{delay=9}} p:start(print) p:stop(2, print) end)()',
      'bad stop position: 2 (valid range 1 - 1)',
    ],
  ]);
});
