import t from 'tap';
import { ms, seconds } from '../../runtime/core/index.ts';
import { describeFrame, formatIpv4, type Ipv4Address, ipv4, type MacAddress } from '../../runtime/wire/index.ts';
import { at, Wired } from '../helpers/wired.ts';

const MAC = 0x5ccf7f123456 as MacAddress;

t.test('a client gets a lease, its mask, gateway and name server by the four messages', async (t) => {
  const world = new Wired();
  const router = world.router();
  const stack = world.client(MAC);
  const dhcp: string[] = [];
  world.lan.tap((_, frame) => {
    const line = describeFrame(frame);
    if (/DHCP/i.test(line)) dhcp.push(line);
  });
  const [netif] = stack.netifs;
  netif?.dhcpStart('NODE-123456');
  world.runFor(seconds(5));
  t.match(netif, { addr: at(50), netmask: 0xffffff00, gateway: at(1), up: true });
  t.equal(formatIpv4(stack.dns.servers[0] as Ipv4Address), '192.168.1.1');
  t.equal(dhcp.length, 4, dhcp.join('\n'));
  t.match(router.dhcp.leases(), [{ address: at(50), mac: MAC, hostName: 'NODE-123456', state: 'bound' }]);
});

t.test('a client with an address of its own asks the name server of lwIP, beyond the LAN', async (t) => {
  const world = new Wired();
  world.router();
  world.host('http.test', at(10));
  const stack = world.client(MAC);
  const [netif] = stack.netifs;
  netif?.setAddr(at(77), ipv4(255, 255, 255, 0), at(1));
  netif?.setUp();
  stack.defaultNetif = netif;
  const found: (Ipv4Address | undefined)[] = [];
  stack.dns.resolve('http.test', (addr) => found.push(addr));
  world.runFor(seconds(1));
  stack.dns.resolve('unknown.test', (addr) => found.push(addr));
  world.runFor(seconds(10));
  t.equal(formatIpv4(stack.dns.servers[0] as Ipv4Address), '208.67.222.222');
  t.same(found, [at(10), undefined]);
});

t.test('the name server answers what is known and denies the rest', async (t) => {
  const world = new Wired();
  world.router();
  world.host('http.test', at(10));
  const stack = world.client(MAC);
  stack.netifs[0]?.dhcpStart();
  world.runFor(seconds(5));
  const found: (Ipv4Address | undefined)[] = [];
  stack.dns.resolve('http.test', (addr) => found.push(addr));
  world.runFor(ms(100));
  t.same(found, [at(10)]);
  stack.dns.resolve('unknown.test', (addr) => found.push(addr));
  world.runFor(seconds(10));
  t.same(found, [at(10), undefined]);
});

t.test('what is no DHCP or DNS message is ignored', async (t) => {
  const world = new Wired();
  world.router();
  const host = world.host('a.test', at(20));
  const socket = host.udp(0, () => t.fail('nothing to answer'));
  const noise = (length: number) => new Uint8Array(length).fill(0xff);
  for (const port of [53, 67]) for (const length of [0, 5, 300]) socket.send(noise(length), at(1), port);
  world.runFor(seconds(1));
});

t.test('a silent name server answers nothing', async (t) => {
  const world = new Wired();
  const router = world.router();
  world.host('http.test', at(10));
  const stack = world.client(MAC);
  stack.netifs[0]?.dhcpStart();
  world.runFor(seconds(5));
  router.answersNames = false;
  const found: (Ipv4Address | undefined)[] = [];
  stack.dns.resolve('http.test', (addr) => found.push(addr));
  world.runFor(ms(500));
  t.same(found, []);
  router.answersNames = true;
  world.runFor(seconds(10));
  t.same(found, [at(10)]);
});
