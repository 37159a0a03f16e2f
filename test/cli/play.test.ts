import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import t from 'tap';
import { mcubox } from '../../cli/mcubox.ts';
import { play } from '../../cli/play.ts';
import { parsePlay } from '../../cli/play-args.ts';
import { playServer } from '../../cli/play-server.ts';
import { PATIENCE_MS, until } from '../helpers/programs.ts';

const FLASH = [{ name: 'init.lua', bytes: new Uint8Array(Buffer.from('print(1)')), host: 'init.lua' }];

/** An Io whose user presses Ctrl-C when told to. */
function io() {
  const lines: string[] = [];
  let interrupt = (): void => {};
  return {
    lines,
    interrupt: () => interrupt(),
    out: async () => true,
    err: (line: string) => {
      lines.push(line);
    },
    onInterrupt: (handler: () => void) => {
      interrupt = handler;
      return () => {};
    },
  };
}

t.test('the page is served with its policy, and nothing else of the computer', async (t) => {
  const root = t.testdir({ 'index.html': '<p>page', 'frame.html': '<p>frame', 'main.js': '1', sub: {} });
  writeFileSync(`${root}/../secret.txt`, 'secret');
  const server = playServer({ root, flash: FLASH }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const asked = request({ port, host: '127.0.0.1', path, method, headers, agent: false }).end();
    const [answer] = await once(asked, 'response');
    let body = '';
    for await (const piece of answer) body += piece;
    return { status: answer.statusCode, headers: answer.headers, body };
  };

  const page = await get('/?example=blink');
  t.match(page, { status: 200, body: '<p>page', headers: { 'content-type': 'text/html; charset=utf-8' } });
  t.match(page.headers['content-security-policy'], /^default-src 'none'; script-src 'self'/);
  t.match((await get('/frame.html')).headers['content-security-policy'], /^sandbox allow-scripts/);
  t.match((await get('/main.js')).headers, { 'x-content-type-options': 'nosniff', 'content-type': /javascript/ });
  t.same(JSON.parse((await get('/flash.json')).body), [{ name: 'init.lua', base64: 'cHJpbnQoMSk=' }]);
  for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/nothing', '/sub', '/%'])
    t.equal((await get(path)).status, 404, path);
  t.equal((await get('/', {}, 'POST')).status, 405);
  t.equal((await get('/', { Host: 'evil.example' })).status, 403, 'a name that was bent to the loopback');
});

t.test('it says where it is, until Ctrl-C', async (t) => {
  const root = t.testdir({ 'index.html': '', 'worker.js': '', project: { 'init.lua': 'print(1)' } });
  mkdirSync(`${root}/empty`);
  const user = io();
  const ended = play({ path: `${root}/project`, port: 0 }, user, root);
  while (user.lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  t.match(user.lines[0], /^the playground is at http:\/\/localhost:\d+\/\?files=flash\.json$/);
  user.interrupt();
  t.equal(await ended, 0);
});

t.test('what stands in the way is said', async (t) => {
  const root = t.testdir({ 'worker.js': '' });
  const busy = createServer().listen(0, '127.0.0.1');
  t.teardown(() => busy.close());
  await once(busy, 'listening');
  const { port } = busy.address() as { port: number };
  const user = io();
  t.equal(await play({ port }, user, root), 2);
  t.match(user.lines[0], `port ${port} is taken; mcubox play --port N takes another`);
  t.equal(await play({ port: 0, path: `${root}/nowhere` }, user, root), 2);
  t.match(user.lines[1], 'no such file or directory');
  t.equal(await mcubox(['play', '--prot', '1'], user), 2);
  t.match(user.lines[2], "unknown option '--prot'; did you mean '--port'");
});

t.test('its command line', async (t) => {
  t.same(parsePlay([]), { ok: true, value: { port: 8266 } });
  t.same(parsePlay(['site', '--port', '0']), { ok: true, value: { port: 0, path: 'site' } });
  t.same(parsePlay(['--help']), { ok: true, value: undefined });
  t.match(parsePlay(['a', 'b']), { ok: false, message: 'play takes one DIR' });
  t.match(parsePlay(['--port', '70000']), { ok: false });
  t.match(parsePlay(['--net', 'user,restrict=yes,hostfwd=tcp::8080-:80', '--hostfwd', 'udp::53-:53']), {
    value: {
      bridge: { gateway: { restrict: true }, forwards: [{ protocol: 'tcp', guestPort: 80 }, { protocol: 'udp' }] },
    },
  });
  t.match(parsePlay(['--hostfwd', 'tcp::8080-:80']), { value: { bridge: { gateway: undefined } } });
  t.match(parsePlay(['--net', 'usr']), { ok: false, message: "--net: 'usr' is not a kind of network" });
});

t.test('with a bridge the address holds a secret, and a port that is taken ends it', async (t) => {
  const root = t.testdir({ 'index.html': '', 'worker.js': '' });
  const busy = createServer().listen(0, '127.0.0.1');
  t.teardown(() => busy.close());
  await once(busy, 'listening');
  const { port } = busy.address() as { port: number };
  const user = io();
  const forward = (at: number) => ({ protocol: 'tcp', at: { host: '127.0.0.1', port: at }, guestPort: 80 }) as const;
  const bridge = { forwards: [forward(port)], ports: [], dhcp: true };
  t.equal(await play({ port: 0, bridge }, user, root), 2);
  t.match(user.lines, [`hostfwd: tcp port 127.0.0.1:${port} is in use by another program; choose another`]);

  const other = io();
  const ended = play({ port: 0, bridge: { ...bridge, forwards: [forward(0)] } }, other, root);
  await until(() => other.lines.length === 4, PATIENCE_MS);
  t.match(other.lines, [
    /^tcp 127\.0\.0\.1:[1-9]\d* leads to port 80 of the device while the page is open$/,
    /^only the page at this very address reaches anything real/,
    /^the playground is at http:\/\/localhost:\d+\/\?bridge=[\w-]{32}$/,
  ]);
  other.interrupt();
  t.equal(await ended, 0);
});
