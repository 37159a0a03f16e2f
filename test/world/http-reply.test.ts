import t from 'tap';
import { readReply } from '../../runtime/world/http-reply.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\n';

t.test('a body by its length, by chunks, and by the end', async (t) => {
  t.equal(readReply(`${HEAD}Content-Length: 3\r\n\r\nab`, false), undefined);
  t.match(readReply(`${HEAD}Content-Length: 3\r\n\r\nabcd`, false), { status: 200, reason: 'OK', body: 'abc' });
  t.equal(readReply(`${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`, false), undefined);
  t.match(readReply(`${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`, false), { body: 'ab' });
  t.equal(readReply(`${HEAD}\r\nabc`, false), undefined);
  t.match(readReply(`${HEAD}\r\nabc`, true), { body: 'abc' });
});

t.test('headers that come twice are one', async (t) => {
  const reply = readReply(`${HEAD}\r\n`, true);
  t.ok(reply !== undefined && 'headers' in reply && reply.headers.get('x-a') === '1, 2');
});

t.test('what is no answer', async (t) => {
  t.same(readReply('', true), { wrong: 'nothing' });
  t.same(readReply('hello', true), { wrong: 'hello' });
  t.same(readReply('hello\r\n\r\n', false), { wrong: 'hello\r\n\r\n' });
});
