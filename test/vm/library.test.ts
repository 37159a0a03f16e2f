/** Corners of the libraries that the official test suites found. */
import t from 'tap';
import { rig } from './rig.ts';

t.test('5.3: math.max and math.min take whatever can be compared and hand it back as it is', async (t) => {
  const { eval: show } = rig({ version: '5.3' });
  t.equal(show('math.max("10", "9"), math.min("b", "a"), math.max(1, 2.0)'), '9\ta\t2.0');
  t.equal(show('pcall(math.max)'), "false\tbad argument #1 to 'math.max' (value expected)");
  t.equal(show('pcall(math.max, 2, "9")'), 'false\tattempt to compare number with string');
  t.equal(rig().eval('math.max("10", 9)'), '10', '5.1 takes numbers');
});

t.test('5.3: math.modf leaves an integer what it is', async (t) => {
  t.equal(rig({ version: '5.3' }).eval('math.modf(3)'), '3\t0.0');
});

t.test('5.3: a digit too many in a pack format is an option, and a wrong one', async (t) => {
  t.equal(
    rig({ version: '5.3' }).eval('pcall(string.packsize, "c1" .. ("0"):rep(40))'),
    "false\tinvalid format option '0'",
  );
});

t.test('5.3: table.sort notices an order that makes no sense when it leaves the partition', async (t) => {
  const { eval: show } = rig({ version: '5.3' });
  t.equal(
    show('pcall(table.sort, {1, 2, 3, 4}, function() return true end)'),
    'false\tinvalid order function for sorting',
  );
});

t.test('string.dump strips as node.stripdebug says in 5.3, and all or nothing in 5.1', async (t) => {
  const names = 'local a, b = 1 local f = load(string.dump(function() return a, b end)) print(debug.getupvalue(f, 2))';
  const r = rig({ version: '5.3' });
  r.lua.stripLevel = 0;
  t.equal(r.run(names), undefined);
  r.lua.stripLevel = 1;
  t.equal(r.run(names), undefined);
  t.same(r.printed(), ['b\tnil', '(*no name)\tnil']);
  const f = 'function()\n\nend';
  t.equal(rig().eval(`#string.dump(${f}, 1) == #string.dump(${f}, 2)`), 'true');
});

t.test('5.3: upvalues of built-in functions have no names, but identities', async (t) => {
  const { eval: show, run } = rig({ version: '5.3' });
  run('f, g = string.gmatch("x", "x"), string.gmatch("x", "x")');
  t.equal(show('debug.getupvalue(f, 1)'), '\tx');
  t.equal(
    show('debug.upvalueid(f, 1) == debug.upvalueid(f, 1), debug.upvalueid(f, 1) == debug.upvalueid(g, 1)'),
    'true\tfalse',
  );
  t.equal(
    show('pcall(debug.upvaluejoin, f, 1, g, 1)'),
    "false\tbad argument #1 to 'debug.upvaluejoin' (Lua function expected)",
  );
});

t.test('5.3: a register that is no longer needed keeps nothing alive', async (t) => {
  const { run, printed } = rig({ version: '5.3', heapLimit: 64_000 });
  t.equal(
    run(`local name
setmetatable({}, {__gc = function() name = debug.getinfo(2).name end})
repeat local a = {} until name
print(name)`),
    undefined,
  );
  t.same(printed(), ['__gc']);
});

t.test('5.1: %g is no class of a pattern, and a zero byte ends one', async (t) => {
  t.equal(rig().eval('("a g"):gsub("%g", "x"), ("a\\0b"):find(".\\0b")'), 'a x\t1\t1');
  t.equal(rig().eval('("a\\0b"):find("\\0")'), '2\t2', 'a plain search takes it as it is');
  t.equal(rig({ version: '5.3' }).eval('("a g"):gsub("%g", "x"), ("a\\0b"):find(".\\0b")'), 'x x\t1\t3');
});

t.test('5.1: gsub takes a last % of the replacement with the zero behind it, and names light functions', async (t) => {
  t.equal(rig().eval('("ab"):gsub("b", "%"):byte(1, -1)'), '97\t0');
  t.equal(
    rig().eval('pcall(string.gsub, "a", "a")'),
    "false\tbad argument #3 to '?' (string/function/table/lightfunction expected)",
  );
});

