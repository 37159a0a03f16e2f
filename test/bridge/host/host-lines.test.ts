/** The real side of the door: sockets of this computer, on the loopback only. */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { HostLines } from '../../../bridge/host/index.ts';
import type { Address, Arrival, Order } from '../../../bridge/index.ts';

/** What lines tell, to be waited for. */
class Ears {
  readonly lines: HostLines;
  readonly #heard: { readonly line: number; readonly arrival: Arrival }[] = [];
  readonly accepted: { readonly line: number; readonly from: Address }[] = [];
  #next = 100;

  constructor() {
    this.lines = new HostLines({
      arrive: (line, arrival) => this.#heard.push({ line, arrival }),
      accept: (_, from, take) => {
        const line = this.#next++;
        this.accepted.push({ line, from });
        take(line);
      },
    });
  }

  order(line: number, ...orders: readonly Order[]): void {
    for (const order of orders) this.lines.order(line, order);
  }

  /** The next arrival on a line, taken out. */
  async next(line: number): Promise<Arrival> {
    for (let i = 0; i < 2000; i++) {
      const at = this.#heard.findIndex((h) => h.line === line);
      if (at >= 0) return (this.#heard.splice(at, 1)[0] as { arrival: Arrival }).arrival;
      await setTimeout(2);
    }
    throw new Error(`nothing on line ${line}`);
  }

  async acceptedLine(): Promise<number> {
    while (this.accepted.length === 0) await setTimeout(2);
    return this.accepted.shift()?.line as number;
  }
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const text = (arrival: Arrival): string => (arrival.is === 'data' ? Buffer.from(arrival.data).toString() : arrival.is);

/** Closed in whatever way. */
function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.on('close', () => resolve());
  });
}

async function listening(
  onSocket: (socket: Socket) => void,
): Promise<{ server: Server; to: { host: string; port: number } }> {
  const server = createServer({ allowHalfOpen: true }, onSocket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, to: { host: '127.0.0.1', port: (server.address() as { port: number }).port } };
}

t.test('a connection: bytes wait until they are asked for, ends are halves', async (t) => {
  const got: string[] = [];
  const { server, to } = await listening((socket) => {
    socket.write('welcome');
    socket.on('data', (data) => got.push(data.toString()));
    socket.on('end', () => socket.end('goodbye'));
  });
  t.teardown(() => server.close());
  const ears = new Ears();
  ears.order(1, { do: 'connect', to });
  t.same(await ears.next(1), { is: 'open' });
  await setTimeout(20);
  ears.order(1, { do: 'resume' });
  const welcome = await ears.next(1);
  t.equal(text(welcome), 'welcome');
  t.notOk(welcome.is === 'data' && Buffer.isBuffer(welcome.data), 'plain bytes');
  ears.order(1, { do: 'send', data: bytes('hello') }, { do: 'end' });
  t.equal(text(await ears.next(1)), 'goodbye');
  t.same([await ears.next(1), await ears.next(1)], [{ is: 'end' }, { is: 'closed' }]);
  t.same([got, ears.lines.size], [['hello'], 0]);
});

t.test('nobody there, and a peer that breaks off, have the codes of the operating system', async (t) => {
  const { server, to } = await listening((socket) => socket.on('data', () => socket.resetAndDestroy()));
  const ears = new Ears();
  ears.order(1, { do: 'connect', to });
  await ears.next(1);
  ears.order(1, { do: 'resume' }, { do: 'send', data: bytes('x') });
  t.same(await ears.next(1), { is: 'closed', error: 'ECONNRESET' });
  server.close();
  await once(server, 'close');
  ears.order(2, { do: 'connect', to });
  t.same(await ears.next(2), { is: 'closed', error: 'ECONNREFUSED' });
  ears.order(3, { do: 'connect', to: { path: '/nowhere/x' } });
  t.same(await ears.next(3), { is: 'closed', error: 'ENOENT' });
});

t.test('a line broken off in the middle of its FIN lets go of its socket', async (t) => {
  let ended: Promise<unknown> | undefined;
  const { server, to } = await listening((socket) => {
    ended = closed(socket.resume().on('end', () => socket.end()));
  });
  const ears = new Ears();
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  for (const [line, orders] of [[], [{ do: 'send', data: bytes('last words') } as const]].entries()) {
    ears.order(line, { do: 'connect', to });
    await ears.next(line);
    while (ended === undefined) await setTimeout(2);
    ears.order(line, ...orders, { do: 'end' }, { do: 'reset' });
    await ended;
    ended = undefined;
  }
  server.close();
  await once(server, 'close');
  t.same([sockets(), ears.lines.size], [before, 0]);
});

