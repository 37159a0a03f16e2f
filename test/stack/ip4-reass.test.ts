import fc from 'fast-check';
import t from 'tap';
import { EMPTY, ms, SILENT, VirtualClock } from '../../runtime/core/index.ts';
import { DropCounters, HOST_OPTS } from '../../runtime/stack/index.ts';
import { Reassembler } from '../../runtime/stack/ip4-reass.ts';
import { type Ipv4, PROTO_UDP } from '../../runtime/wire/index.ts';
import { arbBytes } from '../helpers/arb.ts';
import { PEER, US } from '../helpers/stack.ts';

const HEAD: Ipv4 = {
  tos: 0,
  id: 7,
  flags: { df: false, mf: false },
  fragOffset: 0,
  ttl: 64,
  protocol: PROTO_UDP,
  src: PEER,
  dst: US,
  options: EMPTY,
  payload: EMPTY,
};

const fragment = (payload: Uint8Array, fragOffset: number, mf: boolean, more: Partial<Ipv4> = {}): Ipv4 => ({
  ...HEAD,
  payload,
  fragOffset,
  flags: { df: false, mf },
  ...more,
});

/** Cuts at multiples of eight bytes. */
function cut(payload: Uint8Array, eights: readonly number[], id: number): Ipv4[] {
  const ends = [...new Set(eights.map((n) => n * 8))].filter((at) => at > 0 && at < payload.length);
  const marks = [0, ...ends.sort((a, b) => a - b), payload.length];
  return marks.slice(1).map((end, i) => {
    const start = marks[i] as number;
    return fragment(payload.subarray(start, end), start, end < payload.length, { id });
  });
}

interface Run {
  readonly clock: VirtualClock;
  readonly drops: DropCounters;
  readonly reassembler: Reassembler;
}

function run(): Run {
  const clock = new VirtualClock();
  const drops = new DropCounters(SILENT);
  return { clock, drops, reassembler: new Reassembler(clock, HOST_OPTS, drops) };
}

const eight = (value: number): Uint8Array => new Uint8Array(8).fill(value);

t.test('any order of any cut gives back what was cut, once, and leaves nothing behind', async () => {
  const datagram = fc.tuple(arbBytes(400, 1), fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 6 }));
  fc.assert(
    fc.property(fc.array(datagram, { maxLength: 5 }), fc.infiniteStream(fc.nat(1000)), (datagrams, dice) => {
      const { clock, reassembler } = run();
      const fragments = datagrams.flatMap(([payload, eights], id) => cut(payload, eights, id));
      const shuffled = fragments.map((f) => ({ f, at: dice.next().value })).sort((a, b) => a.at - b.at);
      const whole = new Map<number, Ipv4>();
      for (const { f } of shuffled) {
        const done = reassembler.add(f);
        if (done !== undefined && whole.has(f.id)) return false;
        if (done !== undefined) whole.set(f.id, done);
      }
      return (
        clock.pending().length === 0 &&
        datagrams.every(([payload], id) => {
          const got = whole.get(id)?.payload;
          return got?.length === payload.length && got.every((b, i) => b === payload[i]);
        })
      );
    }),
    { seed: 1, numRuns: 150 },
  );
});

t.test('the header is that of the first fragment, without its fragment fields', async (t) => {
  const { reassembler } = run();
  reassembler.add(fragment(eight(2), 8, false, { ttl: 3 }));
  const whole = reassembler.add(fragment(eight(1), 0, true, { ttl: 9, tos: 4 }));
  t.match(whole, { ttl: 9, tos: 4, fragOffset: 0, flags: { df: false, mf: false } });
});

t.test('a fragment that comes twice changes nothing', async (t) => {
  const { reassembler } = run();
  t.equal(reassembler.add(fragment(eight(1), 0, true)), undefined);
  t.equal(reassembler.add(fragment(eight(9), 0, true)), undefined);
  t.same(reassembler.add(fragment(eight(2), 8, false))?.payload.subarray(0, 8), eight(1));
});

t.test('sources, targets, protocols and ids are kept apart', async (t) => {
  const { reassembler } = run();
  reassembler.add(fragment(eight(1), 0, true));
  for (const other of [{ id: 8 }, { src: US }, { dst: PEER }, { protocol: 1 }]) {
    t.equal(reassembler.add(fragment(eight(2), 8, false, other)), undefined);
  }
});

t.test('half a datagram is forgotten after a minute', async (t) => {
  const { clock, drops, reassembler } = run();
  reassembler.add(fragment(eight(1), 0, true));
  clock.runUntil(ms(30_000));
  reassembler.add(fragment(eight(1), 0, true, { id: 8 }));
  clock.runUntil(ms(60_000));
  t.equal(drops.of('ip4', 'reassembly-timeout'), 1);
  t.equal(reassembler.add(fragment(eight(2), 8, false)), undefined);
  t.ok(reassembler.add(fragment(eight(2), 8, false, { id: 8 })));
  while (clock.step());
  t.equal(drops.of('ip4', 'reassembly-timeout'), 2);
});

const REFUSED: readonly (readonly [string, string, readonly Ipv4[]])[] = [
  ['overlapping fragments', 'fragment-overlap', [fragment(eight(1), 8, true), fragment(new Uint8Array(16), 0, true)]],
  ['two ends', 'fragment-overlap', [fragment(eight(1), 8, false), fragment(eight(1), 16, false)]],
  ['data beyond the end', 'fragment-overlap', [fragment(eight(1), 8, false), fragment(eight(1), 16, true)]],
  ['an end before data', 'fragment-overlap', [fragment(eight(1), 16, true), fragment(eight(1), 0, false)]],
  ['a ragged middle', 'fragment-bad-length', [fragment(new Uint8Array(7), 0, true)]],
  ['an empty middle', 'fragment-bad-length', [fragment(EMPTY, 0, true)]],
  ['a datagram beyond 64 KiB', 'fragment-too-long', [fragment(eight(1), 65_528, false)]],
];

for (const [what, reason, fragments] of REFUSED) {
  t.test(`${what}: the whole datagram is dropped`, async (t) => {
    const { clock, drops, reassembler } = run();
    for (const each of fragments) t.equal(reassembler.add(each), undefined);
    t.equal(drops.of('ip4', reason), 1);
    t.same(clock.pending(), []);
  });
}

t.test('of too many halves the oldest goes', async (t) => {
  const { drops, reassembler } = run();
  for (let id = 0; id < 17; id++) reassembler.add(fragment(eight(1), 0, true, { id }));
  t.equal(drops.of('ip4', 'reassembly-full'), 1);
  t.equal(reassembler.add(fragment(eight(2), 8, false, { id: 0 })), undefined);
  t.ok(reassembler.add(fragment(eight(2), 8, false, { id: 16 })));
});

t.test('cleared, it forgets and waits for nothing', async (t) => {
  const { clock, reassembler } = run();
  reassembler.add(fragment(eight(1), 0, true));
  reassembler.clear();
  t.same(clock.pending(), []);
  t.equal(reassembler.add(fragment(eight(2), 8, false)), undefined);
});
