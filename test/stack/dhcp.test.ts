import t from 'tap';
import { EMPTY, ms } from '../../runtime/core/index.ts';
import { type DhcpClient, ESP8266_OPTS } from '../../runtime/stack/index.ts';
import {
  type Dhcp,
  type DhcpOptions,
  describeFrame,
  emitDhcp,
  emitUdp,
  formatIpv4,
  IPV4_ANY,
  IPV4_BROADCAST,
  type Ipv4Address,
  MAC_BROADCAST,
  parseDhcp,
} from '../../runtime/wire/index.ts';
import { Bench, ip, mac, NETMASK, OUR_MAC, PEER, ROUTER, ROUTER_MAC, US } from '../helpers/stack.ts';

const TYPES = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'];
const LEASE: Partial<DhcpOptions> = { serverId: ROUTER, leaseTime: 600, subnetMask: NETMASK, routers: [ROUTER] };

/** A device whose wire has a DHCP server at the other end, played by the test. */
class Dialogue extends Bench {
  /** Times and kinds of what was said since the last look. */
  heard: string[] = [];
  last: Dhcp | undefined;

  constructor(opts = ESP8266_OPTS) {
    super({ configured: false, opts });
    this.stack.setPhases({ dhcpFine: ms(500), dhcpCoarse: ms(58_500), arp: ms(3500), igmp: ms(100) });
    this.link.send = (frame) => this.#onFrame(frame);
  }

  get client(): DhcpClient {
    return this.netif.dhcp as DhcpClient;
  }

  look(): string[] {
    return this.heard.splice(0);
  }

  /** Answers the last message, by broadcast. */
  answer(messageType: number, options: Partial<DhcpOptions> = LEASE, fields: Partial<Dhcp> = {}): void {
    const message: Dhcp = {
      op: 2,
      xid: this.last?.xid ?? 0,
      secs: 0,
      broadcast: false,
      ciaddr: IPV4_ANY,
      yiaddr: US,
      siaddr: IPV4_ANY,
      giaddr: IPV4_ANY,
      chaddr: OUR_MAC,
      sname: '',
      file: '',
      ...fields,
      options: { messageType, ...options, other: new Map() },
    };
    const payload = emitUdp({ srcPort: 67, dstPort: 68, payload: emitDhcp(message) }, ROUTER, IPV4_BROADCAST);
    this.hear({ src: ROUTER, dst: IPV4_BROADCAST, payload }, ROUTER_MAC, MAC_BROADCAST);
  }

  /** From the start to the lease, at 1000 ms. */
  lease(options: Partial<DhcpOptions> = LEASE): void {
    this.netif.dhcpStart();
    this.answer(2, options);
    this.answer(5, options);
    this.pass(1000);
    this.heard = [];
  }

  #onFrame(frame: Uint8Array): void {
    this.link.sent.push(frame);
    const [packet] = this.packets();
    const message = packet === undefined ? undefined : parseDhcp(packet.payload.subarray(8));
    if (packet === undefined || message === undefined || !message.ok) {
      this.heard.push(`${this.now} ${describeFrame(frame)}`);
      return;
    }
    this.last = message.value;
    const { options, ciaddr } = message.value;
    const claim = options.requestedIp === undefined ? '' : ` ${formatIpv4(options.requestedIp)}`;
    const from = ciaddr === IPV4_ANY ? '' : ` from ${formatIpv4(ciaddr)}`;
    this.heard.push(`${this.now} ${TYPES[options.messageType ?? 0]}${claim}${from} to ${formatIpv4(packet.dst)}`);
  }
}

