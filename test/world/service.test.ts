import t, { type Test } from 'tap';
import { bytes, type TestWorld, world } from '../../cli/testing/index.ts';
import { ms, seconds, toLatin1 } from '../../runtime/core/index.ts';
import type { Mail, SmtpSink, SyslogSink, TftpServer } from '../../runtime/world/index.ts';

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

t.test('a mail is kept as it came', async (t) => {
  const net = world();
  const sink = net.service('smtp.test') as SmtpSink;
  const seen: Mail[] = [];
  sink.onMail = (mail) => seen.push(mail);
  const c = net.host().tcp(address(net, 'smtp.test'), 25);
  c.expect('220 ');
  const ask = (line: string, answer: string): string => {
    c.send(`${line}\r\n`);
    return c.expect(answer);
  };
  ask('MAIL FROM:<a@b>', '503');
  ask('EHLO esp', '250 AUTH PLAIN LOGIN');
  ask('RCPT TO:<x@y>', '503');
  ask('MAIL FROM:<a@b> SIZE=10', '250');
  ask('DATA', '503');
  ask('RCPT TO:<x@y>', '250');
  ask('RCPT TO:nobody', '501');
  ask('RCPT TO:<z@y>', '250');
  ask('DATA', '354');
  c.send('Subject: hi\r\n\r\n..dot\r\nlast\r\n');
  ask('.', '250');
  ask('WHAT', '502');
  ask('QUIT', '221');
  c.expectEnd();
  t.same(seen, [{ from: 'a@b', to: ['x@y', 'z@y'], data: 'Subject: hi\r\n\r\n.dot\r\nlast\r\n', user: undefined }]);
  t.equal(sink.mails.length, 1);
});

t.test('a mail server with users wants to know who it is', async (t) => {
  const net = world();
  const sink = net.service('smtp.test') as SmtpSink;
  sink.users.set('esp', 'secret');
  const c = net.host().tcp(address(net, 'smtp.test'), 25);
  const ask = (line: string, answer: string): string => {
    c.send(`${line}\r\n`);
    return c.expect(answer);
  };
  const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
  ask('HELO esp', '250');
  ask('MAIL FROM:<a@b>', '530');
  ask(`AUTH PLAIN ${base64('\0esp\0wrong')}`, '535');
  ask('AUTH LOGIN', `334 ${base64('Username:')}`);
  ask(base64('esp'), `334 ${base64('Password:')}`);
  ask(base64('secret'), '235');
  ask('AUTH CRAM-MD5', '504');
  ask('AUTH PLAIN', '334');
  ask('!!', '501');
  ask('MAIL FROM:<>', '250');
});

t.test('syslog messages of both forms are taken apart', async (t) => {
  const net = world();
  const socket = net.host().udp(5000);
  for (const text of [
    '<34>Oct 11 22:14:15 esp su: failed\n',
    '<165>1 2003-10-11T22:14:15Z esp app - - hello',
    'no priority',
    '<999>x',
  ])
    socket.send(text, address(net, 'syslog.test'), 514);
  net.run('1s');
  const { messages } = net.service('syslog.test') as SyslogSink;
  t.same(
    messages.map(({ facility, severity, text }) => [facility, severity, text]),
    [
      [4, 2, 'Oct 11 22:14:15 esp su: failed'],
      [20, 5, '1 2003-10-11T22:14:15Z esp app - - hello'],
      [1, 5, 'no priority'],
      [1, 5, '<999>x'],
    ],
  );
});

t.test('TFTP: files of several blocks are read and written, lost packets come again', async (t) => {
  const net = world();
  const server = net.service('tftp.test') as TftpServer;
  const content = 'x'.repeat(512) + 'y'.repeat(512);
  server.files.set('two-blocks', bytes(content));
  const to = address(net, 'tftp.test');
  const client = net.host().udp(5001);
  client.send('\0\x01two-blocks\0octet\0', to, 69);
  let [got, block] = ['', 1];
  for (; ; block++) {
    const { text, port } = client.expect(`\0\x03\0${String.fromCharCode(block)}`);
    // The acknowledgement of the first block gets lost once.
    if (block === 1) client.expect('\0\x03\0\x01', '2s');
    got += text.slice(4);
    client.send(`\0\x04\0${String.fromCharCode(block)}`, to, port);
    if (text.length < 516) break;
  }
  t.equal(got, content);
  t.equal(block, 3, 'an empty block ends a file of whole blocks');
  net.run('1s');
  t.equal(server.transfers, 0);

  const writer = net.host().udp(5002);
  writer.send('\0\x02new\0octet\0', to, 69);
  const { port } = writer.expect('\0\x04\0\0');
  writer.send(`\0\x03\0\x01${'a'.repeat(512)}`, to, port);
  writer.expect('\0\x04\0\x01');
  writer.send('\0\x03\0\x02bc', to, port);
  writer.expect('\0\x04\0\x02');
  t.equal(toLatin1(server.files.get('new') ?? new Uint8Array()), `${'a'.repeat(512)}bc`);
  writer.send('\0\x01missing\0octet\0', to, 69);
  t.ok(writer.expect('not found').text.startsWith('\0\x05\0\x01'));
  writer.send('\0\x09', to, 69);
  t.ok(writer.expect('illegal').text.startsWith('\0\x05\0\x04'));
  const silent = net.host().udp(5003);
  silent.send('\0\x01two-blocks\0octet\0', to, 69);
  net.world.runFor(seconds(10));
  t.equal(silent.received.length, 6, 'six times, then it gives up');
  t.equal(server.transfers, 0);
});
