import t from 'tap';
import { Esp } from '../helpers/esp.ts';

t.test('banner, message about the missing init.lua, prompt', async (t) => {
  const text = new Esp().take();
  t.match(text, /^\r\nNodeMCU 3\.0\.0\.0 \r\n/);
  t.match(text, /powered by [^\r]*\r\ncannot open init\.lua: \r\n> $/);
});

t.test('init.lua prints before the prompt; its tasks run around it by priority', async (t) => {
  const init =
    'node.task.post(0, function() print("low") end) node.task.post(2, function() print("high") end) print("init")';
  t.match(new Esp({ files: { 'init.lua': init } }).take(), /\r\ninit\r\nhigh\r\n> low\r\n$/);
});

t.test('an error of init.lua is printed without a prefix and nothing restarts', async (t) => {
  const esp = new Esp({ files: { 'init.lua': 'error("boom")' } });
  t.match(
    esp.take(),
    /\r\ninit\.lua:1: boom\r\nstack traceback:\r\n\t\[C\]: in function 'error'\r\n\tinit\.lua:1: in main chunk\r\n\t\[C\]: \?\r\n> $/,
  );
  t.same(esp.run(5000).events, ['reset 1 0 @0']);
});

t.test('a first line with a hash is skipped and counted', async (t) => {
  t.match(
    new Esp({ files: { 'init.lua': '#!lua\nprint("two") error("x", 1)' } }).take(),
    /\r\ntwo\r\ninit\.lua:2: x\r\n/,
  );
});

t.test('lines at the prompt run as chunks of their own', async (t) => {
  const esp = new Esp();
  esp.take();
  t.equal(esp.type('=1+1, "x"\r'), '=1+1, "x"\r\n2\tx\r\n> ');
  t.equal(esp.type('local x = 1\r'), 'local x = 1\r\n> ');
  t.equal(esp.type('=x\r'), '=x\r\nnil\r\n> ');
});

t.test('a NUL ends an expression, and a token in a message', async (t) => {
  const esp = new Esp();
  esp.take();
  t.equal(esp.type('=7 \0 nonsense\r'), '=7 \0 nonsense\r\n7\r\n> ');
  t.equal(esp.type('"a\0b"\r'), `"a\0b"\r\nLua error: \tstdin:1: unexpected symbol near '"a'\r\n> `);
});

t.test('an unfinished statement asks for more', async (t) => {
  const esp = new Esp();
  esp.take();
  t.equal(esp.type('for i=1,2 do\r'), 'for i=1,2 do\r\n>> ');
  t.equal(esp.type('print(i) end\r'), 'print(i) end\r\n1\r\n2\r\n> ');
});

t.test('_PROMPT and _PROMPT2 replace the prompts', async (t) => {
  const esp = new Esp();
  esp.type('_PROMPT = "$ " _PROMPT2 = "$$ "\r');
  t.equal(esp.type('do\r'), 'do\r\n$$ ');
  t.equal(esp.type('end\r'), 'end\r\n$ ');
  t.equal(esp.type('\r'), '\r\n$ ');
});

t.test('errors at the prompt have a prefix and two C frames, syntax errors no traceback', async (t) => {
  const esp = new Esp();
  esp.take();
  t.equal(
    esp.type('foo()\r'),
    "foo()\r\nLua error: \tstdin:1: attempt to call global 'foo' (a nil value)\r\nstack traceback:\r\n\tstdin:1: in main chunk\r\n\t[C]: ?\r\n\t[C]: ?\r\n> ",
  );
  t.equal(esp.type('x = = 2\r'), "x = = 2\r\nLua error: \tstdin:1: unexpected symbol near '='\r\n> ");
  t.equal(esp.type('error(nil)\r'), 'error(nil)\r\nnil\r\n> ');
});

t.test('results of Lua 5.3 keep their type', async (t) => {
  const show = (lua: '5.3' | '5.3-64', line: string): string => {
    const esp = new Esp({ profile: { lua } });
    esp.take();
    return esp.type(`${line}\r`).slice(line.length + 2);
  };
  t.equal(show('5.3', '=1.0, "10" + 1, 7 // 2'), '1.0\t11.0\t3\r\n> ');
  t.equal(show('5.3-64', '=1e3, math.maxinteger'), '1000.0\t9223372036854775807\r\n> ');
});

t.test(
  'the handler of errors goes through debug.traceback, whatever the error and whatever stands there',
  async (t) => {
    const modern = new Esp({ profile: { lua: '5.3' } });
    t.match(
      modern.type('error(nil)\r'),
      /\r\nLua error: \tstack traceback:\r\n\t\[C\]: in /,
      'nil is no message in 5.3',
    );
    const esp = new Esp();
    esp.type('debug = {}\r');
    t.equal(esp.type('error("x")\r'), 'error("x")\r\nnil\r\n> ');
    esp.type('debug.traceback = 5\r');
    t.equal(esp.type('error("x")\r'), 'error("x")\r\nLua error: \t5\r\n> ');
  },
);

t.test('a broken print is told with its own error, without a traceback', async (t) => {
  const told = (replacement: string): string => {
    const esp = new Esp();
    esp.type(`print = ${replacement}\r`);
    return esp.type('=3\r');
  };
  t.equal(told('function() error("x") end'), "=3\r\nerror calling 'print' (stdin:1: x)\r\n> ");
  t.equal(told('function() error({}) end'), "=3\r\nerror calling 'print' (<null>)\r\n> ");
  t.equal(told('5'), "=3\r\nerror calling 'print' (attempt to call a number value)\r\n> ");
});

t.test('the default handler of errors says nothing when print fails', async (t) => {
  const esp = new Esp();
  esp.take();
  esp.type('print = function() error("x") end node.task.post(function() error("y") end)\r');
  esp.take();
  t.equal(esp.run(1000).take(), '');
  t.ok(esp.run(2000).events.includes('restart'));
});

t.test('an uncaught error of a callback is printed by default and restarts after two seconds', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('node.task.post(function() nosuch() end)'), [
    "t:1: attempt to call global 'nosuch' (a nil value)",
    'stack traceback:',
    '\tt:1: in function <t:1>',
  ]);
  esp.run(1500).lua('node.task.post(function() error("second", 0) end)');
  esp.run(5000);
  t.same(esp.events, ['reset 1 0 @0', 'restart', 'reset 2 4 @2110']);
});

t.test('an error handler keeps the device running', async (t) => {
  const esp = new Esp();
  const lines = esp.lua(
    'node.setonerror(function(m) print("E", m) end)',
    'tmr.create():alarm(5, 0, function() error("x", 0) end)',
  );
  t.same(lines, []);
  t.match(esp.run(10).lines(), ['E\tx', 'stack traceback:']);
  t.same(esp.run(5000).events, ['reset 1 0 @0']);
});

t.test('output can go to a pipe instead of the UART', async (t) => {
  const esp = new Esp();
  esp.lua('got = {} node.output(function(p) got[#got + 1] = p:read(1400) return false end, 0)');
  t.equal(esp.type('print("hidden")\r'), 'print("hidden")\r\n');
  t.same(esp.lua('node.output(nil) print((table.concat(got):gsub("\\n", "#")))'), ['hidden#> ']);
});
