import t from 'tap';
import { seconds, VirtualClock } from '../../runtime/core/index.ts';
import {
  BOOTREPLY,
  BOOTREQUEST,
  DHCP_ACK,
  DHCP_DECLINE,
  DHCP_DISCOVER,
  DHCP_INFORM,
  DHCP_NAK,
  DHCP_OFFER,
  DHCP_RELEASE,
  DHCP_REQUEST,
  type Dhcp,
  type DhcpOptions,
  emitDhcp,
  formatIpv4,
  IPV4_ANY,
  IPV4_BROADCAST,
  type Ipv4Address,
  ipv4,
  MAC_BROADCAST,
  type MacAddress,
  parseDhcp,
} from '../../runtime/wire/index.ts';
import { DhcpServer, LEASE_SECONDS } from '../../runtime/world/dhcp-server.ts';

const ROUTER = ipv4(192, 168, 1, 1);
const lease = (n: number): Ipv4Address => ipv4(192, 168, 1, n);
const A = 0x5ccf7f123456 as MacAddress;
const B = 0x5ccf7f123457 as MacAddress;
const C = 0x5ccf7f123458 as MacAddress;

function server(last = 254) {
  const clock = new VirtualClock();
  const dhcp = new DhcpServer(clock, {
    address: ROUTER,
    netmask: ipv4(255, 255, 255, 0),
    firstLease: lease(50),
    lastLease: lease(last),
  });
  return { clock, dhcp };
}

const message = (chaddr: MacAddress, options: Partial<DhcpOptions>, fields: Partial<Dhcp> = {}): Dhcp => ({
  op: BOOTREQUEST,
  xid: 0xabcd0001,
  secs: 0,
  broadcast: false,
  ciaddr: IPV4_ANY,
  yiaddr: IPV4_ANY,
  siaddr: IPV4_ANY,
  giaddr: IPV4_ANY,
  chaddr,
  sname: '',
  file: '',
  ...fields,
  options: { other: new Map(), ...options },
});
const discover = (mac: MacAddress, requestedIp?: Ipv4Address) =>
  message(mac, { messageType: DHCP_DISCOVER, ...(requestedIp === undefined ? {} : { requestedIp }) });
const request = (mac: MacAddress, requestedIp: Ipv4Address, serverId: Ipv4Address | undefined = ROUTER) =>
  message(mac, { messageType: DHCP_REQUEST, requestedIp, ...(serverId === undefined ? {} : { serverId }) });
const renew = (mac: MacAddress, ciaddr: Ipv4Address) => message(mac, { messageType: DHCP_REQUEST }, { ciaddr });

/** `type address -> where to`, as text. */
function outcome(dhcp: DhcpServer, query: Dhcp): string {
  const reply = dhcp.handle(query);
  if (reply === undefined) return 'nothing';
  const type = { [DHCP_OFFER]: 'OFFER', [DHCP_ACK]: 'ACK', [DHCP_NAK]: 'NAK' }[reply.message.options.messageType ?? 0];
  const to = reply.dstMac === MAC_BROADCAST ? 'all' : formatIpv4(reply.dstAddr);
  return `${type} ${formatIpv4(reply.message.yiaddr)} -> ${to}`;
}
const bind = (dhcp: DhcpServer, mac: MacAddress, n: number): void => {
  dhcp.handle(discover(mac));
  dhcp.handle(request(mac, lease(n)));
};

t.test('the four messages give the lowest free address for a day, with mask, router and name server', async (t) => {
  const { dhcp } = server();
  t.equal(outcome(dhcp, discover(A)), 'OFFER 192.168.1.50 -> 192.168.1.50');
  const ack = dhcp.handle(request(A, lease(50)));
  t.match(ack?.message, { op: BOOTREPLY, xid: 0xabcd0001, yiaddr: lease(50), chaddr: A });
  t.match(ack?.message.options, {
    messageType: DHCP_ACK,
    serverId: ROUTER,
    leaseTime: 86_400,
    renewalTime: 43_200,
    rebindingTime: 75_600,
    subnetMask: ipv4(255, 255, 255, 0),
    routers: [ROUTER],
    dnsServers: [ROUTER],
  });
  t.ok(ack !== undefined && parseDhcp(emitDhcp(ack.message)).ok, 'the answer can be emitted');
  t.equal(outcome(dhcp, discover(B)), 'OFFER 192.168.1.51 -> 192.168.1.51');
});

t.test('a client that asks for broadcast is answered by broadcast', async (t) => {
  const { dhcp } = server();
  const reply = dhcp.handle(message(A, { messageType: DHCP_DISCOVER }, { broadcast: true }));
  t.equal(reply?.dstAddr, IPV4_BROADCAST);
  t.equal(reply?.dstMac, MAC_BROADCAST);
});

t.test('a known client gets its address again, another one not', async (t) => {
  const { dhcp } = server();
  bind(dhcp, A, 50);
  t.equal(outcome(dhcp, discover(A)), 'OFFER 192.168.1.50 -> 192.168.1.50');
  t.equal(outcome(dhcp, request(B, lease(50))), 'NAK 0.0.0.0 -> all');
  t.equal(outcome(dhcp, discover(B, lease(50))), 'OFFER 192.168.1.51 -> 192.168.1.51');
  t.equal(outcome(dhcp, discover(C, lease(77))), 'OFFER 192.168.1.77 -> 192.168.1.77', 'a free wish is granted');
});

