import fc from 'fast-check';
import t from 'tap';
import { type Micros, ms, Rng, seconds, us } from '../../runtime/core/index.ts';
import { type Fate, type FaultOptions, FaultRules, type FaultSubject } from '../../runtime/radio/rules.ts';
import { ETHERTYPE_ARP, ETHERTYPE_EAPOL, ETHERTYPE_IPV4 } from '../../runtime/wire/index.ts';
import { AP, OTHER, STA } from '../helpers/air.ts';

const NOW = us(0);
const data: FaultSubject = {
  frames: 'data',
  direction: 'to-ap',
  station: STA,
  bssid: AP,
  etherType: ETHERTYPE_IPV4,
  payloadLength: 100,
};
const eapol: FaultSubject = { ...data, etherType: ETHERTYPE_EAPOL };
const management: FaultSubject = { ...data, frames: 'management', etherType: 0, payloadLength: 0 };

const rulesOf = (seed: number, ...options: FaultOptions[]): FaultRules => {
  const rules = new FaultRules(new Rng(seed));
  for (const option of options) rules.add(option);
  return rules;
};
const judge = (rules: FaultRules, n: number, subject = data, now: Micros = NOW): Fate[] =>
  Array.from({ length: n }, () => rules.judge(subject, now));
const drops = (fates: readonly Fate[]): boolean[] => fates.map((fate) => fate.dropped);

t.test('a loss of 10 % loses about every tenth frame', async (t) => {
  const lost = drops(judge(rulesOf(1, { effect: 'drop', probability: 0.1 }), 20_000)).filter(Boolean).length;
  // Three standard deviations of a binomial distribution: 3 * sqrt(20000 * 0.1 * 0.9) = 127.
  t.ok(Math.abs(lost - 2000) < 127, `${lost}`);
});

t.test('the same seed loses the same frames, another seed others', async (t) => {
  const loss: FaultOptions = { effect: 'drop', probability: 0.5 };
  t.same(drops(judge(rulesOf(1, loss), 100)), drops(judge(rulesOf(1, loss), 100)));
  t.notSame(drops(judge(rulesOf(1, loss), 100)), drops(judge(rulesOf(2, loss), 100)));
});

t.test('a rule never shifts the dice of another, before or after it', async (t) => {
  const loss: FaultOptions = { effect: 'drop', probability: 0.3 };
  const copy: FaultOptions = { effect: 'duplicate', probability: 0.3 };
  const alone = drops(judge(rulesOf(1, loss), 200));
  t.same(drops(judge(rulesOf(1, copy, loss), 200)), alone);
  t.same(drops(judge(rulesOf(1, loss, copy), 200)), alone);
  const copies = judge(rulesOf(1, copy), 200).map((fate) => fate.copies.length);
  t.same(
    judge(rulesOf(1, loss, copy), 200).map((fate) => fate.copies.length),
    copies,
    'a dropped frame still lets the other rule roll',
  );
});

t.test('two rules of one effect roll apart', async (t) => {
  const loss: FaultOptions = { effect: 'drop', probability: 0.5 };
  const rules = new FaultRules(new Rng(1));
  const first = rules.add(loss);
  const second = rules.add(loss);
  judge(rules, 1000);
  t.ok(first.hits > 450 && first.hits < 550 && second.hits > 450 && second.hits < 550);
  const lost = drops(judge(rulesOf(1, loss, loss), 1000)).filter(Boolean).length;
  t.ok(lost > 700 && lost < 800, `${lost} of 1000: one of two halves`);
});

t.test('verdicts compose: delays add up, copies and bits collect', async (t) => {
  const [fate] = judge(
    rulesOf(
      1,
      { effect: 'delay', time: ms(20) },
      { effect: 'delay', time: ms(5) },
      { effect: 'duplicate', time: ms(1) },
      { effect: 'duplicate' },
      { effect: 'corrupt', bits: 3 },
      { effect: 'reorder', time: ms(2) },
    ),
    1,
  );
  t.match(fate, { dropped: false, delay: ms(25), copies: [ms(1), us(0)], heldAtMost: ms(2) });
  t.equal(fate?.flippedBits.length, 3);
});

