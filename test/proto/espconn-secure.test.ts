/** TLS connections without Lua: http, MQTT and WebSocket engines use them as they use plain ones. */
import t from 'tap';
import { fromLatin1, Rng, toLatin1 } from '../../runtime/core/index.ts';
import { connectionFor, type ProtoEnv } from '../../runtime/proto/env.ts';
import { ESPCONN } from '../../runtime/proto/espconn.ts';
import { EspconnSecure } from '../../runtime/proto/espconn-secure.ts';
import { HttpClient } from '../../runtime/proto/http-client.ts';
import { SecureSettings } from '../../runtime/proto/secure-settings.ts';
import { identityFor } from '../../runtime/world/tls-identity.ts';
import { TlsStream } from '../../runtime/world/tls-stream.ts';
import { PEER, ProtoBench } from '../helpers/proto-bench.ts';

const PORT = 443;

/** A device with TLS and a server that answers every piece with `answer`. */
class Scene {
  readonly bench = new ProtoBench();
  readonly notes: string[] = [];
  readonly env: ProtoEnv;
  readonly got: string[] = [];
  readonly streams: TlsStream[] = [];
  free = 40_000;

  constructor(answer?: string) {
    const { env } = this.bench;
    const secure = new EspconnSecure({
      ...env,
      settings: new SecureSettings(),
      freeHeap: () => this.free,
      note: (text) => this.notes.push(text),
      secret: () => {},
    });
    this.env = { ...env, secure };
    const rng = new Rng(1);
    this.bench.peer.listen(PORT, (plain) => {
      const stream = new TlsStream(plain, rng, identityFor(['peer.test']));
      this.streams.push(stream);
      stream.handler = {
        onData: (bytes) => {
          this.got.push(toLatin1(bytes));
          if (answer === undefined) return;
          stream.write(fromLatin1(answer));
          stream.end();
        },
      };
    });
  }

  /** A connection that writes down what it is told. */
  connect(): { readonly told: string[]; readonly conn: ReturnType<typeof connectionFor>; readonly code: number } {
    const told: string[] = [];
    const conn = connectionFor(this.env, true);
    conn.handlers = {
      connected: () => told.push('connected'),
      received: (data) => told.push(`got ${data.length}`),
      sent: () => told.push('sent'),
      disconnected: () => told.push('disconnected'),
      failed: (code) => told.push(`failed ${code}`),
    };
    return { told, conn, code: conn.connect(PEER, PORT) };
  }
}

t.test('one buffer at a time, in records of 1460 bytes', async (t) => {
  const scene = new Scene();
  const { told, conn, code } = scene.connect();
  t.equal(code, ESPCONN.OK);
  t.equal(conn.send(fromLatin1('early')), ESPCONN.INPROGRESS, 'before the handshake is over');
  scene.bench.run(500);
  t.equal(conn.send(new Uint8Array(3000)), ESPCONN.OK);
  t.equal(conn.send(fromLatin1('late')), ESPCONN.INPROGRESS);
  // The end of a full record does not fit into its segment, and Nagle lets it wait for the peer's late ACK.
  scene.bench.run(1500);
  t.same(told, ['connected', 'sent']);
  t.same(
    scene.got.map(({ length }) => length),
    [1460, 1460, 80],
  );
});

t.test('ends: ours, theirs, and that of a connection which is over', async (t) => {
  const scene = new Scene('bye');
  const ours = scene.connect();
  scene.bench.run(500);
  t.equal(ours.conn.disconnect(), ESPCONN.OK);
  t.equal(ours.conn.disconnect(), ESPCONN.INPROGRESS);
  scene.bench.run(500);
  t.same(ours.told, ['connected', 'disconnected']);
  t.equal(ours.conn.disconnect(), ESPCONN.ARG);
  t.equal(ours.conn.send(fromLatin1('x')), ESPCONN.ARG);
  const theirs = scene.connect();
  scene.bench.run(500);
  theirs.conn.send(fromLatin1('hello'));
  scene.bench.run(500);
  t.same(theirs.told, ['connected', 'sent', 'got 3', 'disconnected']);
  t.same(scene.notes, []);
});

t.test('resources: sockets, heap, addresses', async (t) => {
  const scene = new Scene();
  t.same(
    [1, 2, 3, 4].map(() => scene.connect().code),
    [0, 0, 0, ESPCONN.MEM],
  );
  t.equal(scene.env.espconn.secureLinks, 3);
  scene.bench.run(500);
  const poor = new Scene();
  poor.free = 18_432;
  t.equal(poor.connect().code, ESPCONN.MEM);
  poor.bench.stack.netifs[0]?.setAddr(0 as typeof PEER, 0 as typeof PEER, 0 as typeof PEER);
  poor.free = 18_433;
  t.equal(poor.connect().code, ESPCONN.RTE);
});

t.test('a server that is no TLS server', async (t) => {
  const scene = new Scene();
  scene.bench.listen(80, ({ stream }) => stream.write(fromLatin1('HTTP/1.1 400 Bad Request\r\n\r\n')));
  const conn = connectionFor(scene.env, true);
  const told: string[] = [];
  conn.handlers = { failed: (code) => told.push(`failed ${code}`) };
  conn.connect(PEER, 80);
  scene.bench.run(500);
  t.same(told, ['failed -114'], '0x7200 in eight bits');
  t.match(scene.notes[0], 'no TLS');
});

t.test('https is http with another connection, and leaves its port out of Host', async (t) => {
  const scene = new Scene('HTTP/1.1 200 OK\r\n\r\nhello');
  const told: string[] = [];
  const client = new HttpClient(scene.env, {
    finished: (status, body) => told.push(`${status} ${toLatin1(body)}`),
    report: (line) => told.push(line),
  });
  client.request('https://peer.test/x', { method: 'GET', headers: undefined, body: undefined });
  scene.bench.run(1000);
  t.same(told, ['200 hello']);
  t.match(scene.got[0], /^GET \/x HTTP\/1\.1\r\nHost: peer\.test\r\n/);
});
