import t from 'tap';
import { fromLatin1, Rng, toLatin1 } from '../../runtime/core/index.ts';
import { readAnswer, readHeaders } from '../../runtime/proto/http-answer.ts';

const read = (text: string) => {
  const answer = readAnswer(fromLatin1(text));
  return answer.kind === 'answer' ? { ...answer, body: toLatin1(answer.body) } : answer;
};
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

t.test('status and body are found, whatever the length says', async (t) => {
  t.same(read('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello'), { kind: 'answer', status: 200, body: 'hello' });
  t.same(read('HTTP/1.0 404 Not Found\r\n\r\n'), { kind: 'answer', status: 404, body: '' });
  t.same(read('HTTP/1.1 200\r\nA: b\r\n\r\nx\0y\0'), { kind: 'answer', status: 200, body: 'x\0y\0' });
  t.same(read('HTTP/1.1 abc\r\n\r\n'), { kind: 'answer', status: 0, body: '' });
});

t.test('no answer and what is none', async (t) => {
  t.same(read(''), { kind: 'failed' });
  t.same(read('\0HTTP/1.1 200 OK\r\n\r\n'), { kind: 'failed' });
  t.same(read('HTTP/2 200\r\n\r\n'), { kind: 'failed', report: 'Invalid version in HTTP/2 200\r\n\r\n' });
  t.same(read('SSH-2.0-x\0hidden'), { kind: 'failed', report: 'Invalid version in SSH-2.0-x' });
});

t.test('a redirect is one with a location anywhere in the answer', async (t) => {
  t.same(read('HTTP/1.1 302 Found\r\nLOCATION:   /next\r\n\r\n'), { kind: 'redirect', location: '/next' });
  t.same(read('HTTP/1.1 301 Moved\r\n\r\nLocation: in-the-body\r\n'), { kind: 'redirect', location: 'in-the-body' });
  t.equal(read('HTTP/1.1 304 Not Modified\r\n\r\n').kind, 'answer');
  t.equal(read('HTTP/1.1 201 Created\r\nLocation: /x\r\n\r\n').kind, 'answer');
  t.same(read('HTTP/1.1 302 Found\r\nLocation: /next'), {
    kind: 'failed',
    report: 'Found Location header but was incomplete',
  });
});

t.test('an answer that ends in its headers is read beyond its end', async (t) => {
  t.match(read('HTTP/1.1 200 OK\r\nA: b\r\n'), { kind: 'fault', report: "Body shouldn't be NULL" });
});

t.test('chunks are put together', async (t) => {
  t.match(read(`${CHUNKED}5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n`), { body: 'hello world' });
  t.match(read(`${CHUNKED}0x2\r\nab\r\n`), { body: 'ab' }, 'an answer may end behind a chunk');
  t.match(read(`${CHUNKED}3\r\na\0b\r\n0\r\n`), { body: 'a\0b' });
  t.match(read(`${CHUNKED}nothing`), { body: '' });
  t.match(read(`${CHUNKED}ffffffff\r\nab\r\n`), { body: '' }, 'a negative length is none');
  t.match(read(`${CHUNKED}-2\r\nab\r\n`), { body: '' });
});

t.test('a chunk that is longer than what came is a memory fault', async (t) => {
  t.match(read(`${CHUNKED}9\r\nhello`), { kind: 'fault' });
  t.match(read(`${CHUNKED}5`), { kind: 'fault' });
  t.match(read(`${CHUNKED}5\0\r\nhello`), { kind: 'fault' });
});

t.test('header names are in lower case and the last of equal ones wins', async (t) => {
  const headers = (text: string) =>
    Object.fromEntries([...readHeaders(fromLatin1(text))].map(([name, value]) => [name, toLatin1(value)]));
  t.same(headers('HTTP/1.1 200 OK\r\nContent-Type:  text/plain \r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\nx: y\r\n'), {
    'content-type': 'text/plain ',
    'set-cookie': 'b',
  });
  t.same(headers('HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\nC: d\r\n\r\n'), { a: 'b' });
  t.same(headers('HTTP/1.1 200 OK\nA: b\nC: d\r\n\r\n'), { a: 'b\nC: d' }, 'a line ends with CR');
  t.same(headers('HTTP/1.1 200 OK'), {});
  t.same(headers(''), {});
  t.same(headers('x\nA:'), { a: '' });
});

t.test('100,000 damaged answers neither throw nor hang', async (t) => {
  const rng = new Rng(3);
  const seeds = [
    `${CHUNKED}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`,
    'HTTP/1.1 302 Found\r\nLocation: http://a.test/next\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX: y\r\n\r\nbody',
  ].map(fromLatin1);
  const kinds = new Set<string>();
  for (let n = 0; n < 100_000; n++) {
    const bytes = (seeds[rng.below(seeds.length)] as Uint8Array).slice();
    for (let changes = rng.below(5); changes > 0; changes--) bytes[rng.below(bytes.length)] = rng.below(256);
    const cut = bytes.subarray(0, rng.below(4) === 0 ? rng.below(bytes.length) : bytes.length);
    kinds.add(readAnswer(cut).kind);
    readHeaders(cut);
  }
  t.equal(kinds.size, 4);
});
