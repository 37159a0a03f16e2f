import t from 'tap';
import type { Firmware } from '../../runtime/device/index.ts';
import { Esp } from '../helpers/esp.ts';

const era = (firmware: Firmware, files: Readonly<Record<string, string>> = {}) =>
  new Esp({ profile: { firmware }, files });

t.test('one line says what boots, and a missing init.lua is told with the program’s name', async (t) => {
  t.equal(
    era('2.2').take(),
    '\r\n\r\nNodeMCU 2.2.1.0 build 2018-12-07 00:00 powered by Lua 5.1.4 on SDK 2.2.1(6ab97e9)\r\nlua: cannot open init.lua\r\n> ',
  );
  t.equal(
    era('1.5').take(),
    '\r\n\r\nNodeMCU 1.5.4.1 build 2016-12-01 00:00 powered by Lua 5.1.4 on SDK 1.5.4.1(39cb9a32)\r\nlua: cannot open init.lua\r\n> ',
  );
  t.match(era('3.0').take(), /cannot open init.lua: \r\n> $/);
});

t.test('an error of init.lua has the prefix, the traceback one C frame, and the prompt follows at once', async (t) => {
  const esp = era('2.2', { 'init.lua': 'print("hi")\nfoo()' });
  t.match(
    esp.take(),
    /\r\nhi\r\nlua: init.lua:2: attempt to call global 'foo' \(a nil value\)\r\nstack traceback:\r\n\tinit.lua:2: in main chunk\r\n\t\[C\]: \?\r\n> $/,
  );
  t.match(era('2.2', { 'init.lua': 'error({})' }).take(), /\r\nlua: \(error object is not a string\)\r\n> $/);
  t.match(era('2.2', { 'init.lua': 'error()' }).take(), /\(6ab97e9\)\r\n> $/);
});

t.test('at the prompt errors have neither prefix nor C frames', async (t) => {
  const esp = era('2.2');
  esp.take();
  t.equal(esp.type('print(1)\n'), 'print(1)\r\n1\r\n> ');
  t.equal(esp.type('=2,"x"\n'), '=2,"x"\r\n2\tx\r\n> ');
  t.equal(esp.type('for i=1,2 do\n'), 'for i=1,2 do\r\n>> ');
  t.equal(esp.type('print(i) end\n'), 'print(i) end\r\n1\r\n2\r\n> ');
  t.equal(
    esp.type('foo()\n'),
    "foo()\r\nstdin:1: attempt to call global 'foo' (a nil value)\r\nstack traceback:\r\n\tstdin:1: in main chunk\r\n> ",
  );
  t.equal(esp.type('x = = 2\n'), "x = = 2\r\nstdin:1: unexpected symbol near '='\r\n> ");
  t.equal(esp.type('error(nil)\n'), 'error(nil)\r\n> ');
  t.equal(esp.type('\n'), '\r\n> ');
});

t.test('of lines that arrive together each runs before the next is echoed', async (t) => {
  const esp = era('2.2');
  esp.take();
  esp.device.receive(Uint8Array.from(Buffer.from('a=1\nprint(a)\n')));
  t.equal(esp.run(0).take(), 'a=1\r\n> print(a)\r\n1\r\n> ');
});

t.test('node.output gets every printed piece as a string, at once, and errors stay on the UART', async (t) => {
  const esp = era('2.2');
  esp.lua('t = {} node.output(function(s) t[#t + 1] = s end, 0) print("a", 1)', 'n = #t');
  t.equal(esp.take(), '');
  esp.type('foo()\n');
  esp.type('node.output(nil)\n');
  t.same(
    esp.lua('for i, s in ipairs(t) do t[i] = s:gsub("\\n", "N"):gsub("\\t", "T") end print(table.concat(t, "|"))'),
    ['a|T|1|N|> '],
  );
  t.same(esp.lua('print(n)'), ['4']);
});

t.test('with serial debug the UART has the text too', async (t) => {
  const esp = era('1.5');
  t.same(esp.lua('s = "" node.output(function(x) s = s .. x end, 1) print("both") node.output() print(#s)'), [
    'both',
    '5',
  ]);
});

t.test('node.input runs a line later, and only while nothing is being typed', async (t) => {
  const esp = era('2.2');
  esp.take();
  t.same(esp.lua('node.input("print(1)") node.input("print(2)") print(0)'), ['0', '1']);
  esp.type('pri');
  t.same(esp.lua('node.input("print(3)")'), []);
  t.equal(esp.type('nt(4)\n'), 'nt(4)\r\n4\r\n> ');
  t.same(esp.lua(`node.input("${'x'.repeat(256)}") print("dropped")`), ['dropped']);
  t.equal(esp.type('node.input("print(5)")\n'), 'node.input("print(5)")\r\n> ');
});

t.test('the telnet server of the time: each line in, each piece out', async (t) => {
  const esp = era('1.5');
  const lines = esp.lua(
    'sent = {}',
    'function s_output(str) if str then sent[#sent + 1] = str end end',
    'node.output(s_output, 0)',
    'node.input("print(1 + 1)\\n")',
  );
  t.same(lines, []);
  t.same(esp.lua('node.output(nil) print(#sent, sent[1], sent[3])'), ['3\t2\t> ']);
});

for (const firmware of ['1.5', '2.2'] as const) {
  t.test(`${firmware}: an error in any callback is a panic and a watchdog reset`, async (t) => {
    const esp = era(firmware, { 'init.lua': 'tmr.alarm(0, 10, 0, function() foo() end)' });
    esp.take();
    esp.run(10);
    const text = "init.lua:1: attempt to call global 'foo' (a nil value)";
    t.equal(esp.take(), `PANIC: unprotected error in call to Lua API (${text})\r\n`);
    t.equal(esp.events[1], `crash panic ${text} @10`);
    esp.run(5000);
    t.match(esp.events[2], /^reset 2 3 /);
  });

  t.test(`${firmware}: uart.on('data', 0, …) hands over what has arrived`, async (t) => {
    const esp = era(firmware);
    esp.lua('uart.on("data", 0, function(d) print("<" .. d .. ">") end, 0)');
    esp.device.receive(Uint8Array.from(Buffer.from('hello')));
    t.same(esp.run(0).lines(), ['<hello>']);
    esp.lua('uart.on("data", 3, function(d) print("<" .. d .. ">") end, 0)');
    esp.device.receive(Uint8Array.from(Buffer.from('abcdefgh')));
    t.same(esp.run(0).lines(), ['<abc>', '<def>']);
    esp.lua('uart.on("data", "\\r", function(d) print("<" .. #d .. ">") end, 0)');
    esp.device.receive(Uint8Array.from(Buffer.from('ij\rk')));
    t.same(esp.run(0).lines(), ['<5>']);
  });
}

t.test('3.0: uart.on(data, 0) hands over byte by byte', async (t) => {
  const esp = era('3.0');
  esp.lua('uart.on("data", 0, function(d) print("<" .. d .. ">") end, 0)');
  esp.device.receive(Uint8Array.from(Buffer.from('hi')));
  t.same(esp.run(0).lines(), ['<h>', '<i>']);
});

t.test('an empty line does not reach uart.on, a full one does before it runs', async (t) => {
  const esp = era('2.2');
  esp.lua('uart.on("data", function(d) print("<" .. d .. ">") end)');
  t.equal(esp.type('\n'), '\r\n> ');
  t.equal(esp.type('a=1\n'), 'a=1\r\n<a=1>\r\n> ');
});
