import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('what was added is known, what was not hardly ever', async (t) => {
  t.same(
    new Esp().lua(
      'local f = bloom.create(1000, 1000) print(f:info()) local again = 0 for i = 1, 1000 do if f:add("item" .. i) then again = again + 1 end end',
      'local known, wrong = 0, 0 for i = 1, 1000 do if f:check("item" .. i) then known = known + 1 end if f:check("other" .. i) then wrong = wrong + 1 end end',
      'print(known, wrong < 10, again < 10) f:reset() print(f:check("item1"), select(3, f:info()))',
    ),
    ['15008\t9\t0\t1000000', '1000\ttrue\ttrue', 'false\t0\t1000000'],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['bloom.create(5)', "bad argument #2 to 'create' (number expected, got no value)"],
    ['bloom.create(5, 5):add()', "bad argument #1 to 'add' (string expected, got no value)"],
  ]);
});

t.test('a filter for nothing divides by zero', async (t) => {
  const esp = new Esp();
  esp.lua('bloom.create(0, 100)');
  t.ok(esp.events.some((event) => event.startsWith('crash exception')));
});
