import fc from 'fast-check';
import t from 'tap';
import { concat, EMPTY, put16 } from '../../runtime/core/index.ts';
import { ipv4 } from '../../runtime/wire/address.ts';
import { checksum, pseudoHeaderSum } from '../../runtime/wire/checksum.ts';
import { PROTO_TCP } from '../../runtime/wire/ipv4.ts';
import {
  dissectTcp,
  emitTcp,
  formatTcpFlags,
  parseTcp,
  parseTcpUnmeasured,
  TCP_ACK,
  TCP_FIN,
  TCP_HLEN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_URG,
  type Tcp,
  type TcpOptions,
  tcpLength,
} from '../../runtime/wire/tcp.ts';
import { arbByte, arbBytes, arbU16, arbU32, compact, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const SRC = ipv4(192, 168, 1, 50);
const DST = ipv4(192, 168, 1, 1);

const arbOptions: fc.Arbitrary<TcpOptions> = fc
  .record({
    mss: fc.option(arbU16, { nil: undefined }),
    windowScale: fc.option(arbByte, { nil: undefined }),
    sackPermitted: fc.constantFrom(true, undefined),
    timestamps: fc.option(record({ value: arbU32, echo: arbU32 }), { nil: undefined }),
    sack: fc.option(fc.array(record({ left: arbU32, right: arbU32 }), { minLength: 1, maxLength: 1 }), {
      nil: undefined,
    }),
  })
  .map((options) => compact<TcpOptions>(options));

const arbSegment: fc.Arbitrary<Tcp> = record({
  srcPort: arbU16,
  dstPort: arbU16,
  seq: arbU32,
  ack: arbU32,
  flags: arbByte,
  window: arbU16,
  urgent: arbU16,
  options: arbOptions,
  payload: arbBytes(1460),
});

const SYN = bytes(`
  c001 0050     | ports 49153 > 80
  00001970      | sequence number 6512
  00000000      | acknowledgment number
  60 02 16d0    | header of 6 words, SYN, window 5840
  2411 0000     | checksum with the pseudo header of 192.168.1.50 > 192.168.1.1, urgent pointer
  02 04 05b4    | MSS 1460
`);
const syn: Tcp = {
  srcPort: 49153,
  dstPort: 80,
  seq: 6512,
  ack: 0,
  flags: TCP_SYN,
  window: 5840,
  urgent: 0,
  options: { mss: 1460 },
  payload: EMPTY,
};

codecLaws(
  t,
  {
    parse: (b) => parseTcp(b, SRC, DST),
    emit: (s) => emitTcp(s, SRC, DST),
    length: tcpLength,
    dissect: dissectTcp,
    reasons: ['truncated', 'bad-data-offset', 'bad-checksum'],
    shortest: TCP_HLEN,
  },
  arbSegment,
  [
    { what: 'a SYN', bytes: SYN, value: syn },
    // The other way round; swapping the addresses leaves the pseudo header's sum as it is.
    {
      what: 'a segment with every option',
      bytes: bytes(`
        0050 c001
        ffffff00 00001971
        e0 18 16d0 c933 0000            | header of 14 words, PSH and ACK
        02 04 05b4                      | MSS 1460
        01 01 04 02                     | SACK permitted
        01 01 08 0a 00000001 00000002   | timestamps
        01 03 03 07                     | window scale 7
        01 01 05 0a 00001980 00001990   | SACK, one block
        6f 6b 21                        | "ok!"
      `),
      value: {
        srcPort: 80,
        dstPort: 49153,
        seq: 0xffffff00,
        ack: 6513,
        flags: TCP_PSH | TCP_ACK,
        window: 5840,
        urgent: 0,
        options: {
          mss: 1460,
          sackPermitted: true,
          timestamps: { value: 1, echo: 2 },
          windowScale: 7,
          sack: [{ left: 0x1980, right: 0x1990 }],
        },
        payload: bytes('6f6b21'),
      },
    },
  ],
);

/** Parses the options of a header that holds just these bytes, padded with `pad`. */
function optionsOf(list: string, pad = 0): TcpOptions {
  const given = bytes(list);
  const words = Math.ceil(given.length / 4);
  const header = new Uint8Array(TCP_HLEN + 4 * words).fill(pad);
  header.set(SYN.subarray(0, TCP_HLEN));
  header.set(given, TCP_HLEN);
  header[12] = (5 + words) << 4;
  const segment = dissectTcp(header);
  if (!segment.ok) throw new Error(segment.error);
  return segment.value.options;
}

t.test('option lists read as lwIP reads them', async (t) => {
  t.same(optionsOf('01 01 02 04 05b4'), { mss: 1460 }, 'no-operation anywhere');
  t.same(optionsOf('00 02 04 05b4'), {}, 'nothing behind the end of the list');
  t.same(optionsOf('1e 04 ffff 02 04 05b4'), { mss: 1460 }, 'an unknown option is skipped');
  t.same(optionsOf('1e 01 02 04 05b4'), { mss: 1460 }, 'even one that claims a length of 1');
  t.same(optionsOf('03 04 0707 02 04 05b4'), { mss: 1460 }, 'a known one of unexpected length too');
  t.same(optionsOf('05 0b 0000000000000000 00 02 04 05b4'), { mss: 1460 }, 'SACK that is no whole number of blocks');
  t.same(optionsOf('1e 00 02 04 05b4'), {}, 'a length of zero ends the list');
  t.same(optionsOf('02 03 05 b4'), {}, 'so does an MSS of wrong length');
  t.same(optionsOf('02 04 0218 02 03 05 b4'), { mss: 536 }, 'but what was read before counts');
  t.same(optionsOf('01 01 01 02'), {}, 'a kind without its length');
  t.same(optionsOf('02 04 05b4 08 0a 0000'), { mss: 1460 }, 'an option beyond the header');
  t.same(optionsOf('01 01 02 04', 0x01), {}, 'an MSS beyond the header');
  t.same(optionsOf('05 12 00000001 00000002 00000003 00000004'), {
    sack: [
      { left: 1, right: 2 },
      { left: 3, right: 4 },
    ],
  });
});

t.test('what is wrong is said by name', async (t) => {
  const changed = (at: number, value: number) => SYN.map((b, i) => (i === at ? value : b));
  t.same(parseTcp(SYN.subarray(0, 19), SRC, DST), { ok: false, error: 'truncated' });
  t.same(parseTcp(changed(12, 0x40), SRC, DST), { ok: false, error: 'bad-data-offset' }, 'shorter than the header');
  t.same(parseTcp(changed(12, 0x70), SRC, DST), { ok: false, error: 'bad-data-offset' }, 'beyond the end');
  t.same(parseTcp(changed(13, 0x12), SRC, DST), { ok: false, error: 'bad-checksum' });
  t.same(parseTcp(concat(SYN, bytes('00')), SRC, DST), { ok: false, error: 'bad-checksum' }, 'the length counts');
  t.same(parseTcp(SYN, SRC, SRC), { ok: false, error: 'bad-checksum' }, 'the addresses count');
  t.match(dissectTcp(changed(13, 0x12)), { ok: true, value: { flags: TCP_SYN | TCP_ACK } });
});

t.test(
  'unmeasured, a short data offset makes the end of the header payload, its numbers in little-endian order',
  async (t) => {
    const withOffset = (words: number) => {
      const segment = SYN.map((b, i) => (i === 12 ? words << 4 : b));
      put16(segment, 16, 0);
      put16(segment, 16, checksum(segment, pseudoHeaderSum(SRC, DST, PROTO_TCP, segment.length)));
      return segment;
    };
    const payload = (words: number) => {
      const parsed = parseTcpUnmeasured(withOffset(words), SRC, DST);
      return parsed.ok ? [...parsed.value.payload] : parsed.error;
    };
    const header = withOffset(0);
    const at = (...places: number[]) => places.map((i) => header[i]);
    const tail = at(16, 17, 18, 19, 20, 21, 22, 23);
    t.same(payload(0), [...at(1, 0, 3, 2, 7, 6, 5, 4, 11, 10, 9, 8, 12, 13, 15, 14), ...tail]);
    t.same(payload(4)?.length, 8);
    t.same(payload(7), 'bad-data-offset');
    t.match(parseTcpUnmeasured(withOffset(2), SRC, DST), {
      value: { srcPort: syn.srcPort, seq: syn.seq, options: {} },
    });
    t.same(parseTcpUnmeasured(SYN, SRC, DST), parseTcp(SYN, SRC, DST));
    t.same(parseTcpUnmeasured(SYN.subarray(0, 19), SRC, DST), { ok: false, error: 'truncated' });
    t.same(parseTcpUnmeasured(withOffset(2), SRC, SRC), { ok: false, error: 'bad-checksum' });
  },
);

t.test('a checksum field of zero gets no grace, unlike UDP', async (t) => {
  const segment = SYN.slice();
  put16(segment, 16, 0);
  t.same(parseTcp(segment, SRC, DST), { ok: false, error: 'bad-checksum' });
});

t.test('more options than a header holds are a fault of the caller', async (t) => {
  const block = { left: 0, right: 0 };
  const options = { sack: [block, block, block, block], timestamps: { value: 0, echo: 0 } };
  t.throws(() => emitTcp({ ...syn, options }, SRC, DST), /options of 48 bytes/);
});

t.test('an empty list of SACK blocks is not sent', async (t) => {
  t.same(emitTcp({ ...syn, options: { mss: 1460, sack: [] } }, SRC, DST), SYN);
});

t.test('flags print in the order SFRPAU', async (t) => {
  t.equal(formatTcpFlags(0), '');
  t.equal(formatTcpFlags(TCP_SYN | TCP_ACK), 'SA');
  t.equal(formatTcpFlags(TCP_FIN | TCP_PSH | TCP_ACK), 'FPA');
  t.equal(formatTcpFlags(TCP_URG | TCP_ACK | TCP_PSH | TCP_RST | TCP_FIN | TCP_SYN), 'SFRPAU');
});
