import t from 'tap';
import { concat } from '../../runtime/core/index.ts';
import { describeTls } from '../../runtime/wire/describe-tls.ts';
import {
  emitTlsClientHello,
  emitTlsMessage,
  emitTlsRecord,
  emitTlsServerHello,
  emitTlsServerName,
  TLS_1_2,
} from '../../runtime/wire/index.ts';
import { bytes } from '../helpers/bytes.ts';

const EMPTY = new Uint8Array(0);
const record = (type: number, payload: Uint8Array): Uint8Array => emitTlsRecord({ type, version: TLS_1_2, payload });
const common = { version: TLS_1_2, random: new Uint8Array(32), sessionId: EMPTY };

t.test('hellos tell what they want and what they get', async (t) => {
  const extensions = [{ type: 0, data: emitTlsServerName('tls.test') }];
  const hello = emitTlsClientHello({ ...common, suites: [0xc02c], compressions: Uint8Array.of(0), extensions });
  const sent = record(22, emitTlsMessage({ type: 1, body: hello }));
  t.equal(describeTls(sent), 'TLS 1.2 ClientHello SNI tls.test');
  t.equal(describeTls(sent.subarray(0, 40)), undefined, 'not a whole record');
  const answer = emitTlsServerHello({ ...common, suite: 0xc02c, compression: 0, extensions: [] });
  const flight = concat(emitTlsMessage({ type: 2, body: answer }), emitTlsMessage({ type: 14, body: EMPTY }));
  t.equal(
    describeTls(concat(record(22, flight), sent.subarray(0, 9))),
    'TLS 1.2 ServerHello suite 0xc02c, ServerHelloDone, ...',
  );
});

t.test('what is encrypted is counted', async (t) => {
  const rows: readonly (readonly [Uint8Array, string])[] = [
    [record(23, new Uint8Array(30)), 'TLS 1.2 Data (30)'],
    [record(21, bytes('0230')), 'TLS 1.2 Alert fatal unknown_ca'],
    [record(21, bytes('0163')), 'TLS 1.2 Alert warning 99'],
    [record(21, new Uint8Array(26)), 'TLS 1.2 Encrypted Alert (26)'],
    [
      concat(record(20, bytes('01')), record(22, new Uint8Array(40))),
      'TLS 1.2 ChangeCipherSpec, Encrypted Handshake (40)',
    ],
    [record(22, new Uint8Array(40)), 'TLS 1.2 Encrypted Handshake (40)'],
    [record(22, bytes('00000000')), 'TLS 1.2 HelloRequest'],
    [record(22, bytes('0b ffffff 00')), 'TLS 1.2 Encrypted Handshake (5)'],
    [record(22, bytes('0b 000400 00')), 'TLS 1.2 Certificate ...'],
  ];
  for (const [input, text] of rows) t.equal(describeTls(input), text);
  t.equal(describeTls(bytes('474554202f')), undefined);
});
