import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('bytes come out by count, by delimiter and by line', async (t) => {
  t.same(
    new Esp().lua(
      'local p = pipe.create() p:write("one\\ntwo;three\\nfour") print(p:read(2), p:read(), p:read(";+"), p:read("\\n"), p:read(10), p:read(1))',
      'p:write(("x"):rep(300)) print(p:nrec(), #p) p:unread("<") print(p:read(2))',
    ),
    ['on\te\ttwo;\tthree\tfour\tnil', '2\t3', '<x'],
  );
});

t.test('reader makes an iterator', async (t) => {
  t.same(new Esp().lua('local p = pipe.create() p:write("a b c") for w in p:reader(" ") do print(w) end'), [
    'a',
    'b',
    'c',
  ]);
});

t.test('a reader function runs as a task when bytes arrive', async (t) => {
  t.same(
    new Esp().lua(
      'p = pipe.create(function(q) print("got", q:read(10)) return false end, 2) p:write("ab") p:write("cd") print("written")',
    ),
    ['written', 'got\tabcd'],
  );
});

t.test('what is no text is not written, and nobody minds', async (t) => {
  t.same(
    new Esp().lua('p = pipe.create() p:write() p:write({}) p:unread(true) p.write(5, "") print(p:nrec(), p:read())'),
    ['0\tnil'],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['pipe.create(5)', "bad argument #1 to 'create' (function expected, got number)"],
    ['pipe.create(print, 3)', "bad argument #2 to 'create' (invalid priority)"],
    ['pipe.create():read(0)', "bad argument #1 to 'read' (invalid chunk size)"],
    ['pipe.create():read("ab")', "bad argument #1 to 'read' (invalid delimiter)"],
    ['pipe.create().unread({}, "x")', "bad argument #1 to 'unread' (pipe table)"],
    ['pipe.create().read({})', "bad argument #1 to 'read' (pipe table)"],
  ]);
});
