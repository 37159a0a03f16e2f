import fc from 'fast-check';
import t from 'tap';
import { concat, ms, seconds } from '../../runtime/core/index.ts';
import { ERR, ESP8266_OPTS, HOST_OPTS } from '../../runtime/stack/index.ts';
import {
  ETHERTYPE_ARP,
  emitArp,
  emitEthernet,
  type Ipv4Address,
  ipv4,
  MAC_BROADCAST,
  readMac,
} from '../../runtime/wire/index.ts';
import { Bench, ip, mac, PEER, PEER_MAC, ROUTER, ROUTER_MAC, US } from '../helpers/stack.ts';

const bare = (): Bench => new Bench({ neighbours: false });
const datagram = Uint8Array.of(1);
const ASK_PEER = 'ARP, Request who-has 192.168.1.10 tell 192.168.1.50';

/** Sends one datagram; the address is all that matters. */
function send(bench: Bench, dst: Ipv4Address, data = datagram): number {
  const pcb = bench.stack.udp.newPcb();
  const result = pcb.sendTo(data, dst, 7);
  pcb.remove();
  return result;
}

t.test('a packet to an unknown neighbour waits for the answer', async (t) => {
  const bench = bare();
  t.equal(send(bench, PEER), ERR.OK);
  t.same(bench.said(), [ASK_PEER]);
  bench.hearArp({ op: 2, targetMac: mac('18:fe:34:01:02:03') });
  const [frame, ...rest] = bench.taken();
  t.equal(readMac(frame as Uint8Array, 0), PEER_MAC);
  t.same(rest, []);
});

t.test('of five waiting packets the first two are lost, and each asks again', async (t) => {
  const bench = bare();
  for (let i = 1; i <= 5; i++) send(bench, PEER, Uint8Array.of(i));
  t.same(bench.said(), new Array(5).fill(ASK_PEER));
  bench.hearArp({ op: 2 });
  t.same(
    bench.packets().map((packet) => packet.payload[8]),
    [3, 4, 5],
  );
  t.equal(bench.stack.drops.of('arp', 'queue-full'), 2);
});

t.test('nothing asks again by itself, and the wait ends with the second tick', async (t) => {
  const bench = bare();
  bench.stack.arp.setPhase(ms(3500));
  send(bench, PEER);
  bench.taken();
  bench.pass(8499);
  t.equal(bench.stack.arp.entries().length, 1);
  bench.pass(1);
  t.equal(bench.stack.arp.entries().length, 0, '3.5 s and 5 s later');
  t.same(bench.said(), []);
  t.equal(bench.stack.drops.of('arp', 'unanswered'), 1);
  t.same(bench.clock.pending(), []);
});

t.test('a request for our address is answered and its sender remembered', async (t) => {
  const bench = bare();
  bench.hearArp({});
  t.same(bench.said(), ['ARP, Reply 192.168.1.50 is-at 18:fe:34:01:02:03']);
  t.equal(bench.stack.arp.lookup(PEER), PEER_MAC);
});

t.test('the answer of a device is as long as the question, that of a host is not', async (t) => {
  for (const [opts, length] of [
    [ESP8266_OPTS, 60],
    [HOST_OPTS, 42],
  ] as const) {
    const bench = new Bench({ opts });
    const message = { op: 1, senderMac: PEER_MAC, senderIp: PEER, targetMac: PEER_MAC, targetIp: US };
    const payload = concat(emitArp(message), new Uint8Array(18).fill(7));
    bench.link.deliver(emitEthernet({ dst: MAC_BROADCAST, src: PEER_MAC, etherType: ETHERTYPE_ARP, payload }));
    const [reply] = bench.taken();
    t.equal(reply?.length, length);
    t.ok(reply?.subarray(42).every((byte) => byte === 7));
  }
});

t.test('a request for somebody else teaches nothing new but renews what is known', async (t) => {
  const bench = bare();
  bench.hearArp({ targetIp: ip('192.168.1.51') });
  t.equal(bench.stack.arp.lookup(PEER), undefined);
  bench.stack.arp.insert(bench.netif, PEER, PEER_MAC);
  bench.hearArp({ targetIp: ip('192.168.1.51'), senderMac: ROUTER_MAC });
  t.equal(bench.stack.arp.lookup(PEER), ROUTER_MAC);
  t.same(bench.said(), []);
});

t.test('a probe from 0.0.0.0 is answered but not remembered', async (t) => {
  const bench = bare();
  bench.hearArp({ senderIp: 0 as Ipv4Address });
  t.same(bench.said(), ['ARP, Reply 192.168.1.50 is-at 18:fe:34:01:02:03']);
  t.same(bench.stack.arp.entries(), []);
});

t.test('an interface without address answers nobody', async (t) => {
  const bench = new Bench({ configured: false });
  bench.hearArp({ targetIp: 0 as Ipv4Address });
  t.same(bench.said(), []);
});

t.test('an IP packet renews a known sender of the own network and makes no new entry', async (t) => {
  const bench = bare();
  bench.hearUdp(1, 2, datagram);
  t.equal(bench.stack.arp.lookup(PEER), undefined);
  bench.stack.arp.insert(bench.netif, PEER, ROUTER_MAC);
  bench.hearUdp(1, 2, datagram, { dst: ip('192.168.1.255') });
  t.equal(bench.stack.arp.lookup(PEER), PEER_MAC);
});

