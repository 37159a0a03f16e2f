import t from 'tap';
import { EMPTY } from '../../runtime/core/index.ts';
import { IPV4_ANY } from '../../runtime/wire/address.ts';
import { describePayload } from '../../runtime/wire/describe-ip.ts';
import { emitIcmp } from '../../runtime/wire/icmp.ts';
import { emitIgmp } from '../../runtime/wire/igmp.ts';
import { type Ipv4, PROTO_ICMP, PROTO_IGMP, PROTO_TCP, PROTO_UDP } from '../../runtime/wire/ipv4.ts';
import { emitTcp } from '../../runtime/wire/tcp.ts';
import { emitUdp } from '../../runtime/wire/udp.ts';
import { bytes } from '../helpers/bytes.ts';
import { ESP, HOST } from '../helpers/sample-frames.ts';

const packet = (protocol: number, payload: Uint8Array): Ipv4 => ({
  tos: 0,
  id: 0,
  flags: { df: false, mf: false },
  fragOffset: 0,
  ttl: 1,
  protocol,
  src: ESP,
  dst: HOST,
  options: EMPTY,
  payload,
});

/** Flips a bit, so that the checksum no longer fits. */
const broken = (data: Uint8Array, at: number): Uint8Array => data.map((b, i) => (i === at ? b ^ 1 : b));

const segment = emitTcp(
  {
    srcPort: 1,
    dstPort: 2,
    seq: 3,
    ack: 4,
    flags: 0,
    window: 5,
    urgent: 0,
    options: {},
    payload: EMPTY,
  },
  ESP,
  HOST,
);
const datagram = (port: number, payload: Uint8Array) => emitUdp({ srcPort: 9, dstPort: port, payload }, ESP, HOST);
const ROUTE = '192.168.1.50 > 192.168.1.1:';

t.test('a segment without flags says none', async (t) => {
  t.equal(
    describePayload(packet(PROTO_TCP, segment)),
    '192.168.1.50.1 > 192.168.1.1.2: Flags [none], seq 3, win 5, length 0',
  );
});

t.test('a wrong checksum is said of every transport', async (t) => {
  t.match(describePayload(packet(PROTO_TCP, broken(segment, 15))), /win 4, length 0 \(bad tcp cksum\)$/);
  t.match(describePayload(packet(PROTO_UDP, broken(datagram(7, bytes('00')), 8))), /UDP, length 1 \(bad udp cksum\)$/);
  const echo = emitIcmp({ type: 'echo-reply', id: 1, seq: 2, data: EMPTY });
  t.match(describePayload(packet(PROTO_ICMP, broken(echo, 7))), /seq 3, length 8 \(bad icmp cksum\)$/);
});

t.test('broken headers are named and shown', async (t) => {
  t.equal(describePayload(packet(PROTO_TCP, bytes('0102'))), `${ROUTE} TCP truncated: 0102`);
  t.equal(
    describePayload(
      packet(
        PROTO_TCP,
        broken(segment, 12).map((b, i) => (i === 12 ? 0x10 : b)),
      ),
    ).slice(0, 52),
    `${ROUTE} TCP bad-data-offset: 0001`.slice(0, 52),
  );
  t.equal(
    describePayload(packet(PROTO_UDP, bytes('0001 0002 0007 0000'))),
    `${ROUTE} UDP bad-length: 0001000200070000`,
  );
  t.equal(describePayload(packet(PROTO_ICMP, bytes('08'))), `${ROUTE} ICMP truncated: 08`);
  t.equal(
    describePayload(packet(PROTO_IGMP, bytes('16 00 0000 e00000fb'))),
    `${ROUTE} IGMP bad-checksum: 16000000e00000fb`,
  );
  t.equal(describePayload(packet(47, bytes('aa'))), `${ROUTE} proto 47, length 1: aa`);
});

t.test('what does not parse on a well-known port is named', async (t) => {
  t.match(describePayload(packet(PROTO_UDP, datagram(53, bytes('00')))), /: DNS malformed, length 1$/);
  t.match(describePayload(packet(PROTO_UDP, datagram(67, bytes('00')))), /: DHCP truncated, length 1$/);
});

t.test('a time request is named by version and mode', async (t) => {
  const request = new Uint8Array(48);
  request[0] = 0x23;
  t.match(describePayload(packet(PROTO_UDP, datagram(123, request))), /: NTPv4, Client, length 48$/);
  t.match(describePayload(packet(PROTO_UDP, datagram(123, bytes('00')))), /: NTP truncated, length 1$/);
});

t.test('a CoAP message is told in words on its port', async (t) => {
  t.match(
    describePayload(packet(PROTO_UDP, datagram(5683, bytes('40011234 b161')))),
    /: CoAP CON GET 4660 \/a, length 6$/,
  );
  t.match(describePayload(packet(PROTO_UDP, datagram(5683, bytes('00')))), /: CoAP truncated, length 1$/);
});

t.test('rare messages have words too', async (t) => {
  const line = (message: Uint8Array, protocol = PROTO_ICMP) => describePayload(packet(protocol, message));
  t.match(line(emitIcmp({ type: 'unreachable', code: 13, original: EMPTY })), /ICMP code 13 unreachable/);
  t.match(line(emitIcmp({ type: 'time-exceeded', code: 1, original: EMPTY })), /time exceeded in reassembly/);
  const query = emitIgmp({ type: 'query', maxRespTenths: 100, group: IPV4_ANY });
  t.equal(line(query, PROTO_IGMP), `${ROUTE} igmp query`);
});
