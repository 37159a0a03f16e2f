import t from 'tap';
import { concat, EMPTY, put16 } from '../../runtime/core/index.ts';
import { ERR, ESP8266_OPTS, HOST_OPTS, type UdpPcb } from '../../runtime/stack/index.ts';
import { emitUdp, IPV4_ANY, type Ipv4Address, ipv4, parseIcmp, readIpv4 } from '../../runtime/wire/index.ts';
import { Bench, FakeLink, ip, mac, NETMASK, PEER, ROUTER, US } from '../helpers/stack.ts';

const data = Uint8Array.of(0x68, 0x69);

/** A bound socket that notes what it gets under its name. */
function socket(bench: Bench, heard: string[], name: string, port: number, addr: Ipv4Address = IPV4_ANY): UdpPcb {
  const pcb = bench.stack.udp.newPcb();
  pcb.bind(addr, port);
  pcb.recv = (bytes, from, fromPort, dst) => {
    heard.push(
      `${name} ${bytes.length} from ${from === PEER ? 'peer' : from}:${fromPort}${dst === US ? '' : ' to many'}`,
    );
  };
  return pcb;
}

t.test('port 0 takes the lowest free port from 4096', async (t) => {
  const { udp } = new Bench().stack;
  const [a, b, c] = [udp.newPcb(), udp.newPcb(), udp.newPcb()] as const;
  t.equal(a.bind(IPV4_ANY, 0), ERR.OK);
  t.equal(b.bind(IPV4_ANY, 0), ERR.OK);
  t.same([a.localPort, b.localPort], [4096, 4097]);
  a.remove();
  t.equal(c.bind(IPV4_ANY, 0), ERR.OK);
  t.equal(c.localPort, 4096);
});

t.test('a port is taken on overlapping addresses only', async (t) => {
  const { udp } = new Bench().stack;
  const bind = (addr: Ipv4Address, port: number): number => udp.newPcb().bind(addr, port);
  t.equal(bind(US, 5000), ERR.OK);
  t.equal(bind(US, 5000), ERR.USE);
  t.equal(bind(IPV4_ANY, 5000), ERR.USE);
  t.equal(bind(ip('10.0.0.1'), 5000), ERR.OK, 'an address that is not ours can be bound');
  t.equal(bind(IPV4_ANY, 5001), ERR.OK);
  t.equal(bind(US, 5001), ERR.USE);
});

t.test('a socket may be bound again to its own port', async (t) => {
  const pcb = new Bench().stack.udp.newPcb();
  t.equal(pcb.bind(IPV4_ANY, 5000), ERR.OK);
  t.equal(pcb.bind(US, 5000), ERR.OK);
});

t.test('no port is left when all are taken', async (t) => {
  const { udp } = new Bench({ opts: { ...HOST_OPTS, udpPortFirst: 50_000, udpPortLast: 50_003 } }).stack;
  const results = Array.from({ length: 4 }, () => udp.newPcb().bind(IPV4_ANY, 0));
  // The resolver has one of the three.
  t.same(results, [ERR.OK, ERR.OK, ERR.USE, ERR.USE]);
});

t.test('sending binds and fills in our address', async (t) => {
  const bench = new Bench();
  const pcb = bench.stack.udp.newPcb();
  t.equal(pcb.sendTo(data, PEER, 7), ERR.OK);
  t.equal(pcb.localPort, 4096);
  t.same(bench.said(), ['IP 192.168.1.50.4096 > 192.168.1.10.7: UDP, length 2']);
});

t.test('broadcasts, groups and far addresses need nothing special', async (t) => {
  const bench = new Bench();
  const pcb = bench.stack.udp.newPcb();
  for (const dst of ['255.255.255.255', '192.168.1.255', '239.1.2.3', '8.8.8.8']) {
    t.equal(pcb.sendTo(data, ip(dst), 7), ERR.OK);
  }
  t.equal(bench.said().length, 4);
});

