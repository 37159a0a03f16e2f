/** Who gets the bridge of the playground, and what goes over it: the page's side is played by the test. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection, createServer as createTcp, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { WebSocket } from 'ws';
import {
  type BridgeSpec,
  emitMessage,
  type FromDoor,
  type Order,
  parseToDoor,
  REPLACED,
  type ToDoor,
} from '../../bridge/index.ts';
import { PlayBridge, tryOut } from '../../cli/play-bridge.ts';
import { PATIENCE_MS, until } from '../helpers/programs.ts';

const USER: BridgeSpec = { gateway: { restrict: false, allow: [] }, forwards: [], ports: [], dhcp: true };
const MEGABYTE = 1 << 20;

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

async function listening<T extends Server | ReturnType<typeof createTcp>>(t: Test, server: T): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return server;
}

/** A play server that has nothing but the bridge. */
async function bridged(t: Test, spec: BridgeSpec): Promise<{ readonly bridge: PlayBridge; readonly port: number }> {
  const server = await listening(t, createServer());
  const bridge = new PlayBridge((await tryOut(spec)).spec);
  bridge.attach(server);
  t.teardown(() => bridge.close());
  return { bridge, port: portOf(server) };
}

/** A page that has come in. */
class Page {
  readonly got: ToDoor[] = [];
  readonly socket: WebSocket;
  closed: number | undefined;
  /** Tells the other side that its bytes have arrived. */
  takes = true;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      const message = parseToDoor(new Uint8Array(data));
      this.got.push(message);
      if (this.takes && 'in' in message && message.in.is === 'data')
        this.say({ line: message.line, took: message.in.data.length });
    });
    socket.on('close', (code) => {
      this.closed = code;
    });
    socket.on('error', () => {});
  }

  static async come(t: Test, bridge: PlayBridge, port: number): Promise<Page> {
    const url = `ws://127.0.0.1:${port}/bridge?token=${bridge.token}`;
    const socket = new WebSocket(url, { origin: `http://127.0.0.1:${port}` });
    t.teardown(() => socket.terminate());
    const page = new Page(socket);
    await until(() => page.got.length > 0, PATIENCE_MS);
    return page;
  }

  say(message: FromDoor): void {
    this.socket.send(emitMessage(message));
  }

  order(line: number, out: Order): void {
    this.say({ line, out });
  }

  /** What arrived on a line, without its bytes. */
  on(line: number): string[] {
    return this.got.flatMap((message) => ('in' in message && message.line === line ? [message.in.is] : []));
  }

  bytes(line: number): Buffer {
    return Buffer.concat(
      this.got.flatMap((m) => ('in' in m && m.line === line && m.in.is === 'data' ? [m.in.data] : [])),
    );
  }

  async sees(line: number, what: string): Promise<void> {
    await until(
      () => this.on(line).includes(what),
      PATIENCE_MS,
      () => `line ${line} has ${this.on(line)}`,
    );
  }
}

t.test('only the page at the right address gets in', async (t) => {
  const { bridge, port } = await bridged(t, USER);
  const here = `127.0.0.1:${port}`;
  const answer = async (token: string, origin: string | undefined, host = here, path = '/bridge'): Promise<number> => {
    const headers = { Host: host };
    const socket = new WebSocket(`ws://${here}${path}?token=${token}`, {
      headers,
      ...(origin === undefined ? {} : { origin }),
    });
    t.teardown(() => socket.terminate());
    return new Promise((resolve) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => {});
    });
  };
  const { token } = bridge;
  t.equal(await answer(token, `http://${here}`), 101);
  t.equal(await answer(token, `http://localhost:${port}`, `localhost:${port}`), 101);
  for (const [name, code] of [
    ['no token', answer('', `http://${here}`)],
    ['another token', answer(`${token.slice(1)}A`, `http://${here}`)],
    ['part of the token', answer(token.slice(0, -1), `http://${here}`)],
    ['a page of somebody else', answer(token, 'http://evil.example')],
    ['the other name of the same server', answer(token, `http://localhost:${port}`)],
    ['another port', answer(token, `http://127.0.0.1:${port + 1}`)],
    ['a frame without an origin', answer(token, 'null')],
    ['no browser', answer(token, undefined)],
    ['a secure page', answer(token, `https://${here}`)],
    ['a name bent to the loopback', answer(token, `http://evil.example:${port}`, `evil.example:${port}`)],
    ['another path', answer(token, `http://${here}`, here, '/')],
  ] as const)
    t.equal(await code, 403, name);
});

