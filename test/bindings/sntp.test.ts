import t from 'tap';
import { us } from '../../runtime/core/index.ts';
import type { NtpServer } from '../../runtime/world/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';
import { home } from '../helpers/joined.ts';

const OK = 'function(s, u, ip, i) print("ok", s, ip, i.stratum, i.leap, i.offset_s ~= nil) end';
const BAD = 'function(code, name) print("bad", code, name) end';

/** A device with an address, and the time server of its world. */
function online() {
  const { world, esp } = home();
  esp.run(5000);
  return { world, esp, server: world.services.get('ntp.test') as NtpServer };
}

t.test('arguments', async (t) => {
  errorRows(t, [
    ['sntp.sync(string.rep("a", 129))', 'need <128 hostname'],
    ['sntp.setoffset()', "bad argument #1 to 'setoffset' (number expected, got no value)"],
    ['sntp.sync({})', "bad argument #-1 to 'sync' (string expected, got nil)"],
    ['sntp.sync("x")', 'sync in progress'],
  ]);
  t.equal(new Esp().error('sntp.sync(true)'), "bad argument #1 to 'sync' (string expected, got boolean)");
  t.equal(new Esp().error('sntp.sync({{}})'), "bad argument #-1 to 'sync' (string expected, got table)");
  t.equal(new Esp().error('sntp.sync({false})'), "bad argument #-1 to 'sync' (string expected, got boolean)");
});

t.test('sync sets the clock of rtctime and calls back once', async (t) => {
  const { esp } = online();
  t.same(esp.lua('print(rtctime.get())', `sntp.sync("ntp.test", ${OK}, ${BAD})`), ['0\t0\t0']);
  t.match(esp.run(3000).lines(), [/^ok\t17040672\d\d\t192\.168\.1\.14\t1\t0\ttrue$/]);
  t.match(esp.lua('print(rtctime.get())'), [/^17040672/]);
});

t.test('callbacks are optional', async (t) => {
  const { esp } = online();
  esp.lua('sntp.sync("ntp.test")');
  esp.run(3000);
  t.match(esp.lua('print(rtctime.get())'), [/^17040672/]);
  esp.lua('sntp.sync("nowhere.test")');
  t.same(esp.run(20_000).lines(), []);
});

t.test('a list is asked in order; numbers are names too', async (t) => {
  const { esp } = online();
  esp.lua(`sntp.sync({"ntp.test", 3232235790}, ${OK}, ${BAD})`);
  t.match(esp.run(3000).lines(), [/^ok/]);
});

t.test('failures have their codes', async (t) => {
  const { esp, server } = online();
  esp.lua(`sntp.sync("nowhere.test", ${OK}, ${BAD})`);
  t.same(esp.run(20_000).lines(), ['bad\t1\tnowhere.test']);
  t.same(esp.lua(`sntp.sync("", ${OK}, ${BAD})`), ['bad\t1\t'], 'at once');
  server.faults.refuse = true;
  esp.lua(`sntp.sync("ntp.test", ${OK}, ${BAD})`);
  t.same(esp.run(6000).lines(), ['bad\t4\tnil']);
});

t.test('without a server the last ones are asked, else the pool', async (t) => {
  const { esp } = online();
  esp.lua('sntp.sync("ntp.test")');
  esp.run(3000);
  esp.lua(`sntp.sync(nil, ${OK})`);
  t.match(esp.run(3000).lines(), [/^ok.*192\.168\.1\.14/]);
  const fresh = home();
  const addr = fresh.world.names.get('ntp.test');
  if (addr === undefined) throw new Error('no time server');
  for (const n of [0, 1, 2, 3]) fresh.world.names.set(`${n}.nodemcu.pool.ntp.org`, addr);
  fresh.esp.run(5000);
  fresh.esp.lua(`sntp.sync(nil, ${OK}, ${BAD})`);
  t.match(fresh.esp.run(10_000).lines(), [/^ok/]);
});

t.test('a fourth argument repeats every 1000 s; another sync ends that', async (t) => {
  const { esp, server } = online();
  esp.lua(`sntp.sync("ntp.test", ${OK}, ${BAD}, 1)`);
  t.equal(esp.run(2_005_000).lines().length, 3);
  t.ok(esp.device.wakeSources().endless.some((source) => source.includes('sntp')));
  server.faults.offset = us(100_000);
  esp.run(1_000_000).take();
  t.not(esp.lua('print((select(3, rtctime.get())))')[0], '0', 'the rate is trimmed');
  esp.lua(`sntp.sync("ntp.test")`);
  t.same(esp.run(2_000_000).lines(), []);
});

t.test('repeating what is over at once is a fault of the firmware', async (t) => {
  const { esp } = online();
  esp.lua(`sntp.sync("", nil, ${BAD}, 1)`);
  t.match(esp.events.join(), /sntp: a round that is over/);
});

t.test('an offset is kept for the leap second and added to the clock', async (t) => {
  const { esp } = online();
  t.same(esp.lua('print(sntp.getoffset()) sntp.setoffset(300) print(sntp.getoffset())'), ['0', '44']);
  esp.lua(`sntp.setoffset(37) sntp.sync("ntp.test", ${OK})`);
  t.match(esp.run(3000).lines(), [/^ok\t17040672/]);
});

t.test('a pending round keeps a run going; a callback that is no function is told as an error', async (t) => {
  const { esp } = online();
  esp.lua('sntp.sync("ntp.test", 1)');
  t.ok(esp.device.wakeSources().finite.length > 0);
  t.match(esp.run(1000).take(), /attempt to call a number value/);
});

t.test('a name that is none panics once nobody can catch it', async (t) => {
  const { esp } = online();
  esp.lua('sntp.sync({"ntp.test", {}})');
  esp.run(1000);
  t.match(esp.events.join(), /crash panic bad argument #-1 \(string expected, got table\)/);
});
