import fc from 'fast-check';
import t from 'tap';
import { hex, type Micros, ms, seconds, us } from '../../runtime/core/index.ts';
import { Antenna } from '../../runtime/radio/antenna.ts';
import { type FaultOptions, Station } from '../../runtime/radio/index.ts';
import { MAC_BROADCAST, parseIeee80211 } from '../../runtime/wire/index.ts';
import { Air, AP, ethernet, HOST, numbers, OTHER, STA } from '../helpers/air.ts';

/** A joined station and its access point, with rules, and what numbers came out behind it of those sent into it. */
function carry(n: number, rules: readonly FaultOptions[], gap = us(0), seed = 1): number[] {
  const air = new Air(seed);
  const ap = air.ap();
  const { station } = air.joined();
  for (const rule of rules) air.medium.rules.add(rule);
  for (let i = 0; i < n; i++) {
    station.send(ethernet(HOST, STA, i));
    if (gap > 0) air.clock.runUntil(us(air.clock.now() + gap));
  }
  air.run(2);
  return numbers(ap.wiredFrames);
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

t.test('a clean link delivers everything once and in order', async (t) => {
  t.same(carry(200, []), upTo(200));
});

t.test('two senders take turns: no frame begins before the one on the channel has ended', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const one = air.joined();
  const two = air.joined({ ssid: 'home' }, OTHER);
  const ends: number[] = [];
  air.medium.tap((at, frame) => {
    const parsed = parseIeee80211(frame);
    if (parsed.ok && parsed.value.type === 'data') ends.push(at);
  });
  for (let i = 0; i < 3; i++) {
    one.station.send(ethernet(HOST, STA, i, 1500));
    two.station.send(ethernet(HOST, OTHER, 10 + i, 1500));
  }
  air.run(1);
  t.same(numbers(ap.wiredFrames), [0, 10, 1, 11, 2, 12]);
  const gaps = ends.slice(1).map((at, i) => at - (ends[i] ?? 0));
  // 254 us of frame, 44 of acknowledgement, 96 of waiting for the channel.
  t.same(gaps, [394, 394, 394, 394, 394]);
});

t.test('channels do not wait for each other', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const far = air.ap({ ssid: 'far', bssid: HOST, channel: 11 });
  const one = air.joined();
  const two = air.joined({ ssid: 'far' }, OTHER);
  const from = air.clock.now();
  one.station.send(ethernet(HOST, STA, 1, 1500));
  two.station.send(ethernet(AP, OTHER, 2, 1500));
  air.clock.runUntil(us(from + 96 + 254 + 1));
  t.same([numbers(ap.wiredFrames), numbers(far.wiredFrames)], [[1], [2]]);
});

t.test('a sender whose CPU is ahead of the world sends at its own time, without holding up others', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const other = air.joined({ ssid: 'home' }, OTHER);
  let ahead = us(0);
  const clock = { now: () => us(air.clock.now() + ahead), timer: air.clock.timer.bind(air.clock) };
  const station = new Station(air.medium, { mac: STA, clock });
  station.join({ ssid: 'home' });
  air.run(3);
  const from = air.clock.now();
  ahead = ms(5);
  station.send(ethernet(HOST, STA, 1));
  ahead = us(0);
  other.station.send(ethernet(HOST, OTHER, 2));
  air.clock.runUntil(us(from + 5000));
  t.same(numbers(ap.wiredFrames), [2]);
  air.run(1);
  t.same(numbers(ap.wiredFrames), [2, 1]);
});

t.test('signal level falls with distance, or is given', async (t) => {
  const air = new Air();
  const owner = { onFrame: () => {}, onAudience: () => {}, onSurroundings: () => {} };
  const antenna = (x: number | undefined, level?: number): Antenna =>
    new Antenna(air.medium, owner, {
      mac: STA,
      txPower: 20,
      position: x === undefined ? undefined : { x, y: 0 },
      level,
    });
  t.equal(air.medium.level(antenna(undefined), antenna(0)), -55);
  t.equal(air.medium.level(antenna(0), antenna(1)), -20);
  t.equal(air.medium.level(antenna(0), antenna(10)), -50);
  t.equal(air.medium.level(antenna(0), antenna(100)), -80);
  t.equal(air.medium.level(antenna(0, -70), antenna(10)), -70);
  t.equal(air.medium.level(antenna(0), antenna(10, -71)), -71);
});

t.test('a frame for one receiver is heard by nobody else', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const one = air.joined();
  const two = air.joined({ ssid: 'home' }, OTHER);
  ap.wired.send(ethernet(STA, HOST, 1));
  ap.wired.send(ethernet(MAC_BROADCAST, HOST, 2));
  air.run(1);
  t.same([numbers(one.frames), numbers(two.frames)], [[1, 2], [2]]);
});

t.test('delay keeps order, however much it jitters', async (t) => {
  t.same(carry(50, [{ effect: 'delay', time: ms(20), jitter: ms(15) }], ms(1)), upTo(50));
});

t.test('a rule that ends leaves no frame behind and overtakes none', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const { station } = air.joined();
  const rule = air.medium.rules.add({ effect: 'delay', time: ms(20) });
  station.send(ethernet(HOST, STA, 1));
  air.clock.runUntil(us(air.clock.now() + 1000));
  air.medium.rules.remove(rule);
  station.send(ethernet(HOST, STA, 2));
  air.run(1);
  t.same(numbers(ap.wiredFrames), [1, 2]);
});

