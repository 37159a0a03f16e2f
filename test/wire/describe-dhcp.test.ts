import t from 'tap';
import { IPV4_ANY, ipv4, type MacAddress } from '../../runtime/wire/address.ts';
import { describeDhcp } from '../../runtime/wire/describe-dhcp.ts';
import { BOOTREPLY, BOOTREQUEST, DHCP_NAK, DHCP_RELEASE, type Dhcp } from '../../runtime/wire/dhcp.ts';

const message: Dhcp = {
  op: BOOTREQUEST,
  xid: 1,
  secs: 0,
  broadcast: false,
  ciaddr: IPV4_ANY,
  yiaddr: IPV4_ANY,
  siaddr: IPV4_ANY,
  giaddr: IPV4_ANY,
  chaddr: 0x5ccf7f123456 as MacAddress,
  sname: '',
  file: '',
  options: { other: new Map() },
};

t.test('a message without a type is BOOTP', async (t) => {
  t.equal(describeDhcp(message), 'BOOTP from 5c:cf:7f:12:34:56');
});

t.test('the addresses that are set are shown', async (t) => {
  const options = { messageType: DHCP_RELEASE, serverId: ipv4(192, 168, 1, 1), other: new Map() };
  t.equal(
    describeDhcp({ ...message, ciaddr: ipv4(192, 168, 1, 50), options }),
    'DHCP Release from 5c:cf:7f:12:34:56, client 192.168.1.50, server 192.168.1.1',
  );
});

t.test('texts are made safe', async (t) => {
  const options = { messageType: DHCP_NAK, message: 'no\x07', other: new Map() };
  t.equal(describeDhcp({ ...message, op: BOOTREPLY, options }), 'DHCP NAK to 5c:cf:7f:12:34:56, "no\\x07"');
});

t.test('a type out of range is a number', async (t) => {
  const options = { messageType: 99, hostName: 'n', other: new Map() };
  t.equal(describeDhcp({ ...message, options }), 'DHCP type 99 from 5c:cf:7f:12:34:56, host "n"');
});
