import t from 'tap';
import type { Micros } from '../../runtime/core/index.ts';
import { corrected, measure, resultOf, sntpRequest, sntpTimestamp } from '../../runtime/proto/sntp-sample.ts';
import { type Ntp, ntpTimestamp } from '../../runtime/wire/index.ts';
import { at } from '../helpers/wired.ts';

const SECOND = 1_000_000;
const EPOCH = 1_700_000_000;
const SERVER = at(10);

/** An answer of a server whose clock shows `there` microseconds when ours shows `sent`. */
const answer = (sent: number, there: number, fields: Partial<Ntp> = {}): Ntp => ({
  ...sntpRequest(0n),
  stratum: 2,
  rootDelay: 655,
  rootDispersion: 1310,
  origin: sntpTimestamp(sent, 0),
  receive: ntpTimestamp(Math.floor(there / SECOND), there % SECOND),
  transmit: ntpTimestamp(Math.floor(there / SECOND), there % SECOND),
  ...fields,
});

t.test('time stamps are short by a few parts in 10^10, as the firmware divides', async (t) => {
  t.equal(sntpTimestamp(EPOCH * SECOND, 0), ntpTimestamp(EPOCH, 0));
  t.equal(ntpTimestamp(0, 999_999) - sntpTimestamp(999_999, 0), 3n);
  t.equal(sntpTimestamp(EPOCH * SECOND, 37), ntpTimestamp(EPOCH - 37, 0), 'of UTC');
});

t.test('half of the way there and back is taken off', async (t) => {
  const sent = 2_500_000;
  const sample = measure(answer(sent, EPOCH * SECOND), sntpTimestamp(sent + 20_000, 0), SERVER);
  const clock = corrected(sent + 20_000, sample);
  t.ok(Math.abs(clock - (EPOCH * SECOND + 10_000)) <= 1, `${clock}`);
  t.equal(sample.delay, Math.floor(0.02 * 65_536));
});

t.test('a near clock is told in microseconds, a far one in seconds', async (t) => {
  const now = EPOCH * SECOND;
  const near = measure(answer(now, now - 5_000_000), sntpTimestamp(now, 0), SERVER);
  const offset = resultOf(near, now as Micros, 0).offset as { microseconds: number };
  t.ok(Math.abs(offset.microseconds + 5_000_000) <= 1);
  const far = measure(answer(now, now + 300 * SECOND), sntpTimestamp(now, 0), SERVER);
  t.same(resultOf(far, now as Micros, 0).offset, { seconds: 300 });
});

t.test('the result tells what the server told', async (t) => {
  const now = EPOCH * SECOND + 7;
  const sample = measure(answer(now, now, { leap: 1 }), sntpTimestamp(now + 10_000, 0), SERVER);
  t.match(resultOf(sample, now as Micros, 2), {
    seconds: EPOCH,
    microseconds: 7,
    server: SERVER,
    delay: 9994,
    rootDelay: 9994,
    rootDispersion: 19_989,
    rootMaxError: 29_968,
    stratum: 2,
    leap: 1,
    pendingLeap: 2,
  });
});

t.test('a delay that seems negative makes the server the farthest', async (t) => {
  const now = EPOCH * SECOND;
  const slow = answer(now, now, { rootDelay: 0, transmit: ntpTimestamp(EPOCH + 1, 0) });
  t.ok(measure(slow, sntpTimestamp(now, 0), SERVER).distance > 2 ** 31);
});
