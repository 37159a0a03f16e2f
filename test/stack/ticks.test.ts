import t from 'tap';
import { type Micros, ms, VirtualClock } from '../../runtime/core/index.ts';
import { TickTimer } from '../../runtime/stack/ticks.ts';

interface Run {
  readonly clock: VirtualClock;
  readonly timer: TickTimer;
  readonly at: number[];
}

function run(again = 0): Run {
  const clock = new VirtualClock();
  const at: number[] = [];
  const timer = new TickTimer(clock, 'tick', ms(100), () => {
    at.push(clock.now() / 1000);
    if (again > 0 && at.length < 5) timer.after(again);
  });
  return { clock, timer, at };
}

t.test('a tick comes on the grid, not an interval after it was asked for', async (t) => {
  const { clock, timer, at } = run(1);
  clock.runUntil(ms(230));
  timer.after(1);
  clock.runUntil(ms(1000));
  t.same(at, [300, 400, 500, 600, 700]);
});

t.test('nothing happens between the ticks that were asked for', async (t) => {
  const { clock, timer, at } = run();
  timer.after(864_000);
  t.same(clock.pending(), ['tick@86400000000']);
  while (clock.step());
  t.same(at, [86_400_000]);
  t.notOk(timer.armed);
});

t.test('a tick at this very instant counts as passed', async (t) => {
  const { clock, timer, at } = run();
  clock.runUntil(ms(200));
  t.equal(timer.count, 2);
  timer.after(1);
  clock.runUntil(ms(1000));
  t.same(at, [300]);
});

t.test('a moved grid keeps the number of ticks that were asked for', async (t) => {
  const { clock, timer, at } = run();
  clock.runUntil(ms(150));
  timer.after(3);
  timer.setPhase(ms(70));
  t.equal(timer.count, 1);
  clock.runUntil(ms(1000));
  t.same(at, [420]);
});

t.test('phase 0 means that a tick has just been', async (t) => {
  const { clock, timer, at } = run();
  clock.runUntil(ms(30));
  timer.after(1);
  timer.setPhase(0 as Micros);
  clock.runUntil(ms(1000));
  t.same(at, [130]);
});

t.test('the time since the last tick of the grid is known, whether or not anybody asked for it', async (t) => {
  const { clock, timer } = run();
  clock.runUntil(ms(130));
  t.equal(timer.elapsed, ms(30));
  timer.setPhase(ms(20));
  t.equal(timer.elapsed, ms(80));
  clock.runUntil(ms(150));
  t.equal(timer.elapsed, 0);
});

t.test('asking anew replaces what was asked, and cancel forgets it', async (t) => {
  const { clock, timer, at } = run();
  timer.after(5);
  timer.after(2);
  clock.runUntil(ms(1000));
  t.same(at, [200]);
  timer.after(1);
  timer.cancel();
  clock.runUntil(ms(2000));
  t.same(at, [200]);
});

t.test('a handler that runs late still counts from its own tick, so missed ticks are made up for', async (t) => {
  let lateness = 0;
  const clock = new VirtualClock();
  const late = {
    now: () => (clock.now() + lateness) as Micros,
    timer: (label: string, fire: () => void) => clock.timer(label, fire),
  };
  const counts: number[] = [];
  const timer: TickTimer = new TickTimer(late, 'tick', ms(100), () => {
    counts.push(timer.count);
    if (counts.length < 4) timer.after(1);
  });
  timer.after(1);
  lateness = ms(250);
  while (clock.step());
  t.same(counts, [1, 2, 3, 4]);
  t.equal(clock.now(), ms(150), 'three ticks at once, the fourth where the grid has it');
});
