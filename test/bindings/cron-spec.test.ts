import t from 'tap';
import { cronMatches, parseCron } from '../../bindings/nodemcu/cron-spec.ts';

t.test('stars, steps, lists and blanks', async (t) => {
  const spec = parseCron(' 1,30\t*/6 *  12 0');
  t.not(typeof spec, 'string');
  if (typeof spec === 'string') return;
  t.same(
    spec.map((values) => values.size),
    [2, 4, 31, 1, 1],
  );
  t.ok(cronMatches(spec, [30, 18, 5, 12, 0]));
  t.notOk(cronMatches(spec, [30, 17, 5, 12, 0]));
});

t.test('complaints name the place', async (t) => {
  t.equal(parseCron('*'), 'invalid spec (separator @1)');
  t.equal(parseCron('*/0 * * * *'), 'invalid spec (each 0)');
  t.equal(parseCron('x * * * *'), 'invalid spec (separator @0)');
});