t.test('what cannot be sent is refused by name', async (t) => {
  const bench = new Bench();
  const foreign = bench.stack.udp.newPcb();
  foreign.bind(ip('192.168.1.51'), 5000);
  t.equal(foreign.sendTo(data, PEER, 7), ERR.VAL);
  const pcb = bench.stack.udp.newPcb();
  t.equal(pcb.sendTo(new Uint8Array(65_508), PEER, 7), ERR.MEM);
  t.equal(pcb.sendTo(new Uint8Array(65_507), PEER, 7), ERR.OK);
  bench.taken();
  bench.netif.setDown();
  for (const dst of [PEER, ip('255.255.255.255'), ip('239.1.2.3'), ipv4(8, 8, 8, 8)]) {
    t.equal(pcb.sendTo(data, dst, 7), ERR.RTE);
  }
  t.same(bench.said(), []);
});

t.test('the ttl of a socket is on its datagrams', async (t) => {
  const bench = new Bench();
  const pcb = bench.stack.udp.newPcb();
  t.equal(pcb.ttl, 255);
  pcb.ttl = 3;
  pcb.sendTo(data, PEER, 7);
  t.match(bench.packets(), [{ ttl: 3 }]);
});

t.test('a datagram reaches the socket of its port, empty ones too', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  socket(bench, heard, 'a', 5000);
  socket(bench, heard, 'b', 5001);
  bench.hearUdp(9, 5001, data);
  bench.hearUdp(9, 5000, EMPTY);
  bench.hearUdp(9, 5000, data, { dst: ip('192.168.1.255') });
  t.same(heard, ['b 2 from peer:9', 'a 0 from peer:9', 'a 2 from peer:9 to many']);
});

t.test('two sockets on two addresses: a broadcast goes to the one bound last', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  socket(bench, heard, 'ours', 5000, US);
  socket(bench, heard, 'foreign', 5000, ip('10.0.0.1'));
  bench.hearUdp(9, 5000, data);
  bench.hearUdp(9, 5000, data, { dst: ip('192.168.1.255') });
  t.same(heard, ['ours 2 from peer:9', 'foreign 2 from peer:9 to many']);
});

t.test('a connected socket hears its peer only and is preferred', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  socket(bench, heard, 'connected', 5000, US).connect(PEER, 9);
  socket(bench, heard, 'open', 5000, ip('10.0.0.1'));
  bench.hearUdp(9, 5000, data, { dst: ip('192.168.1.255') });
  bench.hearUdp(8, 5000, data, { dst: ip('192.168.1.255') });
  t.same(heard, ['connected 2 from peer:9 to many', 'open 2 from peer:8 to many']);
  bench.hearUdp(8, 5000, data);
  t.equal(heard.length, 2, 'nobody else listens on our address');
});

t.test('connecting binds, and disconnecting opens the socket again', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  const pcb = socket(bench, heard, 'a', 5000);
  pcb.connect(ROUTER, 53);
  bench.hearUdp(9, 5000, data);
  pcb.disconnect();
  bench.hearUdp(9, 5000, data);
  t.same(heard, ['a 2 from peer:9']);
  const fresh = bench.stack.udp.newPcb();
  t.equal(fresh.connect(PEER, 9), ERR.OK);
  t.equal(fresh.localPort, 4096);
});

t.test('a closed port is reported with the header and eight bytes of the packet', async (t) => {
  const bench = new Bench();
  bench.hearUdp(1234, 5001, data);
  const [answer, ...rest] = bench.packets();
  const message = parseIcmp(answer?.payload ?? EMPTY);
  const report = message.ok && message.value.type === 'unreachable' ? message.value : undefined;
  t.equal(report?.code, 3);
  const original = report?.original ?? EMPTY;
  t.equal(original.length, 28);
  t.same([readIpv4(original, 12), readIpv4(original, 16)], [PEER, US]);
  t.same(original.subarray(20), emitUdp({ srcPort: 1234, dstPort: 5001, payload: data }, PEER, US).subarray(0, 8));
  t.same(rest, []);
});

t.test('a closed port is not reported to broadcasters, nor one whose owner has no ear', async (t) => {
  const bench = new Bench();
  bench.hearUdp(1234, 5001, data, { dst: ip('192.168.1.255') });
  bench.stack.udp.newPcb().bind(IPV4_ANY, 5002);
  bench.hearUdp(1234, 5002, data);
  t.same(bench.said(), []);
  t.equal(bench.stack.drops.of('udp', 'closed-port'), 1);
  t.equal(bench.stack.drops.of('udp', 'no-receiver'), 1);
});