t.test('a lease: DISCOVER, REQUEST, two probes, the address, the announcement', async (t) => {
  const d = new Dialogue();
  const status: string[] = [];
  d.netif.onStatus = (netif) => status.push(`${d.now} ${formatIpv4(netif.addr)} ${netif.up ? 'up' : 'down'}`);
  d.netif.onLease = () => status.push(`${d.now} lease`);
  d.netif.dhcpStart('NODE-010203');
  t.match(d.last?.options, {
    messageType: 1,
    maxMessageSize: 1500,
    hostName: 'NODE-010203',
    paramList: [1, 3, 28, 6, 42, 15, 44, 46, 47, 31, 33, 121, 43],
  });
  t.equal(d.last?.xid, 0xabcd0001);
  t.equal(d.last?.broadcast, false);
  d.pass(10);
  d.answer(2);
  t.match(d.last?.options, { requestedIp: US, serverId: ROUTER, hostName: 'NODE-010203' });
  t.equal(d.last?.xid, 0xabcd0001);
  d.pass(10);
  d.answer(5, { ...LEASE, dnsServers: [ROUTER, ip('9.9.9.9'), ip('8.8.8.8')], ntpServers: [PEER] });
  d.pass(1000);
  t.same(d.look(), [
    '0 DISCOVER to 255.255.255.255',
    '10 REQUEST 192.168.1.50 to 255.255.255.255',
    '20 ARP, Request who-has 192.168.1.50 tell 0.0.0.0',
    '500 ARP, Request who-has 192.168.1.50 tell 0.0.0.0',
    '1000 ARP, Request who-has 192.168.1.50 tell 192.168.1.50',
  ]);
  t.same(status, ['1000 192.168.1.50 up', '1000 lease']);
  t.match(d.netif, { addr: US, netmask: NETMASK, gateway: ROUTER });
  t.match(d.client.lease, { serverAddr: ROUTER, addr: US, ntpAddr: PEER, leaseSecs: 600 });
  t.same(d.stack.dns.servers, [ROUTER, ip('9.9.9.9')]);
  t.equal(d.client.state, 'BOUND');
});

t.test('without a server DISCOVER is repeated after 2, 4, 8, 16, 32 and then every 60 seconds', async (t) => {
  const d = new Dialogue();
  d.netif.dhcpStart();
  d.pass(200_000);
  const times = d.look().map((line) => Number(line.split(' ')[0]) / 1000);
  t.same(times, [0, 2, 6, 14, 30, 62, 122, 182]);
  t.equal(d.last?.xid, 0xabcd0001, 'one number for all tries');
});

t.test('an unanswered REQUEST is repeated five times, then everything begins again', async (t) => {
  const d = new Dialogue();
  d.netif.dhcpStart();
  d.answer(2);
  d.pass(122_000);
  t.same(
    d.look().map((line) => line.split(' ').slice(0, 2).join(' ')),
    [
      '0 DISCOVER',
      '0 REQUEST',
      '2000 REQUEST',
      '6000 REQUEST',
      '14000 REQUEST',
      '30000 REQUEST',
      '62000 REQUEST',
      '122000 RELEASE',
      '122000 DISCOVER',
    ],
  );
});

t.test('an offer needs a server, our hardware address and our number', async (t) => {
  const d = new Dialogue();
  d.netif.dhcpStart();
  d.answer(2, { leaseTime: 600 });
  d.answer(2, LEASE, { chaddr: ROUTER_MAC });
  d.answer(2, LEASE, { xid: 1 });
  d.answer(2, LEASE, { op: 1 });
  d.answer(8, LEASE);
  d.answer(5, LEASE);
  d.answer(6, LEASE);
  t.equal(d.client.state, 'SELECTING');
  t.same(d.look(), ['0 DISCOVER to 255.255.255.255']);
  const reasons = ['no-server-id', 'not-ours', 'wrong-xid', 'not-a-reply', 'bad-type'];
  t.same(
    reasons.map((reason) => d.stack.drops.of('dhcp', reason)),
    [1, 1, 1, 1, 1],
  );
});

t.test('a NAK begins again with a new number', async (t) => {
  const d = new Dialogue();
  d.netif.dhcpStart();
  d.answer(2);
  d.answer(6, { serverId: ROUTER });
  t.same(d.look(), [
    '0 DISCOVER to 255.255.255.255',
    '0 REQUEST 192.168.1.50 to 255.255.255.255',
    '0 DISCOVER to 255.255.255.255',
  ]);
  t.equal(d.last?.xid, 0xabcd0002);
});