t.test('the page is told what there is, but not what is allowed', async (t) => {
  const allow = [{ host: '10.0.0.1', port: 80 }];
  const { bridge, port } = await bridged(t, { ...USER, gateway: { restrict: true, allow } });
  const { got } = await Page.come(t, bridge, port);
  t.same(got, [{ hello: { gateway: { restrict: true }, forwards: [], ports: [], dhcp: true } }]);
});

t.test('a connection carries bytes, ends, resets and refusals', async (t) => {
  const { bridge, port } = await bridged(t, USER);
  const page = await Page.come(t, bridge, port);
  let heard = '';
  const peers: Socket[] = [];
  const server = await listening(
    t,
    createTcp({ allowHalfOpen: true }, (peer) => {
      peers.push(peer);
      peer.on('error', () => {});
      peer.on('data', (data) => {
        heard += data;
      });
      peer.on('end', () => peer.end('good bye'));
    }),
  );
  const to = { host: '192.168.1.1', port: portOf(server) };
  page.order(1, { do: 'connect', to });
  await page.sees(1, 'open');
  page.order(1, { do: 'resume' });
  page.order(1, { do: 'send', data: Buffer.from('hello') });
  page.order(1, { do: 'end' });
  await page.sees(1, 'closed');
  t.equal(heard, 'hello');
  t.equal(String(page.bytes(1)), 'good bye');
  t.same(page.on(1).slice(-2), ['end', 'closed']);

  page.order(2, { do: 'connect', to });
  await page.sees(2, 'open');
  peers[1]?.resetAndDestroy();
  await page.sees(2, 'closed');
  t.match(page.got.at(-1), { in: { is: 'closed', error: 'ECONNRESET' } });

  page.order(3, { do: 'connect', to });
  await page.sees(3, 'open');
  const peer = await until(() => peers[2], PATIENCE_MS);
  const broken = once(peer, 'close');
  peer.removeAllListeners('error');
  const error = new Promise((resolve) => peer.once('error', resolve));
  page.order(3, { do: 'reset' });
  t.match(await error, { code: 'ECONNRESET' });
  await broken;

  server.close();
  page.order(4, { do: 'connect', to });
  await page.sees(4, 'closed');
  t.match(page.got.at(-1), { in: { is: 'closed', error: 'ECONNREFUSED' } });
});

t.test('policy is decided on this side, whatever the page orders', async (t) => {
  const { bridge, port } = await bridged(t, USER);
  const page = await Page.come(t, bridge, port);
  const orders: Order[] = [
    { do: 'connect', to: { host: '127.0.0.1', port } },
    { do: 'connect', to: { host: '10.0.0.1', port: 80 } },
    { do: 'connect', to: { path: '/var/run/docker.sock' } },
    { do: 'listen', at: { host: '0.0.0.0', port: 0 } },
    { do: 'udp', at: { host: '0.0.0.0', port: 0 } },
    { do: 'ping', host: '10.0.0.1' },
  ];
  for (const [i, order] of orders.entries()) {
    page.order(i + 1, order);
    await page.sees(i + 1, 'denied');
  }
  t.match(page.got[1], { in: { reason: 'a loopback address; this computer is host.mcubox.test' } });
  t.match(page.got[2], { in: { reason: 'a private address', remedy: '10.0.0.1:80' } });
  t.same(
    page.got.slice(1).map((message) => 'in' in message && message.in.is),
    Array(orders.length).fill('denied'),
  );
});

t.test('who sends what is no message is not listened to any more', async (t) => {
  for (const nonsense of ['', '{', '{"line":-1,"out":{"do":"interfaces"}}\n', '{"line":1,"out":{"do":"type"}}\n']) {
    const { bridge, port } = await bridged(t, USER);
    const page = await Page.come(t, bridge, port);
    page.socket.send(Buffer.from(nonsense));
    await until(() => page.closed, PATIENCE_MS);
    t.equal(page.closed, 1007, nonsense);
  }
});

t.test('a stream that the page does not take is not read on; taken, it arrives whole', async (t) => {
  const { bridge, port } = await bridged(t, USER);
  const page = await Page.come(t, bridge, port);
  page.takes = false;
  const body = Buffer.alloc(32 * MEGABYTE, 'mcubox ');
  const server = await listening(
    t,
    createTcp((peer) => {
      peer.on('error', () => {});
      peer.end(body);
    }),
  );
  page.order(1, { do: 'connect', to: { host: '192.168.1.1', port: portOf(server) } });
  page.order(1, { do: 'resume' });
  await until(() => page.bytes(1).length >= MEGABYTE / 4, PATIENCE_MS);
  // Answers come behind all that was on its way: a sender that nobody stops would have sent everything by the last one.
  for (let line = 2; line < 100; line++) {
    page.order(line, { do: 'connect', to: { host: '10.0.0.1', port: 80 } });
    await page.sees(line, 'denied');
  }
  const ahead = page.bytes(1).length;
  t.ok(ahead < MEGABYTE, `${ahead} bytes are ahead`);
  page.takes = true;
  page.say({ line: 1, took: ahead });
  await page.sees(1, 'end');
  t.ok(page.bytes(1).equals(body));
});

