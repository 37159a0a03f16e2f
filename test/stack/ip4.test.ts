import fc from 'fast-check';
import t from 'tap';
import { concat, EMPTY, put16 } from '../../runtime/core/index.ts';
import { ERR, ESP8266_OPTS, HOST_OPTS } from '../../runtime/stack/index.ts';
import {
  checksum,
  ETHERTYPE_IPV4,
  emitEthernet,
  emitIpv4,
  emitUdp,
  type Ipv4Address,
  ipv4,
  PROTO_UDP,
} from '../../runtime/wire/index.ts';
import { arbBytes } from '../helpers/arb.ts';
import { Bench, ip, mac, OUR_MAC, PEER, PEER_MAC, US } from '../helpers/stack.ts';

const data = Uint8Array.of(1, 2, 3);

/** Listens on port 5000 and notes where datagrams went. */
function listening(bench: Bench): string[] {
  const heard: string[] = [];
  const pcb = bench.stack.udp.newPcb();
  pcb.bind(0 as Ipv4Address, 5000);
  pcb.recv = (bytes, addr, port, dst) => heard.push(`${bytes.length} ${addr >>> 0}:${port} ${dst >>> 0}`);
  return heard;
}

t.test('ids count packets, and nothing forbids fragmentation', async (t) => {
  const bench = new Bench();
  const pcb = bench.stack.udp.newPcb();
  for (let i = 0; i < 3; i++) pcb.sendTo(data, PEER, 7);
  const packets = bench.packets();
  const first = packets[0]?.id ?? 0;
  t.same(
    packets.map((p) => [p.id - first, p.flags, p.ttl, p.src]),
    [0, 1, 2].map((n) => [n, { df: false, mf: false }, 255, US]),
  );
});

t.test('packets of all sizes leave as they are, also oversized ones', async (t) => {
  const bench = new Bench();
  const pcb = bench.stack.udp.newPcb();
  t.equal(pcb.sendTo(new Uint8Array(1473), PEER, 7), ERR.OK);
  t.same(
    bench.taken().map((frame) => frame.length),
    [14 + 20 + 8 + 1473],
  );
});

t.test('a host cuts what is larger than the MTU', async (t) => {
  const bench = new Bench({ opts: HOST_OPTS });
  const pcb = bench.stack.udp.newPcb();
  const long = Uint8Array.from({ length: 4000 }, (_, i) => i);
  t.equal(pcb.sendTo(long, PEER, 7), ERR.OK);
  const packets = bench.packets();
  t.same(
    packets.map((p) => [p.fragOffset, p.payload.length, p.flags.mf]),
    [
      [0, 1480, true],
      [1480, 1480, true],
      [2960, 1048, false],
    ],
  );
  t.equal(new Set(packets.map((p) => p.id)).size, 1);
  const whole = concat(...packets.map((p) => p.payload));
  t.same(whole.subarray(8), long);
});

t.test('packets for us come by any of our addresses and as broadcasts', async (t) => {
  const bench = new Bench();
  const heard = listening(bench);
  bench.hearUdp(9, 5000, data);
  bench.hearUdp(9, 5000, data, { dst: ip('192.168.1.255') });
  bench.hearUdp(9, 5000, data, { dst: ip('255.255.255.255') });
  t.equal(heard.length, 3);
});

t.test('packets for others, even on our hardware address, are not ours', async (t) => {
  const bench = new Bench();
  const heard = listening(bench);
  bench.hearUdp(9, 5000, data, { dst: ip('192.168.1.51') });
  bench.hearUdp(9, 5000, data, { dst: ip('192.168.2.255') });
  bench.hearUdp(9, 5000, data, { dst: ip('239.1.2.3') });
  t.same(heard, []);
  t.equal(bench.stack.drops.of('ip4', 'not-ours'), 3);
  t.same(bench.said(), []);
});

t.test('an interface that is down hears nothing', async (t) => {
  const bench = new Bench();
  const heard = listening(bench);
  bench.netif.setDown();
  bench.hearUdp(9, 5000, data);
  t.same(heard, []);
});

t.test('senders that are broadcasts or groups are refused, 0.0.0.0 is not', async (t) => {
  const bench = new Bench();
  const heard = listening(bench);
  for (const src of ['255.255.255.255', '192.168.1.255', '224.0.0.5', '0.0.0.0']) {
    bench.hearUdp(9, 5000, data, { src: ip(src) });
  }
  t.same(heard, [`3 0:9 ${US}`]);
  t.equal(bench.stack.drops.of('ip4', 'bad-source'), 3);
});

t.test('the device drops fragments', async (t) => {
  const bench = new Bench();
  const heard = listening(bench);
  const payload = emitUdp({ srcPort: 9, dstPort: 5000, payload: new Uint8Array(8) }, PEER, US);
  bench.hear({ payload: payload.subarray(0, 8), flags: { df: false, mf: true } });
  bench.hear({ payload: payload.subarray(8), fragOffset: 8 });
  t.same(heard, []);
  t.equal(bench.stack.drops.of('ip4', 'fragment'), 2);
});