t.test('addresses outside the network go to the gateway, link-local ones do not', async (t) => {
  const bench = bare();
  send(bench, ipv4(8, 8, 8, 8));
  send(bench, ipv4(169, 254, 1, 1));
  t.same(bench.said(), [
    'ARP, Request who-has 192.168.1.1 tell 192.168.1.50',
    'ARP, Request who-has 169.254.1.1 tell 192.168.1.50',
  ]);
});

t.test('without a gateway there is no way out', async (t) => {
  const bench = bare();
  bench.netif.setAddr(US, ip('255.255.255.0'), 0 as Ipv4Address);
  t.equal(send(bench, ipv4(8, 8, 8, 8)), ERR.RTE);
});

t.test('broadcasts and groups have hardware addresses of their own', async (t) => {
  const bench = bare();
  for (const dst of ['255.255.255.255', '192.168.1.255', '239.129.2.3']) send(bench, ip(dst));
  const targets = bench.taken().map((frame) => readMac(frame, 0));
  t.same(targets, [MAC_BROADCAST, MAC_BROADCAST, mac('01:00:5e:01:02:03')]);
});

t.test('an entry lives 20 minutes and in its last one is asked for again, once per tick', async (t) => {
  const bench = bare();
  bench.stack.arp.setPhase(ms(5000));
  bench.stack.arp.insert(bench.netif, PEER, PEER_MAC);
  bench.pass(1_140_000 - 1);
  send(bench, PEER);
  t.notMatch(bench.said().join(), 'ARP', 'not yet in the 228th tick');
  bench.pass(1);
  send(bench, PEER);
  send(bench, PEER);
  t.equal(bench.said().filter((line) => line === ASK_PEER).length, 1);
  bench.pass(5000);
  send(bench, PEER);
  t.equal(bench.said().filter((line) => line === ASK_PEER).length, 1, 'again in the next tick');
  bench.pass(54_999);
  t.equal(bench.stack.arp.lookup(PEER), PEER_MAC);
  bench.pass(1);
  t.equal(bench.stack.arp.lookup(PEER), undefined);
});

t.test('a known neighbour costs no event in 20 minutes', async (t) => {
  const bench = bare();
  bench.stack.arp.insert(bench.netif, PEER, PEER_MAC);
  t.same(bench.clock.pending(), []);
});

t.test('a full table gives up the oldest answered entry, then an idle question, then one with packets', async (t) => {
  const bench = bare();
  const { arp } = bench.stack;
  const host = (n: number): Ipv4Address => ipv4(192, 168, 1, 100 + n);
  send(bench, host(0));
  arp.query(bench.netif, host(1));
  for (let n = 2; n < 10; n++) {
    bench.pass(10);
    arp.insert(bench.netif, host(n), PEER_MAC);
  }
  bench.pass(5000);
  for (let n = 3; n < 10; n++) arp.insert(bench.netif, host(n), PEER_MAC);
  const held = (): number[] => arp.entries().map((entry) => (entry.ip & 0xff) - 100);
  t.same(held(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  arp.query(bench.netif, host(20));
  t.same(held(), [0, 1, 20, 3, 4, 5, 6, 7, 8, 9], 'the oldest answered one');
  for (let n = 30; n < 37; n++) send(bench, host(n));
  t.same(held().slice(0, 3), [0, 1, 20], 'questions stay while answered entries are left');
  send(bench, host(40));
  t.same(held().slice(0, 3), [0, 40, 20], 'then the oldest question nobody waits for');
});

t.test('the table never exceeds its size, whatever is heard and sent', async () => {
  const host = fc.integer({ min: 1, max: 60 }).map((n) => ipv4(192, 168, 1, n));
  const step = fc.oneof(
    host.map((dst) => (bench: Bench) => send(bench, dst)),
    fc.tuple(host, fc.integer({ min: 0, max: 3 }), fc.boolean()).map(
      ([senderIp, op, toUs]) =>
        (bench: Bench) =>
          bench.hearArp({ op, senderIp, targetIp: toUs ? US : PEER }),
    ),
    fc.integer({ min: 1, max: 30_000 }).map((n) => (bench: Bench) => bench.pass(n)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const bench = bare();
      for (const act of steps) {
        act(bench);
        const entries = bench.stack.arp.entries();
        if (entries.length > ESP8266_OPTS.arpTableSize) return false;
        if (new Set(entries.map((e) => e.ip)).size !== entries.length) return false;
        if (entries.some((e) => e.queued > ESP8266_OPTS.arpQueueLength)) return false;
        if (entries.some((e) => e.mac !== undefined && e.queued > 0)) return false;
      }
      bench.clock.runUntil(seconds(3600));
      return bench.stack.arp.entries().length === 0 && bench.clock.pending().length === 0;
    }),
    { seed: 1, numRuns: 60 },
  );
});

t.test('what is no ARP for IPv4 is counted by its fault', async (t) => {
  const bench = bare();
  bench.hearArp({ op: 9 });
  t.equal(bench.stack.drops.of('arp', 'bad-op'), 1);
  t.equal(bench.stack.arp.lookup(ROUTER), undefined);
});
