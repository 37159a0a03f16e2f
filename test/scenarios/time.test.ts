/** Long times and busy scripts. */
import t from 'tap';
import { seconds } from '../../runtime/index.ts';
import { story } from '../helpers/story.ts';

t.test('a day of a one-second timer passes in seconds', async (t) => {
  const { world, said } = story(
    'n = 0 tmr.create():alarm(1000, tmr.ALARM_AUTO, function() n = n + 1 if n == 86390 then print("day " .. n) end end)',
  );
  const start = performance.now();
  world.runFor(seconds(86_400));
  const wall = (performance.now() - start) / 1000;
  t.match(said(), /day 86390/);
  t.ok(wall < 10, `${wall.toFixed(1)} s of wall time`);
});

t.test('a lease is renewed in time: a connection lives through it', async (t) => {
  const { world, device, said } = story(
    'wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function(t) print("ip " .. t.IP) end)',
    {
      prepare: (world) => {
        if (world.router !== undefined) world.router.dhcp.leaseSeconds = 60;
      },
    },
  );
  world.runFor(seconds(3600));
  t.match(said(), /ip 192\.168\.1\.50\n/);
  t.equal(world.router?.dhcp.leases().length, 1);
  t.ok(device.stack.netifs[0]?.usable);
});

t.test('while true do end ends with the reset of the watchdog, in device time', async (t) => {
  const resets: string[] = [];
  const { world, device } = story(
    'local _, why = node.bootreason() if why ~= 3 then while true do end end print("why " .. why)',
  );
  device.events.on('reset', (raw, reason, at) => resets.push(`${raw} ${reason} ${Math.round(at / 1e6)}`));
  const start = performance.now();
  world.runFor(seconds(10));
  t.same(resets[0], '1 0 0', 'power on');
  t.match(resets[1], /^\d+ 3 [3-4]$/, 'soft watchdog, after 3.2 s');
  t.equal(resets.length, 2);
  t.ok(performance.now() - start < 20_000);
});
