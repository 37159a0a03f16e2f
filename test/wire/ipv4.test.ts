import fc from 'fast-check';
import t from 'tap';
import { concat, EMPTY, put16 } from '../../runtime/core/index.ts';
import { ipv4 } from '../../runtime/wire/address.ts';
import { checksum } from '../../runtime/wire/checksum.ts';
import {
  dissectIpv4,
  emitIpv4,
  IPV4_HLEN,
  type Ipv4,
  ipv4Length,
  PROTO_IGMP,
  PROTO_TCP,
  PROTO_UDP,
  parseIpv4Packet,
  parseIpv4Unmeasured,
} from '../../runtime/wire/ipv4.ts';
import { arbByte, arbBytes, arbIpv4, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const arbPacket: fc.Arbitrary<Ipv4> = record({
  tos: arbByte,
  id: arbU16,
  flags: record({ df: fc.boolean(), mf: fc.boolean() }),
  fragOffset: fc.integer({ min: 0, max: 0x1fff }).map((units) => units * 8),
  ttl: arbByte,
  protocol: arbByte,
  src: arbIpv4,
  dst: arbIpv4,
  options: fc.integer({ min: 0, max: 10 }).chain((words) => arbBytes(words * 4, words * 4)),
  payload: arbBytes(1480),
});

const PLAIN = bytes(`
  45 00 003c        | version 4, header of 5 words; type of service; total length 60
  1c46 4000         | identification; don't fragment, offset 0
  40 06 b1e6        | TTL 64; TCP; checksum
  ac 10 0a 63       | 172.16.10.99
  ac 10 0a 0c       | 172.16.10.12
  0000000000000000000000000000000000000000
  0000000000000000000000000000000000000000
`);
const plain: Ipv4 = {
  tos: 0,
  id: 0x1c46,
  flags: { df: true, mf: false },
  fragOffset: 0,
  ttl: 64,
  protocol: PROTO_TCP,
  src: ipv4(172, 16, 10, 99),
  dst: ipv4(172, 16, 10, 12),
  options: EMPTY,
  payload: new Uint8Array(40),
};

codecLaws(
  t,
  {
    parse: parseIpv4Packet,
    emit: emitIpv4,
    length: ipv4Length,
    dissect: dissectIpv4,
    reasons: ['truncated', 'bad-version', 'bad-header-length', 'bad-length', 'bad-checksum'],
    shortest: IPV4_HLEN,
  },
  arbPacket,
  [
    { what: 'a plain packet', bytes: PLAIN, value: plain },
    {
      what: 'a last fragment',
      bytes: bytes(`
        45 00 001c  abcd 00b9   | offset 185 * 8 = 1480
        ff 11 8bc6
        c0 a8 01 32  c0 a8 01 01
        0102030405060708
      `),
      value: {
        tos: 0,
        id: 0xabcd,
        flags: { df: false, mf: false },
        fragOffset: 1480,
        ttl: 255,
        protocol: PROTO_UDP,
        src: ipv4(192, 168, 1, 50),
        dst: ipv4(192, 168, 1, 1),
        options: EMPTY,
        payload: bytes('0102030405060708'),
      },
    },
    {
      what: 'a middle fragment',
      bytes: bytes(`
        45 00 001c  abcd 20b9   | more fragments, offset 1480
        ff 11 6bc6
        c0 a8 01 32  c0 a8 01 01
        0102030405060708
      `),
      value: {
        tos: 0,
        id: 0xabcd,
        flags: { df: false, mf: true },
        fragOffset: 1480,
        ttl: 255,
        protocol: PROTO_UDP,
        src: ipv4(192, 168, 1, 50),
        dst: ipv4(192, 168, 1, 1),
        options: EMPTY,
        payload: bytes('0102030405060708'),
      },
    },
    {
      what: 'a header with the router alert option',
      bytes: bytes(`
        46 c0 0020  0001 0000   | header of 6 words
        01 02 8141              | TTL 1, IGMP
        c0 a8 01 32  e0 00 00 fb
        94 04 0000              | RFC 2113
        16 00 0904 e00000fb
      `),
      value: {
        tos: 0xc0,
        id: 1,
        flags: { df: false, mf: false },
        fragOffset: 0,
        ttl: 1,
        protocol: PROTO_IGMP,
        src: ipv4(192, 168, 1, 50),
        dst: ipv4(224, 0, 0, 251),
        options: bytes('94040000'),
        payload: bytes('16000904e00000fb'),
      },
    },
  ],
);

/** A copy of the plain packet with one header byte changed and, unless told, the checksum made right again. */
function changed(at: number, value: number, repair = true): Uint8Array {
  const packet = PLAIN.slice();
  packet[at] = value;
  if (repair) {
    put16(packet, 10, 0);
    put16(packet, 10, checksum(packet.subarray(0, IPV4_HLEN)));
  }
  return packet;
}

t.test('padding behind the total length is no payload', async (t) => {
  t.same(parseIpv4Packet(concat(PLAIN, new Uint8Array(6).fill(0xa5))), { ok: true, value: plain });
});

t.test('a packet cut anywhere is refused, for the total length no longer fits', async (t) => {
  for (let length = 0; length < PLAIN.length; length++) t.notOk(parseIpv4Packet(PLAIN.subarray(0, length)).ok);
});

t.test('what is wrong is said by name', async (t) => {
  const error = (packet: Uint8Array) => {
    const result = parseIpv4Packet(packet);
    return result.ok ? 'ok' : result.error;
  };
  t.equal(error(PLAIN.subarray(0, 19)), 'truncated');
  t.equal(error(changed(0, 0x65)), 'bad-version');
  t.equal(error(changed(0, 0x44)), 'bad-header-length', 'shorter than the fixed header');
  t.equal(error(PLAIN.subarray(0, 20).map((b, i) => (i === 0 ? 0x4f : b))), 'bad-header-length', 'beyond the end');
  t.equal(error(changed(3, 19)), 'bad-length', 'shorter than the header');
  t.equal(error(changed(3, 61)), 'bad-length', 'longer than the packet');
  t.equal(error(changed(8, 63, false)), 'bad-checksum');
  t.equal(error(changed(8, 63)), 'ok');
});

t.test(
  'unmeasured, a short header makes its end payload, and a length that ends in the header leaves none',
  async (t) => {
    const short = PLAIN.map((b, i) => (i === 0 ? 0x44 : b));
    put16(short, 10, 0);
    put16(short, 10, checksum(short.subarray(0, 16)));
    t.match(parseIpv4Unmeasured(short), { value: { src: plain.src, dst: plain.dst, payload: short.subarray(16) } });
    t.match(parseIpv4Unmeasured(changed(3, 19)), { value: { payload: EMPTY } });
    t.same(parseIpv4Unmeasured(PLAIN), parseIpv4Packet(PLAIN));
    const error = (packet: Uint8Array) => {
      const result = parseIpv4Unmeasured(packet);
      return result.ok ? 'ok' : result.error;
    };
    t.equal(error(PLAIN.subarray(0, 19)), 'truncated');
    t.equal(error(changed(0, 0x65)), 'bad-version');
    t.equal(error(changed(0, 0x40)), 'bad-checksum', 'a sum over nothing is never right');
    t.equal(error(PLAIN.subarray(0, 20).map((b, i) => (i === 0 ? 0x4f : b))), 'bad-header-length');
    t.equal(error(changed(3, 61)), 'bad-length');
  },
);

t.test('a packet with a wrong checksum can still be looked at', async (t) => {
  t.match(dissectIpv4(changed(8, 63, false)), { ok: true, value: { ttl: 63 } });
});

t.test('the reserved flag is ignored', async (t) => {
  t.match(parseIpv4Packet(changed(6, 0x80)), { ok: true, value: { flags: { df: false, mf: false }, fragOffset: 0 } });
});

t.test('what no header can say is a fault of the caller', async (t) => {
  t.throws(() => emitIpv4({ ...plain, options: new Uint8Array(3) }), /options of 3 bytes/);
  t.throws(() => emitIpv4({ ...plain, options: new Uint8Array(44) }), /options of 44 bytes/);
  t.throws(() => emitIpv4({ ...plain, payload: new Uint8Array(65516) }), /packet of 65536 bytes/);
  t.throws(() => emitIpv4({ ...plain, fragOffset: 4 }), /fragment at 4/);
  t.throws(() => emitIpv4({ ...plain, fragOffset: 65536 }), /fragment at 65536/);
});
