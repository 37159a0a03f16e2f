import t from 'tap';
import { placeOf, readReply } from '../../../playground/world/http-client.ts';
import { toLatin1 } from '../../../runtime/index.ts';

const shown = (text: string, ended: boolean) => {
  const reply = readReply(text, ended);
  return reply === undefined ? undefined : `${reply.status} ${reply.reason}|${toLatin1(reply.body)}`;
};

t.test('an answer ends where its length, its chunks or the connection say', async (t) => {
  const OK = 'HTTP/1.1 200 OK\r\n';
  t.equal(shown(`${OK}Content-Length: 5\r\n\r\nhel`, false), undefined);
  t.equal(shown(`${OK}Content-Length: 5\r\n\r\nhello and more`, false), '200 OK|hello');
  t.equal(shown(`${OK}Content-Length: 5\r\n\r\nhel`, true), '200 OK|hel', 'a short one is shown as it is');
  t.equal(shown(`${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n`, false), undefined);
  t.equal(shown(`${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`, false), '200 OK|hello');
  t.equal(shown(`${OK}\r\nhello`, false), undefined);
  t.equal(shown(`${OK}\r\nhello`, true), '200 OK|hello');
  t.equal(shown('HTTP/1.0 204 No Content\r\n\r\n', false), '204 No Content|');
});

t.test('what small servers send is taken: bare line ends, no head at all', async (t) => {
  t.equal(shown('HTTP/1.0 200 OK\nContent-Length: 2\n\nhi', false), '200 OK|hi');
  t.equal(shown('<h1>hello</h1>', false), undefined);
  t.equal(shown('<h1>hello</h1>', true), '200 |<h1>hello</h1>');
  t.equal(shown('HTT', false), undefined);
});

t.test('addresses of this network have http:// only', async (t) => {
  t.same(placeOf('http://192.168.1.50'), { host: '192.168.1.50', port: 80, path: '/' });
  t.same(placeOf('http://esp1:8080/a?b=c#d'), { host: 'esp1', port: 8080, path: '/a?b=c' });
  t.same(placeOf('http://esp1?b=c'), { host: 'esp1', port: 80, path: '/?b=c' });
  for (const url of ['https://esp1/', 'javascript:alert(1)', '/led', '']) t.equal(placeOf(url), undefined, url);
});
