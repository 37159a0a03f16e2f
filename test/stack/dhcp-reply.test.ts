import t from 'tap';
import { concat, put32 } from '../../runtime/core/index.ts';
import { readDhcpReply } from '../../runtime/stack/dhcp-reply.ts';
import { type Ipv4Address, putMac } from '../../runtime/wire/index.ts';
import { bytes } from '../helpers/bytes.ts';
import { ip, OUR_MAC, US } from '../helpers/stack.ts';

/** A message with these options, and lists in the file and name fields; cookie and hardware kind are left 0. */
function message(options: string, file = '', sname = ''): Uint8Array {
  const head = new Uint8Array(240);
  head[0] = 2;
  put32(head, 4, 0xabcd0001);
  put32(head, 16, US);
  putMac(head, 28, OUR_MAC);
  head.set(bytes(sname), 44);
  head.set(bytes(file), 108);
  return concat(head, bytes(options));
}

const options = (list: string, file = '', sname = '') => {
  const read = readDhcpReply(message(list, file, sname), 2);
  if (!read.ok) throw new Error(read.error);
  const { ntpServers, dnsServers, routers, ...rest } = read.value.options;
  const given = Object.entries({ ...rest, routers, dnsServers, ntpServers }).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given);
};

const addresses = (...texts: string[]): Ipv4Address[] => texts.map(ip);

t.test('the head is read without a look at cookie and hardware kind', async (t) => {
  t.match(readDhcpReply(message('350105 ff'), 2), {
    value: { op: 2, xid: 0xabcd0001, chaddr: OUR_MAC, yiaddr: US, options: { messageType: 5 } },
  });
});

t.test('a message without any option is none', async (t) => {
  t.same(readDhcpReply(message(''), 2), { ok: false, error: 'truncated' });
});

t.test('what the client uses of the list', async (t) => {
  t.same(options('350102 3604c0a80101 330400000258 3a040000012c 3b0400000200 0104ffffff00 0304c0a80101 ff'), {
    messageType: 2,
    serverId: ip('192.168.1.1'),
    leaseTime: 600,
    renewalTime: 300,
    rebindingTime: 512,
    subnetMask: ip('255.255.255.0'),
    routers: addresses('192.168.1.1'),
  });
});

t.test('padding, the last of two, what is behind the end, and a list without an end', async (t) => {
  t.same(options('00 00 350102 00 350105 ff 330400000258'), { messageType: 5 });
  t.same(options('350102 3304000002'), { messageType: 2, leaseTime: 0x200 }, 'bytes that are missing are 0');
  t.same(options('350102 0f'), { messageType: 2 });
});

t.test('lengths are taken at their word', async (t) => {
  t.same(options('33020258'), { leaseTime: 2 }, 'of a short number the first byte');
  t.same(options('0302c0a8 0104ffffff00'), {
    routers: addresses('192.168.1.4'),
    subnetMask: ip('255.255.255.0'),
  });
  t.same(options('0308c0a80101c0a80102'), { routers: addresses('192.168.1.1') });
  t.same(options('060cc0a80101 08080808 08080404'), { dnsServers: addresses('192.168.1.1', '8.8.8.8') });
  t.same(
    options('2a08c0a80107 c0a80108'),
    { ntpServers: addresses('192.168.1.7'), dnsServers: addresses('192.168.1.8') },
    'the second time server stands where the first name server belongs',
  );
  t.same(options('0108ffffff00 c0a80101'), {
    subnetMask: ip('255.255.255.0'),
    routers: addresses('192.168.1.1'),
  });
  t.same(Object.keys(options(`3b30${'01020304'.repeat(12)}`)).length, 5, 'no further than the table');
});

t.test('option 52: the list goes on in the file field, in the name, or in both', async (t) => {
  const file = '330400000258 ff';
  const sname = '3604c0a80101 ff';
  const found = (which: number) => Object.keys(options(`350105 34010${which} ff`, file, sname)).sort();
  t.same(found(0), ['messageType']);
  t.same(found(1), ['leaseTime', 'messageType']);
  t.same(found(2), ['messageType', 'serverId']);
  t.same(found(3), ['leaseTime', 'messageType', 'serverId']);
  t.same(found(4), ['messageType']);
});
