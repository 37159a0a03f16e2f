import t from 'tap';
import { rig } from './rig.ts';

t.test('5.3 yields across pcall, metamethods and iterators; 5.1 does not', async (t) => {
  const body = (what: string) => `(function() local f = coroutine.wrap(function() ${what} end) return f(), f(5) end)()`;
  const new53 = rig({ version: '5.3' });
  const old51 = rig();
  const index = 'return setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end}).key';
  t.equal(new53.eval(body(index)), 'key\t5');
  t.match(old51.eval(body(index)), 'attempt to yield across metamethod/C-call boundary');
  t.equal(new53.eval(body('return select(2, pcall(coroutine.yield, 1))')), '1\t5');
  const lt =
    'local m = {__lt = function() return coroutine.yield(1) end} return setmetatable({}, m) < setmetatable({}, m)';
  t.equal(new53.eval(body(lt)), '1\ttrue');
  const concat =
    'local t = setmetatable({}, {__concat = function(a, b) return coroutine.yield(1) end}) return "a" .. t .. "b"';
  t.equal(new53.eval(body(concat)), '1\ta5');
  t.equal(new53.eval(body('for k in coroutine.yield do return k end')), 'nil\t5');
  t.equal(old51.eval(body('return coroutine.yield(1)')), '1\t5');
});

t.test('an error ends a coroutine and pcall inside it catches', async (t) => {
  for (const version of ['5.1', '5.3'] as const) {
    const { eval: show } = rig({ version });
    t.equal(show('coroutine.resume(coroutine.create(function() error("x", 0) end))'), 'false\tx');
    t.equal(show('coroutine.wrap(function() local ok, e = pcall(error, "in") return ok, e end)()'), 'false\tin');
    t.equal(
      show(
        '(function() local co = coroutine.create(function() error({}) end) coroutine.resume(co) return coroutine.status(co), coroutine.resume(co) end)()',
      ),
      'dead\tfalse\tcannot resume dead coroutine',
    );
  }
});

t.test('values pass both ways, also none and many', async (t) => {
  const { eval: show } = rig();
  t.equal(
    show(
      '(function() local f = coroutine.wrap(function(...) local n = select("#", ...) local a, b = coroutine.yield(n) return a, b, n end) return f(1, nil, nil), f(nil, "b") end)()',
    ),
    '3\tnil\tb\t3',
  );
  t.equal(show('select("#", coroutine.wrap(function() return unpack({}, 1, 200) end)())'), '200');
});

t.test('Lua 5.3: each metamethod of a long concatenation may yield', async (t) => {
  const { run, printed } = rig({ version: '5.3' });
  const wrong = run(`
local mt = {}
local function text(v) return type(v) == "table" and v.x or v end
mt.__concat = function(a, b) coroutine.yield(".") return text(a) .. text(b) end
local a, b = setmetatable({x = "a"}, mt), setmetatable({x = "b"}, mt)
local c = coroutine.wrap(function() return a .. b .. a .. "1" .. 2 end)
print(c(), c(), c(), c())`);
  t.equal(wrong, undefined);
  t.same(printed(), ['.\t.\t.\taba12']);
});
