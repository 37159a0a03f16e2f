import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('a single-shot timer fires once and is unregistered inside its callback', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      't = tmr.create() print(t:alarm(100, tmr.ALARM_SINGLE, function(x) print(x == t, x:state(), x:start()) end))',
    ),
    ['true'],
  );
  t.same(esp.run(99).lines(), []);
  t.same(esp.run(1).lines(), ['true\tnil\tfalse']);
  t.same(esp.run(1000).lines(), []);
});

t.test('an auto timer fires until stopped, a semi timer waits to be started again', async (t) => {
  const esp = new Esp();
  esp.lua(
    'a = tmr.create() a:alarm(10, tmr.ALARM_AUTO, function(x) print("a", x:state()) end)',
    's = tmr.create() s:alarm(15, tmr.ALARM_SEMI, function(x) print("s", x:state()) end)',
  );
  t.same(esp.run(20).lines(), ['a\ttrue\t1', 's\tfalse\t2', 'a\ttrue\t1']);
  t.same(esp.lua('print(a:stop(), a:stop(), s:start())'), ['true\tfalse\ttrue']);
  t.same(esp.run(50).lines(), ['s\tfalse\t2']);
});

t.test('register leaves a timer idle; start answers whether it armed', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      't = tmr.create() print(t:state()) t:register(50, 0, function() print("x") end) print(t:state()) print(t:start(), t:start(), t:start(true), t:state())',
    ),
    ['nil', 'false\t0', 'true\tfalse\ttrue\ttrue\t0'],
  );
  t.same(esp.run(50).lines(), ['x']);
});

t.test('interval re-arms a running timer from now and does nothing to an unregistered one', async (t) => {
  const esp = new Esp();
  esp.lua('t = tmr.create() t:interval(5) print(t:state()) t:alarm(100, 1, function() print(tmr.now() / 1000) end)');
  esp.run(50).lua('t:interval(30)');
  t.same(esp.run(60).lines(), ['80', '110']);
});

t.test('stop on an unregistered timer leaves the odd state 3, in which it can be started', async (t) => {
  const esp = new Esp();
  const lines = esp.lua('t = tmr.create() print(t:stop()) print(t:state()) print(t:start())');
  t.same(lines.slice(0, 3), ['false', 'false\t3', 'true']);
  t.match(lines[3], 'Fatal exception');
});

t.test('a running timer is held, a finished one is let go', async (t) => {
  const esp = new Esp();
  const base = esp.device.lua.refCount;
  esp.lua('tmr.create():alarm(10, 0, function() end)', 't = tmr.create() t:alarm(20, 1, function() end)');
  t.ok(esp.device.lua.refCount > base);
  esp.run(50).lua('t:unregister()');
  t.equal(esp.device.lua.refCount, base);
});

t.test('the microsecond counter has 31 bits, seconds go on', async (t) => {
  const esp = new Esp();
  esp.run(2_147_483.648 + 1000);
  t.same(esp.lua('print(tmr.now(), tmr.time())'), ['1000000\t2148']);
});

t.test('delay spends time and feeds the watchdog', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('local a = tmr.now() for i = 1, 10 do tmr.delay(1000000) tmr.wdclr() end print(tmr.now() - a)'), [
    '10000000',
  ]);
});

t.test('softwd restarts at the second after it ran out, a negative value disarms it', async (t) => {
  const esp = new Esp();
  esp.run(500).lua('tmr.softwd(2)');
  esp.run(5000);
  t.same(esp.events, ['reset 1 0 @0', 'restart', 'reset 2 4 @3110']);
  esp.lua('tmr.softwd(0) tmr.softwd(-1)');
  t.equal(esp.run(5000).device.boots, 2);
});

t.test('the cycle counter counts cycles', async (t) => {
  const esp = new Esp();
  t.same(esp.run(1).lua('local a = tmr.ccount() tmr.delay(10) print(tmr.ccount() - a)'), ['800']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['tmr.create():alarm(0, 1, print)', "bad argument #1 to 'alarm' (Range: 1-0x68D7A3)"],
    ['tmr.create():register(6870948, 1, print)', "bad argument #1 to 'register' (Range: 1-0x68D7A3)"],
    ['tmr.create():register(-1, 1, print)', "bad argument #1 to 'register' (Range: 1-0x68D7A3)"],
    ['tmr.create():interval(0)', "bad argument #1 to 'interval' (Range: 1-0x68D7A3)"],
    ['tmr.create():register(1, 3, print)', "bad argument #2 to 'register' (Invalid mode)"],
    ['tmr.create():register(1, 256)', "bad argument #3 to 'register' (Must be function)"],
    ['tmr.create():alarm("x", 1, print)', "bad argument #1 to 'alarm' (number expected, got string)"],
    ['tmr.create():start(1)', "bad argument #1 to 'start' (boolean expected)"],
    ['tmr.create().state({})', "bad argument #1 to 'state' (tmr.timer expected, got table)"],
    ['tmr.delay(0)', "bad argument #1 to 'delay' (wrong arg range)"],
    ['tmr.softwd()', "bad argument #1 to 'softwd' (number expected, got no value)"],
    ['tmr.alarm', 'no error'],
  ]);
});

t.test('a forced start of a timer that was never registered makes the firmware call address 0', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('local t = tmr.create() print(t:start(true))').slice(0, 1), ['true']);
  esp.run(10);
  t.ok(esp.events.some((event) => event.startsWith('crash exception')));
  const once = new Esp();
  once.lua('local t = tmr.create() t:register(5, 0, print) t:unregister() print(t:start(true))');
  t.notOk(once.run(10).events.some((event) => event.startsWith('crash')));
});