t.test('a megabyte from the page arrives whole, at the speed of its reader', async (t) => {
  const { bridge, port } = await bridged(t, USER);
  const page = await Page.come(t, bridge, port);
  const pieces: Buffer[] = [];
  let peer: Socket | undefined;
  const server = await listening(
    t,
    createTcp((one) => {
      peer = one.pause();
      one.on('data', (data) => pieces.push(data));
    }),
  );
  page.order(1, { do: 'connect', to: { host: '192.168.1.1', port: portOf(server) } });
  await page.sees(1, 'open');
  const body = Buffer.alloc(MEGABYTE, 'page ');
  for (let at = 0; at < body.length; at += 1400) page.order(1, { do: 'send', data: body.subarray(at, at + 1400) });
  page.order(1, { do: 'end' });
  const reader = await until(() => peer, PATIENCE_MS);
  const ended = once(reader, 'end');
  reader.resume();
  await ended;
  t.ok(Buffer.concat(pieces).equals(body));
  t.ok(page.on(1).includes('room'), 'and the page was told that there is room');
});

t.test('a forward: connections of others are offered, and answered', async (t) => {
  const at = { host: '127.0.0.1', port: 0 };
  const { spec } = await tryOut({ ...USER, forwards: [{ protocol: 'tcp', at, guestPort: 80 }] });
  const bound = spec.forwards[0]?.at ?? at;
  t.not(bound.port, 0, 'the port is chosen before the page comes');
  const { bridge, port } = await bridged(t, spec);
  const page = await Page.come(t, bridge, port);
  page.order(1, { do: 'listen', at: bound });
  await page.sees(1, 'open');
  const client = createConnection(bound);
  t.teardown(() => client.destroy());
  client.on('error', () => {});
  let answer = '';
  client.on('data', (data) => {
    answer += data;
  });
  client.write('ping');
  const offer = await until(() => page.got.find((message) => 'offered' in message), PATIENCE_MS);
  page.say({ taken: 'offered' in offer ? offer.offered : 0, line: 2 });
  page.order(2, { do: 'resume' });
  page.order(2, { do: 'send', data: Buffer.from('pong') });
  await until(() => String(page.bytes(2)) === 'ping' && answer === 'pong', PATIENCE_MS);
  page.say({ taken: 99, line: 3 });
  await until(() => page.closed, PATIENCE_MS);
  t.equal(page.closed, 1007, 'a stream that was never offered cannot be taken');
});

t.test('datagrams have a flow, and its answers', async (t) => {
  const { bridge, port } = await bridged(t, USER);
  const page = await Page.come(t, bridge, port);
  const echo = createSocket('udp4').bind(0, '127.0.0.1');
  t.teardown(() => echo.close());
  await once(echo, 'listening');
  echo.on('message', (data, from) => echo.send(`${data}!`, from.port, from.address));
  page.order(1, { do: 'udp', to: { host: '192.168.1.1', port: echo.address().port } });
  page.order(1, { do: 'send', data: Buffer.from('hello') });
  await page.sees(1, 'data');
  t.equal(String(page.bytes(1)), 'hello!');
});

t.test('the last world that was started has the bridge, and what it had before is let go', async (t) => {
  const { bridge, port } = await bridged(t, USER);
  const first = await Page.come(t, bridge, port);
  const closed: string[] = [];
  const server = await listening(
    t,
    createTcp((peer) => {
      peer.on('error', (error) => closed.push((error as NodeJS.ErrnoException).code ?? ''));
      peer.on('close', () => closed.push('closed'));
    }),
  );
  first.order(1, { do: 'connect', to: { host: '192.168.1.1', port: portOf(server) } });
  await first.sees(1, 'open');
  const second = await Page.come(t, bridge, port);
  await until(() => first.closed !== undefined && closed.length === 2, PATIENCE_MS);
  t.equal(first.closed, REPLACED);
  t.same(closed, ['ECONNRESET', 'closed']);
  second.order(1, { do: 'lookup', name: 'localhost' });
  await second.sees(1, 'found');
  second.socket.close();
  await until(() => second.closed, PATIENCE_MS);
});
