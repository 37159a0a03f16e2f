import t from 'tap';
import { fromLatin1, type Result, seconds } from '../../runtime/core/index.ts';
import { type FetchError, type FetchOptions, HttpFetch, splitUrl } from '../../runtime/world/http-fetch.ts';
import type { HttpReply } from '../../runtime/world/http-reply.ts';
import { at, Wired } from '../helpers/wired.ts';

function ask(url: string, serve: (world: Wired) => void = () => {}, options: FetchOptions = {}): string {
  const world = new Wired();
  world.router();
  serve(world);
  const client = world.host('client.test', at(20));
  client.stack.dns.setServer(0, at(1));
  const box: { reply?: Result<HttpReply, FetchError> } = {};
  new HttpFetch(world.clock, client.stack, url, options, (reply) => {
    box.reply = reply;
  });
  t.equal(box.reply, undefined, 'never before the constructor returns');
  world.runFor(seconds(60));
  if (box.reply === undefined) return 'nothing';
  return box.reply.ok ? `${box.reply.value.status} ${box.reply.value.body}` : box.reply.error;
}

const says =
  (text: string, port = 80) =>
  (world: Wired): void => {
    world.host('server.test', at(10)).listen(port, (stream) => {
      stream.handler = {
        onData: (bytes) => {
          stream.write(fromLatin1(text.replace('{}', String.fromCharCode(...bytes).replace(/\r\n/g, '|'))));
          stream.end();
        },
      };
    });
  };

t.test('a request and its answer', async (t) => {
  const answer = says('HTTP/1.0 200 OK\r\n\r\n{}', 8080);
  t.equal(
    ask('http://server.test:8080/x?y', answer, { method: 'POST', body: 'hello', headers: { A: 'b' } }),
    '200 POST /x?y HTTP/1.1|Host: server.test:8080|Connection: close|Content-Length: 5|A: b||hello',
  );
  t.match(ask('http://192.168.1.10:8080', answer), '200 GET / HTTP/1.1|Host: 192.168.1.10:8080|');
});

t.test('every way to fail', async (t) => {
  t.equal(ask('ftp://server.test/'), 'bad-url');
  t.equal(ask('http://nobody.test/'), 'no-such-name');
  t.equal(ask('http://server.test/', says('', 81)), 'refused');
  t.equal(ask('http://server.test/', says('')), 'broken', 'nothing was said');
  t.equal(ask('http://server.test/', says('hello')), 'no-http');
  const silent = (world: Wired): void => void world.host('server.test', at(10)).listen(80, () => {});
  t.equal(ask('http://server.test/', silent), 'time-out');
});

t.test('addresses', async (t) => {
  t.same(splitUrl('HTTP://a.b:81?c#d'), { host: 'a.b', port: 81, target: '/?c' });
  t.equal(splitUrl('a.b'), undefined);
});
