import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('an object reads, writes and seeks', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'local f = file.open("a", "w+") print(f:write("one\\ntwo;"), f:writeline(3), f:flush(), f:seek("set", 0))',
      'print(f:readline()) print(f:read(2), f:read(";"), f:read(), f:read(), f:read(0)) print(f:seek("end"), f:close())',
    ),
    ['true\ttrue\ttrue\t0', 'one', '', 'tw\to;\t3', '\tnil\t', '10'],
  );
});

t.test('the functions without an object use the last opened file', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'file.putcontents("a", "AAA") file.putcontents("b", "BBB")',
      'local a, b = file.open("a"), file.open("b")',
      'print(file.read(1), a:read(1)) a:close() print(file.read(1)) file.close() print(b:read(1))',
      'b:close() print(file.read())',
    ),
    ['B\tA', 'B', 'B', 'nil'],
  );
});

t.test('whole files: contents, sizes, existence, names', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'print(file.putcontents("e", ""), file.putcontents("n", 42), file.getcontents("n"), file.getcontents("e"), select("#", file.getcontents("none")))',
      'print(file.exists("n"), file.exists("x"), file.rename("n", "m"), file.exists("m"), select("#", file.remove("m")), file.exists("m"))',
      'local s = file.stat("e") print(s.size, s.name, s.is_dir, s.time.year, file.stat("none"))',
    ),
    ['true\ttrue\t42\tnil\t0', 'true\tfalse\ttrue\ttrue\t0\tfalse', '0\te\tfalse\t1970\tnil'],
  );
});

t.test('files that nobody holds any more make room for others, in 5.1 at once', async (t) => {
  const lost = 'for i = 1, 9 do file.open("f" .. i, "w") end print(type(file.open("f1", "w")))';
  t.same(new Esp().lua(lost), ['userdata']);
  t.same(new Esp({ profile: { lua: '5.3' } }).lua(lost), ['nil']);
  const held = 't = {} for i = 1, 5 do t[i] = file.open("f" .. i, "w") end print(#t)';
  t.same(new Esp().lua(held), ['4']);
});

t.test('list takes a pattern', async (t) => {
  const esp = new Esp({ files: { 'a.lua': '12', b: '1' } });
  t.same(
    esp.lua(
      'local n = 0 for k, v in pairs(file.list()) do n = n + v end print(n)',
      'for k, v in pairs(file.list("%.lua$")) do print(k, v) end',
    ),
    ['3', 'a.lua\t2'],
  );
  t.equal(esp.error('file.list("[")'), "malformed pattern (missing ']')");
});

t.test('format wipes everything and says so', async (t) => {
  const esp = new Esp({ files: { a: '1' } });
  const lines = esp.lua('print(file.format()) print(next(file.list()), file.fsinfo())');
  t.match(lines, [/^\.{48}format done\.$/, '', 'nil\t2957031\t0\t2957031']);
});

t.test('places and sizes of the flash', async (t) => {
  t.same(new Esp().lua('print(file.fscfg()) file.on("rtc", function() end) file.on("rtc", nil)'), ['1048576\t3129344']);
});

t.test('dofile, loadfile and require go through the flash', async (t) => {
  const esp = new Esp({ files: { 'm.lua': 'print("loading", ...) return 7', 'd.lua': 'return 1 + 1' } });
  t.same(esp.lua('print(dofile("d.lua"), loadfile("d.lua")(), require("m"), require("m"))'), [
    'loading\tm',
    '2\t2\t7\t7',
  ]);
  t.equal(esp.error('dofile("none.lua")'), 'cannot open none.lua: ');
});

t.test('pairs() of stat has the order of a table made for its fields', async (t) => {
  const order = (table: string) => `for k in pairs(${table}) do uart.write(0, k, " ") end print()`;
  t.same(new Esp().lua('file.putcontents("a", "x")', order('file.stat("a")'), order('file.stat("a").time')), [
    'time is_arch name is_sys is_rdonly is_hidden is_dir size ',
    'min year day sec hour mon ',
  ]);
});

t.test('errors', async (t) => {
  const long = `("x"):rep(32)`;
  errorRows(t, [
    ['file.read()', 'open a file first'],
    ['file.write("x")', 'open a file first'],
    ['file.readline()', 'open a file first'],
    ['file.writeline("x")', 'open a file first'],
    ['file.seek()', 'open a file first'],
    ['file.flush()', 'open a file first'],
    ['(function() local f = file.open("q", "w") f:close() f:read() end)()', 'open a file first'],
    [`file.open(${long})`, "bad argument #1 to 'open' (filename invalid)"],
    [`file.exists(${long})`, "bad argument #1 to 'exists' (filename invalid)"],
    [`file.remove(${long})`, "bad argument #1 to 'remove' (filename invalid)"],
    ['file.open("none") or file.read("ab")', 'wrong arg range'],
    ['file.open("none") or file.read("a")', 'open a file first'],
    [`file.rename(${long}, {})`, "bad argument #1 to 'rename' (filename invalid)"],
    [`file.open(${long}, {})`, "bad argument #1 to 'open' (filename invalid)"],
    [`file.rename("a", ${long})`, "bad argument #2 to 'rename' (filename invalid)"],
    [`file.getcontents(${long})`, "bad argument #1 to 'getcontents' (filename invalid)"],
    [`file.putcontents(${long}, "")`, "bad argument #1 to 'putcontents' (filename invalid)"],
    ['file.stat("d/" .. ("x"):rep(31))', "bad argument #1 to 'stat' (filename invalid)"],
    ['file.open("a\\0b")', "bad argument #1 to 'open' (filename invalid)"],
    ['file.open()', "bad argument #1 to 'open' (string expected, got no value)"],
    ['file.getcontents()', "bad argument #1 to 'getcontents' (string expected, got nil)"],
    ['file.putcontents("p")', "bad argument #2 to 'putcontents' (string expected, got nil)"],
    ['file.list({})', "bad argument #1 to 'list' (string expected, got table)"],
    ['file.on("x")', "bad argument #1 to 'on' (invalid option 'x')"],
    ['file.on("rtc", 5)', 'Callback should be function or nil'],
    ['file.open("q", "w").write(tmr.create(), "x")', "bad argument #1 to 'write' (file.obj expected, got userdata)"],
    ['file.open("q", "w"):seek("beg")', "bad argument #1 to 'seek' (invalid option 'beg')"],
    ['file.open("q", "w"):read("ab")', 'wrong arg range'],
  ]);
});
