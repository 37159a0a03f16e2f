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

t.test('a pipe is a table: its write function first, then its pieces of at most 256 bytes', async (t) => {
  for (const lua of ['5.1', '5.3'] as const) {
    const esp = new Esp({ profile: { lua } });
    t.same(
      esp.lua(
        'p = pipe.create() print(type(p), #p, p[1] == p.write, p.read == p.read, p[2], p.nothing)',
        'p:write(("x"):rep(600)) for i, v in ipairs(p) do print(i, type(v), i > 1 and #v or "") end print(p:nrec())',
        'local last = p[4] p:read(300) print(#p, p[3] == last, tostring(p[3]) == ("x"):rep(88), #p[2]) p:read(300) print(#p, p[2])',
        'for k in pairs(getmetatable(p)) do print(k) end print((tostring(p):gsub("0x%x+", "0x")))',
        'p.mine = 5 print(p.mine, p.write({}, "x"), p.nrec("four"), p.nrec())',
        'local q = pipe.create(function(q) print(#q, type(q[2]), q:read(), #q) return false end) q:write("abc")',
      ),
      [
        'table\t1\ttrue\ttrue\tnil\tnil',
        '1\tfunction\t',
        '2\tuserdata\t256',
        '3\tuserdata\t256',
        '4\tuserdata\t88',
        '3',
        '3\ttrue\ttrue\t212',
        '1\tnil',
        '__index',
        '__len',
        '__tostring',
        'Pipe: 0x',
        '5\tnil\t3\t-1',
        '2\tuserdata\tabc\t1',
      ],
    );
  }
});

t.test('a key of a pipe that is no text makes the firmware read at address 0', async (t) => {
  const esp = new Esp();
  esp.lua('local p = pipe.create() print(p[true])');
  t.ok(esp.events.some((event) => event.startsWith('crash exception')));
});
