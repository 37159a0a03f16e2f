import t from 'tap';
import { wholeRequest } from '../../runtime/proto/portal-request.ts';

const HEAD = 'POST /setwifi HTTP/1.1\r\n';

t.test('a request is complete with its header, or with the length that it tells', async (t) => {
  t.equal(wholeRequest('GET / HTTP/1.1\r\n'), undefined);
  t.equal(wholeRequest('GET / HTTP/1.1\r\n\r\n'), 'GET / HTTP/1.1\r\n\r\n');
  t.equal(wholeRequest(`${HEAD}Content-Length: 3\r\n\r\nab`), undefined);
  t.equal(wholeRequest(`${HEAD}content-length: 3\r\n\r\nabc`), `${HEAD}content-length: 3\r\n\r\nabc`);
});

t.test('without a space behind the colon the first digit is lost', async (t) => {
  t.type(wholeRequest(`${HEAD}Content-Length:15\r\n\r\nabcde`), 'string');
});

t.test('chunks are put together', async (t) => {
  const head = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  t.equal(wholeRequest(`${head}3\r\nabc\r\n`), undefined);
  t.equal(wholeRequest(`${head}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n`), `${head}abcde`);
  t.equal(wholeRequest(`${head}3\r\nabcd\r\n0\r\n\r\n`), 'broken');
});

t.test('a NUL ends the request', async (t) => {
  t.equal(wholeRequest('GET /\0 HTTP/1.1\r\n\r\n'), undefined);
});
