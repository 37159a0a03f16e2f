import t, { type Test } from 'tap';
import { bytes, type TestWorld, world } from '../../cli/testing/index.ts';
import { ms } from '../../runtime/core/index.ts';
import type { TftpServer } from '../../runtime/world/index.ts';

const address = (net: TestWorld, name: string) => {
  const found = net.address(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

/** A message to each service that answers, and what a good answer has in it. */
const TCP = [
  ['echo.test', 7, 'hello', 'hello'],
  ['http.test', 80, 'GET /chunked HTTP/1.1\r\nHost: a\r\n\r\n', 'second chunk'],
  ['mqtt.test', 1883, '\x10\x0d\0\x04MQTT\x04\x02\0\0\0\x01a', '\x20\x02\0\0'],
  [
    'ws.test',
    80,
    'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  ],
  ['smtp.test', 25, 'NOOP\r\n', '250 2.0.0'],
] as const;

const UDP = [
  ['echo.test', 7, 'hello', 'hello'],
  ['ntp.test', 123, `\x1b${'\0'.repeat(39)}ABCDEFGH`, 'ABCDEFGH'],
  ['coap.test', 5683, '\x44\x01\0\x01TOKN\xb5hello', 'TOKN'],
  ['tftp.test', 69, '\0\x01file\0octet\0', 'content'],
] as const;

const filled = (): TestWorld => {
  const net = world({ patience: '10s' });
  (net.service('tftp.test') as TftpServer).files.set('file', bytes('content'));
  return net;
};

for (const [name, port, send, good] of TCP)
  t.test(`${name} over TCP: refused, broken, late and wrong`, async (t: Test) => {
    const net = filled();
    const host = net.host();
    const to = address(net, name);
    const ask = (): string => {
      const connection = host.tcp(to, port);
      connection.send(send);
      net.run('1s');
      return connection.ended && connection.received === '' ? connection.why() : connection.received;
    };
    t.match(ask(), good);
    net.serviceFaults(name, { refuse: true });
    t.throws(() => ask(), /reset by the other side/, 'nobody is there');
    net.serviceFaults(name, { dropAfter: 0 });
    // A handshake is no message yet.
    if (name !== 'ws.test') t.notMatch(ask(), good, 'the first message breaks the connection');
    net.serviceFaults(name, { wrong: true });
    t.notMatch(ask(), good);
    net.serviceFaults(name, { delay: ms(2500) });
    t.equal(ask(), '', 'not yet');
    const connection = host.tcp(to, port);
    connection.send(send);
    connection.expect(good, '6s');
    net.serviceFaults(name);
    t.match(ask(), good, 'all is well again');
  });

for (const [name, port, send, good] of UDP)
  t.test(`${name} over UDP: silent, giving up, late and wrong`, async (t: Test) => {
    const net = filled();
    const to = address(net, name);
    let from = 6000;
    const ask = (within: string): string => {
      const socket = net.host().udp(++from);
      // A CoAP server answers a message id that it knows from memory.
      socket.send(
        send.replace('\x44\x01\0\x01', () => `\x44\x01\0${String.fromCharCode(from & 0xff)}`),
        to,
        port,
      );
      net.run(within);
      return socket.received[0]?.text ?? '';
    };
    t.match(ask('500ms'), good);
    net.serviceFaults(name, { refuse: true });
    t.equal(ask('3s'), '');
    net.serviceFaults(name, { dropAfter: 1 });
    t.match(ask('500ms'), good, 'the first is answered');
    t.equal(ask('500ms'), '', 'the second is not');
    net.serviceFaults(name, { wrong: true });
    t.notMatch(ask('500ms'), good);
    net.serviceFaults(name, { delay: ms(700) });
    t.equal(ask('600ms'), '');
    t.match(ask('1s'), good);
  });

t.test("each protocol's own refusal", async (t) => {
  const net = filled();
  const said = (name: string, port: number, send: string): string => {
    const connection = net.host().tcp(address(net, name), port);
    connection.send(send);
    net.run('1s');
    return connection.received;
  };
  net.serviceFaults('http.test', { refuse: 503 });
  t.match(said('http.test', 80, TCP[1][2]), /^HTTP\/1.1 503 Service Unavailable/);
  net.serviceFaults('mqtt.test', { refuse: 3 });
  t.equal(said('mqtt.test', 1883, TCP[2][2]), '\x20\x02\0\x03');
  net.serviceFaults('ws.test', { refuse: 503 });
  t.match(said('ws.test', 80, TCP[3][2]), /^HTTP\/1.1 503/);
  net.serviceFaults('smtp.test', { refuse: 421 });
  t.match(said('smtp.test', 25, ''), /^421 /);
  net.serviceFaults('tftp.test', { refuse: 2 });
  net.serviceFaults('coap.test', { refuse: 163 });
  const socket = net.host().udp(7000);
  socket.send(UDP[3][2], address(net, 'tftp.test'), 69);
  t.ok(socket.expect('refused').text.startsWith('\0\x05\0\x02'));
  socket.send(UDP[2][2], address(net, 'coap.test'), 5683);
  t.equal(socket.expect('TOKN').text.charCodeAt(1), 163);
});

t.test('a name that is no service is told', async (t) => {
  t.throws(() => world().service('nope.test'), /no service is called 'nope.test'; there are http.test, /);
});
