import t from 'tap';
import { Esp } from '../helpers/esp.ts';

t.test('the path of checkpath counts from inside the outermost value', async (t) => {
  t.same(
    new Esp().lua(
      'local seen = {} local mt = {checkpath = function(_, path) seen[#seen + 1] = "/" .. table.concat(path, "/") return true end}',
      'sjson.decode(\'{"a":[{"b":{}},1]}\', {metatable = mt}) print(table.concat(seen, " "))',
    ),
    ['/ /a /a/1 /a/1/b'],
  );
});

t.test('a __newindex of the metatable sees every assignment', async (t) => {
  t.same(
    new Esp().lua(
      'local mt = {__newindex = function(t, k, v) rawset(t, k, v == "x" and "y" or v) end}',
      'local v = sjson.decode(\'["x", "z"]\', {metatable = mt}) print(v[1], v[2])',
    ),
    ['y\tz'],
  );
});

t.test('the null of the options may be any value', async (t) => {
  t.same(new Esp().lua('local n = {} local v = sjson.decode("[null, false]", {null = n}) print(v[1] == n, v[2])'), [
    'true\tfalse',
  ]);
});
