import t from 'tap';
import { usesOf } from '../../../cli/lint/uses.ts';

const MODULES = new Set(['tmr', 'net', 'wifi', 'file', 'node']);
const script = (source: string) => usesOf(source, (name) => MODULES.has(name));
const paths = (source: string) => script(source).uses.map(({ path }) => path);

t.test('a call is known by its whole path, its line and its arguments', async (t) => {
  const [use] = script('\nwifi.sta.config("a", f(1, 2), {x = 1, y})').uses;
  t.match(use, { path: 'wifi.sta.config', line: 2, isQuestion: false });
  t.same(
    use?.arguments?.map((argument) => argument.map(({ text }) => text).join('')),
    ['a', 'f(1,2)', '{x=1,y}'],
  );
  t.same(
    script('node.input "x" node.output{1} tmr.now()').uses.map((u) => u.arguments?.length),
    [1, 1, 0],
  );
  t.equal(script('tmr.alarm(0, 1, 1, function() if a then b() else c() end end)').uses[0]?.arguments?.length, 4);
});

t.test('a mention without a call is a use too', async (t) => {
  t.match(script('pcall(tmr.alarm, 1)').uses, [{ path: 'tmr.alarm', arguments: undefined }]);
});

t.test('fields, methods and keys of the same name are not the module', async (t) => {
  t.same(paths('a.tmr.now() b:net() x = { file = 1, [net] = 2 }'), ['net']);
});

t.test('locals, parameters and loop variables hide a module as long as they live', async (t) => {
  t.same(paths('do local file = file.open("x") file.read() end file.list()'), ['file.open', 'file.list']);
  t.same(paths('function f(net) net.a() end local function g(tmr) tmr.b() end net.c()'), ['net.c']);
  t.same(paths('for file, net in pairs(x) do file.a() net.b() end file.c()'), ['file.c']);
  t.same(paths('if a then local net = 1 net.x() elseif net.y() then net.z() else local net net.q() end net.r()'), [
    'net.y',
    'net.z',
    'net.r',
  ]);
  t.same(paths('repeat local tmr = 1 until tmr.a() tmr.b()'), ['tmr.a', 'tmr.b']);
});

t.test('a local counts from the end of its statement on', async (t) => {
  t.same(paths('local tmr, f = g(function() local x = tmr.now() end), tmr.time\nf() tmr.z()'), [
    'tmr.now',
    'tmr.time',
    'tmr.time',
  ]);
});

t.test('a local can be another name of a module or of its function', async (t) => {
  t.same(paths('local s, t = wifi.sta, tmr\ns.getip() t.now()').slice(2), ['wifi.sta.getip', 'tmr.now']);
});

t.test('to ask for a name is not to use it', async (t) => {
  const asks = (source: string) => script(source).uses.map(({ path, isQuestion }) => `${path} ${isQuestion}`);
  t.same(asks('if node.LFS then end'), ['node.LFS true']);
  t.same(asks('x = file.exists or y'), ['file.exists true']);
  t.same(asks('if file.exists("x") then end'), ['file.exists false']);
});

t.test('what the script defines itself is told', async (t) => {
  t.same(
    [...script('net = require("x") function tmr.alarm() end local function f() end wifi.x = 1').defined].filter(
      Boolean,
    ),
    ['net', 'tmr.alarm', 'wifi.x'],
  );
});

t.test('the variable that takes the result is told', async (t) => {
  t.equal(script('c = net.createConnection(net.UDP)').uses[0]?.result, 'c');
});
