import fc from 'fast-check';
import t from 'tap';
import { IPV4_ANY, ipv4 } from '../../runtime/wire/address.ts';
import { emitIgmp, IGMP_LENGTH, type Igmp, parseIgmp } from '../../runtime/wire/igmp.ts';
import { arbByte, arbIpv4, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const arbIgmp: fc.Arbitrary<Igmp> = record({
  type: fc.constantFrom('query' as const, 'report-v1' as const, 'report-v2' as const, 'leave' as const),
  maxRespTenths: arbByte,
  group: arbIpv4,
});

codecLaws(
  t,
  { parse: parseIgmp, emit: emitIgmp, reasons: ['truncated', 'bad-type', 'bad-checksum'], shortest: IGMP_LENGTH },
  arbIgmp,
  [
    {
      what: 'a general query',
      bytes: bytes('11 64 ee9b 00000000   | answer within 10 s'),
      value: { type: 'query', maxRespTenths: 100, group: IPV4_ANY },
    },
    {
      what: 'a version 2 report',
      bytes: bytes('16 00 0904 e00000fb   | 224.0.0.251'),
      value: { type: 'report-v2', maxRespTenths: 0, group: ipv4(224, 0, 0, 251) },
    },
    {
      what: 'a leave',
      bytes: bytes('17 00 0804 e00000fb'),
      value: { type: 'leave', maxRespTenths: 0, group: ipv4(224, 0, 0, 251) },
    },
  ],
);

t.test('a version 3 query reads as its first eight bytes, its checksum covers all', async (t) => {
  t.same(parseIgmp(bytes('11 64 ec1e 00000000 02 7d 0000')), {
    ok: true,
    value: { type: 'query', maxRespTenths: 100, group: 0 },
  });
});

t.test('a version 3 report and a wrong checksum are refused by name', async (t) => {
  t.same(parseIgmp(bytes('22 00 f902 0000 0001 04 00 0000 e00000fb')), { ok: false, error: 'bad-type' });
  t.same(parseIgmp(bytes('16 01 0904 e00000fb')), { ok: false, error: 'bad-checksum' });
});
