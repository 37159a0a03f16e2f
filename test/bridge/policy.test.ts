import t from 'tap';
import { type AllowRule, HOST_NAME, Policy, parseNetwork } from '../../bridge/policy.ts';
import { formatIpv4, type Ipv4Address, ipv4, parseIpv4 } from '../../runtime/index.ts';

const GATEWAY = ipv4(192, 168, 1, 1);
const ip = (text: string): Ipv4Address => parseIpv4(text) as Ipv4Address;
const rule = (text: string): AllowRule => {
  const [host = '', port = '*'] = text.split(':');
  return { host, port: port === '*' ? undefined : Number(port) };
};
const policy = (restrict: boolean, ...allow: readonly string[]): Policy =>
  new Policy({ restrict, allow: allow.map(rule) }, GATEWAY);
/** The address it would go to, or why not. */
const verdict = (p: Policy, to: string, port: number | undefined): string => {
  const v = p.judge(ip(to), port);
  return v.ok ? v.host : v.reason;
};

t.test('the Internet is open, this computer is reached through the gateway alone', async (t) => {
  const p = policy(false);
  t.equal(verdict(p, '93.184.216.34', 80), '93.184.216.34');
  t.equal(verdict(p, '192.168.1.1', 1883), '127.0.0.1');
  t.match(verdict(p, '127.0.0.1', 80), /loopback address; this computer is host\.mcubox\.test/);
  p.setOwn([ip('8.8.4.4')]);
  t.equal(verdict(p, '8.8.4.4', 80), "this computer's own address");
});

t.test('what is not globally reachable is refused, and the refusal says how to allow it', async (t) => {
  const p = policy(false);
  for (const [to, reason] of [
    ['10.0.0.1', 'a private address'],
    ['172.16.0.1', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.168.7.1', 'a private address'],
    ['169.254.169.254', 'a link-local address'],
    ['100.64.0.1', 'an address of shared space'],
    ['0.0.0.1', 'an address of this host on this network'],
    ['192.0.0.8', 'an address of protocol assignments'],
    ['198.19.0.1', 'an address of benchmarks'],
    ['203.0.113.5', 'an address of documentation'],
    ['224.0.0.251', 'a multicast address'],
    ['255.255.255.255', 'a reserved address'],
  ] as const) {
    t.same(p.judge(ip(to), 80), { ok: false, reason, remedy: `${to}:80` });
    t.match(p.judge(ip(to), undefined), { remedy: to });
  }
  for (const to of ['172.15.0.1', '172.32.0.1', '11.0.0.1', '169.253.0.1', '100.128.0.1', '1.1.1.1'])
    t.equal(verdict(p, to, 80), to);
});

t.test('rules let single places through, by address, network and port', async (t) => {
  const p = policy(false, '10.0.0.5:80', '172.16.0.0/12:443', '192.168.7.1');
  t.equal(verdict(p, '10.0.0.5', 80), '10.0.0.5');
  t.equal(verdict(p, '10.0.0.5', 81), 'a private address');
  t.equal(verdict(p, '172.20.1.2', 443), '172.20.1.2');
  t.equal(verdict(p, '192.168.7.1', 9999), '192.168.7.1');
  t.equal(verdict(p, '10.0.0.5', undefined), '10.0.0.5', 'a ping, where any port is allowed');
  t.equal(verdict(policy(false, '0.0.0.0/0'), '10.9.9.9', 1), '10.9.9.9');
});

t.test('restricted, nothing is reached but what the rules name', async (t) => {
  const p = policy(true, '93.184.216.34:80');
  t.equal(verdict(p, '93.184.216.34', 80), '93.184.216.34');
  t.same(p.judge(ip('93.184.216.34'), 443), { ok: false, reason: 'restrict=yes', remedy: '93.184.216.34:443' });
  t.same(p.judge(GATEWAY, 22), { ok: false, reason: 'restrict=yes', remedy: `${HOST_NAME}:22` });
  t.equal(verdict(policy(true, `${HOST_NAME}:1883`), '192.168.1.1', 1883), '127.0.0.1');
  t.equal(verdict(policy(true, `${HOST_NAME}:1883`), '192.168.1.1', 22), 'restrict=yes');
});

t.test('no rule opens the loopback', async (t) => {
  t.match(verdict(policy(false, '127.0.0.1:80', '0.0.0.0/0'), '127.0.0.1', 80), /loopback/);
  t.match(verdict(policy(false, '127.0.0.1:80'), '127.99.0.1', 80), /loopback/);
});

t.test(
  'a rule with a name means the addresses it had at the start, and never the loopback or link-local ones',
  async (t) => {
    const p = policy(true, 'Broker.example:1883', `${HOST_NAME}:1`, '1.2.3.4:5');
    t.same(p.names, ['broker.example'], 'the names whose addresses are wanted');
    t.equal(verdict(p, '5.6.7.8', 1883), 'restrict=yes');
    p.pin('broker.example', ['5.6.7.8', '10.0.0.9', '127.0.0.1', '169.254.169.254', '0.0.0.0'].map(ip));
    t.same(p.pinned('broker.example')?.length, 5);
    t.equal(verdict(p, '5.6.7.8', 1883), '5.6.7.8');
    t.equal(verdict(p, '10.0.0.9', 1883), '10.0.0.9', 'a name of the local network was meant');
    t.match(verdict(p, '127.0.0.1', 1883), /loopback/);
    t.equal(verdict(p, '169.254.169.254', 1883), 'restrict=yes');
    t.equal(verdict(p, '0.0.0.0', 1883), 'restrict=yes');
    t.equal(verdict(p, '5.6.7.8', 80), 'restrict=yes');
  },
);

t.test('networks are plain IPv4 numbers', async (t) => {
  t.equal(formatIpv4(parseNetwork('10.0.0.0/8')?.base ?? GATEWAY), '10.0.0.0');
  for (const text of ['::ffff:10.0.0.1', '10.0.0.0/33', '10.0.0', 'x', '10.0.0.0/8/8', '10.0.0.0/', '0x7f.1'])
    t.equal(parseNetwork(text), undefined, text);
});