t.test('an address somebody answers for is declined, and tried again after ten seconds', async (t) => {
  const d = new Dialogue();
  d.netif.dhcpStart();
  d.answer(2);
  d.answer(5);
  d.hearArp({ op: 2, senderIp: US, senderMac: mac('02:00:00:00:00:0b') });
  t.equal(d.client.state, 'BACKING-OFF');
  d.pass(10_000);
  t.same(d.look().slice(3), ['0 DECLINE 192.168.1.50 to 255.255.255.255', '10000 DISCOVER to 255.255.255.255']);
  t.equal(d.netif.addr, IPV4_ANY);
});

t.test('half of the lease later it is renewed with the server itself', async (t) => {
  const d = new Dialogue();
  const leases: string[] = [];
  d.lease();
  d.netif.onLease = (_netif, before) => leases.push(`${d.now} ${formatIpv4(before.addr)}`);
  d.stack.arp.setPhase(ms(5000));
  d.pass(298_500 - 1000);
  t.same(d.look().slice(-1), ['298500 ARP, Request who-has 192.168.1.1 tell 192.168.1.50']);
  d.hearArp({ op: 2, senderIp: ROUTER, senderMac: ROUTER_MAC });
  t.same(d.look(), ['298500 REQUEST 192.168.1.50 from 192.168.1.50 to 192.168.1.1']);
  t.equal(d.last?.xid, 0xabcd0001);
  d.answer(5, { ...LEASE, leaseTime: 60, dnsServers: [PEER] });
  t.same(leases, ['298500 192.168.1.50']);
  t.equal(d.stack.dns.servers[0], ESP8266_OPTS.dnsDefaultServer, 'the options of a renewal are not read');
  d.pass(300_000);
  t.match(d.look().join('\n'), /^598500 REQUEST/m, 'the next renewal comes as after the first lease');
});

t.test('a renewal nobody answers is repeated ever more slowly until T2, then anybody is asked', async (t) => {
  const d = new Dialogue();
  d.lease();
  d.stack.arp.insert(d.netif, ROUTER, ROUTER_MAC);
  d.pass(900_000);
  const times = d
    .look()
    .filter((line) => line.includes('REQUEST'))
    .map((line) => `${(Number(line.split(' ')[0]) - 298_500) / 1000}${line.endsWith('255') ? '!' : ''}`);
  // A coarse tick is a fine one too, and that one counts.
  t.same(times.slice(0, 12), [
    '0',
    '1.5',
    '5.5',
    '11.5',
    '19.5',
    '29.5',
    '41.5',
    '55.5',
    '71.5',
    '89.5',
    '109.5',
    '129.5',
  ]);
  const rebinds = times.filter((time) => time.endsWith('!'));
  t.same(rebinds, ['300!', '300.5!', '302.5!', '305.5!', '309.5!', '314.5!', '320.5!', '327.5!', '335.5!']);
});

t.test('when rebinding fails the address is given back and everything begins again', async (t) => {
  const d = new Dialogue();
  d.lease();
  d.stack.arp.insert(d.netif, ROUTER, ROUTER_MAC);
  d.pass(598_500 + 45_000 - 1000);
  const lines = d.look();
  t.same(lines.slice(-2), ['643000 RELEASE to 0.0.0.0', '643000 DISCOVER to 255.255.255.255']);
  t.equal(d.netif.addr, IPV4_ANY);
  t.notOk(d.netif.up);
});

