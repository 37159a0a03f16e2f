import t from 'tap';
import { fromLatin1, ms, seconds } from '../../runtime/core/index.ts';
import { ERR } from '../../runtime/stack/index.ts';
import type { HostStream } from '../../runtime/world/host-stream.ts';
import { at, notes, twoHosts } from '../helpers/wired.ts';

t.test('two hosts talk and part, each direction on its own', async (t) => {
  const { world, a, b } = twoHosts();
  const log: string[] = [];
  let server: HostStream | undefined;
  b.listen(80, (stream) => {
    server = stream;
    stream.handler = notes(log, 'server');
  });
  const client = a.connect('b.test', 80, notes(log, 'client'));
  t.equal(client.write(fromLatin1('hello')), false, 'waits for the connection');
  world.runFor(ms(10));
  client.end();
  world.runFor(ms(10));
  server?.write(fromLatin1('bye'));
  server?.end();
  world.runFor(ms(10));
  t.same(log, [
    'client open',
    'client drain',
    'server data hello',
    'server end',
    'server close undefined',
    'client data bye',
    'client end',
    'client close undefined',
  ]);
  t.match(server, { localPort: 80, remoteAddr: at(20), remotePort: client.localPort, bytesRead: 5, bytesWritten: 3 });
  t.equal(client.write(fromLatin1('x')), false, 'nothing more after the end');
});

t.test('any amount may be written; drain tells when it has gone to TCP', async (t) => {
  const { world, a, b } = twoHosts();
  const size = 3_000_000;
  let received = 0;
  let sum = 0;
  b.listen(80, (stream) => {
    stream.handler = {
      onData: (bytes) => {
        received += bytes.length;
        for (const byte of bytes) sum = (sum + byte) >>> 0;
      },
    };
  });
  const log: string[] = [];
  const client = a.connect(at(21), 80, { onDrain: () => log.push('drain'), onClose: (e) => log.push(`close ${e}`) });
  const data = new Uint8Array(size).map((_, i) => i % 251);
  client.write(data);
  client.end();
  world.runFor(seconds(60));
  t.equal(received, size);
  t.equal(
    sum,
    data.reduce((n, byte) => n + byte, 0),
  );
  t.same(log, ['drain', 'close undefined'], 'a server that ignores the end answers it by itself');
});

t.test('a paused reader stops the sender, resume lets it go on', async (t) => {
  const { world, a, b } = twoHosts();
  let received = 0;
  let server: HostStream | undefined;
  b.listen(80, (stream) => {
    server = stream;
    stream.handler = {
      onData: (bytes) => {
        received += bytes.length;
        if (received === bytes.length) stream.pause();
      },
    };
  });
  const client = a.connect(at(21), 80, {});
  client.write(new Uint8Array(1_000_000));
  world.runFor(seconds(30));
  const held = received;
  t.ok(held > 0 && held < 2000, `${held} bytes before the pause`);
  server?.resume();
  world.runFor(seconds(60));
  t.equal(received, 1_000_000);
});

t.test('what arrives before there is a handler waits for it', async (t) => {
  const { world, a, b } = twoHosts();
  let server: HostStream | undefined;
  b.listen(80, (stream) => {
    server = stream;
  });
  const client = a.connect(at(21), 80, {});
  client.write(fromLatin1('early'));
  client.end();
  world.runFor(seconds(1));
  const log: string[] = [];
  if (server !== undefined) server.handler = notes(log, 'server');
  t.same(log, [], 'not from inside the assignment');
  world.runFor(seconds(1));
  t.same(log, ['server data early', 'server end']);
});

t.test('a refused, a reset and an aborted connection close with their numbers', async (t) => {
  const { world, a, b } = twoHosts();
  const log: string[] = [];
  a.connect(at(21), 81, notes(log, 'refused'));
  world.runFor(ms(10));
  b.listen(80, (stream) => {
    stream.handler = { onData: () => stream.destroy(), onClose: (e) => log.push(`server close ${e}`) };
  });
  const client = a.connect(at(21), 80, notes(log, 'client'));
  world.runFor(ms(10));
  client.write(fromLatin1('x'));
  world.runFor(ms(10));
  client.destroy();
  a.connect(at(99), 80, notes(log, 'nobody'));
  world.runFor(seconds(30));
  t.same(log, [
    `refused close ${ERR.RST}`,
    'client open',
    `server close ${ERR.ABRT}`,
    `client close ${ERR.RST}`,
    `nobody close ${ERR.ABRT}`,
  ]);
});
