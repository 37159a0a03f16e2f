import t from 'tap';
import { DhcpNetif } from '../../runtime/stack/dhcp-netif.ts';
import { ERR } from '../../runtime/stack/index.ts';
import { IPV4_ANY, IPV4_BROADCAST } from '../../runtime/wire/index.ts';
import { Bench, NETMASK, OUR_MAC, PEER, ROUTER, US } from '../helpers/stack.ts';

t.test('while the client has port 68 no script gets it', async (t) => {
  const bench = new Bench();
  const place = new DhcpNetif(bench.stack, bench.netif);
  place.occupyPort(true);
  place.occupyPort(true);
  t.equal(bench.stack.udp.newPcb().bind(IPV4_ANY, 68), ERR.USE);
  t.same(bench.stack.wakeSources(), [], 'it wakes no script');
  place.occupyPort(false);
  t.equal(bench.stack.udp.newPcb().bind(IPV4_ANY, 68), ERR.OK);
});

t.test('messages leave also while the interface is down and has no address', async (t) => {
  const bench = new Bench({ configured: false });
  const place = new DhcpNetif(bench.stack, bench.netif);
  place.send(new Uint8Array(300), IPV4_BROADCAST);
  t.same(bench.said(), [], 'not without the port');
  place.occupyPort(true);
  place.send(new Uint8Array(300), IPV4_BROADCAST);
  t.match(bench.packets(), [{ src: IPV4_ANY, dst: IPV4_BROADCAST, ttl: 255 }]);
});

t.test('the lease sets the interface up, its end takes everything away', async (t) => {
  const bench = new Bench({ configured: false });
  const place = new DhcpNetif(bench.stack, bench.netif);
  place.bind(US, NETMASK, ROUTER);
  t.match(bench.netif, { addr: US, netmask: NETMASK, gateway: ROUTER, up: true });
  place.setDown();
  t.match(bench.netif, { addr: US, up: false });
  place.unbind();
  t.match(bench.netif, { addr: IPV4_ANY, netmask: IPV4_ANY, gateway: IPV4_ANY, up: false });
});

t.test('probes, servers, numbers and addresses are those of the stack and the interface', async (t) => {
  const bench = new Bench();
  const place = new DhcpNetif(bench.stack, bench.netif);
  place.probe(PEER);
  t.same(bench.said(), ['ARP, Request who-has 192.168.1.10 tell 192.168.1.50']);
  place.setDnsServer(1, PEER);
  t.equal(bench.stack.dns.servers[1], PEER);
  t.same([place.xid(true), place.xid(false)], [0xabcd0001, 0xabcd0001]);
  t.same([place.mac(), place.address()], [OUR_MAC, US]);
});