t.test('a NAK to a renewal takes the address away and aborts its connections', async (t) => {
  const d = new Dialogue();
  d.lease();
  d.stack.arp.insert(d.netif, ROUTER, ROUTER_MAC);
  d.pass(298_500 - 1000);
  d.look();
  const errors: number[] = [];
  for (let i = 0; i < 2; i++) {
    const pcb = d.stack.tcp.newPcb();
    pcb.handlers = { error: (code) => void errors.push(code) };
    pcb.connect(ROUTER, 80);
  }
  d.answer(6, { serverId: ROUTER });
  t.equal(d.netif.addr, IPV4_ANY);
  t.same(errors, [-8, -8]);
  t.match(d.look().at(-1), /DISCOVER/);
});

t.test('a restart forgets the lease but not the count of transactions', async (t) => {
  const d = new Dialogue();
  d.lease();
  d.netif.dhcpStart();
  t.equal(d.last?.xid, 0xabcd0002);
  t.equal(d.client.lease.addr, IPV4_ANY);
  t.equal(d.netif.addr, US, 'the interface keeps its address meanwhile');
});

t.test('a stopped client is silent and deaf, and its lease can still be read', async (t) => {
  const d = new Dialogue();
  d.lease();
  d.pass(1000);
  d.look();
  d.netif.dhcpStop();
  d.answer(6, { serverId: ROUTER });
  d.pass(1_000_000);
  t.same(d.look(), []);
  t.equal(d.client.lease.serverAddr, ROUTER);
  t.same(d.clock.pending(), []);
  d.netif.dhcpCleanup();
  t.equal(d.netif.dhcp, undefined);
});

t.test('a link that comes back has a lease verified, and anything else begin again', async (t) => {
  const d = new Dialogue();
  d.lease();
  d.pass(1000);
  d.look();
  d.link.setUp(false);
  d.link.setUp(true);
  t.same(d.look(), ['2000 REQUEST 192.168.1.50 to 255.255.255.255']);
  t.equal(d.last?.options.maxMessageSize, 576);
  t.notOk(d.netif.up);
  d.answer(5);
  t.ok(d.netif.up);
  d.netif.dhcpStart();
  d.look();
  d.link.setUp(true);
  t.same(d.look(), ['2000 DISCOVER to 255.255.255.255', '2000 ARP, Request who-has 192.168.1.50 tell 192.168.1.50']);
});

t.test('a lease nobody confirms after the link came back is asked for twice', async (t) => {
  const d = new Dialogue();
  d.lease();
  d.link.setUp(true);
  d.pass(3000);
  t.same(
    d.look().filter((line) => !line.includes('igmp')),
    [
      '1000 REQUEST 192.168.1.50 to 255.255.255.255',
      '2000 REQUEST 192.168.1.50 to 255.255.255.255',
      '4000 DISCOVER to 255.255.255.255',
    ],
  );
});

t.test('with a limit the client gives up on the tick after its last try', async (t) => {
  const d = new Dialogue();
  const gaveUp: number[] = [];
  d.netif.dhcpStart();
  d.client.maxTries = 3;
  d.client.onGiveUp = () => gaveUp.push(d.now);
  d.pass(60_000);
  t.same(
    d.look().map((line) => line.split(' ')[0]),
    ['0', '2000', '6000'],
  );
  t.same(gaveUp, [6500]);
});

t.test('an idle lease of a day costs no more than its renewals', async (t) => {
  const d = new Dialogue();
  d.lease({ ...LEASE, leaseTime: 86_400 });
  d.pass(1000);
  t.same(d.clock.pending(), ['dhcp.coarse@43198500000']);
});

t.test('noise on its port changes nothing', async (t) => {
  const d = new Dialogue();
  d.netif.dhcpStart();
  for (const payload of [EMPTY, new Uint8Array(300), new Uint8Array(1400).fill(0xff)]) {
    const bytes = emitUdp({ srcPort: 67, dstPort: 68, payload }, ROUTER, IPV4_BROADCAST);
    d.hear({ src: ROUTER, dst: IPV4_BROADCAST as Ipv4Address, payload: bytes }, ROUTER_MAC, MAC_BROADCAST);
  }
  t.equal(d.client.state, 'SELECTING');
});
