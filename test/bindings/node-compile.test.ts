import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('errors', async (t) => {
  errorRows(t, [
    ['node.compile()', "bad argument #1 to 'compile' (string expected, got no value)"],
    ['node.compile(("x"):rep(32))', "bad argument #1 to 'compile' (filename invalid)"],
    ['node.compile("x.txt")', 'not a .lua file'],
    ['node.compile("none.lua")', 'cannot open none.lua: '],
  ]);
});

t.test('a first line with # is skipped, as dofile does', async (t) => {
  const esp = new Esp({ files: { 'a.lua': '#!/usr/bin/lua\nprint("compiled")', 'b.lua': '#!/usr/bin/lua\nx = = 1' } });
  t.same(esp.lua('node.compile("a.lua") dofile("a.lc")'), ['compiled']);
  t.match(esp.lua('node.compile("b.lua")').join('\n'), 'b.lua:2: unexpected symbol near');
});

t.test('a missing file is named as each release does', async (t) => {
  const old = new Esp({ profile: { firmware: '2.2' } });
  t.same(old.lua('print(pcall(node.compile, "none.lua"))'), ['false\tcannot open none.lua']);
});
