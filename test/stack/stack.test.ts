import t from 'tap';
import { EMPTY, ms, Rng, SILENT, VirtualClock } from '../../runtime/core/index.ts';
import { ESP8266_OPTS, HOST_OPTS, type Netif, Stack } from '../../runtime/stack/index.ts';
import {
  ARP_REPLY,
  ARP_REQUEST,
  ETHERTYPE_ARP,
  ETHERTYPE_EAPOL,
  ETHERTYPE_IPV4,
  emitArp,
  emitEthernet,
  emitIpv4,
  emitUdp,
  IPV4_ANY,
  ipv4,
  MAC_BROADCAST,
  PROTO_ICMP,
  PROTO_IGMP,
  PROTO_TCP,
  PROTO_UDP,
  parseTcp,
} from '../../runtime/wire/index.ts';
import { Bench, FakeLink, ip, mac, NETMASK, OUR_MAC, PEER, PEER_MAC, ROUTER, US } from '../helpers/stack.ts';

const AP_MAC = mac('1a:fe:34:01:02:03');

/** Station 192.168.1.50 behind a router, softAP 192.168.4.1 without one. */
function both(): Bench & { readonly ap: Netif } {
  const bench = new Bench();
  const ap = bench.stack.addNetif('ap', new FakeLink(AP_MAC));
  ap.setAddr(ip('192.168.4.1'), NETMASK, IPV4_ANY);
  ap.setUp();
  return Object.assign(bench, { ap });
}

t.test('the interface whose network holds the address is the way', async (t) => {
  const { stack, netif, ap } = both();
  t.equal(stack.route(PEER), netif);
  t.equal(stack.route(ip('192.168.4.2')), ap);
});

t.test('far addresses go through the station, broadcasts through the default interface', async (t) => {
  const { stack, netif, ap } = both();
  t.equal(stack.route(ipv4(8, 8, 8, 8)), netif);
  t.equal(stack.route(ip('255.255.255.255')), netif);
  stack.defaultNetif = ap;
  t.equal(stack.route(ipv4(8, 8, 8, 8)), netif);
  t.equal(stack.route(ip('255.255.255.255')), ap);
  netif.setDown();
  t.equal(stack.route(ipv4(8, 8, 8, 8)), ap);
  ap.setDown();
  t.equal(stack.route(ip('192.168.4.2')), undefined);
});

// Seen in the firmware's own code: hold and unhold of a socket whose name is still being looked up.
t.test(
  'a segment of a connection without address carries that of its way out and a checksum made without it',
  async (t) => {
    const bench = new Bench();
    const pcb = bench.stack.tcp.newPcb();
    pcb.remoteAddr = PEER;
    pcb.remotePort = 80;
    pcb.abort();
    const [packet] = bench.packets();
    t.equal(packet?.src, US);
    t.equal(parseTcp(packet?.payload ?? EMPTY, US, PEER).ok, false);
    t.equal(parseTcp(packet?.payload ?? EMPTY, IPV4_ANY, PEER).ok, true);
  },
);

t.test('an interface that is down is no way, one that is up is, address or not', async (t) => {
  const { stack, netif } = both();
  netif.setAddr(IPV4_ANY, IPV4_ANY, IPV4_ANY);
  t.equal(stack.route(ipv4(8, 8, 8, 8)), netif);
  netif.setDown();
  t.equal(stack.route(ipv4(8, 8, 8, 8)), undefined);
});

t.test('packets to another interface of ours are ours as well', async (t) => {
  const bench = both();
  const heard: number[] = [];
  const pcb = bench.stack.udp.newPcb();
  pcb.bind(IPV4_ANY, 5000);
  pcb.recv = (_data, _addr, _port, dst, netif) => heard.push(dst, netif.index);
  bench.hearUdp(9, 5000, Uint8Array.of(1), { dst: ip('192.168.4.1') });
  t.same(heard, [ip('192.168.4.1'), 0]);
});

