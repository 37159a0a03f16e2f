import t from 'tap';
import { fromLatin1, seconds } from '../../runtime/core/index.ts';
import { ipv4 } from '../../runtime/wire/index.ts';
import { HttpParser } from '../../runtime/world/http-parser.ts';
import type { HttpResponse } from '../../runtime/world/http-server.ts';
import { httpTest } from '../../runtime/world/http-test.ts';

const PEER = { addr: ipv4(192, 168, 1, 50), port: 1025, localPort: 80 };

function ask(line: string, body = '', headers = '', peer = PEER): HttpResponse {
  const parser = new HttpParser();
  parser.push(
    fromLatin1(`${line} HTTP/1.1\r\nHost: http.test\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`),
  );
  const request = parser.next();
  if (!request.ok || request.value === undefined) throw new Error('bad test');
  return httpTest(request.value, peer);
}
const header = (response: HttpResponse, name: string) => response.headers?.find(([n]) => n === name)?.[1];

t.test('/get tells the request as JSON', async (t) => {
  const response = ask('GET /get?a=1&b=x+y%21&c&=z', '', 'X-Thing: 7\r\n');
  t.equal(header(response, 'Content-Type'), 'application/json');
  t.same(JSON.parse(String(response.body)), {
    method: 'GET',
    url: 'http://http.test/get?a=1&b=x+y%21&c&=z',
    origin: '192.168.1.50',
    args: { a: '1', b: 'x y!', c: '', '': 'z' },
    headers: { host: 'http.test', 'x-thing': '7', 'content-length': '0' },
  });
  t.match(JSON.parse(String(ask('GET http://http.test/get?q=%e9').body)), { args: { q: 'é' } }, 'sent in ASCII');
  t.match(String(ask('GET /get?q=%e9').body), /\\u00e9/);
});

t.test('/post gives the body back with its type', async (t) => {
  const response = ask('POST /post', 'hello', 'Content-Type: text/x\r\n');
  t.same(response.body, fromLatin1('hello'));
  t.equal(header(response, 'Content-Type'), 'text/x');
  t.equal(header(ask('PUT /post', 'a'), 'Content-Type'), 'application/octet-stream');
  t.equal(ask('GET /post').status, 405);
  t.equal(header(ask('GET /post'), 'Allow'), 'POST, PUT, PATCH');
});

t.test('/status, /bytes, /delay, /chunked and /redirect do what they are called', async (t) => {
  t.match(ask('DELETE /status/418'), { status: 418, body: "418 I'm a teapot\n" });
  const bytes = ask('GET /bytes/600').body as Uint8Array;
  t.same([bytes.length, bytes[250], bytes[251], bytes[599]], [600, 250, 0, 97]);
  t.match(ask('GET /delay/1.5'), { status: 200, delay: seconds(1.5) });
  t.equal(ask('GET /chunked').chunks?.length, 3);
  t.equal(header(ask('GET /redirect/3'), 'Location'), '/redirect/2');
  t.equal(header(ask('GET /redirect/1'), 'Location'), '/get');
});

t.test('arguments that make no sense are a bad request, other paths do not exist', async (t) => {
  const bad = ['/status/99', '/status/x', '/bytes/', '/bytes/99999999999', '/delay/-1', '/delay/3601', '/redirect/0'];
  for (const path of bad) t.equal(ask(`GET ${path}`).status, 400, path);
  for (const path of ['/nothing', '/constructor', '/__proto__']) t.equal(ask(`GET ${path}`).status, 404, path);
  t.match(ask('GET /').body, /\/redirect\/N/, 'the index names them');
});

t.test('behind TLS the address begins with https, and the authority’s certificate is there for all', async (t) => {
  t.match(ask('GET /get', '', '', { ...PEER, localPort: 443 }).body, '"url": "https://http.test/get"');
  t.match(ask('GET /ca.pem').body, /^-----BEGIN CERTIFICATE-----\n/);
});
