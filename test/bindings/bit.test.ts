import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('results are signed 32-bit values', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'print(bit.bnot(0), bit.bit(31), bit.lshift(1, 31), bit.rshift(-1, 0), bit.rshift(-1, 28), bit.arshift(-16, 2))',
    ),
    ['-1\t-2147483648\t-2147483648\t-1\t15\t-4'],
  );
});

t.test('and, or, xor, set and clear take any number of arguments', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'print(bit.band(7), bit.band(15, 6, 12), bit.bor(1, 2, 4), bit.bxor(7, 2, 1), bit.set(0, 0, 3), bit.clear(15, 0, 1))',
    ),
    ['7\t4\t7\t4\t9\t12'],
  );
  t.same(esp.lua('print(bit.isset(5, 0), bit.isset(5, 1), bit.isclear(5, 1))'), ['true\tfalse\ttrue']);
});

t.test('arguments wrap to 32 bits, shifts count modulo 32', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('print(bit.band(4294967295, 255), bit.bor(4294967296 + 5, 0), bit.bor(2.9, 0), bit.lshift(1, 33))'), [
    '255\t5\t2\t2',
  ]);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['bit.band()', "bad argument #1 to 'band' (number expected, got no value)"],
    ['bit.bor(1, "x")', "bad argument #2 to 'bor' (number expected, got string)"],
    ['bit.lshift(1)', "bad argument #2 to 'lshift' (number expected, got no value)"],
    ['bit.isset({}, 1)', "bad argument #1 to 'isset' (number expected, got table)"],
  ]);
});

t.test('Lua 5.3 works on integers as they are, and refuses what is none', async (t) => {
  const esp = new Esp({ profile: { lua: '5.3' } });
  t.same(
    esp.lua(
      'print(bit.band(0x7fffffff, 0x01000001), bit.bxor(16777217, 0), bit.bnot(2147483647), bit.rshift(-1, 4), bit.isset(0x1000001, 0))',
      'for _, f in ipairs{bit.band, bit.bnot, bit.lshift, bit.isset, bit.set} do print(pcall(f, 3.5, 1)) end print(bit.bor(4.0, 1))',
    ),
    [
      '16777217\t16777217\t-2147483648\t268435455\ttrue',
      ...['band', 'bnot', 'lshift', 'isset', 'set'].map(
        (name) => `false\tbad argument #1 to 'bit.${name}' (number has no integer representation)`,
      ),
      '5',
    ],
  );
});
