import fc from 'fast-check';
import t from 'tap';
import {
  emitTlsCertificateRequest,
  emitTlsCertificates,
  emitTlsClientKey,
  emitTlsMessage,
  emitTlsServerKeyExchange,
  emitTlsSessionTicket,
  emitTlsSigned,
  parseTlsCertificateRequest,
  parseTlsCertificates,
  parseTlsClientKey,
  parseTlsMessage,
  parseTlsServerKeyExchange,
  parseTlsSessionTicket,
  parseTlsSigned,
  type TlsMessage,
  type TlsServerKeyExchange,
  tlsAnnouncedLength,
  tlsMessageLength,
} from '../../runtime/wire/tls-handshake.ts';
import { arbByte, arbBytes, arbU16, arbU32, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const arbMessage: fc.Arbitrary<TlsMessage> = record({ type: arbByte, body: arbBytes(300) });
const messages = {
  parse: parseTlsMessage,
  emit: emitTlsMessage,
  length: tlsMessageLength,
  reasons: ['truncated'],
  shortest: 4,
} as const;
codecLaws(t, messages, arbMessage, [
  { what: 'ServerHelloDone', bytes: bytes('0e 000000'), value: { type: 14, body: new Uint8Array(0) } },
]);

const malformed = { reasons: ['malformed'] } as const;
codecLaws(
  t,
  { parse: parseTlsCertificates, emit: emitTlsCertificates, ...malformed, shortest: 3 },
  fc.array(arbBytes(60), { maxLength: 4 }) as fc.Arbitrary<readonly Uint8Array[]>,
  [],
);

const signed = { algorithm: arbU16, signature: arbBytes(72) };
for (const [kind, params] of [
  ['ecdhe', { kind: fc.constant('ecdhe' as const), group: arbU16, point: arbBytes(97) }],
  ['dhe', { kind: fc.constant('dhe' as const), p: arbBytes(64), g: arbBytes(4), y: arbBytes(64) }],
] as const) {
  const arb = record({
    params: record(params as Record<string, fc.Arbitrary<unknown>>),
    ...signed,
  }) as unknown as fc.Arbitrary<TlsServerKeyExchange>;
  const parse = (body: Uint8Array) => parseTlsServerKeyExchange(body, kind);
  codecLaws(t, { parse, emit: emitTlsServerKeyExchange, ...malformed, shortest: 8 }, arb, []);
  codecLaws(
    t,
    {
      parse: (body: Uint8Array) => parseTlsClientKey(body, kind),
      emit: (key: Uint8Array) => emitTlsClientKey(key, kind),
      ...malformed,
      shortest: 1,
    },
    arbBytes(97),
    [],
  );
}

codecLaws(
  t,
  { parse: parseTlsCertificateRequest, emit: emitTlsCertificateRequest, ...malformed, shortest: 5 },
  record({
    types: arbBytes(4),
    algorithms: fc.array(arbU16, { maxLength: 8 }),
    authorities: fc.array(arbBytes(40), { maxLength: 3 }),
  }),
  [],
);
codecLaws(t, { parse: parseTlsSigned, emit: emitTlsSigned, ...malformed, shortest: 4 }, record(signed), []);
codecLaws(
  t,
  { parse: parseTlsSessionTicket, emit: emitTlsSessionTicket, ...malformed, shortest: 6 },
  record({ lifetimeS: arbU32, ticket: arbBytes(200) }),
  [],
);

t.test('a message announces its length with its first four bytes', async (t) => {
  t.equal(tlsAnnouncedLength(bytes('01 000102')), 4 + 0x102);
  t.equal(tlsAnnouncedLength(bytes('01 0001')), undefined);
});
