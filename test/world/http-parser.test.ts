import fc from 'fast-check';
import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { HttpParser, type HttpRequest, MAX_BODY, MAX_HEAD } from '../../runtime/world/http-parser.ts';

function parseAll(...pieces: string[]): (HttpRequest | string)[] {
  const parser = new HttpParser();
  const out: (HttpRequest | string)[] = [];
  for (const piece of pieces) {
    parser.push(fromLatin1(piece));
    for (;;) {
      const next = parser.next();
      if (!next.ok) return [...out, next.error];
      if (next.value === undefined) break;
      out.push(next.value);
    }
  }
  return out;
}

const first = (...pieces: string[]): HttpRequest => {
  const [request] = parseAll(...pieces);
  if (typeof request !== 'object') throw new Error(`no request: ${request}`);
  return request;
};

t.test('a request is its method, target, version and headers', async (t) => {
  const request = first('GET /get?a=1 HTTP/1.1\r\nHost: http.test\r\nX-A: 1\r\nx-a:  2 \r\n\r\n');
  t.equal(request.method, 'GET');
  t.equal(request.target, '/get?a=1');
  t.equal(request.version, '1.1');
  t.same(
    [...request.headers],
    [
      ['host', 'http.test'],
      ['x-a', '1, 2'],
    ],
  );
  t.equal(request.body.length, 0);
});

t.test('bare line feeds, as many scripts send them, and empty lines before the request are accepted', async (t) => {
  t.equal(first('\r\n\nGET / HTTP/1.0\nA: b\n\n').headers.get('a'), 'b');
});

t.test('the connection stays open as version and Connection say', async (t) => {
  t.equal(first('GET / HTTP/1.1\r\nHost: a\r\n\r\n').keepAlive, true);
  t.equal(first('GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n').keepAlive, false);
  t.equal(first('GET / HTTP/1.0\r\n\r\n').keepAlive, false);
  t.equal(first('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n').keepAlive, true);
});

t.test('a body comes by Content-Length or in chunks', async (t) => {
  t.equal(toLatin1(first('POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc').body), 'abc');
  const chunked =
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nT: v\r\n\r\n';
  t.equal(toLatin1(first(chunked).body), 'abcd');
});

t.test('requests may follow each other in one piece', async (t) => {
  const all = parseAll('GET /1 HTTP/1.0\r\n\r\nPOST /2 HTTP/1.0\r\nContent-Length: 1\r\n\r\nxGET /3 HTTP/1.0\r\n\r\n');
  t.same(
    all.map((r) => (typeof r === 'string' ? r : r.target)),
    ['/1', '/2', '/3'],
  );
});

t.test('Expect: 100-continue is visible while the body is awaited', async (t) => {
  const parser = new HttpParser();
  parser.push(fromLatin1('POST / HTTP/1.0\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n'));
  parser.next();
  t.equal(parser.expectsContinue, true);
  parser.push(fromLatin1('x'));
  t.ok(parser.next().ok);
  t.equal(parser.expectsContinue, false);
});

t.test('what is wrong has a name', async (t) => {
  for (const [text, error] of [
    ['GET /\r\n\r\n', 'bad-request-line'],
    ['G{T / HTTP/1.1\r\n\r\n', 'bad-request-line'],
    ['GET / b HTTP/1.1\r\n\r\n', 'bad-request-line'],
    ['GET / HTTP/2.0\r\n\r\n', 'bad-version'],
    ['GET / HTTP/1.1\r\n\r\n', 'no-host'],
    ['GET / HTTP/1.0\r\nno colon\r\n\r\n', 'bad-header'],
    ['GET / HTTP/1.0\r\nContent-Length: x\r\n\r\n', 'bad-length'],
    ['GET / HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n', 'bad-length'],
    ['GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'bad-chunk'],
    ['GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n', 'bad-chunk'],
    [`GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n${(MAX_BODY + 1).toString(16)}\r\n`, 'body-too-long'],
    [`GET / HTTP/1.0\r\nContent-Length: ${MAX_BODY + 1}\r\n\r\n`, 'body-too-long'],
    ['a'.repeat(MAX_HEAD + 1), 'head-too-long'],
    [`GET / HTTP/1.0\r\nA: ${'a'.repeat(MAX_HEAD)}\r\n\r\n`, 'head-too-long'],
  ] as const)
    t.same(parseAll(text), [error], text.slice(0, 60));
});

t.test('how a stream is cut into pieces does not matter', async (t) => {
  const text =
    'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' +
    '5\r\nhello\r\n0\r\n\r\nPOST /3 HTTP/1.0\r\nContent-Length: 4\r\n\r\n\r\n\r\n';
  const whole = parseAll(text);
  t.equal(whole.length, 3);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const pieces = at.slice(1).map((end, i) => text.slice(at[i], end));
      t.strictSame(parseAll(...pieces), whole);
    }),
    { seed: 1, numRuns: 50 },
  );
});

t.test('random bytes never throw', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      parseAll(toLatin1(bytes));
    }),
    { seed: 1, numRuns: 200 },
  );
});
