import t from 'tap';
import { atoi, cString, isAbsolute, parseHttpUrl } from '../../runtime/proto/http-url.ts';

t.test('an address is taken apart as the firmware does', async (t) => {
  const rows: readonly (readonly [string, string, number, string])[] = [
    ['http://a.test', 'a.test', 80, '/'],
    ['http://a.test/', 'a.test', 80, '/'],
    ['http://a.test/x/y?z=1#k', 'a.test', 80, '/x/y?z=1#k'],
    ['http://a.test?x=1', 'a.test?x=1', 80, '/'],
    ['http://a.test:8080/x', 'a.test', 8080, '/x'],
    ['http://a.test:80abc/', 'a.test', 80, '/'],
    ['http://a.test:-5/', 'a.test', -5, '/'],
    ['http://a.test/x:99', 'a.test', 80, '/x:99'],
    ['http://me:secret@a.test/', 'me', 0, ''],
    ['https://a.test/', 'a.test', 443, '/'],
    ['http://', '', 80, '/'],
  ];
  for (const [url, hostname, port, path] of rows) {
    const parsed = parseHttpUrl(url);
    if (port === 0) t.notOk(parsed.ok, url);
    else t.match(parsed, { ok: true, value: { hostname, port, path, secure: url.startsWith('https') } }, url);
  }
});

t.test('what cannot be used is said in the firmware’s words', async (t) => {
  const error = (url: string) => {
    const parsed = parseHttpUrl(url);
    return parsed.ok ? undefined : parsed.error;
  };
  t.equal(error('ftp://a.test/'), 'URL is not HTTP or HTTPS ftp://a.test/');
  t.equal(error('HTTP://a.test/'), 'URL is not HTTP or HTTPS HTTP://a.test/');
  t.equal(error('http://a.test:0/x'), 'Port error a.test:0/x');
  t.equal(error('http://a.test:/x'), 'Port error a.test:/x');
  const long = 'a'.repeat(128);
  t.equal(error(`http://${long}/`), `hostname is too long ${long}/`);
  t.equal(error(`http://${long.slice(1)}/`), undefined);
});

t.test('numbers and texts are those of C', async (t) => {
  t.same(['12', ' 12x', '-3', '+4', 'x', '', '4294967298'].map(atoi), [12, 12, -3, 4, 0, 0, 2]);
  t.equal(cString('ab\0cd'), 'ab');
  t.ok(isAbsolute('http://x') && isAbsolute('https://x'));
  t.notOk(isAbsolute('//x/y') || isAbsolute('/x'));
});