t.test('a host puts fragments together', async (t) => {
  const bench = new Bench({ opts: HOST_OPTS });
  const heard = listening(bench);
  const payload = emitUdp({ srcPort: 9, dstPort: 5000, payload: new Uint8Array(24) }, PEER, US);
  bench.hear({ payload: payload.subarray(16), fragOffset: 16 });
  bench.hear({ payload: payload.subarray(0, 16), flags: { df: false, mf: true } });
  t.same(heard, [`24 ${PEER}:9 ${US}`]);
});

t.test('options are carried past', async (t) => {
  const bench = new Bench();
  const heard = listening(bench);
  bench.hearUdp(9, 5000, data, { options: Uint8Array.of(1, 1, 1, 0) });
  t.equal(heard.length, 1);
});

t.test('padding behind a packet is not part of it', async (t) => {
  const bench = new Bench();
  const heard = listening(bench);
  const packet = { tos: 0, id: 1, flags: { df: false, mf: false }, fragOffset: 0, ttl: 1, options: EMPTY };
  const payload = emitUdp({ srcPort: 9, dstPort: 5000, payload: EMPTY }, PEER, US);
  const bytes = emitIpv4({ ...packet, protocol: PROTO_UDP, src: PEER, dst: US, payload });
  const padded = concat(bytes, new Uint8Array(18).fill(0xff));
  bench.link.deliver(emitEthernet({ dst: OUR_MAC, src: PEER_MAC, etherType: ETHERTYPE_IPV4, payload: padded }));
  t.same(heard, [`0 ${PEER}:9 ${US}`]);
});

t.test('an unknown protocol is answered with an error, but not a broadcast of one', async (t) => {
  const bench = new Bench();
  bench.hear({ protocol: 99, payload: new Uint8Array(20) });
  bench.hear({ protocol: 99, payload: new Uint8Array(20), dst: ip('192.168.1.255') });
  const [answer, ...rest] = bench.packets();
  t.same([answer?.payload[0], answer?.payload[1]], [3, 2]);
  t.same(rest, []);
});

t.test('the device takes a total length shorter than the header, and quotes what came behind it', async (t) => {
  const header = { tos: 0, id: 1, flags: { df: false, mf: false }, fragOffset: 0, ttl: 1, options: EMPTY };
  const packet = emitIpv4({ ...header, protocol: 99, src: PEER, dst: US, payload: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  put16(packet, 2, 10);
  put16(packet, 10, 0);
  put16(packet, 10, checksum(packet.subarray(0, 20)));
  for (const [opts, answers] of [
    [ESP8266_OPTS, [[...packet, 0, 0]]],
    [HOST_OPTS, []],
  ] as const) {
    const bench = new Bench({ opts });
    bench.link.deliver(emitEthernet({ dst: OUR_MAC, src: PEER_MAC, etherType: ETHERTYPE_IPV4, payload: packet }));
    t.same(
      bench.packets().map((p) => [...p.payload.subarray(8)]),
      answers,
    );
  }
});

t.test('a payload longer than a packet is refused', async (t) => {
  const bench = new Bench();
  const request = { protocol: PROTO_UDP, dst: PEER, ttl: 1, payload: new Uint8Array(65_516) };
  t.equal(bench.stack.ip.output(request), ERR.BUF);
  t.equal(bench.stack.ip.output({ ...request, payload: new Uint8Array(65_515) }), ERR.OK);
});

t.test('without a route there is an error', async (t) => {
  const bench = new Bench();
  bench.netif.setDown();
  const request = { protocol: PROTO_UDP, dst: ipv4(8, 8, 8, 8), ttl: 1, payload: data };
  t.equal(bench.stack.ip.output(request), ERR.RTE);
});

t.test('whatever arrives, nothing is thrown', async () => {
  const header = fc.constantFrom(ETHERTYPE_IPV4, 0x0806, 0x888e, 0x86dd);
  const noise = fc.tuple(header, arbBytes(200)).map(([etherType, payload]) => ({ etherType, payload }));
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 30 }), arbBytes(20), (frames, runt) => {
      for (const opts of [undefined, HOST_OPTS]) {
        const bench = new Bench(opts === undefined ? {} : { opts });
        for (const { etherType, payload } of frames) {
          bench.link.deliver(emitEthernet({ dst: OUR_MAC, src: PEER_MAC, etherType, payload }));
        }
        bench.link.deliver(runt);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

t.test('packets with a whole header and any body throw nothing either', async () => {
  const packet = fc.record({
    protocol: fc.constantFrom(1, 2, 6, 17, 50),
    dst: fc.constantFrom(US, ip('192.168.1.255'), ip('224.0.0.1')),
    src: fc.constantFrom(PEER, ip('8.8.8.8')),
    fragOffset: fc.constantFrom(0, 0, 8, 65_528),
    flags: fc.record({ df: fc.boolean(), mf: fc.constantFrom(false, false, true) }),
    payload: arbBytes(100),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 30 }), (packets) => {
      for (const bench of [new Bench(), new Bench({ opts: HOST_OPTS })]) {
        for (const each of packets) bench.hear(each, mac('02:00:00:00:00:0b'));
        bench.pass(60_000);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});
