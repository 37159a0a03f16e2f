import t from 'tap';
import { concat } from '../../runtime/core/index.ts';
import { ipv4, MAC_ZERO, type MacAddress } from '../../runtime/wire/address.ts';
import { ARP_LENGTH, ARP_REPLY, ARP_REQUEST, emitArp, parseArp } from '../../runtime/wire/arp.ts';
import { arbIpv4, arbMac, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const REQUEST = bytes(`
  0001                | hardware: Ethernet
  0800                | protocol: IPv4
  06 04               | lengths of their addresses
  0001                | request
  5c cf 7f 12 34 56   | sender hardware address
  c0 a8 01 32         | sender 192.168.1.50
  00 00 00 00 00 00   | target hardware address: wanted
  c0 a8 01 01         | target 192.168.1.1
`);

codecLaws(
  t,
  { parse: parseArp, emit: emitArp, reasons: ['truncated', 'bad-hardware', 'bad-protocol'], shortest: ARP_LENGTH },
  record({ op: arbU16, senderMac: arbMac, senderIp: arbIpv4, targetMac: arbMac, targetIp: arbIpv4 }),
  [
    {
      what: 'a request',
      bytes: REQUEST,
      value: {
        op: ARP_REQUEST,
        senderMac: 0x5ccf7f123456 as MacAddress,
        senderIp: ipv4(192, 168, 1, 50),
        targetMac: MAC_ZERO,
        targetIp: ipv4(192, 168, 1, 1),
      },
    },
    {
      what: 'a reply',
      bytes: bytes(`
        0001 0800 06 04 0002
        02 11 22 33 44 55  c0 a8 01 01   | 192.168.1.1 is at 02:11:22:33:44:55
        5c cf 7f 12 34 56  c0 a8 01 32   | told to 192.168.1.50
      `),
      value: {
        op: ARP_REPLY,
        senderMac: 0x021122334455 as MacAddress,
        senderIp: ipv4(192, 168, 1, 1),
        targetMac: 0x5ccf7f123456 as MacAddress,
        targetIp: ipv4(192, 168, 1, 50),
      },
    },
  ],
);

t.test('Ethernet padding behind the message is ignored', async (t) => {
  t.same(parseArp(concat(REQUEST, new Uint8Array(18))), parseArp(REQUEST));
});

t.test('other hardware, protocols and address lengths are refused by name', async (t) => {
  const changed = (at: number, value: number) => {
    const message = REQUEST.slice();
    message[at] = value;
    return parseArp(message);
  };
  t.same(changed(1, 6), { ok: false, error: 'bad-hardware' });
  t.same(changed(4, 8), { ok: false, error: 'bad-hardware' });
  t.same(changed(3, 6), { ok: false, error: 'bad-protocol' });
  t.same(changed(5, 16), { ok: false, error: 'bad-protocol' });
});
