/** 100,000 damaged packets for every engine that speaks TCP: nothing gets out, nothing hangs, nothing piles up. */
import t, { type Test } from 'tap';
import { concat, fromLatin1, Rng } from '../../runtime/core/index.ts';
import { HttpClient } from '../../runtime/proto/http-client.ts';
import { MqttClient } from '../../runtime/proto/mqtt-client.ts';
import { publishMessage, subscribeMessage } from '../../runtime/proto/mqtt-message.ts';
import { type PortalDesk, PortalHttp } from '../../runtime/proto/portal-http.ts';
import { WebsocketClient } from '../../runtime/proto/websocket-client.ts';
import { emitMqtt, emitWsFrame, WS_OPCODE, websocketAccept } from '../../runtime/wire/index.ts';
import { damaged, FUZZ_PACKETS, MOST_GROWTH, steady } from '../helpers/fuzz.ts';
import { ProtoBench, US } from '../helpers/proto-bench.ts';

/** Packets that leave in one write: a client sees the next when it has survived the last. */
const AT_ONCE = 50;

/** Damaged packets at a server's end, once `welcome` is said; `again` makes the client connect anew. */
function feed(t: Test, bench: ProtoBench, again: () => void, samples: readonly Uint8Array[]): void {
  const rng = new Rng(1, t.name);
  let connections = 0;
  const growth = steady(FUZZ_PACKETS / AT_ONCE, (n) => {
    const before = bench.accepted.at(-1);
    if (before === undefined || before.ended || before.error !== undefined || n % 20 === 0) {
      before?.stream.destroy();
      bench.run(500);
      bench.accepted.length = 0;
      again();
      bench.run(200);
      connections++;
    }
    const packets = Array.from({ length: AT_ONCE }, () => damaged(rng, samples));
    bench.accepted.at(-1)?.stream.write(concat(...packets));
    bench.run(200);
  });
  t.ok(growth < MOST_GROWTH, `${(growth / 1024).toFixed(0)} KB more after ${FUZZ_PACKETS} packets`);
  t.ok(connections >= FUZZ_PACKETS / AT_ONCE / 20, `${connections} connections`);
  t.comment([...new Set(bench.crashes)].join('; ') || 'no memory fault of the original');
}

t.test('the MQTT client', async (t) => {
  const rng = new Rng(1);
  const bench = new ProtoBench();
  const welcome = emitMqtt({ type: 'connack', sessionPresent: false, returnCode: 0 });
  bench.listen(1883, ({ stream }, data) => {
    if ((data[0] ?? 0) >> 4 === 1 && rng.chance(0.9)) stream.write(welcome);
  });
  const config = {
    ...{ clientId: 'dev', keepAliveS: 10, username: undefined, password: undefined, cleanSession: true },
    ...{ maxMessage: 100, will: undefined },
  };
  const owner = { connected: () => {}, failed: () => {}, ended: () => {}, message: () => {}, acknowledged: () => {} };
  let client = new MqttClient(bench.env, config, owner);
  const again = (): void => {
    client.close();
    client = new MqttClient(bench.env, config, owner);
    client.connect('192.168.1.10', 1883);
    bench.run(100);
    if (!client.isConnected) return;
    const id = client.nextId();
    const qos = rng.below(3);
    if (rng.chance(0.5)) client.request('publish', publishMessage('t', fromLatin1('x'), qos, false, id), id, qos);
    else client.request('subscribe', subscribeMessage(id, [{ filter: 'a/#', qos }]), id);
  };
  feed(t, bench, again, [
    welcome,
    ...[0, 1, 2].map((qos) =>
      emitMqtt({ type: 'publish', dup: false, qos, retain: false, topic: 'a/b', id: 7, payload: fromLatin1('hello') }),
    ),
    ...(['puback', 'pubrec', 'pubrel', 'pubcomp', 'unsuback'] as const).map((type) => emitMqtt({ type, id: 1 })),
    emitMqtt({ type: 'suback', id: 1, codes: [0] }),
    emitMqtt({ type: 'pingresp' }),
  ]);
});