t.test('renewing keeps the lease going; after a loss of memory it is refused', async (t) => {
  const { clock, dhcp } = server();
  bind(dhcp, A, 50);
  clock.runUntil(seconds(43_200));
  t.equal(outcome(dhcp, renew(A, lease(50))), 'ACK 192.168.1.50 -> 192.168.1.50');
  t.equal(dhcp.leases()[0]?.until, seconds(43_200 + LEASE_SECONDS));
  dhcp.forget();
  t.equal(outcome(dhcp, renew(A, lease(50))), 'NAK 0.0.0.0 -> all');
});

t.test('a lease that nobody renews ends and its address is given away', async (t) => {
  const { clock, dhcp } = server(50);
  dhcp.leaseSeconds = 10;
  bind(dhcp, A, 50);
  t.equal(outcome(dhcp, discover(B)), 'nothing', 'the pool is used up');
  clock.runUntil(seconds(10));
  t.equal(outcome(dhcp, renew(A, lease(50))), 'NAK 0.0.0.0 -> all');
  t.equal(outcome(dhcp, discover(B)), 'OFFER 192.168.1.50 -> 192.168.1.50');
});

t.test(
  'a client that comes back after a reboot is confirmed, or refused when its address is not of this network',
  async (t) => {
    const { dhcp } = server();
    t.equal(
      outcome(dhcp, message(A, { messageType: DHCP_REQUEST, requestedIp: lease(60) })),
      'ACK 192.168.1.60 -> 192.168.1.60',
    );
    t.equal(outcome(dhcp, message(B, { messageType: DHCP_REQUEST, requestedIp: lease(60) })), 'NAK 0.0.0.0 -> all');
    const reply = dhcp.handle(message(C, { messageType: DHCP_REQUEST, requestedIp: ipv4(10, 0, 0, 5) }));
    t.equal(reply?.message.options.message, 'wrong network');
  },
);

t.test('a request for another server gives our offer back', async (t) => {
  const { dhcp } = server(50);
  dhcp.handle(discover(A));
  t.equal(outcome(dhcp, request(A, lease(99), lease(2))), 'nothing');
  t.equal(outcome(dhcp, discover(B)), 'OFFER 192.168.1.50 -> 192.168.1.50');
});

t.test('a declined address rests for ten minutes', async (t) => {
  const { clock, dhcp } = server();
  bind(dhcp, A, 50);
  dhcp.handle(message(B, { messageType: DHCP_DECLINE, requestedIp: lease(50), serverId: ROUTER }));
  t.equal(dhcp.leases()[0]?.state, 'bound', 'not by a stranger');
  dhcp.handle(message(A, { messageType: DHCP_DECLINE, requestedIp: lease(50), serverId: ROUTER }));
  t.equal(dhcp.leases()[0]?.state, 'declined');
  t.equal(outcome(dhcp, discover(A)), 'OFFER 192.168.1.51 -> 192.168.1.51');
  clock.runUntil(seconds(601));
  t.equal(outcome(dhcp, discover(B)), 'OFFER 192.168.1.50 -> 192.168.1.50');
});

t.test('a released address is free at once, but only its holder can release it', async (t) => {
  const { dhcp } = server();
  bind(dhcp, A, 50);
  dhcp.handle(message(B, { messageType: DHCP_RELEASE }, { ciaddr: lease(50) }));
  t.equal(dhcp.leases().length, 1);
  dhcp.handle(message(A, { messageType: DHCP_RELEASE }, { ciaddr: lease(50) }));
  t.equal(dhcp.leases().length, 0);
});

t.test('a reserved address waits for its client', async (t) => {
  const { dhcp } = server();
  t.equal(dhcp.reserve(B), lease(50));
  t.equal(dhcp.reserve(A), lease(51));
  t.equal(dhcp.reserve(B), lease(50), 'once');
  t.equal(outcome(dhcp, discover(C)), 'OFFER 192.168.1.52 -> 192.168.1.52');
  t.equal(outcome(dhcp, discover(A)), 'OFFER 192.168.1.51 -> 192.168.1.51');
  t.equal(outcome(dhcp, discover(B, lease(52))), 'OFFER 192.168.1.50 -> 192.168.1.50');
  t.equal(server(49).dhcp.reserve(A), undefined, 'an empty pool');
});

t.test('INFORM is answered with the network and no address', async (t) => {
  const { dhcp } = server();
  const reply = dhcp.handle(message(A, { messageType: DHCP_INFORM }, { ciaddr: lease(9) }));
  t.match(reply?.message, { yiaddr: IPV4_ANY, options: { messageType: DHCP_ACK, routers: [ROUTER] } });
  t.equal(reply?.message.options.leaseTime, undefined);
  t.equal(reply?.dstAddr, lease(9));
});

t.test('what is no request of a client, or asks nothing, is ignored; a disabled server is silent', async (t) => {
  const { dhcp } = server();
  t.equal(outcome(dhcp, message(A, { messageType: DHCP_DISCOVER }, { op: BOOTREPLY })), 'nothing');
  t.equal(outcome(dhcp, message(A, {})), 'nothing');
  t.equal(outcome(dhcp, message(A, { messageType: DHCP_REQUEST })), 'nothing');
  dhcp.enabled = false;
  t.equal(outcome(dhcp, discover(A)), 'nothing');
});
