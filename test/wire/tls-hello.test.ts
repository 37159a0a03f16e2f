import fc from 'fast-check';
import t from 'tap';
import { EMPTY } from '../../runtime/core/index.ts';
import {
  emitTlsClientHello,
  emitTlsServerHello,
  emitTlsServerName,
  parseTlsClientHello,
  parseTlsServerHello,
  TLS_EXTENSION,
  type TlsClientHello,
  type TlsServerHello,
  tlsNewestVersion,
  tlsNumbers,
  tlsServerName,
} from '../../runtime/wire/tls-hello.ts';
import { arbBytes, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const arbExtensions = fc.array(record({ type: arbU16, data: arbBytes(20) }), { maxLength: 4 });
const arbClient: fc.Arbitrary<TlsClientHello> = record({
  version: arbU16,
  random: arbBytes(32, 32),
  sessionId: arbBytes(32),
  suites: fc.array(arbU16, { maxLength: 9 }),
  compressions: arbBytes(3),
  extensions: arbExtensions,
});
const arbServer: fc.Arbitrary<TlsServerHello> = record({
  version: arbU16,
  random: arbBytes(32, 32),
  sessionId: arbBytes(32),
  suite: arbU16,
  compression: fc.integer({ min: 0, max: 255 }),
  extensions: arbExtensions,
});

const SHORTEST = 2 + 32 + 1;
codecLaws(
  t,
  { parse: parseTlsClientHello, emit: emitTlsClientHello, reasons: ['malformed'], shortest: SHORTEST + 3 },
  arbClient,
  [],
);
codecLaws(
  t,
  { parse: parseTlsServerHello, emit: emitTlsServerHello, reasons: ['malformed'], shortest: SHORTEST + 3 },
  arbServer,
  [],
);

const hello = (type: number, data: Uint8Array): TlsClientHello => ({
  version: 0x0303,
  random: new Uint8Array(32),
  sessionId: EMPTY,
  suites: [],
  compressions: EMPTY,
  extensions: [{ type, data }],
});

t.test('the name of the server that is wanted', async (t) => {
  const data = emitTlsServerName('tls.test');
  t.same(data, bytes('000b 00 0008 746c732e74657374'));
  t.equal(tlsServerName(hello(TLS_EXTENSION.SERVER_NAME, data)), 'tls.test');
  t.equal(tlsServerName(hello(TLS_EXTENSION.SERVER_NAME, data.subarray(0, 9))), undefined);
  t.equal(tlsServerName(hello(TLS_EXTENSION.ALPN, data)), undefined);
});

t.test('numbers and versions in extensions', async (t) => {
  const groups = hello(TLS_EXTENSION.SUPPORTED_GROUPS, bytes('0004 001d 0017'));
  t.same(tlsNumbers(groups, TLS_EXTENSION.SUPPORTED_GROUPS), [29, 23]);
  t.same(tlsNumbers(groups, TLS_EXTENSION.SIGNATURE_ALGORITHMS), []);
  t.equal(tlsNewestVersion(groups), 0x0303);
  t.equal(tlsNewestVersion(hello(TLS_EXTENSION.SUPPORTED_VERSIONS, bytes('06 7a7a 0304 0303'))), 0x0304);
});
