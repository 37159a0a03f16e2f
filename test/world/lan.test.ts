import t from 'tap';
import { type LinkHandler, us, VirtualClock } from '../../runtime/core/index.ts';
import { MAC_BROADCAST, type MacAddress, putMac, readMac } from '../../runtime/wire/index.ts';
import { Lan, type LanPort } from '../../runtime/world/lan.ts';

const A = 0x020000000001 as MacAddress;
const B = 0x020000000002 as MacAddress;
const C = 0x020000000003 as MacAddress;

function frame(dst: MacAddress, src: MacAddress, length = 60): Uint8Array {
  const out = new Uint8Array(length);
  putMac(out, 0, dst);
  putMac(out, 6, src);
  return out;
}

function listener(clock: VirtualClock, port: LanPort) {
  const seen: string[] = [];
  const handler: LinkHandler = {
    onFrame: (f) => seen.push(`${clock.now()}:${readMac(f, 6)}`),
    onLinkChange: (up) => seen.push(up ? 'up' : 'down'),
  };
  port.attach(handler);
  return seen;
}

function world() {
  const clock = new VirtualClock();
  const lan = new Lan(clock);
  const [a, b, c] = [lan.port(A, 'a'), lan.port(B, 'b'), lan.port(C, 'c')];
  return { clock, lan, a, b, c, seenA: listener(clock, a), seenB: listener(clock, b), seenC: listener(clock, c) };
}

t.test('an unknown destination is flooded, a learned one goes to its port only', async (t) => {
  const { clock, a, b, seenA, seenB, seenC } = world();
  a.send(frame(B, A));
  clock.runUntil(us(1000));
  t.same([seenA.length, seenB.length, seenC.length], [0, 1, 1]);
  b.send(frame(A, B));
  clock.runUntil(us(2000));
  t.same([seenA.length, seenB.length, seenC.length], [1, 1, 1]);
});

t.test('a broadcast reaches everybody but the sender, who share the one frame', async (t) => {
  const { clock, lan, a, b, c } = world();
  const got: Uint8Array[] = [];
  const keep = (f: Uint8Array) => got.push(f);
  b.attach({ onFrame: keep, onLinkChange: () => {} });
  c.attach({ onFrame: keep, onLinkChange: () => {} });
  lan.port(0x020000000004 as MacAddress, 'd'); // nobody attached: no harm
  a.send(frame(MAC_BROADCAST, A));
  clock.runUntil(us(1000));
  t.equal(got.length, 2);
  t.equal(got[0], got[1]);
});

t.test('frames of one port leave one after the other at 100 Mbit/s and never overtake', async (t) => {
  const { clock, a, seenB } = world();
  a.send(frame(B, A, 1514));
  a.send(frame(B, A, 60));
  clock.runUntil(us(1000));
  // (1514 + 24) * 8 / 100 = 123.04 -> 124 us, then (60 + 24) * 8 / 100 = 6.72 -> 7 us, 10 us through the switch.
  t.same(seenB, [`134:${A}`, `141:${A}`]);
});

t.test('a tap sees each frame once with its virtual time until it is removed', async (t) => {
  const { clock, lan, a } = world();
  const seen: number[] = [];
  const remove = lan.tap((at) => seen.push(at));
  a.send(frame(MAC_BROADCAST, A));
  clock.runUntil(us(1000));
  remove();
  a.send(frame(MAC_BROADCAST, A));
  clock.runUntil(us(2000));
  t.same(seen, [17]);
});

t.test('a pulled cable loses what is on the line, is told to the interface, and unlearns its addresses', async (t) => {
  const { clock, a, b, c, seenA, seenB, seenC } = world();
  b.send(frame(MAC_BROADCAST, B));
  clock.runUntil(us(100));
  b.send(frame(A, B));
  b.setUp(false);
  b.setUp(false);
  a.send(frame(B, A));
  clock.runUntil(us(1000));
  t.same(seenB, ['down']);
  t.equal(seenA.length, 1, 'only the first broadcast');
  t.equal(seenC.length, 2, 'flooded, because the address is not known any more');
  b.setUp(true);
  c.send(frame(B, C));
  clock.runUntil(us(2000));
  t.same([seenB[1], seenB.length], ['up', 3]);
});

t.test('a runt is dropped', async (t) => {
  const { clock, lan, a } = world();
  lan.tap(() => t.fail('nothing to see'));
  a.send(new Uint8Array(13));
  clock.runUntil(us(1000));
});
