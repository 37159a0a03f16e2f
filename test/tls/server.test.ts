import t from 'tap';
import { fromLatin1, Rng } from '../../runtime/core/index.ts';
import { TlsServer } from '../../runtime/tls/index.ts';
import {
  emitTlsClientHello,
  emitTlsMessage,
  emitTlsRecord,
  emitTlsServerName,
  TLS_1_2,
  TLS_EXTENSION,
  type TlsClientHello,
} from '../../runtime/wire/index.ts';
import { identityFor } from '../../runtime/world/tls-identity.ts';
import { TlsPair } from '../helpers/tls-pair.ts';

const HELLO: TlsClientHello = {
  version: TLS_1_2,
  random: new Uint8Array(32),
  sessionId: new Uint8Array(0),
  suites: [0x1301, 0xc02b],
  compressions: Uint8Array.of(0),
  extensions: [
    { type: TLS_EXTENSION.SERVER_NAME, data: emitTlsServerName('tls.test') },
    { type: TLS_EXTENSION.SUPPORTED_GROUPS, data: Uint8Array.of(0, 4, 0, 29, 0, 23) },
    { type: TLS_EXTENSION.SIGNATURE_ALGORITHMS, data: Uint8Array.of(0, 4, 8, 4, 4, 3) },
  ],
};

/** What a server says to one hello, and how it goes on. */
function greet(
  hello: Partial<TlsClientHello>,
  inPieces = false,
): { sent: number[]; told: string[]; server: TlsServer } {
  const sent: number[] = [];
  const told: string[] = [];
  const server = new TlsServer(
    { rng: new Rng(1), transmit: (bytes) => sent.push(...bytes) },
    identityFor(['tls.test']),
    { onFail: (reason) => told.push(reason) },
  );
  const message = emitTlsMessage({ type: 1, body: emitTlsClientHello({ ...HELLO, ...hello }) });
  const size = inPieces ? 20 : message.length;
  for (let at = 0; at < message.length; at += size)
    server.receive(emitTlsRecord({ type: 22, version: 0x0301, payload: message.subarray(at, at + size) }));
  return { sent, told, server };
}

t.test('a client of today finds TLS 1.2, also when its hello comes in pieces', async (t) => {
  for (const pieces of [false, true]) {
    const { sent, told, server } = greet({}, pieces);
    t.same(told, []);
    t.same(sent.slice(0, 6), [22, 3, 3, 0, sent[4], 2], 'a ServerHello');
    t.equal(server.serverName, 'tls.test');
    t.equal(server.suite?.id, 0xc02b);
  }
});

t.test('who has nothing in common with it is told why', async (t) => {
  const alert = (description: number): number[] => [21, 3, 3, 0, 2, 2, description];
  const rows: readonly (readonly [Partial<TlsClientHello>, string, number])[] = [
    [{ version: 0x0302 }, 'TLS 1.2 is too new for the client', 70],
    [{ suites: [0x002f] }, 'no suite in common', 40],
    [{ extensions: [] }, 'no suite in common', 40],
    [{ extensions: HELLO.extensions.slice(2) }, '', 0],
  ];
  for (const [hello, reason, description] of rows) {
    const { sent, told } = greet(hello);
    t.same(told, reason === '' ? [] : [reason]);
    if (reason !== '') t.same(sent, alert(description));
  }
});

t.test('fragments are as short as the client wants them', async (t) => {
  const { sent } = greet({ extensions: [...HELLO.extensions, { type: 1, data: Uint8Array.of(1) }] });
  for (let at = 0; at < sent.length; ) {
    const length = ((sent[at + 3] ?? 0) << 8) + (sent[at + 4] ?? 0);
    t.ok(length <= 512);
    at += 5 + length;
  }
});

t.test('a second handshake is declined, plain text and broken records end the session', async (t) => {
  const pair = new TlsPair();
  pair.shakeHands();
  pair.server.receive(fromLatin1('GET / HTTP/1.1\r\n\r\n'));
  t.same(pair.told, ['open', 'fail no TLS record']);
  const other = new TlsPair();
  other.shakeHands();
  other.server.receive(emitTlsRecord({ type: 23, version: TLS_1_2, payload: new Uint8Array(40) }));
  t.same(other.told, ['open', 'fail bad record MAC']);
});
