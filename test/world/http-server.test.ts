import t from 'tap';
import { fromLatin1, seconds, toLatin1, us, VirtualClock } from '../../runtime/core/index.ts';
import { ipv4 } from '../../runtime/wire/index.ts';
import { type HttpHandler, HttpServer, reasonPhrase } from '../../runtime/world/http-server.ts';
import type { Stream, StreamHandler } from '../../runtime/world/stream.ts';

/** A stream that only notes what is done to it. */
class FakeStream implements Stream {
  handler: StreamHandler | undefined;
  readonly localPort = 80;
  readonly remoteAddr = ipv4(192, 168, 1, 50);
  readonly remotePort = 1234;
  log = '';
  write(bytes: Uint8Array): boolean {
    this.log += toLatin1(bytes);
    return true;
  }
  end(): void {
    this.log += '<FIN>';
  }
  destroy(): void {
    this.log += '<RST>';
  }
  pause(): void {}
  resume(): void {}
  say(text: string): string {
    this.log = '';
    this.handler?.onData?.(fromLatin1(text));
    return this.log;
  }
}

function serve(handler: HttpHandler) {
  const clock = new VirtualClock();
  const stream = new FakeStream();
  new HttpServer(clock, handler).accept(stream);
  return { clock, stream };
}

const HEAD = 'HTTP/1.1 200 OK\r\nServer: mcubox\r\n';

t.test('an answer has a length and keeps the connection', async (t) => {
  const { stream } = serve((request) => ({ status: 200, headers: [['X-A', 'b']], body: request.target }));
  const expected = `${HEAD}X-A: b\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n/x`;
  t.equal(stream.say('GET /x HTTP/1.1\r\nHost: a\r\n\r\n'), expected);
  t.equal(stream.say('GET /x HTTP/1.1\r\nHost: a\r\n\r\n'), expected, 'and again');
  t.match(stream.say('GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /Connection: close\r\n\r\n\/x<FIN>$/);
  t.equal(stream.say('GET /x HTTP/1.1\r\nHost: a\r\n\r\n'), '', 'nothing after the end');
});

t.test('a client of HTTP/1.0 gets its answer and the end', async (t) => {
  const { stream } = serve(() => ({ status: 200, chunks: ['a', 'b'] }));
  t.equal(stream.say('GET / HTTP/1.0\r\n\r\n'), `${HEAD}Content-Length: 2\r\nConnection: close\r\n\r\nab<FIN>`);
});

t.test('chunks are sent with chunked coding', async (t) => {
  const { stream } = serve(() => ({ status: 200, chunks: ['a'.repeat(16), '', 'b'] }));
  t.match(
    stream.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    /Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n10\r\na{16}\r\n1\r\nb\r\n0\r\n\r\n$/,
  );
});

t.test('HEAD, 204 and 304 have no body', async (t) => {
  const { stream } = serve((request) => ({ status: Number(request.target.slice(1)), body: 'abc' }));
  t.match(stream.say('HEAD /200 HTTP/1.1\r\nHost: a\r\n\r\n'), /Content-Length: 3\r\nConnection: keep-alive\r\n\r\n$/);
  for (const status of [204, 304]) {
    const answer = stream.say(`GET /${status} HTTP/1.1\r\nHost: a\r\n\r\n`);
    t.match(answer, /\r\n\r\n$/);
    t.notMatch(answer, /Content-Length/);
  }
});

t.test('pipelined requests are answered in order, also behind a late answer', async (t) => {
  const { clock, stream } = serve((request) => ({
    status: 200,
    body: `[${request.target}]`,
    ...(request.target === '/late' ? { delay: seconds(2) } : {}),
  }));
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  stream.say(get('/1') + get('/late') + get('/3'));
  const bodies = () => stream.log.match(/\[[^\]]*\]/g);
  t.same(bodies(), ['[/1]']);
  clock.runUntil(us(1_999_999));
  t.same(bodies(), ['[/1]']);
  clock.runUntil(seconds(2));
  t.same(bodies(), ['[/1]', '[/late]', '[/3]']);
});

t.test('a client that stops sending is still answered, then the server stops too', async (t) => {
  const { clock, stream } = serve(() => ({ status: 200, body: 'x', delay: seconds(1) }));
  stream.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  stream.handler?.onEnd?.();
  t.equal(stream.log, '');
  clock.runUntil(seconds(1));
  t.match(stream.log, /Connection: close\r\n\r\nx<FIN>$/);
});

t.test('a client that leaves is forgotten: no timer stays', async (t) => {
  const { clock, stream } = serve(() => ({ status: 200, delay: seconds(1) }));
  stream.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  stream.handler?.onClose?.(-9);
  t.same(clock.pending(), []);
});

t.test('an idle connection is closed: five seconds after an answer, a minute before the first request', async (t) => {
  const kept = serve(() => ({ status: 200 }));
  kept.stream.say('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  kept.clock.runUntil(seconds(5));
  t.match(kept.stream.log, /<FIN>$/);
  const silent = serve(() => ({ status: 200 }));
  silent.clock.runUntil(seconds(60));
  t.equal(silent.stream.log, '<FIN>');
  silent.stream.handler?.onEnd?.();
  t.equal(silent.stream.log, '<FIN>', 'one end');
});

t.test('a client that waits for 100 Continue gets it once', async (t) => {
  const { stream } = serve((request) => ({ status: 200, body: request.body }));
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n';
  t.equal(stream.say(head), 'HTTP/1.1 100 Continue\r\n\r\n');
  t.equal(stream.say('h'), '');
  t.match(stream.say('i'), /hi$/);
});

t.test('a request that is none is refused by name and the connection ends', async (t) => {
  const { stream } = serve(() => ({ status: 200 }));
  t.match(stream.say('hello\r\n\r\n'), /^HTTP\/1.1 400 Bad Request\r\n.*bad-request-line\n<FIN>$/s);
  t.equal(reasonPhrase(599), 'Unknown');
});
