import t from 'tap';
import { IPV4_ANY, IPV4_BROADCAST } from '../../runtime/wire/index.ts';
import { Bench, FakeLink, ip, mac, NETMASK, OUR_MAC, PEER, ROUTER, US } from '../helpers/stack.ts';

const GRATUITOUS = 'ARP, Request who-has 192.168.1.50 tell 192.168.1.50';

/** What `onStatus` told, as `address flag`. */
function watch(bench: Bench): string[] {
  const seen: string[] = [];
  bench.netif.onStatus = (netif) => seen.push(`${netif.addr === IPV4_ANY ? 'none' : netif.addr & 0xff} ${netif.up}`);
  return seen;
}

t.test('a new interface is down and has no address, but the hardware address of its link', async (t) => {
  const { netif } = new Bench({ configured: false });
  t.match(netif, { name: 'st', index: 0, up: false, usable: false, addr: IPV4_ANY, netmask: IPV4_ANY });
  t.equal(netif.mac, OUR_MAC);
  t.equal(netif.dhcp, undefined);
});

t.test('coming up with an address is announced, once', async (t) => {
  const bench = new Bench({ configured: false });
  bench.netif.setAddr(US, NETMASK, ROUTER);
  t.same(bench.said(), []);
  bench.netif.setUp();
  bench.netif.setUp();
  t.same(bench.said(), [GRATUITOUS]);
});

t.test('coming up without address is announced all the same', async (t) => {
  const bench = new Bench({ configured: false });
  bench.netif.setUp();
  t.same(bench.said(), ['ARP, Request who-has 0.0.0.0 tell 0.0.0.0']);
});

t.test('coming up without link announces nothing', async (t) => {
  const bench = new Bench({ configured: false });
  bench.netif.setAddr(US, NETMASK, ROUTER);
  bench.link.up = false;
  bench.netif.setUp();
  t.same(bench.said(), []);
  bench.link.setUp(true);
  t.same(bench.said(), [GRATUITOUS], 'but when the link comes');
});

t.test('a lease brings the interface up and so announces its address', async (t) => {
  const bench = new Bench({ configured: false });
  bench.netif.bindLease(US, NETMASK, ROUTER);
  t.equal(bench.netif.up, true);
  t.same(bench.said(), [GRATUITOUS]);
});

t.test('a new address of an interface that is up is not announced', async (t) => {
  const bench = new Bench();
  bench.netif.setAddr(ip('192.168.1.60'), NETMASK, ROUTER);
  bench.netif.bindLease(ip('192.168.1.61'), NETMASK, ROUTER);
  t.same(bench.said(), []);
});

t.test('changes of address and flag are told, repetitions are not', async (t) => {
  const bench = new Bench({ configured: false });
  const seen = watch(bench);
  const { netif } = bench;
  netif.setAddr(US, NETMASK, ROUTER);
  netif.setAddr(US, NETMASK, ROUTER);
  netif.setUp();
  netif.setUp();
  netif.setAddr(US, NETMASK, PEER);
  netif.setDown();
  netif.setDown();
  t.same(seen, ['50 false', '50 true', '50 true', '50 false']);
});

t.test('a lease is told with what was before, also when it changed nothing', async (t) => {
  const bench = new Bench({ configured: false });
  const seen = watch(bench);
  const leases: number[] = [];
  bench.netif.onLease = (_netif, before) => leases.push(before.addr);
  bench.netif.bindLease(US, NETMASK, ROUTER);
  bench.netif.bindLease(US, NETMASK, ROUTER);
  t.same(seen, ['50 true']);
  t.same(leases, [IPV4_ANY, US]);
  t.same(bench.said(), [GRATUITOUS]);
});

t.test('connections of an address that changes are reset first and then told, the newest first', async (t) => {
  const bench = new Bench();
  const told: string[] = [];
  for (const port of [80, 81]) {
    const pcb = bench.stack.tcp.newPcb();
    pcb.handlers = { error: (code) => void told.push(`${port} ${code} from ${bench.netif.addr & 0xff}`) };
    pcb.connect(PEER, port);
  }
  bench.taken();
  bench.netif.setAddr(ip('192.168.1.60'), NETMASK, ROUTER);
  t.same(told, ['81 -8 from 50', '80 -8 from 50']);
  t.equal(bench.stack.tcp.active.length, 0);
});

t.test('going down loses no connection, only the way', async (t) => {
  const bench = new Bench();
  const pcb = bench.stack.tcp.newPcb();
  pcb.connect(PEER, 80);
  bench.netif.setDown();
  t.equal(bench.stack.tcp.active.length, 1);
  t.equal(bench.stack.route(PEER), undefined);
});

const BROADCAST = [
  ['255.255.255.255', true],
  ['0.0.0.0', true],
  ['192.168.1.255', true],
  ['192.168.1.0', false],
  ['192.168.2.255', false],
  ['192.168.1.50', false],
  ['10.255.255.255', false],
] as const;

for (const [addr, expected] of BROADCAST) {
  t.test(`${addr} is ${expected ? 'a' : 'no'} broadcast on 192.168.1.50/24`, async (t) => {
    t.equal(new Bench().netif.isBroadcast(ip(addr)), expected);
  });
}

t.test('the own address is never a broadcast', async (t) => {
  const { netif } = new Bench();
  netif.setAddr(US, IPV4_BROADCAST, ROUTER);
  t.notOk(netif.isBroadcast(US));
});

t.test('frames to other hardware addresses are not heard', async (t) => {
  const bench = new Bench();
  bench.hearArp({}, mac('02:00:00:00:00:0b'));
  t.same(bench.said(), []);
  bench.hearArp({}, OUR_MAC);
  t.equal(bench.said().length, 1);
});

t.test('the link tells after the interface has reacted', async (t) => {
  const bench = new Bench();
  const seen: string[] = [];
  bench.netif.onLink = (_netif, up) => seen.push(`${up} ${bench.said().length}`);
  bench.link.setUp(false);
  bench.link.setUp(true);
  t.same(seen, ['false 0', 'true 1']);
});

t.test('detached, it neither hears nor says anything', async (t) => {
  const bench = new Bench();
  bench.netif.onLink = () => t.fail('told');
  bench.netif.detach();
  bench.hearArp({});
  bench.link.setUp(true);
  bench.netif.send(OUR_MAC, 0x0806, new Uint8Array(28));
  t.same(bench.said(), []);
});

t.test('several interfaces count up', async (t) => {
  const bench = new Bench();
  t.equal(bench.stack.addNetif('ap', new FakeLink()).index, 1);
});
