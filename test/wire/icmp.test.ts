import fc from 'fast-check';
import t from 'tap';
import { put16 } from '../../runtime/core/index.ts';
import { checksum } from '../../runtime/wire/checksum.ts';
import {
  dissectIcmp,
  emitIcmp,
  ICMP_HLEN,
  ICMP_PORT_UNREACHABLE,
  type Icmp,
  parseIcmp,
} from '../../runtime/wire/icmp.ts';
import { arbByte, arbBytes, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const NAMED = [0, 3, 8, 11];

const arbIcmp: fc.Arbitrary<Icmp> = fc.oneof(
  record({
    type: fc.constantFrom('echo-request' as const, 'echo-reply' as const),
    id: arbU16,
    seq: arbU16,
    data: arbBytes(),
  }),
  record({
    type: fc.constantFrom('unreachable' as const, 'time-exceeded' as const),
    code: arbByte,
    original: arbBytes(),
  }),
  record({
    type: fc.constant('other' as const),
    icmpType: arbByte.filter((type) => !NAMED.includes(type)),
    code: arbByte,
    body: arbBytes(1460, 4),
  }),
);

/** An IPv4 header with its first eight bytes of UDP, as an error quotes them. */
const QUOTED = `
  45 00 001c 0001 0000 40 11 f74c
  c0 a8 01 32  c0 a8 01 01
  c000 0035 0008 0000
`;

codecLaws(
  t,
  {
    parse: parseIcmp,
    emit: emitIcmp,
    dissect: dissectIcmp,
    reasons: ['truncated', 'bad-checksum'],
    shortest: ICMP_HLEN,
  },
  arbIcmp,
  [
    {
      what: 'an echo request of odd length',
      bytes: bytes(`
        08 00 ce35   | type, code, checksum
        0001 0002    | identifier, sequence number
        6162636465   | data
      `),
      value: { type: 'echo-request', id: 1, seq: 2, data: bytes('6162636465') },
    },
    {
      what: 'a port unreachable',
      bytes: bytes(`03 03 3cbf 00000000 ${QUOTED}`),
      value: { type: 'unreachable', code: ICMP_PORT_UNREACHABLE, original: bytes(QUOTED) },
    },
    {
      what: 'a time exceeded',
      bytes: bytes(`0b 00 34c2 00000000 ${QUOTED}`),
      value: { type: 'time-exceeded', code: 0, original: bytes(QUOTED) },
    },
    {
      what: 'a timestamp request',
      bytes: bytes('0d 00 f2f6 0001 0002 00000001 00000002 00000003'),
      value: { type: 'other', icmpType: 13, code: 0, body: bytes('0001 0002 00000001 00000002 00000003') },
    },
  ],
);

t.test('the code of an echo is ignored', async (t) => {
  const message = emitIcmp({ type: 'echo-request', id: 1, seq: 2, data: bytes('00') });
  message[1] = 7;
  put16(message, 2, 0);
  put16(message, 2, checksum(message));
  t.match(parseIcmp(message), { ok: true, value: { type: 'echo-request', id: 1, seq: 2 } });
});

t.test('a changed byte shows in the checksum but not when only looking', async (t) => {
  const message = emitIcmp({ type: 'echo-reply', id: 1, seq: 2, data: bytes('00') });
  message[5] = 9;
  t.same(parseIcmp(message), { ok: false, error: 'bad-checksum' });
  t.match(dissectIcmp(message), { ok: true, value: { id: 9 } });
});
