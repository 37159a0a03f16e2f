import t from 'tap';
import { us, VirtualClock } from '../../runtime/core/index.ts';
import { OsTimers } from '../../runtime/device/os-timers.ts';

function make() {
  const clock = new VirtualClock();
  const timers = new OsTimers(clock);
  const log: string[] = [];
  const timer = (label: string) => timers.timer(label, () => log.push(`${label}@${clock.now() / 1000}`));
  return { clock, timers, log, timer, run: (msec: number) => clock.runUntil(us(msec * 1000)) };
}

t.test('timers fire once or again and again', async (t) => {
  const { log, timer, run, timers } = make();
  timer('once').arm(15, false);
  timer('often').arm(10, true);
  run(30);
  t.same(log, ['often@10', 'once@15', 'often@20', 'often@30']);
  t.same(
    timers.armed.map((x) => x.label),
    ['often'],
  );
});

t.test('of two due at the same instant the one armed first fires first', async (t) => {
  const { log, timer, run } = make();
  timer('a').arm(10, false);
  timer('b').arm(10, false);
  run(10);
  t.same(log, ['a@10', 'b@10']);
});

t.test('a timer disarmed by an earlier callback of the same instant does not fire', async (t) => {
  const { clock, timers, log, run } = make();
  const b = timers.timer('b', () => log.push('b'));
  timers.timer('a', () => b.disarm()).arm(10, false);
  b.arm(10, false);
  run(20);
  t.same(log, []);
  t.same(clock.pending(), []);
});

t.test('re-arming counts from now', async (t) => {
  const { log, timer, run } = make();
  const a = timer('a');
  a.arm(10, true);
  run(15);
  a.arm(10, true);
  run(30);
  t.same(log, ['a@10', 'a@25']);
});

t.test('missed ticks are replayed in order of their due time', async (t) => {
  const world = new VirtualClock();
  let lag = 0;
  const timers = new OsTimers({
    now: () => us(world.now() + lag),
    timer: (label, fire) => world.timer(label, fire),
  });
  const log: string[] = [];
  timers.timer('a', () => log.push('a')).arm(10, true);
  timers.timer('b', () => log.push('b')).arm(25, false);
  lag = 35_000;
  world.runUntil(us(10_000));
  lag = 0;
  t.same(log.slice(0, 5), ['a', 'a', 'b', 'a', 'a']);
});
