import fc from 'fast-check';
import t from 'tap';
import {
  formatIpv4,
  formatMac,
  IPV4_ANY,
  IPV4_BROADCAST,
  ipv4,
  isGroupMac,
  isMulticastIpv4,
  MAC_BROADCAST,
  type MacAddress,
  macBytes,
  multicastMac,
  parseIpv4,
  parseMac,
  putIpv4,
  putMac,
  readIpv4,
  readMac,
} from '../../runtime/wire/address.ts';
import { arbIpv4, arbMac } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';

t.test('addresses survive the way through text', async () => {
  fc.assert(
    fc.property(arbIpv4, arbMac, (ip, mac) => parseIpv4(formatIpv4(ip)) === ip && parseMac(formatMac(mac)) === mac),
    { seed: 1 },
  );
});

t.test('addresses survive the way through bytes', async () => {
  fc.assert(
    fc.property(arbIpv4, arbMac, fc.nat(3), (ip, mac, at) => {
      const out = new Uint8Array(16).fill(0xa5);
      putMac(out, at, mac);
      putIpv4(out, at + 6, ip);
      return readMac(out, at) === mac && readIpv4(out, at + 6) === ip && out[at + 10] === 0xa5;
    }),
    { seed: 1 },
  );
});

t.test('the first octet is the highest', async (t) => {
  t.equal(ipv4(192, 168, 1, 50), 0xc0a80132);
  t.equal(formatIpv4(IPV4_ANY), '0.0.0.0');
  t.equal(formatIpv4(IPV4_BROADCAST), '255.255.255.255');
  t.same(macBytes(0x5ccf7f123456 as MacAddress), bytes('5c cf 7f 12 34 56'));
  t.equal(formatMac(0x00000000000f as MacAddress), '00:00:00:00:00:0f');
});

t.test('only a strict dotted quad is an IPv4 address', async (t) => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.-4',
    '0x1.2.3.4',
  ])
    t.equal(parseIpv4(text), undefined, JSON.stringify(text));
});

t.test('only six hexadecimal pairs are a MAC address', async (t) => {
  t.equal(parseMac('5C:CF:7F:12:34:56'), 0x5ccf7f123456);
  for (const text of [
    '',
    '5c:cf:7f:12:34',
    '5c:cf:7f:12:34:5',
    '5c-cf-7f-12-34-56',
    '5c:cf:7f:12:34:56:78',
    'zz:cf:7f:12:34:56',
  ])
    t.equal(parseMac(text), undefined, JSON.stringify(text));
});

t.test('groups are told from single stations', async (t) => {
  t.ok(isMulticastIpv4(ipv4(224, 0, 0, 1)));
  t.ok(isMulticastIpv4(ipv4(239, 255, 255, 255)));
  t.notOk(isMulticastIpv4(ipv4(223, 255, 255, 255)));
  t.notOk(isMulticastIpv4(IPV4_BROADCAST));
  t.ok(isGroupMac(MAC_BROADCAST));
  t.notOk(isGroupMac(0x5ccf7f123456 as MacAddress));
  t.equal(formatMac(multicastMac(ipv4(224, 0, 0, 251))), '01:00:5e:00:00:fb');
  t.equal(
    formatMac(multicastMac(ipv4(239, 255, 255, 250))),
    '01:00:5e:7f:ff:fa',
    'the top bit of the low three is lost',
  );
});
