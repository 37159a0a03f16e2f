import fc from 'fast-check';
import t from 'tap';
import { concat, EMPTY, fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { WebsocketClient, type WebsocketOwner } from '../../runtime/proto/websocket-client.ts';
import { emitWsFrame, parseWsFrame, WS_OPCODE, websocketAccept, wsFrameLength } from '../../runtime/wire/index.ts';
import { WebsocketEcho } from '../../runtime/world/websocket-echo.ts';
import { type Accepted, ProtoBench } from '../helpers/proto-bench.ts';

const URL = 'ws://192.168.1.10:8000/chat';
const PORT = 8000;

/** A client and a server that only shakes hands; the rest is up to the test. */
class Scene implements WebsocketOwner {
  readonly bench = new ProtoBench();
  readonly told: string[] = [];
  readonly client = new WebsocketClient(this.bench.env, this);
  onConnected: (() => void) | undefined;
  /** What follows the handshake of the server at once. */
  extra: Uint8Array = EMPTY;
  /** Instead of it. */
  answer: ((key: string) => string) | undefined = (key) =>
    `HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: ${websocketAccept(key)}\r\n\r\n`;
  #request = '';

  connect(url = URL): this {
    this.bench.listen(PORT, (connection, data) => this.#onData(connection, data));
    this.client.connect(url);
    this.run(100);
    return this;
  }

  run(milliseconds: number): void {
    this.bench.run(milliseconds);
  }

  say(bytes: Uint8Array): void {
    this.bench.last.stream.write(bytes);
    this.run(50);
  }

  frame(text: string, opcode: number = WS_OPCODE.TEXT): void {
    this.say(emitWsFrame({ fin: true, opcode, payload: fromLatin1(text) }));
  }

  get request(): string {
    return this.#request;
  }

  /** Frames of the client so far. */
  frames(): string[] {
    const all: string[] = [];
    let rest = fromLatin1(this.bench.last.text.slice(this.#request.length));
    for (let frame = parseWsFrame(rest); frame.ok; frame = parseWsFrame(rest)) {
      const { opcode, payload, mask } = frame.value;
      all.push(`${opcode} ${toLatin1(payload)}${mask === undefined ? ' bare' : ''}`);
      rest = rest.subarray(wsFrameLength(frame.value));
    }
    return all;
  }

  connected(): void {
    this.told.push('connected');
    this.onConnected?.();
  }
  received(payload: Uint8Array, opcode: number): void {
    this.told.push(`${opcode} ${toLatin1(payload)}`);
  }
  closed(code: number): void {
    this.told.push(`closed ${code}`);
  }

  #onData({ stream, text }: Accepted, _data: Uint8Array): void {
    if (this.#request !== '' || !text.endsWith('\r\n\r\n')) return;
    this.#request = text;
    const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(text)?.[1] ?? '';
    if (this.answer !== undefined) stream.write(concat(fromLatin1(this.answer(key)), this.extra));
  }
}

t.test('it talks with a real server', async (t) => {
  const scene = new Scene();
  const server = new WebsocketEcho(scene.bench.wired.clock);
  scene.bench.peer.listen(9000, (stream) => server.accept(stream));
  scene.client.connect('ws://peer.test:9000/');
  scene.run(200);
  scene.client.send(fromLatin1('hello'), 1);
  scene.run(200);
  scene.client.close();
  scene.run(200);
  t.same(scene.told, ['connected', '1 hello', 'closed -99']);
});

t.test('own headers replace the defaults, but not those of the handshake', async (t) => {
  const scene = new Scene();
  scene.client.headers = [
    ['UPGRADE', 'no'],
    ['user-agent', 'me'],
    ['X-A', '1'],
    ['x-a', '2'],
  ];
  scene.connect();
  t.match(
    scene.request,
    /^GET \/chat HTTP\/1\.1\r\nHost: 192\.168\.1\.10:8000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: [\w+/]{22}==\r\nSec-WebSocket-Version: 13\r\nuser-agent: me\r\nX-A: 1\r\nSec-WebSocket-Protocol: chat\r\n\r\n$/,
  );
});

t.test('frames behind the handshake belong to the conversation', async (t) => {
  const scene = new Scene();
  scene.extra = emitWsFrame({ fin: true, opcode: 1, payload: fromLatin1('early') });
  t.same(scene.connect().told, ['connected', '1 early']);
});

t.test('a handshake that is refused, or not proved, is the end', async (t) => {
  for (const [answer, code] of [
    ['HTTP/1.1 200 OK\r\n\r\n', -17],
    ['HTTP/1.1 101 Sure\r\nSec-WebSocket-Accept: x\r\n\r\n', -7],
    ['HTT', -17],
  ] as const) {
    const scene = new Scene();
    scene.answer = () => answer;
    t.same(scene.connect().told, [`closed ${code}`]);
    t.ok(scene.client.over);
  }
});

t.test('an address that is none, a name that is unknown, a port that is closed', async (t) => {
  const scene = new Scene();
  scene.client.connect('http://x/');
  scene.client.connect('ws://nowhere.test/');
  scene.run(10_000);
  scene.client.connect('ws://192.168.1.10:81/');
  scene.run(1000);
  t.same(scene.told, ['closed -1', 'closed -5', 'closed -109']);
});

t.test('a server that says nothing is given up after ten seconds', async (t) => {
  const scene = new Scene();
  scene.answer = undefined;
  scene.connect().run(9890);
  t.same(scene.told, []);
  scene.run(20);
  t.same(scene.told, ['closed -18']);
  scene.say(fromLatin1('HTTP/1.1 101'));
  t.equal(scene.told.length, 1, 'nobody listens any more');
});

t.test('a message that comes before the acknowledgement of the last is lost', async (t) => {
  const scene = new Scene();
  scene.onConnected = () => {
    scene.client.send(fromLatin1('one'), 1);
    scene.client.send(fromLatin1('two'), 1);
  };
  scene.connect();
  scene.run(500);
  scene.client.send(fromLatin1('x'.repeat(65_537)), 0x10f);
  scene.run(100);
  t.same(scene.frames(), ['1 one', '15 x'], 'length and opcode are cut to their fields');
});

t.test('pings are answered, pongs are not', async (t) => {
  const scene = new Scene().connect();
  scene.frame('abc', WS_OPCODE.PING);
  scene.frame('x', WS_OPCODE.PONG);
  t.same(scene.frames(), ['10 abc']);
  t.same(scene.told, ['connected']);
});

t.test('an idle connection is probed every 30 s and given up without an answer', async (t) => {
  const scene = new Scene().connect();
  scene.run(30_000);
  t.same(scene.frames(), ['9 ']);
  scene.frame('', WS_OPCODE.PONG);
  scene.run(60_000);
  t.same(scene.frames(), ['9 ', '9 ', '9 ']);
  scene.run(29_000);
  t.same(scene.told, ['connected']);
  scene.run(1500);
  t.same(scene.told, ['connected', 'closed -19']);
});

t.test('a close of the server is answered, and the acknowledgement ends it', async (t) => {
  const scene = new Scene().connect();
  scene.frame('\x03\xe8bye', WS_OPCODE.CLOSE);
  scene.client.send(fromLatin1('late'), 1);
  scene.run(300);
  t.same(scene.frames(), ['8 \x03\xe8bye']);
  t.same(scene.told, ['connected', 'closed -6']);
});

t.test('our close waits five seconds for the server', async (t) => {
  const scene = new Scene().connect();
  scene.client.close();
  scene.run(4900);
  t.same(scene.told, ['connected']);
  scene.run(200);
  t.same(scene.told, ['connected', 'closed -99']);
  scene.client.close();
  t.equal(scene.told.length, 2, 'nothing more to close');
});

t.test('data that comes meanwhile makes it wait thirty seconds', async (t) => {
  const scene = new Scene().connect();
  scene.client.close();
  scene.run(1000);
  scene.frame('still talking');
  scene.run(29_000);
  t.same(scene.told, ['connected', '1 still talking']);
  scene.run(1500);
  t.equal(scene.told.at(-1), 'closed -99');
});

t.test('closing before there is a connection', async (t) => {
  const scene = new Scene();
  scene.client.connect('ws://peer.test:8000/');
  scene.client.close();
  t.same(scene.told, ['closed -99'], 'during the lookup');
  scene.run(1000);
  const silent = new Scene();
  silent.client.connect('ws://192.168.1.77/');
  silent.client.close();
  silent.run(4900);
  t.same(silent.told, []);
  silent.run(200);
  t.same(silent.told, ['closed -99'], 'during the SYN');
});

t.test('a client can be used again', async (t) => {
  const scene = new Scene().connect();
  t.notOk(scene.client.idle);
  t.ok(scene.client.connected);
  scene.bench.last.stream.destroy();
  scene.run(50);
  t.same(scene.told, ['connected', 'closed -109']);
  t.ok(scene.client.idle);
  scene.client.connect('ws://192.168.1.10:81/');
  scene.run(100);
  t.equal(scene.told.at(-1), 'closed -109');
});

t.test('an abandoned client tells nothing', async (t) => {
  const scene = new Scene().connect();
  scene.client.abandon();
  scene.frame('x');
  scene.run(100_000);
  t.same(scene.told, ['connected']);
});

t.test('what would be a memory fault is one', async (t) => {
  const close = new Scene().connect();
  close.frame('x', WS_OPCODE.CLOSE);
  t.match(close.bench.crashes, [/half a status/]);
  const parts = new Scene().connect();
  for (const [fin, opcode] of [
    [false, 1],
    [false, 0],
    [true, 0],
  ] as const)
    parts.say(emitWsFrame({ fin, opcode, payload: fromLatin1('x') }));
  t.match(parts.bench.crashes, [/more than two fragments/]);
  t.equal(parts.told.at(-1), '1 xx');
});

t.test('an end without a beginning ends the connection', async (t) => {
  const scene = new Scene().connect();
  scene.frame('x', WS_OPCODE.CONTINUATION);
  scene.run(100);
  t.same(scene.told, ['connected', 'closed -15']);
});

t.test('whatever a server sends is survived', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 6 }), fc.boolean(), (pieces, shaken) => {
      const scene = new Scene();
      if (!shaken) scene.answer = () => '';
      scene.connect();
      for (const piece of pieces) scene.say(piece);
      scene.run(200_000);
    }),
    { seed: 1, numRuns: 150 },
  );
});
