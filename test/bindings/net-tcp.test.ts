/** What net.c does in corners that no recording shows, read from its source. */
import t from 'tap';
import { continued, recording, verdictOf } from '../vectors/edited.ts';

const PEER = '02:00:00:00:00:0a';

t.test('a handler cleared between two segments that arrive together is called as nil', async (t) => {
  const original = recording('receive-out-of-order-panic');
  const [first, ...rest] = original.steps;
  const lua = first?.lua?.map((line) => line.replace('sck:close()', 'sck:on("receive", nil)')) ?? [];
  const vector = continued(
    { ...original, steps: [{ n: 1, t: 0, lua }, ...rest] },
    [
      { t: 25, by: 'in', print: 'receive\tABC' },
      { t: 25, by: 'in', panic: 'PANIC: unprotected error in call to Lua API (attempt to call a nil value)' },
    ],
    7,
  );
  t.equal(verdictOf(vector), 'passed');
});

t.test('the FIN of an earlier connection ends the socket that was connected again', async (t) => {
  const ends = { from: '192.168.1.10:80', to: '192.168.1.50:$p1' };
  const back = { from: '192.168.1.50:$p1', to: '192.168.1.10:80' };
  const vector = continued(recording('reconnect-same-object-twice'), [
    { t: 200, in: { mac: PEER, tcp: { ...ends, flags: 'FA', seq: 1, ack: 2, win: 8192 } } },
    { t: 200, by: 'in', print: 'disconnection\t0' },
    { t: 200, by: 'in', out: { mac: PEER, ttl: 255, tcp: { ...back, flags: 'A', seq: 2, ack: 2 } } },
    { t: 210, lua: ['print(s:getpeer())'] },
    { t: 210, by: 'lua', print: 'nil\tnil' },
  ]);
  t.equal(verdictOf(vector), 'passed');
});

t.test('closing in the accept callback is no error of that callback', async (t) => {
  t.equal(verdictOf(recording('server-close-in-accept')), 'passed');
});
