import t from 'tap';
import { type Clock, type Micros, ms, Rng, SILENT, VirtualClock } from '../../runtime/core/index.ts';
import { ERR } from '../../runtime/stack/err.ts';
import { ESP8266_OPTS } from '../../runtime/stack/opts.ts';
import { TcpLayer } from '../../runtime/stack/tcp.ts';
import { Drive, ME, PEER } from '../helpers/drive.ts';

const served = (d: Drive, forMs: number): number => {
  let events = 0;
  for (const end = d.clock.now() + forMs * 1000; (d.clock.nextAt ?? Infinity) <= end; events++) d.clock.step();
  return events;
};

t.test('an idle connection makes no events, yet its ticks count', (t) => {
  const d = new Drive();
  d.established();
  d.inject('A');
  d.run(300);
  const before = d.tcp.ticks;
  t.equal(served(d, 3_600_000), 0);
  d.run(3_600_000);
  t.equal(d.tcp.ticks, before + 4 * 3600);
  t.end();
});

t.test('a write on it is served at the next tick of its grid', (t) => {
  const d = new Drive();
  const pcb = d.established();
  d.run(600_060);
  pcb.write(Uint8Array.of(1));
  d.run(1000);
  t.equal(d.takeTimed()[0], '600250 PA 1+1 a1 w5840');
  t.end();
});

t.test('with keep-alive only its own ticks make events', (t) => {
  const d = new Drive();
  d.listening();
  const pcb = d.accept();
  pcb.keepIdleMs = 30_000;
  pcb.keepCount = 1;
  pcb.keepAlive = true;
  d.run(300);
  t.ok(served(d, 60_000) <= 5);
  t.same(d.takeTimed(), ['30250 A 0 a1 w5840', '40250 RA 1 a1 w5840']);
  t.end();
});

t.test('turning keep-alive or a poll handler on wakes a sleeping timer', (t) => {
  const d = new Drive();
  const pcb = d.established();
  d.run(10_000);
  pcb.keepIdleMs = 5000;
  pcb.keepAlive = true;
  d.run(300);
  t.equal(d.takeTimed()[0], '10250 A 0 a1 w5840');
  d.inject('A');
  d.run(1000);
  pcb.handlers = { poll: () => void d.told.push(`poll ${d.ms}`) };
  d.run(500);
  t.same(d.heard(), ['poll 11500', 'poll 11750']);
  t.end();
});

t.test('waiting states end without a tick in between', (t) => {
  const d = new Drive();
  const pcb = d.established();
  pcb.close();
  d.inject('FA', { ack: 2 });
  d.run(300);
  t.ok(served(d, 60_000) <= 2);
  t.equal(pcb.freed, true);
  t.end();
});

t.test('a timer that starts counts from the last expiry of any lwIP timer', (t) => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const tcp = new TcpLayer(
    {
      clock,
      rng: new Rng(1),
      trace: SILENT,
      timerLag: () => ms(20),
      routeSource: () => ME,
      isBroadcast: () => false,
      output: () => {
        times.push(clock.now() / 1000);
        return ERR.OK;
      },
    },
    ESP8266_OPTS,
  );
  clock.runUntil(ms(20));
  tcp.newPcb().connect(PEER, 80);
  clock.runUntil(ms(2500));
  t.same(times, [20, 1000, 2000]);
  t.end();
});

// Seen in the firmware's own code: a lookup fails at 7000 beside another connection, and its SYNs go out at 7000, 7750, …
t.test('a timer of lwIP that falls on a tick is served before it, whether or not anything waits for that tick', (t) => {
  for (const idle of [true, false]) {
    const d = new Drive();
    const pcb = d.established();
    if (!idle) {
      // Sleeps until 7000 for its first probe.
      pcb.keepIdleMs = 6750;
      pcb.keepAlive = true;
    }
    d.run(6000);
    const dns = d.clock.timer('dns', () => {
      d.tcp.expectTick();
      d.tcp.newPcb().connect(PEER, 80);
    });
    dns.arm(ms(1000));
    d.run(2500);
    const syns = d.takeTimed().filter((line) => line.includes(' S '));
    t.same(
      syns,
      [7000, 7750].map((at) => `${at} S 0 w5840 m1460`),
      idle ? 'idle' : 'asleep',
    );
  }
  t.end();
});

t.test('expecting a tick that was served, or one that is armed, changes nothing', (t) => {
  const d = new Drive();
  d.tcp.expectTick();
  t.same(d.clock.pending(), []);
  d.established();
  d.run(250);
  const before = [d.clock.pending(), d.tcp.ticks];
  d.tcp.expectTick();
  t.same([d.clock.pending(), d.tcp.ticks], before);
  t.end();
});

t.test('a machine that is busy serves late, once, and keeps its grid', (t) => {
  const world = new VirtualClock();
  let busyUntil = 0;
  // Timers wait until the machine is free, as a device's do.
  const clock: Clock = {
    now: () => Math.max(world.now(), busyUntil) as Micros,
    timer: (label, fire) => {
      const inner = world.timer(label, () => {
        if (world.now() < busyUntil) inner.arm((busyUntil - world.now()) as Micros);
        else fire();
      });
      const now = () => Math.max(world.now(), busyUntil);
      return {
        label,
        get armed() {
          return inner.armed;
        },
        get at() {
          return inner.at;
        },
        arm: (delay) => inner.arm((now() + delay - world.now()) as Micros),
        cancel: () => inner.cancel(),
      };
    },
  };
  const times: number[] = [];
  const tcp = new TcpLayer(
    {
      clock,
      rng: new Rng(1),
      trace: SILENT,
      routeSource: () => ME,
      isBroadcast: () => false,
      output: () => ERR.OK,
    },
    ESP8266_OPTS,
  );
  const pcb = tcp.newPcb();
  pcb.handlers = { poll: () => void times.push(world.now() / 1000) };
  pcb.connect(PEER, 80);
  world.runUntil(ms(300));
  busyUntil = 1_060_000;
  world.runUntil(ms(1600));
  t.same(times, [250, 1060, 1250, 1500]);
  t.equal(tcp.ticks, 5, 'the ticks at 500 and 750 were lost');
  t.end();
});