t.test('a spoiled checksum is dropped, a missing one is not', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  socket(bench, heard, 'a', 5000);
  const spoiled = emitUdp({ srcPort: 9, dstPort: 5000, payload: data }, PEER, US);
  const without = spoiled.slice();
  spoiled[6] = (spoiled[6] as number) ^ 1;
  without.fill(0, 6, 8);
  bench.hear({ payload: spoiled });
  bench.hear({ payload: without });
  bench.hear({ payload: spoiled.subarray(0, 5) });
  t.same(heard, ['a 2 from peer:9']);
  t.equal(bench.stack.drops.of('udp', 'bad-checksum'), 1);
  t.equal(bench.stack.drops.of('udp', 'truncated'), 1);
});

// Seen in the firmware's own code (udp.c udp_input): the length field is not read at all.
t.test('a device takes all of the packet, whatever the length field says; a host believes the field', async (t) => {
  const wrong = (length: number): Uint8Array => {
    const datagram = emitUdp({ srcPort: 9, dstPort: 5000, payload: data }, PEER, US);
    put16(datagram, 4, length);
    put16(datagram, 6, 0);
    return datagram;
  };
  const heardOf = (opts = ESP8266_OPTS): string[] => {
    const bench = new Bench({ opts });
    const heard: string[] = [];
    socket(bench, heard, 'a', 5000);
    for (const length of [0, 3, 7, 8, 9, 11, 0xffff]) bench.hear({ payload: wrong(length) });
    return heard;
  };
  t.same(heardOf(), new Array(7).fill('a 2 from peer:9'));
  t.same(heardOf(HOST_OPTS), ['a 0 from peer:9', 'a 1 from peer:9']);
});

t.test('on a device the checksum covers all of the packet', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  socket(bench, heard, 'a', 5000);
  const datagram = emitUdp({ srcPort: 9, dstPort: 5000, payload: data }, PEER, US);
  bench.hear({ payload: concat(datagram, data) });
  t.same(heard, []);
  t.equal(bench.stack.drops.of('udp', 'bad-checksum'), 1);
});

t.test('a datagram of length 3 for a closed port is reported', async (t) => {
  const bench = new Bench();
  bench.hear({ payload: Uint8Array.of(1, 2, 3, 4, 0, 3, 0, 0) });
  t.equal(bench.packets().length, 1);
});

t.test('a removed socket hears nothing and its port is free', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  const pcb = socket(bench, heard, 'a', 5000);
  pcb.remove();
  bench.hearUdp(9, 5000, data);
  t.same(heard, []);
  t.equal(bench.stack.udp.newPcb().bind(IPV4_ANY, 5000), ERR.OK);
});

t.test('on the device the ports of DHCP are not for scripts', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  socket(bench, heard, 'client', 68);
  socket(bench, heard, 'server', 67);
  bench.hearUdp(67, 68, data);
  bench.hearUdp(68, 67, data);
  bench.hearUdp(9, 67, data);
  t.same(heard, []);
  t.equal(bench.said().length, 3, 'they look closed');
});

t.test('a DHCP server named for an interface hears the clients there', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  const server = socket(bench, heard, 'server', 67);
  const second = bench.stack.addNetif('ap', new FakeLink(mac('1a:fe:34:01:02:03')));
  second.setAddr(ip('192.168.4.1'), NETMASK, IPV4_ANY);
  bench.stack.udp.serveDhcp(second, server);
  bench.hearUdp(68, 67, data, { dst: ip('255.255.255.255'), src: IPV4_ANY });
  t.same(heard, [], 'another interface');
  bench.stack.udp.serveDhcp(bench.netif, server);
  bench.hearUdp(68, 67, data, { dst: ip('255.255.255.255'), src: IPV4_ANY });
  t.same(heard, ['server 2 from 0:68 to many']);
  bench.stack.udp.serveDhcp(bench.netif, undefined);
  bench.hearUdp(68, 67, data, { dst: ip('255.255.255.255'), src: IPV4_ANY });
  t.equal(heard.length, 1);
});

t.test('on a host anybody may serve DHCP', async (t) => {
  const bench = new Bench({ opts: HOST_OPTS });
  const heard: string[] = [];
  socket(bench, heard, 'server', 67);
  bench.hearUdp(68, 67, data, { dst: ip('255.255.255.255'), src: IPV4_ANY });
  t.same(heard, ['server 2 from 0:68 to many']);
});