t.test('5.3-64: table.move starts at the right end of a range, however long', async (t) => {
  const r = rig({ version: '5.3-64' });
  r.run(`local top, from, to = math.maxinteger
t = setmetatable({}, {__index = function(_, k) from = k end, __newindex = function(_, k) to = k error() end})
pcall(table.move, t, 0, top - 1, 1) print(from == top - 1, to == top)
pcall(table.move, t, top + 1, -2, -5) print(from, to == top - 6)`);
  t.same(r.printed(), ['true\ttrue', '-2\ttrue']);
});

t.test('corners that random programs on the firmware found', async (t) => {
  const { run, printed, eval: show } = rig();
  run('u = setmetatable({}, {__newindex = function() print("called") end}) print(pcall(function() u[nil] = 1 end))');
  t.same(printed(), ['false\tt:1: table index is nil'], '5.1 looks at the key before the metamethod');
  t.equal(
    show('pcall(function() return coroutine.create(function() end) < "a" end)'),
    'false\tt:1: attempt to compare two thread values',
  );
  t.equal(show('("ab"):find("a()%1")'), 'nil', 'a position is no text to find again');
  run('module("m", package.seeall)');
  run('module("m") print(_NAME)');
  t.same(printed(), ['nil'], 'module leaves a table that is there alone');
  const { eval: show53 } = rig({ version: '5.3' });
  t.equal(show53('string.unpack("z", "abc")'), 'abc\t5', 'z ends with the text');
  t.equal(show53('select(2, pairs(5))'), '5\tnil', '5.3 leaves the check to next');
  t.equal(
    show53('pcall(function() for _ in pairs(nil) do end end)'),
    "false\tt:1: bad argument #1 to 'for iterator' (table expected, got nil)",
  );
  t.equal(show53('pcall(function() return -"x\\0y" end)').slice(-14), "(constant 'x')", 'a name ends at a NUL');
});

t.test('what print has shown is out when a later value prints something itself, or fails', async (t) => {
  const { run, printed } = rig({ version: '5.1' });
  run(`local function value(f) return setmetatable({}, {__tostring = f}) end
print(1, 2, value(function() print("inside") return "three" end), 4)
pcall(print, 5, value(error), 6) print()`);
  t.same(printed(), ['1\t2inside', '\tthree\t4', '5']);
});

t.test('print calls tostring, for which there must be room on the C stack', async (t) => {
  const { run, eval: show, printed } = rig({ version: '5.1' });
  run(`local bare, full = 0, 0
local function down(n)
  if pcall(print) then bare = n end
  if pcall(print, n) then full = n end
  pcall(down, n + 1)
end
down(1) deepest, shown = bare, full`);
  printed();
  t.equal(show('deepest - shown'), '1');
});

t.test('pairs() of a library has the firmware’s order, and the library of strings is their metatable', async (t) => {
  const { run, eval: show } = rig({ version: '5.1' });
  run('function names(t) local n = {} for k in pairs(t) do n[#n + 1] = k end return table.concat(n, " ") end');
  t.equal(show('names(math)'), 'abs ceil floor max min pow random randomseed sqrt pi huge');
  t.equal(show('names(package)'), 'preload loadlib path loaders cpath loaded config seeall');
  const string = '__index __mod byte char dump find format gfind gmatch gsub len lower match rep reverse sub upper';
  t.equal(show('names(string)'), string);
  t.equal(show('getmetatable("") == string, string.__index == string, ("%d"):__mod(5)'), 'true\ttrue\t5');
});

t.test('debug.traceback gives back what is no text; only 5.3 takes nil for no message', async (t) => {
  const { eval: show } = rig();
  t.equal(show('debug.traceback(nil), debug.traceback(nil, 2), debug.traceback(false, "top")'), 'nil\tnil\ttop');
  t.equal(
    show('debug.traceback("m", "ore", "!"), debug.traceback("m", 99)'),
    'more!|stack traceback:|\tt:1: in main chunk\tm|stack traceback:',
  );
  t.equal(
    rig({ version: '5.3' }).eval('(debug.traceback(nil, 99)), debug.traceback(false)'),
    'stack traceback:\tfalse',
  );
});
