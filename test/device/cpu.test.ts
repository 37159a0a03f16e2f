import t from 'tap';
import { ms, us, VirtualClock } from '../../runtime/core/index.ts';
import { Cpu } from '../../runtime/device/cpu.ts';
import { LuaAbort } from '../../runtime/vm/index.ts';

function make(instructionUs = 2) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const tasks: (() => void)[] = [];
  const meter = { instructions: 0, budget: 0 };
  const cpu: Cpu = new Cpu({
    clock,
    instructionUs,
    onAbort: (abort) => {
      log.push(`abort ${abort.reason} lag ${cpu.lag}`);
      cpu.halt();
    },
    onEndless: () => log.push('endless'),
    runTask: () => {
      tasks.shift()?.();
      return tasks.length > 0;
    },
  });
  cpu.meter(meter);
  const note = (text: string) => log.push(`${text}@${clock.now()}`);
  const post = (text: string) => {
    tasks.push(() => note(text));
    cpu.taskPosted();
  };
  return { clock, cpu, log, meter, note, post };
}

t.test('an event runs at once on a free CPU', async (t) => {
  const { cpu, log, note } = make();
  cpu.run(() => note('a'));
  t.same(log, ['a@0']);
});

t.test('executed instructions keep the CPU busy and everything else waits', async (t) => {
  const { clock, cpu, log, meter, note } = make(2);
  const timer = cpu.clock.timer('t', () => note('timer'));
  cpu.run(() => {
    timer.arm(us(10));
    meter.instructions += 50;
    t.equal(cpu.clock.now(), 100, 'the program sees its own time');
    note('first');
  });
  clock.runUntil(us(20));
  cpu.run(() => note('frame'));
  clock.runUntil(us(200));
  t.same(log, ['first@0', 'timer@100', 'frame@100']);
});

t.test('a timer armed late in a run counts from there', async (t) => {
  const { clock, cpu, log, note } = make();
  const timer = cpu.clock.timer('t', () => note('timer'));
  cpu.run(() => {
    cpu.spend(us(30));
    timer.arm(us(10));
    t.equal(timer.at, 40);
  });
  clock.runUntil(us(50));
  t.same(log, ['timer@40']);
});

t.test('a timer cancelled while it waits for the CPU does not fire', async (t) => {
  const { clock, cpu, log, note } = make();
  const b = cpu.clock.timer('b', () => note('b'));
  const a = cpu.clock.timer('a', () => {
    note('a');
    b.cancel();
  });
  a.arm(us(10));
  b.arm(us(10));
  cpu.run(() => cpu.spend(us(100)));
  clock.runUntil(us(10));
  t.ok(b.armed, 'due, but still waiting');
  clock.runUntil(us(200));
  t.same(log, ['a@100']);
});

t.test('tasks run when no event is due, after all timers of the instant', async (t) => {
  const { clock, cpu, log, note, post } = make();
  for (const name of ['t1', 't2']) {
    cpu.clock
      .timer(name, () => {
        note(name);
        post(`task of ${name}`);
      })
      .arm(us(5));
  }
  clock.runUntil(us(5));
  t.same(log, ['t1@5', 't2@5', 'task of t1@5', 'task of t2@5']);
});

t.test('a task posted while the CPU is busy waits for it', async (t) => {
  const { clock, cpu, log, post } = make();
  cpu.run(() => cpu.spend(us(100)));
  clock.runUntil(us(50));
  post('task');
  clock.runUntil(us(150));
  t.same(log, ['task@100']);
});

t.test('the watchdog budget is 3.2 s of instructions and feeding renews it', async (t) => {
  const { cpu, meter } = make(2);
  cpu.run(() => {
    t.equal(meter.budget, 1_600_000);
    meter.budget = 5;
    cpu.spend(ms(1000));
    t.equal(cpu.sinceFed, 1_000_000);
    cpu.feed();
    t.equal(meter.budget, 1_600_000);
    t.equal(cpu.sinceFed, 0);
  });
});

t.test('an abort stops everything until the restart', async (t) => {
  const { clock, cpu, log, meter, note, post } = make(2);
  const old = cpu.clock.timer('old', () => note('old'));
  old.arm(us(500));
  cpu.run(() => {
    meter.instructions += 10;
    throw new LuaAbort('watchdog', '');
  });
  t.same(log, ['abort watchdog lag 20']);
  cpu.run(() => note('lost'));
  post('lost task');
  clock.runUntil(us(1000));
  cpu.restart();
  old.arm(us(1));
  cpu.clock.timer('new', () => note('new')).arm(us(1));
  clock.runUntil(us(2000));
  t.same(log.slice(1), ['new@1001'], 'timers of the old boot are dead');
});

t.test('an error of our own is no abort', async (t) => {
  const { cpu } = make();
  t.throws(() =>
    cpu.run(() => {
      throw new TypeError('bug');
    }),
  );
  t.throws(() => cpu.spend(us(1)), /only a running program/);
});

t.test(
  'a run that feeds the watchdog for ever is ended, after ten minutes or where nobody looks any more',
  async (t) => {
    const busy = (cpu: Cpu) => () => {
      for (;;) {
        cpu.spend(ms(1000));
        cpu.feed();
      }
    };
    const alone = make();
    alone.cpu.run(busy(alone.cpu));
    t.same(alone.log, ['endless', 'abort halt lag 600000000']);
    const watched = make();
    watched.cpu.horizon = ms(2500);
    watched.cpu.run(busy(watched.cpu));
    t.same(watched.log, ['endless', 'abort halt lag 3000000']);
  },
);
