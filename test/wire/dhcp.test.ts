import fc from 'fast-check';
import t from 'tap';
import { concat } from '../../runtime/core/index.ts';
import { IPV4_ANY, ipv4, type MacAddress } from '../../runtime/wire/address.ts';
import {
  BOOTREPLY,
  BOOTREQUEST,
  DHCP_DISCOVER,
  DHCP_OFFER,
  type Dhcp,
  dhcpLength,
  emitDhcp,
  parseDhcp,
} from '../../runtime/wire/dhcp.ts';
import { arbIpv4, arbMac, arbText, arbU16, arbU32, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';
import { arbDhcpOptions } from '../helpers/dhcp.ts';

/** Without the zero that ends a text. */
const text = (maxLength: number) => arbText(maxLength).map((text) => text.replaceAll('\0', '.'));

const arbDhcp: fc.Arbitrary<Dhcp> = record({
  op: fc.constantFrom(BOOTREQUEST, BOOTREPLY),
  xid: arbU32,
  secs: arbU16,
  broadcast: fc.boolean(),
  ciaddr: arbIpv4,
  yiaddr: arbIpv4,
  siaddr: arbIpv4,
  giaddr: arbIpv4,
  chaddr: arbMac,
  sname: text(63),
  file: text(127),
  options: arbDhcpOptions,
});

const HEAD = `
  01 01 06 00           | request; Ethernet; 6 bytes of address; no hops
  12345678              | transaction
  0002 8000             | 2 seconds; broadcast
  00000000 00000000     | client, your
  00000000 00000000     | server, relay
  5ccf7f123456          | client hardware address
  00000000000000000000  | and its padding
`;
const NAMES = '00'.repeat(64 + 128);
const COOKIE = '63 82 53 63';

const DISCOVER = bytes(`
  ${HEAD} ${NAMES} ${COOKIE}
  35 01 01              | discover
  39 02 0240            | at most 576 bytes
  37 04 01 03 1c 06     | wants mask, routers, broadcast address, DNS servers
  0c 04 4e4f4445        | "NODE"
  ff
  ${'00'.repeat(40)}    | padding to the 300 bytes of BOOTP
`);
const discover: Dhcp = {
  op: BOOTREQUEST,
  xid: 0x12345678,
  secs: 2,
  broadcast: true,
  ciaddr: IPV4_ANY,
  yiaddr: IPV4_ANY,
  siaddr: IPV4_ANY,
  giaddr: IPV4_ANY,
  chaddr: 0x5ccf7f123456 as MacAddress,
  sname: '',
  file: '',
  options: {
    messageType: DHCP_DISCOVER,
    maxMessageSize: 576,
    paramList: [1, 3, 28, 6],
    hostName: 'NODE',
    other: new Map(),
  },
};

codecLaws(
  t,
  {
    parse: parseDhcp,
    emit: emitDhcp,
    length: dhcpLength,
    reasons: ['truncated', 'bad-op', 'bad-hardware', 'bad-cookie'],
    shortest: 240,
  },
  arbDhcp,
  [
    { what: 'a discover', bytes: DISCOVER, value: discover },
    {
      what: 'an offer',
      bytes: bytes(`
        02 01 06 00 12345678 0000 0000
        00000000 c0a80132      | your address: 192.168.1.50
        c0a80101 00000000      | next server: 192.168.1.1
        5ccf7f123456 00000000000000000000
        626f6f74 ${'00'.repeat(60)}   | server name "boot"
        2f66 ${'00'.repeat(126)}      | file "/f"
        ${COOKIE}
        35 01 02               | offer
        36 04 c0a80101         | server
        33 04 00015180         | lease of a day
        3a 04 0000a8c0         | T1 of half a day
        3b 04 00012750         | T2
        01 04 ffffff00         | mask
        03 04 c0a80101         | router
        06 08 c0a80101 08080808   | DNS servers
        0f 03 6c616e           | domain "lan"
        ff
        ${'00'.repeat(5)}
      `),
      value: {
        ...discover,
        op: BOOTREPLY,
        secs: 0,
        broadcast: false,
        yiaddr: ipv4(192, 168, 1, 50),
        siaddr: ipv4(192, 168, 1, 1),
        sname: 'boot',
        file: '/f',
        options: {
          messageType: DHCP_OFFER,
          serverId: ipv4(192, 168, 1, 1),
          leaseTime: 86400,
          renewalTime: 43200,
          rebindingTime: 75600,
          subnetMask: ipv4(255, 255, 255, 0),
          routers: [ipv4(192, 168, 1, 1)],
          dnsServers: [ipv4(192, 168, 1, 1), ipv4(8, 8, 8, 8)],
          domainName: 'lan',
          other: new Map(),
        },
      },
    },
  ],
);

t.test('bytes behind the end mark are ignored', async (t) => {
  t.same(parseDhcp(concat(DISCOVER, bytes('35 01 02'))), { ok: true, value: discover });
});

t.test('what is wrong is said by name', async (t) => {
  const changed = (at: number, value: number) => parseDhcp(DISCOVER.map((b, i) => (i === at ? value : b)));
  t.same(parseDhcp(DISCOVER.subarray(0, 239)), { ok: false, error: 'truncated' });
  t.same(changed(0, 3), { ok: false, error: 'bad-op' });
  t.same(changed(1, 6), { ok: false, error: 'bad-hardware' });
  t.same(changed(2, 16), { ok: false, error: 'bad-hardware' });
  t.same(changed(236, 0), { ok: false, error: 'bad-cookie' });
});

t.test('names that fill their field are cut to leave room for the zero', async (t) => {
  const message = parseDhcp(emitDhcp({ ...discover, sname: 's'.repeat(64), file: 'f'.repeat(200) }));
  t.match(message, { ok: true, value: { sname: 's'.repeat(63), file: 'f'.repeat(127) } });
});
