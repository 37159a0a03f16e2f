import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

/** Minutes and seconds of the firings. */
const NOTE =
  'function() local c = rtctime.epoch2cal((rtctime.get())) print(c.hour .. ":" .. c.min .. ":" .. c.sec) end';

t.test('an entry fires at the full minutes that match', async (t) => {
  const esp = new Esp();
  esp.run(3000).lua('rtctime.set(1700000000)'); // 22:13:20
  esp.run(2000).lua(`e = cron.schedule("*/15 * * * *", ${NOTE})`);
  t.same(esp.run(40 * 60_000).lines(), ['22:15:0', '22:30:0', '22:45:0']);
  esp.lua('e:unschedule()');
  t.same(esp.run(3_600_000).lines(), []);
  t.same(esp.device.wakeSources(), { finite: [], endless: [] });
});

t.test('it waits for the clock and then starts with the minute that has begun', async (t) => {
  const esp = new Esp();
  esp.lua(`cron.schedule("* * * * *", ${NOTE})`);
  t.same(esp.run(120_000).lines(), []);
  t.same(esp.device.wakeSources(), { finite: [], endless: ['timer cron'] });
  esp.run(500).lua('rtctime.set(1700000000)');
  t.same(esp.run(60_000).lines(), ['22:13:20', '22:14:0']);
});

t.test('entries can change, and reset drops all', async (t) => {
  const esp = new Esp();
  const base = esp.device.lua.refCount;
  esp.run(2000).lua('rtctime.set(1700000000)');
  esp
    .run(2000)
    .lua(
      'e = cron.schedule("0 0 1 1 *", function() print("never") end) e:schedule("14 22 14 11 2") e:handler(function(x) print(x == e) end)',
    );
  t.same(esp.run(60_000).lines(), ['true']);
  esp.lua('cron.reset()');
  t.same(esp.run(86_400_000).lines(), []);
  esp.lua('e = nil').length;
  esp.device.lua.collect();
  t.equal(esp.device.lua.refCount, base);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['cron.schedule("* * * * *")', "bad argument #2 to 'schedule' (function expected, got no value)"],
    ['cron.schedule("*/60 * * * *", print)', 'invalid spec (each 60)'],
    ['cron.schedule("60 * * * *", print)', 'invalid spec (val 60 out of range 0..59)'],
    ['cron.schedule("0 0 0 * *", print)', 'invalid spec (val 0 out of range 1..31)'],
    ['cron.schedule("1-5 * * * *", print)', 'invalid spec (separator @1)'],
    ['cron.schedule("* * * * * x", print)', 'invalid spec (trailing @10)'],
    ['cron.schedule("* * * *\\0*", print)', 'invalid spec (separator @7)'],
    ['cron.schedule("9999999999 * * * *", print)', 'invalid spec (val 2147483647 out of range 0..59)'],
    ['cron.schedule("\\160 * * * *", print)', 'invalid spec (separator @0)'],
  ]);
});
