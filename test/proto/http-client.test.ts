import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { HttpClient, type HttpOrder, type HttpOwner } from '../../runtime/proto/http-client.ts';
import { type Accepted, ProtoBench } from '../helpers/proto-bench.ts';

const GET: HttpOrder = { method: 'GET', headers: undefined, body: undefined };
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** A client and a server that answers by the first line of a request, then closes. */
class Scene implements HttpOwner {
  readonly bench = new ProtoBench();
  readonly client = new HttpClient(this.bench.env, this);
  readonly told: string[] = [];
  readonly lines: string[] = [];

  constructor(answers: Readonly<Record<string, string>> = {}, keepOpen = false) {
    this.bench.listen(80, (connection: Accepted) => {
      const head = connection.text.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(connection.text)?.[1] ?? 0);
      if (head < 0 || connection.text.length < head + 4 + length) return;
      const path = connection.text.split(' ')[1] as string;
      connection.stream.write(fromLatin1(answers[path] ?? ok(`you asked for ${path}`)));
      if (!keepOpen) connection.stream.end();
    });
  }

  ask(url: string, order: Partial<HttpOrder> = {}): this {
    this.client.request(url, { ...GET, ...order });
    this.bench.run(500);
    return this;
  }

  requests(): string[] {
    return this.bench.accepted.map(({ text }) => text);
  }

  finished(status: number, body: Uint8Array): void {
    this.told.push(`${status} ${toLatin1(body)}`);
  }

  report(line: string): void {
    this.lines.push(line);
  }
}

t.test('a request has its lines in the firmware’s order', async (t) => {
  const scene = new Scene().ask('http://peer.test/x?y=1', { headers: 'X-A: b\r\n' });
  t.same(scene.requests(), [
    'GET /x?y=1 HTTP/1.1\r\nHost: peer.test\r\nConnection: close\r\nX-A: b\r\nUser-Agent: ESP8266\r\n\r\n',
  ]);
  t.same(scene.told, ['200 you asked for /x?y=1']);
});

t.test('own Host and User-Agent lines replace the built-in ones, wherever they stand', async (t) => {
  const headers = 'user-agent: mine\r\nX-Host: host:\r\n';
  const scene = new Scene().ask('http://192.168.1.10/', { headers });
  t.same(scene.requests(), [`GET / HTTP/1.1\r\nConnection: close\r\n${headers}\r\n`]);
});

t.test('a body follows when the headers are acknowledged, up to its first zero byte', async (t) => {
  const scene = new Scene().ask('http://192.168.1.10/', { method: 'POST', body: 'four\0more' });
  t.match(scene.requests()[0], /Content-Length: 4\r\n\r\nfour$/);
  t.same(scene.told, ['200 you asked for /']);
});

t.test('a port stands in the Host line unless it is 80', async (t) => {
  const scene = new Scene();
  scene.bench.listen(8080, ({ stream }) => stream.end());
  scene.ask('http://192.168.1.10:8080/').ask('http://192.168.1.10:80/');
  t.match(scene.requests()[0], /Host: 192\.168\.1\.10:8080\r\n/);
  t.match(scene.requests()[1], /Host: 192\.168\.1\.10\r\n/);
  t.equal(scene.told[0], '-1 ', 'an empty answer is a failure without a word');
  t.same(scene.lines, []);
});

t.test('redirects are followed: absolute, from the root, and relative to the folder', async (t) => {
  const to = (location: string): string => `HTTP/1.1 307 x\r\nLocation: ${location}\r\n\r\n`;
  const scene = new Scene({
    '/a': to('http://peer.test/b/c?d=/e'),
    '/b/c?d=/e': to('f'),
    '/b/c?d=/f': to('/g'),
  }).ask('http://192.168.1.10/a', { method: 'POST', headers: 'X: y\r\n', body: 'once' });
  scene.bench.run(1000);
  const heads = scene.requests().map((text) => text.split('\r\n')[0]);
  t.same(heads, ['POST /a HTTP/1.1', 'POST /b/c?d=/e HTTP/1.1', 'POST /b/c?d=/f HTTP/1.1', 'POST /g HTTP/1.1']);
  t.match(scene.requests()[0], /once$/);
  t.notMatch(scene.requests()[1], /X: y|Content-Length/, 'headers and body are gone after the first');
  t.same(scene.told, ['200 you asked for /g']);
});