t.test('frames of other protocols and stumps are counted', async (t) => {
  const { stack, link } = new Bench();
  link.deliver(emitEthernet({ dst: OUR_MAC, src: PEER_MAC, etherType: ETHERTYPE_EAPOL, payload: new Uint8Array(9) }));
  link.deliver(new Uint8Array(9));
  t.same(stack.drops.entries(), [
    ['ethernet bad-type', 1],
    ['ethernet truncated', 1],
  ]);
});

t.test(
  'a program cannot notice ARP requests, group reports and datagrams for nobody, but everything else',
  async (t) => {
    const { stack, netif, link } = new Bench();
    const frame = (etherType: number, payload: Uint8Array, dst = MAC_BROADCAST): Uint8Array =>
      emitEthernet({ dst, src: PEER_MAC, etherType, payload });
    const arp = (op: number): Uint8Array =>
      frame(ETHERTYPE_ARP, emitArp({ op, senderMac: PEER_MAC, senderIp: PEER, targetMac: OUR_MAC, targetIp: US }));
    const all = ip('192.168.1.255');
    const packet = (protocol: number, payload: Uint8Array, mf = false): Uint8Array =>
      frame(
        ETHERTYPE_IPV4,
        emitIpv4({
          ...{ tos: 0, id: 1, flags: { df: false, mf }, fragOffset: 0, ttl: 1, options: EMPTY },
          ...{ protocol, src: PEER, dst: all, payload },
        }),
      );
    const udp = (dstPort: number): Uint8Array => emitUdp({ srcPort: 9, dstPort, payload: EMPTY }, PEER, all);
    stack.udp.newPcb().bind(IPV4_ANY, 5000);
    t.same(
      [arp(ARP_REQUEST), packet(PROTO_UDP, udp(67)), packet(PROTO_IGMP, Uint8Array.of(1)), frame(0x1234, EMPTY)].map(
        (f) => netif.passesBy(f),
      ),
      [true, true, true, true],
    );
    t.same(
      [
        arp(ARP_REPLY),
        packet(PROTO_UDP, udp(5000)),
        packet(PROTO_UDP, udp(68)),
        packet(PROTO_UDP, udp(67), true),
        packet(PROTO_UDP, Uint8Array.of(1)),
        packet(PROTO_TCP, EMPTY),
        packet(PROTO_ICMP, EMPTY),
        frame(ETHERTYPE_ARP, EMPTY, OUR_MAC),
        new Uint8Array(9),
      ].filter((f) => netif.passesBy(f)),
      [],
    );
    t.same([link.sent, stack.drops.entries()], [[], []], 'asking changes nothing');
  },
);

t.test('what may wake a script is listed, what the stack does for itself is not', async (t) => {
  const { stack, netif } = new Bench();
  t.same(stack.wakeSources(), []);
  netif.dhcpStart();
  const server = stack.tcp.newPcb();
  server.bind(IPV4_ANY, 80);
  server.listen();
  stack.tcp.newPcb().connect(PEER, 1883);
  stack.udp.newPcb().bind(IPV4_ANY, 5000);
  stack.dns.resolve('h.example', () => {});
  stack.icmp.register({ onEchoReply: () => false });
  t.same(stack.wakeSources(), [
    'tcp LISTEN :80',
    'tcp SYN-SENT 192.168.1.10:1883',
    'udp :5000',
    'dns h.example',
    'ping',
  ]);
});

t.test('shut down, nothing is armed, sent, heard or told any more', async (t) => {
  const bench = new Bench({ neighbours: false });
  const { stack, netif, clock } = bench;
  netif.dhcpStart();
  stack.dns.resolve('h.example', () => t.fail('told'));
  const pcb = stack.tcp.newPcb();
  pcb.handlers = { error: () => t.fail('told') };
  pcb.connect(PEER, 80);
  stack.igmp.join(IPV4_ANY, ip('239.1.2.3'));
  const udp = stack.udp.newPcb();
  udp.recv = () => t.fail('told');
  udp.bind(IPV4_ANY, 5000);
  bench.taken();
  stack.shutdown();
  t.same(clock.pending(), []);
  t.same(stack.wakeSources(), []);
  bench.hearArp({});
  bench.hearUdp(9, 5000, Uint8Array.of(1));
  bench.link.setUp(true);
  bench.pass(100_000);
  t.same(bench.said(), []);
});

