import t from 'tap';
import { Esp } from '../helpers/esp.ts';

const era = (firmware: '1.5' | '2.2' | '3.0') => new Esp({ profile: { firmware } });

for (const firmware of ['1.5', '2.2'] as const) {
  t.test(`${firmware}: tmr.alarm(id, …) runs a static timer whose callback gets the id`, async (t) => {
    const esp = era(firmware);
    t.same(esp.lua('print(tmr.alarm(0, 100, 0, function(...) print("x", ...) end), tmr.state(0))'), ['true\ttrue\t0']);
    t.same(esp.run(100).lines(), ['x\t0']);
    t.same(esp.lua('print(tmr.state(0), tmr.start(0), tmr.stop(0))'), ['nil\tfalse\tfalse']);
  });

  t.test(`${firmware}: the seven timers run side by side, and a new alarm replaces the old`, async (t) => {
    const esp = era(firmware);
    esp.lua(
      'for id = 0, 6 do tmr.alarm(id, 10 * (id + 1), tmr.ALARM_AUTO, function(i) print(i) end) end',
      'tmr.alarm(3, 5, 1, function() print("three") tmr.stop(3) end)',
      'for _, id in ipairs{0, 1, 2, 4, 5} do tmr.unregister(id) end',
    );
    t.same(esp.run(70).lines(), ['three', '6']);
    t.same(esp.lua('print(tmr.state(3)) tmr.interval(3, 20) print(tmr.start(3), tmr.state(3))'), [
      'false\t1',
      'true\ttrue\t1',
    ]);
  });

  t.test(`${firmware}: register and start by id, and the functions of tmr take objects too`, async (t) => {
    const esp = era(firmware);
    esp.lua('tmr.register(2, 50, tmr.ALARM_SEMI, function() print("semi") end)', 'print(tmr.start(2), tmr.start(2))');
    t.same(esp.run(50).lua('print(tmr.state(2))'), ['false\t2']);
    t.same(esp.lua('o = tmr.create() print(tmr.alarm(o, 10, 1, function(x) print(x == o) tmr.unregister(x) end))'), [
      'true',
    ]);
    t.same(esp.run(30).lines(), ['true']);
  });

  t.test(`${firmware}: the sentences of that time`, async (t) => {
    const esp = era(firmware);
    for (const [expression, message] of [
      ['tmr.alarm(7, 10, 0, print)', "bad argument #1 to 'alarm' (invalid timer index)"],
      ['tmr.alarm(-1, 10, 0, print)', "bad argument #1 to 'alarm' (invalid timer index)"],
      ['tmr.alarm("x", 10, 0, print)', "bad argument #1 to 'alarm' (timer object or numerical ID expected)"],
      ['tmr.alarm(0, 0, 0, print)', "bad argument #2 to 'alarm' (Range: 1-6870947)"],
      ['tmr.alarm(0, 10, 3, print)', "bad argument #3 to 'alarm' (Invalid mode)"],
      ['tmr.alarm(0, 10, 0)', "bad argument #4 to 'alarm' (Must be function)"],
      ['tmr.stop()', "bad argument #1 to 'stop' (timer object or numerical ID expected)"],
      ['tmr.ccount()', "attempt to call field 'ccount' (a nil value)"],
    ] as const)
      t.equal(esp.error(expression), message, expression);
  });

  t.test(`${firmware}: stop leaves a fresh object unregistered, start ignores its argument`, async (t) => {
    const esp = era(firmware);
    t.same(esp.lua('o = tmr.create() print(o:stop()) print(o:state()) print(o:start())'), ['false', 'nil', 'false']);
    t.same(esp.lua('o:alarm(100, 1, function() print(1) end) print(o:start(true), o:start("x"))'), ['false\tfalse']);
  });

  t.test(`${firmware}: softwd(0) disarms, softwd(n) restarts at the n-th second`, async (t) => {
    const esp = era(firmware);
    esp.lua('tmr.softwd(2) tmr.softwd(0)');
    t.same(esp.run(5000).events, ['reset 1 0 @0']);
    esp.run(500).lua('tmr.softwd(2)');
    t.same(esp.run(1400).events.includes('restart'), false);
    t.ok(esp.run(100).events.includes('restart'));
  });
}

t.test('3.0: the static timers are gone', async (t) => {
  const esp = era('3.0');
  t.equal(esp.error('tmr.alarm(0, 100, 0, print)'), "attempt to call field 'alarm' (a nil value)");
  t.equal(esp.error('tmr.create():alarm(0, 0, print)'), "bad argument #1 to 'alarm' (Range: 1-0x68D7A3)");
});