t.test('jitter stays within its bounds and uses all of them', async (t) => {
  const rules = rulesOf(1, { effect: 'delay', time: us(100), jitter: us(4) });
  const delays = new Set(judge(rules, 200).map((fate) => fate.delay));
  t.same([...delays].sort(), [100, 101, 102, 103, 104]);
});

t.test('how much a rule does leaves alone which frames it hits', async (t) => {
  const hit = (bits: number) =>
    judge(rulesOf(1, { effect: 'corrupt', probability: 0.3, bits }), 200).map((fate) => fate.flippedBits.length > 0);
  t.same(hit(1), hit(5));
});

t.test('flipped bits lie in the payload; an empty payload has none', async () => {
  fc.assert(
    fc.property(fc.nat(1500), fc.integer({ min: 1, max: 20 }), fc.nat(), (payloadLength, bits, seed) => {
      const fate = rulesOf(seed, { effect: 'corrupt', bits }).judge({ ...data, payloadLength }, NOW);
      return (
        fate.flippedBits.length === Math.min(bits, payloadLength * 8) &&
        fate.flippedBits.every((bit) => Number.isInteger(bit) && bit >= 0 && bit < payloadLength * 8)
      );
    }),
    { seed: 1 },
  );
});

t.test('a rule acts between its two times', async (t) => {
  const rules = rulesOf(1, { effect: 'drop', from: seconds(10), until: seconds(13) });
  const at = (s: number) => rules.judge(data, seconds(s)).dropped;
  t.same([9.999999, 10, 12.999999, 13].map(at), [false, true, true, false]);
});

t.test('a limit spends a rule', async (t) => {
  const rules = new FaultRules(new Rng(1));
  const rule = rules.add({ effect: 'drop', limit: 2 });
  t.same(drops(judge(rules, 4)), [true, true, false, false]);
  t.equal(rule.hits, 2);
});

t.test('by default a rule touches data, neither management nor key frames', async (t) => {
  const touched = (frames?: 'data' | 'eapol' | 'management' | 'all') => {
    const rules = rulesOf(1, { effect: 'drop', ...(frames === undefined ? {} : { match: { frames } }) });
    return [data, eapol, management].map((subject) => rules.judge(subject, NOW).dropped);
  };
  t.same(touched(), [true, false, false]);
  t.same(touched('eapol'), [false, true, false]);
  t.same(touched('management'), [false, false, true]);
  t.same(touched('all'), [true, true, true]);
});

t.test('a rule looks at direction, station, access point and EtherType', async (t) => {
  const hits = (match: FaultOptions['match'] & object) =>
    rulesOf(1, { effect: 'drop', match }).judge(data, NOW).dropped;
  t.same([hits({ direction: 'to-ap' }), hits({ direction: 'from-ap' })], [true, false]);
  t.same([hits({ station: STA }), hits({ station: OTHER })], [true, false]);
  t.same([hits({ bssid: AP }), hits({ bssid: OTHER })], [true, false]);
  t.same([hits({ etherType: ETHERTYPE_IPV4 }), hits({ etherType: ETHERTYPE_ARP })], [true, false]);
});

t.test('a removed rule is gone; removing it twice does nothing', async (t) => {
  const rules = new FaultRules(new Rng(1));
  const rule = rules.add({ effect: 'drop' });
  rules.remove(rule);
  rules.remove(rule);
  t.equal(rules.size, 0);
  t.notOk(rules.judge(data, NOW).dropped);
});

t.test('some frames pass first, only those a filter means count, and each hit is told', async (t) => {
  const at: number[] = [];
  const rules = new FaultRules(new Rng(1));
  const frame = (ethernet: Uint8Array): boolean => ethernet[0] === 7;
  rules.add({ effect: 'split', bytes: 9, match: { frame }, skip: 1, limit: 1, onHit: (now) => at.push(now) });
  const see = (first: number | undefined, now: number): number =>
    rules.judge({ ...data, ethernet: () => (first === undefined ? undefined : Uint8Array.of(first)) }, us(now)).splitAt;
  t.same([see(7, 1), see(6, 2), see(undefined, 3), see(7, 4), see(7, 5)], [0, 0, 0, 9, 0]);
  t.same(at, [4]);
  t.equal(rules.judge(data, NOW).splitAt, 0, 'a subject without frame is never meant');
});
