import t from 'tap';
import { concat, put16, u16 } from '../../runtime/core/index.ts';
import { ipv4 } from '../../runtime/wire/address.ts';
import {
  dissectUdp,
  emitUdp,
  parseUdp,
  parseUdpUnmeasured,
  UDP_HLEN,
  type Udp,
  udpLength,
} from '../../runtime/wire/udp.ts';
import { arbBytes, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const SRC = ipv4(192, 168, 1, 50);
const DST = ipv4(192, 168, 1, 1);

const DATAGRAM = bytes(`
  c000 1388   | ports 49152 > 5000
  000b 1f62   | length 11, checksum with the pseudo header of 192.168.1.50 > 192.168.1.1
  68 69 21    | "hi!"
`);
const datagram: Udp = { srcPort: 49152, dstPort: 5000, payload: bytes('686921') };

codecLaws(
  t,
  {
    parse: (b) => parseUdp(b, SRC, DST),
    emit: (u) => emitUdp(u, SRC, DST),
    length: udpLength,
    dissect: dissectUdp,
    reasons: ['truncated', 'bad-length', 'bad-checksum'],
    shortest: UDP_HLEN,
  },
  record({ srcPort: arbU16, dstPort: arbU16, payload: arbBytes(1472) }),
  [{ what: 'three letters', bytes: DATAGRAM, value: datagram }],
);

t.test('a received checksum of zero means there is none', async (t) => {
  const message = DATAGRAM.slice();
  put16(message, 6, 0);
  t.same(parseUdp(message, SRC, DST), { ok: true, value: datagram });
});

t.test('a computed checksum of zero is sent as ffff and accepted', async (t) => {
  const payload = bytes('a8cd   | makes the sum of this datagram ffff');
  const message = emitUdp({ srcPort: 49152, dstPort: 5000, payload }, SRC, DST);
  t.equal(u16(message, 6), 0xffff);
  t.ok(parseUdp(message, SRC, DST).ok);
});

t.test('bytes behind the length field are no payload', async (t) => {
  t.same(parseUdp(concat(DATAGRAM, bytes('a5a5')), SRC, DST), { ok: true, value: datagram });
});

t.test('unmeasured, all bytes are payload and under the checksum, whatever the length field says', async (t) => {
  t.same(parseUdpUnmeasured(DATAGRAM, SRC, DST), { ok: true, value: datagram });
  const message = concat(DATAGRAM, bytes('a5a5'));
  t.same(parseUdpUnmeasured(message, SRC, DST), { ok: false, error: 'bad-checksum' });
  put16(message, 4, 3);
  put16(message, 6, 0);
  t.same(parseUdpUnmeasured(message, SRC, DST), { ok: true, value: { ...datagram, payload: message.subarray(8) } });
  t.same(parseUdpUnmeasured(message.subarray(0, 7), SRC, DST), { ok: false, error: 'truncated' });
});

t.test('what is wrong is said by name', async (t) => {
  const changed = (at: number, value: number) => {
    const message = DATAGRAM.slice();
    put16(message, at, value);
    return parseUdp(message, SRC, DST);
  };
  t.same(parseUdp(DATAGRAM.subarray(0, 7), SRC, DST), { ok: false, error: 'truncated' });
  t.same(changed(4, 7), { ok: false, error: 'bad-length' });
  t.same(changed(4, 12), { ok: false, error: 'bad-length' });
  t.same(changed(0, 1), { ok: false, error: 'bad-checksum' });
  t.same(parseUdp(DATAGRAM, SRC, SRC), { ok: false, error: 'bad-checksum' }, 'the addresses count');
});

t.test('more than a length field can say is a fault of the caller', async (t) => {
  t.throws(() => emitUdp({ ...datagram, payload: new Uint8Array(65528) }, SRC, DST), /datagram of 65536 bytes/);
});