t.test('a peer that does not read is told by the lack of room', async (t) => {
  let peer: Socket | undefined;
  const { server, to } = await listening((socket) => {
    peer = socket.pause();
  });
  t.teardown(() => server.close());
  const ears = new Ears();
  ears.order(1, { do: 'connect', to });
  await ears.next(1);
  const piece = new Uint8Array(64 * 1024);
  ears.order(1, { do: 'send', data: piece });
  t.same(await ears.next(1), { is: 'room' });
  for (let i = 0; i < 200; i++) ears.order(1, { do: 'send', data: piece });
  await setTimeout(50);
  const read = ears.next(1);
  t.equal(await Promise.race([read, setTimeout(50, 'nothing')]), 'nothing');
  peer?.resume();
  t.same(await read, { is: 'room' });
  ears.order(1, { do: 'reset' });
  t.equal(ears.lines.size, 0);
  peer?.destroy();
});

/** Short: a path of a UNIX socket has 107 characters at most. */
function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcubox-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 's');
}

t.test('a listener hands over its streams, over TCP and UNIX sockets, and closes with everything else', async (t) => {
  const ears = new Ears();
  const path = socketPath(t);
  ears.order(1, { do: 'listen', at: { host: '127.0.0.1', port: 0 } });
  ears.order(2, { do: 'listen', at: { path } });
  const open = await ears.next(1);
  t.same(await ears.next(2), { is: 'open', at: { path } });
  if (open.is !== 'open' || open.at === undefined || 'path' in open.at) throw new Error('no address');
  for (const to of [open.at, { path }]) {
    const client = createConnection(to);
    client.write('hi');
    const line = await ears.acceptedLine();
    ears.order(line, { do: 'resume' });
    t.equal(text(await ears.next(line)), 'hi');
    ears.order(line, { do: 'send', data: bytes('ho') });
    t.equal(String((await once(client, 'data'))[0]), 'ho');
    ears.order(line, { do: 'reset' });
    await closed(client);
  }
  const ears2 = new Ears();
  ears2.order(1, { do: 'listen', at: open.at });
  t.same(await ears2.next(1), { is: 'closed', error: 'EADDRINUSE' });
  ears.lines.close();
  await setTimeout(10);
  ears2.order(2, { do: 'listen', at: open.at });
  t.match(await ears2.next(2), { is: 'open' });
  ears2.lines.close();
});

t.test('a UNIX socket that a dead program left behind is no obstacle, one that is in use is', async (t) => {
  const path = socketPath(t);
  const dead = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', dead]);
  t.ok(existsSync(path));
  const ears = new Ears();
  ears.order(1, { do: 'listen', at: { path } });
  t.match(await ears.next(1), { is: 'open' });
  ears.order(2, { do: 'listen', at: { path } });
  t.same(await ears.next(2), { is: 'closed', error: 'EADDRINUSE' });
  ears.lines.close();
});

t.test('datagrams: bound, connected, refused', async (t) => {
  const ears = new Ears();
  ears.order(1, { do: 'udp', at: { host: '127.0.0.1', port: 0 } });
  const open = await ears.next(1);
  if (open.is !== 'open' || open.at === undefined) throw new Error('not bound');
  ears.order(2, { do: 'udp', to: open.at }, { do: 'send', data: bytes('early') });
  const early = await ears.next(1);
  t.equal(text(early), 'early');
  await ears.next(2);
  if (early.is === 'data' && early.from !== undefined)
    ears.order(1, { do: 'send', data: bytes('back'), to: early.from });
  t.equal(text(await ears.next(2)), 'back');
  ears.order(1, { do: 'reset' });
  await setTimeout(20);
  ears.order(2, { do: 'send', data: bytes('anybody') });
  t.same(await ears.next(2), { is: 'refused' });
  ears.order(3, { do: 'udp', at: { host: '192.0.2.1', port: 0 } });
  t.same(await ears.next(3), { is: 'closed', error: 'EADDRNOTAVAIL' });
  ears.lines.close();
});

t.test('a question to a name server has one answer', async (t) => {
  const server = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('message', (data, from) => server.send(`re:${data}`, from.port, from.address));
  const ears = new Ears();
  ears.order(1, {
    do: 'ask',
    name: 'q.example',
    server: { host: '127.0.0.1', port: server.address().port },
    data: bytes('q'),
  });
  t.equal(text(await ears.next(1)), 're:q');
  t.same(await ears.next(1), { is: 'closed' });
  const port = server.address().port;
  server.close();
  await setTimeout(10);
  ears.order(2, { do: 'ask', name: 'q.example', server: { host: '127.0.0.1', port }, data: bytes('q') });
  t.same(await ears.next(2), { is: 'closed', error: 'ECONNREFUSED' });
  t.equal(ears.lines.size, 0);
});

t.test('names, addresses of this computer, pings', async (t) => {
  const ears = new Ears();
  ears.order(1, { do: 'lookup', name: 'localhost' });
  t.match(await ears.next(1), { is: 'found', addresses: ['127.0.0.1'] });
  ears.order(2, { do: 'lookup', name: 'nobody.invalid' });
  t.match(await ears.next(2), { is: 'closed', error: /ENOTFOUND|EAI_AGAIN/ });
  ears.order(3, { do: 'interfaces' });
  t.match(await ears.next(3), { is: 'found' });
  ears.order(4, { do: 'ping', host: '127.0.0.1' });
  const ping = await ears.next(4);
  t.ok(ping.is === 'found' || ping.is === 'closed', JSON.stringify(ping));
});
