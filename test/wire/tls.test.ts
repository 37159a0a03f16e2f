import fc from 'fast-check';
import t from 'tap';
import { emitTlsRecord, parseTlsRecord, TLS_1_2, type TlsRecord, tlsRecordLength } from '../../runtime/wire/tls.ts';
import { arbBytes, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const arbRecord: fc.Arbitrary<TlsRecord> = record({
  type: fc.integer({ min: 20, max: 23 }),
  version: fc.integer({ min: 0x0300, max: 0x0304 }),
  payload: arbBytes(600),
});

codecLaws(
  t,
  {
    parse: parseTlsRecord,
    emit: emitTlsRecord,
    length: tlsRecordLength,
    reasons: ['truncated', 'not-tls'],
    shortest: 5,
  },
  arbRecord,
  [
    {
      what: 'a fatal alert',
      bytes: bytes('15 0303 0002 02 28'),
      value: { type: 21, version: TLS_1_2, payload: bytes('0228') },
    },
  ],
);
