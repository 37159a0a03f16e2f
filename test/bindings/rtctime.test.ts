import fc from 'fast-check';
import t from 'tap';
import { calendar } from '../../bindings/nodemcu/rtctime.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('the clock is unset, then runs on', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('print(rtctime.get()) rtctime.set(1700000000, 500000, 3)'), ['0\t0\t0']);
  t.same(esp.run(1500).lua('print(rtctime.get())'), ['1700000002\t0\t3']);
});

t.test('the clock survives a restart', async (t) => {
  const esp = new Esp();
  esp.lua('rtctime.set(1000) node.restart()');
  esp.run(2000);
  t.same(esp.lua('print(rtctime.get())'), ['1002\t0\t0']);
});

t.test('calendar fields agree with an independent calendar', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (epoch) => {
      const d = new Date(epoch * 1000);
      const start = Date.UTC(d.getUTCFullYear(), 0, 1);
      t.same(calendar(epoch), {
        year: d.getUTCFullYear(),
        mon: d.getUTCMonth() + 1,
        day: d.getUTCDate(),
        hour: d.getUTCHours(),
        min: d.getUTCMinutes(),
        sec: d.getUTCSeconds(),
        yday: Math.floor((epoch * 1000 - start) / 86_400_000) + 1,
        wday: d.getUTCDay() + 1,
      });
    }),
    { seed: 1, numRuns: 300 },
  );
  t.match(calendar(951_782_400), { mon: 2, day: 29, yday: 60 });
});

t.test('dsleep does not return and wakes aligned', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('rtctime.dsleep(500000) print("never")'), []);
  t.same(esp.events.slice(1), ['sleep 500000 0']);
  esp.run(600);
  esp.lua('rtctime.set(100, 300000) rtctime.dsleep_aligned(10000000, 1000000, 2)');
  t.equal(esp.events.at(-1), 'sleep 9700000 2');
});

t.test('the rate corrects a delta', async (t) => {
  t.same(
    new Esp().lua(
      'print(rtctime.adjust_delta(1000)) rtctime.set(nil, nil, 429496729) print(rtctime.adjust_delta(1000))',
    ),
    ['1000', '1099'],
  );
});

t.test('pairs() of epoch2cal has the order of a table made for its fields', async (t) => {
  t.same(new Esp().lua('for k in pairs(rtctime.epoch2cal(0)) do uart.write(0, k, " ") end print()'), [
    'min wday year yday day sec hour mon ',
  ]);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['rtctime.epoch2cal(-1)', "bad argument #1 to 'epoch2cal' (wrong arg range)"],
    ['rtctime.dsleep(1000, 5)', 'unknown sleep option'],
    ['rtctime.dsleep_aligned(1, 1)', 'time not available, unable to align'],
  ]);
});
