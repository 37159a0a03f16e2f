import fc from 'fast-check';
import t from 'tap';
import { concat, EMPTY, fromLatin1, seconds, toLatin1 } from '../../runtime/core/index.ts';
import {
  emitWsFrame,
  parseWsFrame,
  WS_OPCODE,
  type WsFrame,
  websocketAccept,
  wsFrameLength,
} from '../../runtime/wire/index.ts';
import { WebsocketEcho } from '../../runtime/world/websocket-echo.ts';
import { at, Wired } from '../helpers/wired.ts';

const MASK = Uint8Array.of(1, 2, 3, 4);
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const HANDSHAKE = `GET /x HTTP/1.1\r\nHost: ws.test\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Protocol: chat, other\r\n\r\n`;

function setting() {
  const world = new Wired();
  const server = new WebsocketEcho(world.clock);
  world.host('ws.test', at(15)).listen(80, (stream) => server.accept(stream));
  const client = world.host('a.test', at(20));
  let got: Uint8Array = EMPTY;
  let state = 'open';
  const stream = client.connect('ws.test', 80, {
    onData: (bytes) => {
      got = concat(got, bytes);
    },
    onEnd: () => {
      state = 'ended';
    },
    onClose: (error) => {
      state = `closed ${error}`;
    },
  });
  /** What the server says to it. */
  const say = (bytes: Uint8Array | string): Uint8Array => {
    got = EMPTY;
    stream.write(typeof bytes === 'string' ? fromLatin1(bytes) : bytes);
    world.runFor(seconds(1));
    return got;
  };
  const frame = (opcode: number, text: string, fin = true): Uint8Array =>
    emitWsFrame({ fin, opcode, mask: MASK, payload: fromLatin1(text) });
  return { world, server, say, frame, state: () => state };
}

function frames(bytes: Uint8Array): string[] {
  const frame = parseWsFrame(bytes);
  if (!frame.ok) return [];
  const { fin, opcode, payload } = frame.value;
  return [`${fin ? '' : '+'}${opcode} ${toLatin1(payload)}`, ...frames(bytes.subarray(wsFrameLength(frame.value)))];
}

t.test('a handshake is proved, and the first subprotocol taken', async (t) => {
  const answer = toLatin1(setting().say(HANDSHAKE));
  t.match(answer, /^HTTP\/1\.1 101 /);
  t.ok(answer.includes(`\r\nSec-WebSocket-Accept: ${websocketAccept(KEY)}\r\n`));
  t.ok(answer.endsWith('\r\nSec-WebSocket-Protocol: chat\r\n\r\n'));
});

t.test('anything else is told to upgrade', async (t) => {
  for (const request of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', HANDSHAKE.replace('GET', 'POST'), 'nonsense\r\n\r\n']) {
    const { say, state } = setting();
    t.match(toLatin1(say(request)), /^HTTP\/1\.1 426 Upgrade Required\r\n/);
    t.equal(state(), 'ended');
  }
});

t.test('frames come back as they are, pings as pongs', async (t) => {
  const { server, say, frame } = setting();
  const seen: WsFrame[] = [];
  server.onFrame = (f) => seen.push(f);
  say(HANDSHAKE);
  t.same(frames(say(frame(WS_OPCODE.TEXT, 'hello'))), ['1 hello']);
  const parts = concat(frame(WS_OPCODE.BINARY, 'a', false), frame(WS_OPCODE.CONTINUATION, 'b'));
  t.same(frames(say(parts)), ['+2 a', '0 b']);
  t.same(frames(say(concat(frame(WS_OPCODE.PING, 'p'), frame(WS_OPCODE.PONG, 'q')))), ['10 p']);
  t.equal(seen.length, 3);
  const long = frame(WS_OPCODE.TEXT, 'x'.repeat(70_000));
  t.same(frames(concat(say(long.subarray(0, 1000)), say(long.subarray(1000)))), [`1 ${'x'.repeat(70_000)}`]);
});

t.test('a close frame is answered and ends the connection', async (t) => {
  const { say, frame, state } = setting();
  say(HANDSHAKE);
  t.same(frames(say(frame(WS_OPCODE.CLOSE, '\x03\xe8bye'))), ['8 \x03\xe8bye']);
  t.equal(state(), 'ended');
  t.same(say(frame(WS_OPCODE.TEXT, 'late')), EMPTY);
});

t.test('who breaks the rules is sent away', async (t) => {
  const { say, state } = setting();
  say(HANDSHAKE);
  t.same(frames(say(emitWsFrame({ fin: true, opcode: 1, payload: EMPTY }))), ['8 \x03\xea'], 'unmasked');
  t.equal(state(), 'ended');
});

t.test('it can refuse, lie, ignore pings and break connections', async (t) => {
  const refusing = setting();
  refusing.server.faults.refuse = 503;
  t.match(toLatin1(refusing.say(HANDSHAKE)), /^HTTP\/1\.1 503 Service Unavailable\r\n/);
  const lying = setting();
  lying.server.faults.wrong = true;
  t.match(toLatin1(lying.say(HANDSHAKE)), /Accept: nonsense\r\n/);
  const { server, say, frame, state } = setting();
  server.faults.noPong = true;
  server.faults.dropAfter = 1;
  say(HANDSHAKE);
  t.same(say(frame(WS_OPCODE.PING, '')), EMPTY);
  t.same(frames(say(frame(WS_OPCODE.TEXT, 'one'))), ['1 one']);
  t.same(say(frame(WS_OPCODE.TEXT, 'two')), EMPTY);
  t.match(state(), /^closed/);
});

t.test('a client that never finishes its handshake is sent away', async (t) => {
  const { world, say, state } = setting();
  say('GET / HTTP/1.1\r\n');
  world.runFor(seconds(30));
  t.match(state(), /^closed/);
});

t.test('garbage never gets out of the machine', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
      const { say } = setting();
      say(HANDSHAKE);
      for (const piece of pieces) say(piece);
    }),
    { seed: 1, numRuns: 100 },
  );
});
