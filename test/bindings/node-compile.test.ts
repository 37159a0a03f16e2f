import t from 'tap';
import { errorRows } from '../helpers/esp.ts';

t.test('errors', async (t) => {
  errorRows(t, [
    ['node.compile()', "bad argument #1 to 'compile' (string expected, got no value)"],
    ['node.compile(("x"):rep(32))', "bad argument #1 to 'compile' (filename invalid)"],
    ['node.compile("x.txt")', 'not a .lua file'],
    ['node.compile("none.lua")', 'cannot open none.lua: '],
  ]);
});