t.test('the HTTP client', async (t) => {
  const bench = new ProtoBench();
  bench.listen(80);
  const client = new HttpClient(bench.env, { finished: () => {}, report: () => {} });
  const again = (): void =>
    client.request('http://192.168.1.10/x', { method: 'GET', headers: undefined, body: undefined });
  feed(
    t,
    bench,
    again,
    [
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      'HTTP/1.1 302 Found\r\nLocation: /other\r\n\r\n',
      'HTTP/1.0 404 Not Found\r\n\r\n',
      'header: value\r\n',
    ].map(fromLatin1),
  );
});

t.test('the WebSocket client', async (t) => {
  const rng = new Rng(3);
  const bench = new ProtoBench();
  bench.listen(8000, ({ stream }, data) => {
    const key = /Sec-WebSocket-Key: (.*)\r/.exec(String.fromCharCode(...data))?.[1];
    if (key === undefined || rng.chance(0.1)) return;
    stream.write(fromLatin1(`HTTP/1.1 101 X\r\nSec-WebSocket-Accept: ${websocketAccept(key)}\r\n\r\n`));
  });
  const owner = { connected: () => {}, received: () => {}, closed: () => {} };
  let client = new WebsocketClient(bench.env, owner);
  const again = (): void => {
    client.abandon();
    client = new WebsocketClient(bench.env, owner);
    client.connect('ws://192.168.1.10:8000/');
  };
  const frame = (opcode: number, text: string, fin = true): Uint8Array =>
    emitWsFrame({ fin, opcode, payload: fromLatin1(text) });
  feed(t, bench, again, [
    frame(WS_OPCODE.TEXT, 'hello'),
    frame(WS_OPCODE.TEXT, 'a', false),
    frame(WS_OPCODE.CONTINUATION, 'b'),
    frame(WS_OPCODE.BINARY, 'x'.repeat(300)),
    frame(WS_OPCODE.PING, 'p'),
    frame(WS_OPCODE.PONG, ''),
    frame(WS_OPCODE.CLOSE, '\x03\xe8'),
  ]);
});

t.test('the web server of the setup portal', async (t) => {
  const rng = new Rng(4);
  const bench = new ProtoBench();
  const desk: PortalDesk = {
    ...{ page: () => new Uint8Array(5000), status: () => 'status', statusJson: () => 'json', takesForms: true },
    ...{ takeCredentials: () => true, saveForm: () => {}, connecting: () => false, failed: () => {} },
    scan: (done) => {
      done([]);
      return rng.chance(0.9);
    },
  };
  const server = new PortalHttp(desk);
  t.ok(server.start(bench.stack));
  const samples = [
    'GET / HTTP/1.1\r\n\r\n',
    'GET /aplist HTTP/1.1\r\n\r\n',
    'GET /status.json HTTP/1.1\r\n\r\n',
    'OPTIONS /aplist HTTP/1.1\r\n\r\n',
    'POST /setwifi HTTP/1.1\r\nContent-Length: 11\r\n\r\nwifi_ssid=a',
    'POST /setwifi HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nwifi_ssid=a\r\n0\r\n\r\n',
  ].map(fromLatin1);
  const growth = steady(FUZZ_PACKETS / AT_ONCE, () => {
    for (let n = 0; n < 5; n++) {
      const packets = Array.from({ length: AT_ONCE / 5 }, () => damaged(rng, samples));
      const stream = bench.peer.connect(US, 80, {});
      for (const packet of packets) stream.write(packet);
      if (rng.chance(0.5)) stream.end();
    }
    bench.run(20_000);
  });
  t.ok(growth < MOST_GROWTH, `${(growth / 1024).toFixed(0)} KB more`);
});
