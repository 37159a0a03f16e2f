import t from 'tap';
import { parseWebsocketUrl } from '../../runtime/proto/websocket-url.ts';

t.test('addresses are taken apart', async (t) => {
  const url = (text: string) => parseWebsocketUrl(text);
  const value = { secure: false, host: 'h', port: 80, path: '/' };
  t.same(url('ws://h'), { ok: true, value });
  t.same(url('WS://h:8080/a/b?c:d'), { ok: true, value: { ...value, port: 8080, path: '/a/b?c:d' } });
  t.same(url('wss://h/'), { ok: true, value: { ...value, secure: true, port: 443 } });
  t.same(url('ws://h?x'), { ok: true, value: { ...value, host: 'h?x' } }, 'a query needs a path');
  t.match(url('ws://h: 81x/'), { value: { port: 81 } }, 'as atoi reads it');
});

t.test('each mistake has its code', async (t) => {
  for (const [text, error] of [
    ['http://h/', -1],
    ['', -1],
    [`ws://${'h'.repeat(256)}/`, -2],
    [`ws://${'h'.repeat(256)}`, -2],
    ['ws://h:0/', -3],
    ['ws://h:65536/', -3],
    ['ws://h:-1/', -3],
    ['ws://h:x/', -3],
    ['ws://h:/', -3],
    ['ws:///x', -4],
    ['ws://:80/x', -4],
  ] as const)
    t.same(parseWebsocketUrl(text), { ok: false, error }, text);
  t.ok(parseWebsocketUrl(`ws://${'h'.repeat(255)}/`).ok);
});
