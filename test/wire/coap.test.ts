import fc from 'fast-check';
import t from 'tap';
import { EMPTY, fromLatin1 } from '../../runtime/core/index.ts';
import {
  COAP_CODE,
  COAP_HLEN,
  COAP_OPTION,
  type Coap,
  emitCoap,
  formatCoapCode,
  parseCoap,
} from '../../runtime/wire/coap.ts';
import { arbByte, arbBytes, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const arbOption = record({ number: fc.integer({ min: 0, max: 2000 }), value: arbBytes(300) });

const arbCoap: fc.Arbitrary<Coap> = record({
  type: fc.constantFrom('CON' as const, 'NON' as const, 'ACK' as const, 'RST' as const),
  code: arbByte,
  id: arbU16,
  token: arbBytes(8),
  options: fc.array(arbOption, { maxLength: 5 }).map((list) => list.sort((a, b) => a.number - b.number)),
  payload: arbBytes(200),
});

const path = (text: string) => ({ number: COAP_OPTION.URI_PATH, value: fromLatin1(text) });
const GET: Coap = { type: 'CON', code: COAP_CODE.GET, id: 0x1234, token: EMPTY, options: [], payload: EMPTY };

codecLaws(
  t,
  {
    parse: (b) => parseCoap(b),
    emit: emitCoap,
    reasons: ['truncated', 'bad-version', 'bad-token-length', 'bad-option', 'no-payload'],
    shortest: COAP_HLEN,
  },
  arbCoap,
  [
    {
      what: 'a request for a variable',
      bytes: bytes('40 01 1234 b2 7631 01 76 04 74656d70'),
      value: { ...GET, options: [path('v1'), path('v'), path('temp')] },
    },
    {
      what: 'an answer with a token',
      bytes: bytes('62 45 1235 0102 c2 0032 ff 70726f6265'),
      value: {
        type: 'ACK',
        code: COAP_CODE.CONTENT,
        id: 0x1235,
        token: bytes('0102'),
        options: [{ number: COAP_OPTION.CONTENT_FORMAT, value: bytes('0032') }],
        payload: fromLatin1('probe'),
      },
    },
    {
      what: 'an option with a large number and a long value',
      bytes: bytes(`50 02 0001 ed 0001 00 ${'78'.repeat(13)}`),
      value: { ...GET, type: 'NON', code: 2, id: 1, options: [{ number: 270, value: fromLatin1('x'.repeat(13)) }] },
    },
  ],
);

t.test('messages against the rules have names', async (t) => {
  const reason = (text: string) => parseCoap(bytes(text));
  t.same(reason('80 01 0001'), { ok: false, error: 'bad-version' });
  t.same(reason('49 01 0001 000000000000000000'), { ok: false, error: 'bad-token-length' });
  t.same(reason('40 01 0001 f0'), { ok: false, error: 'bad-option' }, 'delta 15');
  t.same(reason('40 01 0001 0f'), { ok: false, error: 'bad-option' }, 'length 15');
  t.same(reason('40 01 0001 ff'), { ok: false, error: 'no-payload' });
  t.same(reason('40 01 0001 b2 76'), { ok: false, error: 'truncated' });
});

t.test('a receiver may have rules of its own', async (t) => {
  t.same(parseCoap(bytes('40 01 1234 ff'), { emptyPayload: true }), { ok: true, value: GET });
  const two = parseCoap(bytes('40 01 1234 b1 61 01 62 ff 63'), { maxOptions: 1 });
  t.same(two, { ok: true, value: { ...GET, options: [path('a')] } }, 'the rest is not seen');
  const one = parseCoap(bytes('40 01 1234 b1 61 ff 63'), { maxOptions: 1 });
  t.match(one, { value: { payload: fromLatin1('c') } });
});

t.test('codes are written as in the standard', async (t) => {
  t.same([1, 4, 0, 0x45, 0x84, 0xa1].map(formatCoapCode), ['GET', 'DELETE', '0.00', '2.05', '4.04', '5.01']);
});

t.test('options out of order are a mistake of ours', async (t) => {
  t.throws(() => emitCoap({ ...GET, options: [path('a'), { number: 3, value: EMPTY }] }), /out of order/);
  t.throws(() => emitCoap({ ...GET, token: new Uint8Array(9) }), /token of 9 bytes/);
});
