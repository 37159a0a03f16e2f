import t from 'tap';
import { Pacer } from '../../cli/pace.ts';

t.test('virtual time is due as the wall clock says, times the rate', async (t) => {
  const pacer = new Pacer(1000, 5_000_000);
  const before = pacer.due();
  t.ok(before >= 5_000_000);
  await pacer.sleepUntil(before + 20_000_000);
  t.ok(pacer.due() - before >= 15_000_000, 'twenty milliseconds are twenty seconds, less what a timer is early');
});

t.test('a sleep is short, however far the next event lies', async (t) => {
  const start = performance.now();
  await new Pacer(1, 0).sleepUntil(3600e6);
  t.ok(performance.now() - start < 1000);
});
