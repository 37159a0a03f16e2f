import t from 'tap';
import { acknowledgedLease, leaseTicks } from '../../runtime/stack/dhcp-lease.ts';
import { type DhcpLease, NO_LEASE } from '../../runtime/stack/index.ts';
import type { DhcpOptions } from '../../runtime/wire/index.ts';
import { ip, ROUTER } from '../helpers/stack.ts';

const ack = (addr: string, options: Partial<DhcpOptions> = {}, before: DhcpLease = NO_LEASE): DhcpLease =>
  acknowledgedLease({ yiaddr: ip(addr), options }, before);

const CLASSES = [
  ['10.1.2.3', '255.0.0.0', '10.0.0.1'],
  ['127.1.2.3', '255.0.0.0', '127.0.0.1'],
  ['172.16.2.3', '255.255.0.0', '172.16.0.1'],
  ['192.168.1.50', '255.255.255.0', '192.168.1.1'],
] as const;

for (const [addr, mask, gateway] of CLASSES) {
  t.test(`without mask and router ${addr} gets ${mask} and ${gateway}`, async (t) => {
    t.match(ack(addr), { netmask: ip(mask), gateway: ip(gateway) });
  });
}

t.test('what the server says is kept, the first router and time server of several', async (t) => {
  const lease = ack('192.168.1.50', {
    subnetMask: ip('255.255.0.0'),
    routers: [ip('192.168.7.1'), ip('192.168.7.2')],
    ntpServers: [ip('192.168.7.3'), ip('192.168.7.4')],
    leaseTime: 7200,
    renewalTime: 100,
    rebindingTime: 200,
  });
  t.match(lease, {
    netmask: ip('255.255.0.0'),
    gateway: ip('192.168.7.1'),
    ntpAddr: ip('192.168.7.3'),
    leaseSecs: 7200,
    renewalSecs: 100,
    rebindingSecs: 200,
  });
});

t.test('T1 is half of the lease and T2 all of it', async (t) => {
  t.match(ack('10.0.0.2', { leaseTime: 601 }), { renewalSecs: 300, rebindingSecs: 601 });
});

t.test('a lease time that is missing is the one before, the server stays', async (t) => {
  const before = { ...NO_LEASE, serverAddr: ROUTER, leaseSecs: 900 };
  t.match(ack('10.0.0.2', {}, before), { leaseSecs: 900, renewalSecs: 450, serverAddr: ROUTER });
});

t.test('times are rounded to whole minutes, at least one, and for ever is for ever', async (t) => {
  const minutes = [0, 29, 30, 89, 90, 300, 0xfffffffe, 0xffffffff].map((secs) => leaseTicks(secs, 60));
  t.same(minutes, [1, 1, 1, 1, 2, 5, 65_535, undefined]);
});