t.test('reorder lets the next frame pass, or gives up waiting for one', async (t) => {
  t.same(carry(4, [{ effect: 'reorder', limit: 1 }]), [1, 0, 2, 3]);
  t.same(carry(1, [{ effect: 'reorder' }]), [0]);
  t.same(carry(3, [{ effect: 'reorder', limit: 1, time: ms(2) }], ms(10)), [0, 1, 2], 'nothing came in time');
});

t.test('duplicate delivers a frame twice, at once or later', async (t) => {
  t.same(carry(2, [{ effect: 'duplicate' }]), [0, 0, 1, 1]);
  t.same(carry(2, [{ effect: 'duplicate', time: ms(5) }]), [0, 1, 0, 1]);
});

t.test('corrupt turns bits of the payload over and leaves addresses and type alone', async (t) => {
  const air = new Air();
  const ap = air.ap();
  const { station } = air.joined();
  air.medium.rules.add({ effect: 'corrupt', bits: 1 });
  const sent = ethernet(HOST, STA, 0, 40);
  station.send(sent.slice());
  air.run(1);
  const [got = new Uint8Array(0)] = ap.wiredFrames;
  t.equal(hex(got.subarray(0, 14)), hex(sent.subarray(0, 14)));
  const changed = got.reduce(
    (bits, byte, i) => bits + (byte ^ (sent[i] ?? 0)).toString(2).replaceAll('0', '').length,
    0,
  );
  t.equal(changed, 1);
});

t.test('frames are conserved: without loss what is sent and copied arrives, under any other rules', async () => {
  const effect = fc.constantFrom(
    'drop' as const,
    'delay' as const,
    'duplicate' as const,
    'corrupt' as const,
    'reorder' as const,
  );
  const time = fc.integer({ min: 0, max: 30_000 }) as fc.Arbitrary<Micros>;
  const rule = fc.record({ effect, probability: fc.double({ min: 0, max: 1, noNaN: true }), time, jitter: time });
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), fc.nat(), (rules, seed) => {
      const air = new Air(seed);
      const ap = air.ap();
      const { station } = air.joined();
      const added = rules.map((options) => air.medium.rules.add(options));
      for (let i = 0; i < 40; i++) {
        station.send(ethernet(HOST, STA, i));
        air.clock.runUntil(us(air.clock.now() + 700));
      }
      air.run(2);
      const dropped = added.filter((r) => r.options.effect === 'drop');
      const copies = added.filter((r) => r.options.effect === 'duplicate').reduce((n, r) => n + r.hits, 0);
      const expected = 40 + copies;
      return dropped.length === 0 ? ap.wiredFrames.length === expected : ap.wiredFrames.length <= expected;
    }),
    { seed: 1, numRuns: 60 },
  );
});

t.test('same seed, same air; another seed, another', async (t) => {
  const story = (seed: number): string => {
    const air = new Air(seed);
    const ap = air.ap({ password: 'secret123' });
    const frames: string[] = [];
    air.medium.tap((at, frame) => frames.push(`${at} ${hex(frame)}`));
    air.medium.rules.add({ effect: 'drop', probability: 0.3 });
    const { station } = air.joined({ ssid: 'home', password: 'secret123' });
    for (let i = 0; i < 20; i++) station.send(ethernet(HOST, STA, i));
    air.run(1);
    return [...frames, ...numbers(ap.wiredFrames)].join('\n');
  };
  t.equal(story(7), story(7));
  t.not(story(7), story(8));
});

t.test('a capture changes nothing', async (t) => {
  const story = (isCaptured: boolean): unknown => {
    const air = new Air();
    const ap = air.ap({ password: 'secret123' });
    const stop = isCaptured ? air.medium.tap(() => {}) : () => {};
    const probe = air.joined({ ssid: 'home', password: 'secret123', channel: 6 });
    const times: number[] = [];
    ap.wired.attach({ onFrame: () => times.push(air.clock.now()), onLinkChange: () => {} });
    for (let i = 0; i < 300; i++) {
      probe.station.send(ethernet(HOST, STA, i & 255, 1000));
      air.clock.runUntil(us(air.clock.now() + 500));
    }
    air.run(1);
    stop();
    const last: string[] = [];
    air.medium.tap((_at, frame) => last.push(hex(frame)));
    ap.wired.send(ethernet(STA, HOST, 1));
    air.clock.runUntil(us(air.clock.now() + 200));
    t.equal(last.length, 1);
    return { told: probe.told, joined: probe.times, times, last };
  };
  t.same(story(true), story(false));
});

t.test('beacons are sent while somebody looks, and not a moment longer', async (t) => {
  const air = new Air();
  air.ap();
  const beacons: number[] = [];
  air.run(10);
  t.same(air.clock.pending(), []);
  const stop = air.medium.tap((at) => beacons.push(at));
  air.run(1);
  t.equal(beacons.length, 10);
  t.same([...new Set(beacons.slice(1).map((at, i) => at - (beacons[i] ?? 0)))], [102_400]);
  stop();
  air.run(1);
  t.equal(beacons.length, 10);
  t.same(air.clock.pending(), []);
});

t.test('24 hours of twenty joined stations cost no events', async (t) => {
  const air = new Air();
  air.ap();
  for (let i = 0; i < 20; i++) air.station((STA + i) as never).station.join({ ssid: 'home' });
  air.run(10);
  t.same(air.clock.pending(), []);
  air.clock.runUntil(seconds(86_400));
  t.same(air.clock.pending(), []);
});
