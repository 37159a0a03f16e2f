import t from 'tap';
import { LeapOffset } from '../../runtime/proto/sntp-offset.ts';

const DAY = 86_400;
/** 2016-12-31 12:00:00 UTC, the day of the last leap second so far. */
const NOON = 1_483_185_600;

t.test('the offset is a byte', async (t) => {
  const offset = new LeapOffset();
  t.equal(offset.seconds, 0);
  offset.set(37, 0);
  t.equal(offset.seconds, 37);
  offset.set(256 + 5, 0);
  t.equal(offset.seconds, 5);
});

t.test('an announced leap second comes at the end of the month, and once', async (t) => {
  const offset = new LeapOffset();
  offset.set(36, NOON + 36);
  offset.announce(1);
  t.equal(offset.pending, 1);
  offset.update(NOON + 36 + DAY / 2 - 1);
  t.equal(offset.seconds, 36, 'a second before midnight');
  offset.update(NOON + 36 + DAY / 2);
  t.equal(offset.seconds, 37);
  t.equal(offset.pending, 0);
  offset.update(NOON + 40 * DAY);
  t.equal(offset.seconds, 37);
});

t.test('a deleted second takes one away', async (t) => {
  const offset = new LeapOffset();
  offset.set(36, NOON + 36);
  offset.announce(2);
  offset.update(NOON + 36 + DAY / 2);
  t.equal(offset.seconds, 35);
});

t.test('in the middle of a month an announcement is dropped', async (t) => {
  const offset = new LeapOffset();
  offset.set(36, NOON - 10 * DAY + 36);
  offset.announce(1);
  offset.update(NOON - 9 * DAY + 36);
  t.equal(offset.seconds, 36);
  t.equal(offset.pending, 0);
});

t.test('without an offset, and before the clock was ever set, nothing happens', async (t) => {
  const unused = new LeapOffset();
  unused.announce(1);
  unused.update(NOON + DAY);
  t.equal(unused.seconds, 0);
  const unset = new LeapOffset();
  unset.set(36, 0);
  unset.announce(1);
  unset.update(NOON + 36);
  t.equal(unset.seconds, 36, 'the first look only notes when the day ends');
  unset.update(NOON + 36 + DAY / 2);
  t.equal(unset.seconds, 37);
});

t.test('the first of a month is found in leap years and others', async (t) => {
  for (const first of ['2000-03-01', '2024-03-01', '2023-03-01', '2024-02-01', '1971-01-01']) {
    const midnight = Date.parse(`${first}T00:00:00Z`) / 1000;
    const offset = new LeapOffset();
    offset.set(1, midnight - 60);
    offset.announce(1);
    offset.update(midnight + 1);
    t.equal(offset.seconds, 2, first);
  }
});