t.test('twenty redirects are enough', async (t) => {
  const scene = new Scene({ '/': 'HTTP/1.1 301 x\r\nLocation: /\r\n\r\n' }).ask('http://192.168.1.10/');
  scene.bench.run(10_000);
  t.equal(scene.requests().length, 21);
  t.same(scene.lines, ['Too many redirections']);
  t.same(scene.told, ['-1 ']);
});

t.test('a redirect to nowhere is never finished', async (t) => {
  const scene = new Scene({ '/': 'HTTP/1.1 301 x\r\nLocation: http://a.test:0/\r\n\r\n' }).ask('http://192.168.1.10/');
  t.same([scene.lines, scene.told], [['Port error a.test:0/'], []]);
});

t.test('an answer may have 8191 bytes, headers included', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\n\r\n';
  const scene = new Scene({
    '/fits': head + 'x'.repeat(8191 - head.length),
    '/not': head + 'x'.repeat(8192 - head.length),
  }).ask('http://192.168.1.10/fits');
  scene.bench.run(3000);
  t.equal(scene.told[0]?.length, 4 + 8191 - head.length);
  scene.ask('http://192.168.1.10/not');
  scene.bench.run(3000);
  t.equal(scene.told[1], '-1 ');
  t.match(scene.lines, [/^Response too long \(\d+\)$/]);
});

t.test('a server that keeps the connection is waited for a minute, and what it said counts', async (t) => {
  const scene = new Scene({}, true).ask('http://192.168.1.10/');
  scene.bench.run(58_000);
  t.same(scene.told, []);
  scene.bench.run(2000);
  t.same(scene.told, ['200 you asked for /']);
  t.same(scene.lines, ['Connection timeout']);
});

t.test('what does not come about is told with its lines', async (t) => {
  const refused = new Scene().ask('http://192.168.1.10:99/');
  t.same(refused.lines, ['Disconnected with error: -9', 'Connection timeout']);
  t.same(refused.told, ['-1 ']);
  const nobody = new Scene().ask('http://192.168.1.99/');
  nobody.bench.run(10_000);
  t.same(nobody.lines, ['Disconnected with error: -11', 'Connection timeout']);
  const nameless = new Scene().ask('http://nobody.test/');
  nameless.bench.run(10_000);
  t.same(nameless.lines, ['DNS failed for nobody.test']);
  const empty = new Scene().ask('http://:80/');
  t.same(empty.lines, ['DNS arg error ', 'DNS failed for ']);
  t.same(empty.told, ['-1 ']);
  const wrong = new Scene().ask('gopher://x/');
  t.same([wrong.lines, wrong.told], [['URL is not HTTP or HTTPS gopher://x/'], []]);
});

t.test('without a route only the time-out follows', async (t) => {
  const scene = new Scene();
  scene.bench.stack.netifs[0]?.setDown();
  scene.ask('http://192.168.1.10/');
  scene.bench.run(59_000);
  t.same(scene.told, []);
  scene.bench.run(1000);
  t.same([scene.told, scene.lines], [['-1 '], ['Connection timeout']]);
});

t.test('an answer that is cut in its headers is a memory fault', async (t) => {
  const scene = new Scene({ '/': 'HTTP/1.1 200 OK\r\nA: b\r\n' }).ask('http://192.168.1.10/');
  t.same(scene.lines, ["Body shouldn't be NULL"]);
  t.equal(scene.bench.crashes.length, 1);
});

t.test('several requests run side by side', async (t) => {
  const scene = new Scene();
  for (const path of ['/a', '/b', '/c']) scene.client.request(`http://192.168.1.10${path}`, GET);
  scene.bench.run(1000);
  t.same(scene.told.sort(), ['200 you asked for /a', '200 you asked for /b', '200 you asked for /c']);
});
