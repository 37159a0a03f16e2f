import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { LiveWorld, type Pace } from '../../../bridge/host/index.ts';
import { ms, us, World } from '../../../runtime/index.ts';

/** By the wall clock, from now on. */
function pace(rate = 1): Pace {
  let [wall, virtual] = [performance.now(), 0];
  return {
    rate,
    due: () => virtual + (performance.now() - wall) * 1000 * rate,
    restart: (virtualUs) => {
      [wall, virtual] = [performance.now(), virtualUs];
    },
  };
}

t.test('events happen when they are due, until the run is over', async (t) => {
  const world = new World();
  let over = false;
  const wall = performance.now();
  world.clock
    .timer('end', () => {
      over = true;
    })
    .arm(ms(50));
  let turns = 0;
  const live = new LiveWorld(world, pace(), { over: () => over, turn: () => turns++ });
  await live.run();
  const took = performance.now() - wall;
  t.ok(took >= 49, `${took} ms`);
  t.equal(world.now, ms(50));
  t.ok(turns > 0);
});

t.test('at another rate time passes faster', async (t) => {
  const world = new World();
  const wall = performance.now();
  const live = new LiveWorld(world, pace(1000), { over: () => world.now >= ms(60_000), turn: () => {} });
  world.clock.timer('end', () => {}).arm(ms(60_000));
  await live.run();
  const took = performance.now() - wall;
  t.ok(took >= 60 && took < 60_000, `${took} ms for a minute`);
});

t.test('what happens outside happens inside at that time, after all that was due before', async (t) => {
  const world = new World();
  const order: string[] = [];
  let over = false;
  const live = new LiveWorld(world, pace(), { over: () => over, turn: () => {} });
  live.enter(() => t.fail('the run has not begun'));
  const run = live.run();
  world.clock.timer('before', () => order.push('due before')).arm(ms(5));
  world.clock.timer('after', () => order.push('due after')).arm(ms(300_000));
  await setTimeout(20);
  let at = 0;
  live.enter(() => {
    order.push('event');
    at = world.now;
    world.clock.timer('at once', () => order.push('at once')).arm(us(0));
  });
  live.enter(() => {
    order.push('next event');
    over = true;
  });
  await run;
  t.same(order, ['due before', 'event', 'at once', 'next event']);
  t.ok(at >= 19_000, `${at} us`);
  live.enter(() => t.fail('the run is over'));
});

t.test('an event that comes from within an event waits for its end', async (t) => {
  const world = new World();
  const order: string[] = [];
  const live = new LiveWorld(world, pace(), { over: () => order.includes('inner'), turn: () => {} });
  world.clock
    .timer('outer', () => {
      live.enter(() => order.push('inner'));
      order.push('outer');
    })
    .arm(ms(1));
  await live.run();
  t.same(order, ['outer', 'inner']);
});

t.test('a fault of the world ends the run with it', async (t) => {
  const world = new World();
  world.clock
    .timer('bad', () => {
      throw new Error('on purpose');
    })
    .arm(ms(1));
  await t.rejects(new LiveWorld(world, pace(), { over: () => false, turn: () => {} }).run(), /on purpose/);
});

t.test('lateness is measured', async (t) => {
  const world = new World();
  let over = false;
  const live = new LiveWorld(world, pace(), { over: () => over, turn: () => {} });
  world.clock
    .timer('busy', () => {
      const until = performance.now() + 30;
      while (performance.now() < until);
    })
    .arm(ms(10));
  world.clock.timer('late', () => {}).arm(ms(20));
  world.clock
    .timer('end', () => {
      over = true;
    })
    .arm(ms(60));
  t.same(live.lateness, { worst: 0, mean: 0, turns: 0, forgiven: 0 });
  await live.run();
  t.ok(live.lateness.worst >= 20_000, `${live.lateness.worst} us`);
  t.equal(live.recentlyLate(), live.lateness.worst);
  t.equal(live.recentlyLate(), 0);
});

t.test('a world that cannot keep up does not run after the wall clock for ever', async (t) => {
  const world = new World();
  const tick = world.clock.timer('work', () => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    tick.arm(us(100));
  });
  tick.arm(us(0));
  const live: LiveWorld = new LiveWorld(world, pace(100), { over: () => live.lateness.forgiven > 0, turn: () => {} });
  await live.run();
  t.ok(live.lateness.forgiven >= 1e6);
});
