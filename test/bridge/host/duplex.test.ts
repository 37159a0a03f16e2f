import { once } from 'node:events';
import * as http from 'node:http';
import t from 'tap';
import { runWithNode, StreamDuplex } from '../../../bridge/host/index.ts';
import { formatIpv4, fromLatin1, type HostStream, ipv4, seconds, toLatin1, World } from '../../../runtime/index.ts';

function twoHosts() {
  const world = new World();
  return {
    world,
    a: world.addHost('a.test', ipv4(192, 168, 1, 20)),
    b: world.addHost('b.test', ipv4(192, 168, 1, 21)),
  };
}

t.test("Node's own http.Server answers inside the virtual network", async (t) => {
  const { world, a, b } = twoHosts();
  const server = http.createServer((request, response) => {
    response.setHeader('X-Peer', request.socket.remoteAddress ?? '');
    response.end(`you asked for ${request.url}`);
  });
  b.listen(80, (stream) => server.emit('connection', new StreamDuplex(stream)));
  let reply = '';
  const stream = a.connect('b.test', 80, {
    onData: (bytes) => {
      reply += toLatin1(bytes);
    },
  });
  stream.write(fromLatin1('GET /page HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n'));
  t.ok(await runWithNode(world, () => reply.endsWith('/page'), seconds(5)));
  t.match(reply, /^HTTP\/1.1 200 OK\r\n/);
  t.match(reply, new RegExp(`X-Peer: ${formatIpv4(a.addr)}\r\n`));
});

t.test("Node's http client talks to Node's http server, both virtual, also with a large body", async (t) => {
  const { world, a, b } = twoHosts();
  const size = 1_000_000;
  const server = http.createServer((request, response) => request.pipe(response));
  b.listen(80, (stream) => server.emit('connection', new StreamDuplex(stream)));
  const request = http.request({
    method: 'POST',
    host: 'b.test',
    headers: { 'content-length': size },
    createConnection: () => new StreamDuplex(a.connect('b.test', 80, {}), { connecting: true }) as never,
  });
  request.end(Buffer.alloc(size, 7));
  let received = 0;
  let ended = false;
  request.on('response', (response) => {
    response.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    response.on('end', () => {
      ended = true;
    });
  });
  t.ok(await runWithNode(world, () => ended, seconds(60)));
  t.equal(received, size);
});

t.test('a reader that does not read stops the sender', async (t) => {
  const { world, a, b } = twoHosts();
  let duplex: StreamDuplex | undefined;
  b.listen(80, (stream) => {
    duplex = new StreamDuplex(stream);
  });
  const stream = a.connect('b.test', 80, {});
  stream.write(new Uint8Array(1_000_000));
  await runWithNode(world, () => false, seconds(3));
  t.ok((duplex?.readableLength ?? 0) < 200_000, `${duplex?.readableLength} bytes waiting`);
  let received = 0;
  duplex?.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  t.ok(await runWithNode(world, () => received === 1_000_000, seconds(60)));
});

t.test('an ended connection closes on both sides', async (t) => {
  const { world, a, b } = twoHosts();
  const log: string[] = [];
  b.listen(80, (stream) => {
    const duplex = new StreamDuplex(stream);
    duplex.on('end', () => duplex.end('bye'));
    duplex.on('close', () => log.push('server close'));
    duplex.resume();
  });
  const client = new StreamDuplex(a.connect('b.test', 80, {}), { connecting: true });
  t.equal(client.connecting, true);
  client.on('connect', () => log.push('connect'));
  client.on('data', (data) => log.push(String(data)));
  client.on('close', () => log.push('client close'));
  client.end('hello');
  await runWithNode(world, () => log.includes('client close') && log.includes('server close'), seconds(5));
  t.same(log.sort(), ['bye', 'client close', 'connect', 'server close']);
});

t.test('a reset is an error with the code Node gives it, a destroy is a reset for the peer', async (t) => {
  const { world, a, b } = twoHosts();
  let server: HostStream | undefined;
  let serverError: number | undefined;
  b.listen(80, (stream) => {
    server = stream;
    stream.handler = {
      onClose: (error) => {
        serverError = error;
      },
    };
  });
  const client = new StreamDuplex(a.connect('b.test', 80, {}));
  await runWithNode(world, () => server !== undefined, seconds(1));
  server?.destroy();
  const failed = once(client, 'error');
  await runWithNode(world, () => client.destroyed, seconds(1));
  t.match(await failed, [{ code: 'ECONNRESET' }]);
  const second = new StreamDuplex(a.connect('b.test', 80, {}));
  await runWithNode(world, () => !second.connecting && server?.remotePort === second.localPort, seconds(1));
  second.destroy();
  await runWithNode(world, () => false, seconds(1));
  t.equal(serverError, -9);
});