t.test('a day of idling with a lease and an open connectionless socket costs no event', async (t) => {
  for (const opts of [ESP8266_OPTS, HOST_OPTS]) {
    const bench = new Bench({ opts });
    bench.stack.udp.newPcb().bind(IPV4_ANY, 5000);
    bench.stack.tcp.newPcb().bind(IPV4_ANY, 80);
    t.same(bench.clock.pending(), []);
  }
});

t.test('all phases are counted from the call, for clients of DHCP that come later too', async (t) => {
  const bench = new Bench();
  bench.stack.setPhases({ dns: ms(300), igmp: ms(40), arp: ms(3500), dhcpFine: ms(200), dhcpCoarse: ms(58_500) });
  bench.pass(750);
  bench.netif.dhcpStart();
  bench.stack.dns.resolve('h.example', () => {});
  bench.stack.igmp.join(IPV4_ANY, ip('239.1.2.3'));
  const pending = bench.clock.pending().map((line) => line.split('@'));
  const at = Object.fromEntries(pending.map(([label, time]) => [label, Number(time) / 1000 - 1000]));
  t.same(at, { igmp: 840, dns: 1300, 'dhcp.fine': 2700 });
});

t.test('same seed, same numbers: port and ids of the resolver repeat', async (t) => {
  const run = (seed: number): string => {
    const clock = new VirtualClock();
    const link = new FakeLink();
    const stack = new Stack({ clock, rng: new Rng(seed), trace: SILENT }, ESP8266_OPTS);
    const netif = stack.addNetif('st', link);
    netif.setAddr(US, NETMASK, ROUTER);
    netif.setUp();
    stack.arp.insert(netif, ROUTER, PEER_MAC);
    stack.dns.resolve('h.example', () => {});
    stack.igmp.join(IPV4_ANY, ip('239.1.2.3'));
    clock.runUntil(ms(5000));
    return link.sent.map((frame) => frame.join()).join('\n');
  };
  t.equal(run(7), run(7));
  t.not(run(7), run(8));
});

t.test('two stacks on one wire talk TCP through all layers', async (t) => {
  const clock = new VirtualClock();
  const links = [new FakeLink(OUR_MAC), new FakeLink(PEER_MAC)] as const;
  const stacks = links.map((link, i) => {
    const stack = new Stack({ clock, rng: new Rng(i), trace: SILENT }, i === 0 ? ESP8266_OPTS : HOST_OPTS);
    const netif = stack.addNetif('en', link);
    netif.setAddr(i === 0 ? US : PEER, NETMASK, ROUTER);
    return stack;
  }) as [Stack, Stack];
  const wire = (from: FakeLink, to: FakeLink): void => {
    const timer = clock.timer('wire', () => {
      for (const frame of from.sent.splice(0)) to.deliver(frame);
      timer.arm(ms(1));
    });
    timer.arm(ms(1));
  };
  wire(links[0], links[1]);
  wire(links[1], links[0]);
  for (const stack of stacks) stack.netifs[0]?.setUp();
  const got: string[] = [];
  const server = stacks[1].tcp.newPcb();
  server.bind(IPV4_ANY, 80);
  server.handlers = {
    accepted: (pcb) => {
      pcb.handlers = { recv: (_pcb, data) => void got.push(data === undefined ? 'end' : String.fromCharCode(...data)) };
    },
  };
  server.listen();
  const client = stacks[0].tcp.newPcb();
  client.handlers = {
    connected: (pcb) => {
      pcb.write(Uint8Array.of(0x68, 0x69));
      pcb.close();
    },
  };
  t.equal(client.connect(PEER, 80), 0);
  clock.runUntil(ms(1000));
  t.same(got, ['hi', 'end']);
});
