import t from 'tap';
import { ms, SimulatorFault, seconds, us } from '../../runtime/core/index.ts';
import { formatMac, ipv4 } from '../../runtime/wire/index.ts';
import { defaultWorld } from '../../runtime/world/scenario.ts';
import { World } from '../../runtime/world/world.ts';

t.test('time passes as far as it is let', async (t) => {
  const world = new World();
  const fired: number[] = [];
  const timer = world.clock.timer('tick', () => {
    fired.push(world.now);
    timer.arm(us(10));
  });
  timer.arm(us(10));
  world.runFor(us(25));
  t.same(fired, [10, 20]);
  t.equal(world.now, 25);
  t.equal(
    world.runUntil(() => fired.length === 4, us(100)),
    true,
  );
  t.equal(world.now, 40, 'stops at the event that made it true');
  t.equal(
    world.runUntil(() => false, us(5)),
    false,
  );
  t.equal(world.now, 45);
});

t.test('a world without devices is at rest', async (t) => {
  const world = new World();
  const timer = world.clock.timer('tick', () => timer.arm(us(10)));
  timer.arm(us(10));
  t.equal(world.runUntilIdle(seconds(1)), true);
  t.equal(world.now, 0);
});

t.test('events that never let time pass are a fault, not a hang', async (t) => {
  const world = new World({ seed: 41 });
  const timer = world.clock.timer('loop', () => timer.arm(us(0)));
  timer.arm(us(7));
  t.throws(() => world.runFor(seconds(1)), {
    name: 'SimulatorFault',
    message: /without any time passing; next are loop@7\nseed 41/,
  });
});

t.test('what escapes an event is a fault that tells how to see it again', async (t) => {
  const world = new World({ seed: 41 });
  const cause = new RangeError('broken');
  world.trace.node('esp1').emit('test', 'happened');
  world.clock
    .timer('bad', () => {
      throw cause;
    })
    .arm(ms(1500));
  try {
    world.runFor(seconds(2));
    t.fail('it must throw');
  } catch (error) {
    t.ok(error instanceof SimulatorFault);
    t.match(error, {
      cause,
      message: /^broken\nseed 41, virtual time 1\.500000 s\nlast events:\n {2}0\.000000 esp1 test happened$/,
    });
  }
});

t.test('hosts have the addresses they are given and names that are answered', async (t) => {
  const world = new World();
  const host = world.addHost('Pc.test', ipv4(192, 168, 1, 20));
  t.equal(world.names.get('pc.test'), host.addr);
  t.equal(formatMac(host.netif.mac), '02:00:c0:a8:01:14', 'the address is in the MAC');
  t.throws(() => world.addHost('other', ipv4(192, 168, 1, 20)), /two hosts at 192\.168\.1\.20/);
  world.addRouter();
  t.throws(() => world.addRouter(), /has a router already/);
});

t.test('devices count up in names and addresses', async (t) => {
  const world = defaultWorld();
  const [first, second] = [world.addDevice({ modules: [] }), world.addDevice({ modules: [] })];
  t.match(first, { name: 'esp1', profile: { mac: 0x5ccf7f123456, apMac: 0x5ecf7f123456 } });
  t.match(second, { name: 'esp2', profile: { mac: 0x5ccf7f123457, apMac: 0x5ecf7f123457 } });
});

t.test('an outage takes the access point away and gives it back', async (t) => {
  const world = defaultWorld();
  const [ap] = world.accessPoints;
  if (ap === undefined) throw new Error('no access point');
  world.addOutage(ap, seconds(10), seconds(3));
  world.runFor(seconds(11));
  t.equal(ap.up, false);
  world.runFor(seconds(3));
  t.equal(ap.up, true);
});
