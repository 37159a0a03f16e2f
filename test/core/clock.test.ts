import fc from 'fast-check';
import t from 'tap';
import { ms, seconds, us, VirtualClock } from '../../runtime/core/index.ts';

t.test('units are integers of microseconds', async (t) => {
  t.equal(ms(1.5), 1500);
  t.equal(seconds(2), 2_000_000);
  t.equal(us(0.6), 1);
});

t.test('timers fire in order of time, and of arming when the time is equal', async (t) => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const make = (label: string) => clock.timer(label, () => fired.push(`${label}@${clock.now()}`));
  const [a, b, c] = [make('a'), make('b'), make('c')];
  c.arm(us(10));
  a.arm(us(20));
  b.arm(us(10));
  clock.runUntil(us(30));
  t.same(fired, ['c@10', 'b@10', 'a@20']);
  t.equal(clock.now(), 30, 'the clock stands where it was told to stop');
});

t.test('re-arming moves a timer and puts it behind others of the same time', async (t) => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const a = clock.timer('a', () => fired.push('a'));
  const b = clock.timer('b', () => fired.push('b'));
  a.arm(us(5));
  b.arm(us(5));
  a.arm(us(5));
  t.same(clock.pending(), ['b@5', 'a@5']);
  clock.runUntil(us(5));
  t.same(fired, ['b', 'a']);
});

t.test('a cancelled timer never fires and a fired one is idle', async (t) => {
  const clock = new VirtualClock();
  let fired = 0;
  const a = clock.timer('a', () => fired++);
  a.arm(us(1));
  a.cancel();
  clock.runUntil(us(2));
  t.equal(fired, 0);
  a.arm(us(1));
  t.ok(a.armed);
  clock.runUntil(us(3));
  t.equal(fired, 1);
  t.notOk(a.armed);
  t.equal(clock.step(), false, 'nothing is left');
});

t.test('a negative delay counts as now, a fractional one is a bug', async (t) => {
  const clock = new VirtualClock();
  const a = clock.timer('a', () => {});
  a.arm(us(-5));
  t.equal(a.at, 0);
  t.throws(() => a.arm(0.5 as never), /not an integer/);
});

t.test('any mix of arming and cancelling fires exactly what a sorted list would', async () => {
  const command = fc.tuple(fc.nat(9), fc.nat(50), fc.boolean());
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const clock = new VirtualClock();
      const fired: number[] = [];
      const timers = Array.from({ length: 10 }, (_, i) => clock.timer(`${i}`, () => fired.push(i)));
      const model = new Map<number, { at: number; seq: number }>();
      commands.forEach(([i, delay, cancel], seq) => {
        if (cancel) timers[i]?.cancel();
        else timers[i]?.arm(us(delay));
        if (cancel) model.delete(i);
        else model.set(i, { at: delay, seq });
      });
      clock.runUntil(us(100));
      const expected = [...model].sort(([, a], [, b]) => a.at - b.at || a.seq - b.seq).map(([i]) => i);
      return JSON.stringify(fired) === JSON.stringify(expected);
    }),
    { seed: 1 },
  );
});
