import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

const A = 1;
const B = 2;
const PRESS = 3;

/** A switch whose events are printed: mask, position, milliseconds. */
function make() {
  const esp = new Esp();
  esp.run(1000);
  esp.lua(
    'rotary.setup(0, 1, 2, 3)',
    'rotary.on(0, rotary.ALL, function(m, pos, at) print(m, pos, math.floor(at / 1000)) end)',
  );
  const set = (pin: number, level: 0 | 1): void => {
    esp.device.gpio.setExternal(pin, level);
    esp.run(1);
  };
  return { esp, set };
}

t.test('each quarter of a turn counts, in both directions', async (t) => {
  const { esp, set } = make();
  set(B, 0);
  set(A, 0);
  t.same(
    esp.lines().map((line) => line.split('\t').slice(0, 2).join(' ')),
    ['8 1', '8 2'],
  );
  set(A, 1);
  set(B, 1);
  set(A, 0);
  t.same(
    esp.lines().map((line) => line.split('\t').slice(0, 2).join(' ')),
    ['8 1', '8 0', '8 -1'],
  );
  t.same(esp.lua('print(rotary.getpos(0))'), ['-1\t4']);
});

t.test('a short press is a click after half a second', async (t) => {
  const { esp, set } = make();
  set(PRESS, 0);
  esp.run(50);
  set(PRESS, 1);
  t.same(esp.lua('print(rotary.getpos(0))').at(-1), '0\t4');
  t.same(
    esp
      .run(600)
      .lines()
      .map((line) => line.split('\t')[0]),
    ['16'],
  );
});

t.test('two presses are a double click and no click', async (t) => {
  const { esp, set } = make();
  for (const level of [0, 1, 0, 1] as const) {
    set(PRESS, level);
    esp.run(50);
  }
  t.same(
    esp
      .run(1000)
      .lines()
      .map((line) => line.split('\t')[0]),
    ['1', '4', '1', '4', '32'],
  );
});

t.test('a long press is told while it lasts, and is a click as well', async (t) => {
  const { esp, set } = make();
  set(PRESS, 0);
  t.same(esp.run(700).lines(), ['1\t0\t1000', '2\t0\t1500']);
  set(PRESS, 1);
  t.same(
    esp
      .run(700)
      .lines()
      .map((line) => line.split('\t')[0]),
    ['4', '16'],
  );
});

t.test('bounces within ten milliseconds are not seen', async (t) => {
  const { esp, set } = make();
  for (const level of [0, 1, 0, 1, 0] as const) set(PRESS, level);
  t.same(
    esp.lines().map((line) => line.split('\t')[0]),
    ['1'],
  );
});

t.test('on without a function ends callbacks, close everything', async (t) => {
  const { esp, set } = make();
  esp.lua('rotary.on(0, rotary.TURN)');
  set(B, 0);
  t.same(esp.lines(), []);
  esp.lua('rotary.close(0)');
  set(PRESS, 0);
  t.same(esp.lua('print(rotary.getpos(0))'), ['']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['rotary.setup(3, 1, 2)', 'rotary 3 does not exist'],
    ['rotary.setup(0, 0, 2)', "bad argument #2 to 'setup' (Invalid pin)"],
    ['rotary.setup(0, 1, 13)', "bad argument #3 to 'setup' (Invalid pin)"],
    ['rotary.setup(0, 1, 2, 0)', "bad argument #4 to 'setup' (Invalid pin)"],
    ['rotary.setup(0, 1, 2, 3, 0)', "bad argument #5 to 'setup' (Invalid timeout)"],
    ['rotary.setup(0, 1, 2, 3, 1, 0)', "bad argument #6 to 'setup' (Invalid timeout)"],
    ['rotary.close(-1)', 'rotary -1 does not exist'],
    ['rotary.on(3, 1)', 'rotary 3 does not exist'],
    ['rotary.on(0, 1, 2)', 'Unable to set callback.'],
    ['rotary.getpos(3)', 'rotary 3 does not exist'],
  ]);
});
