/** Collection of sockets, seen from the network: a recording that goes on with a collection. */
import t from 'tap';
import { continued, recording, verdictOf } from '../vectors/edited.ts';
import type { Step } from '../vectors/format.ts';

/** The device on its connection to port 81, where six bytes arrived that no callback heard of. */
const segment = (flags: string): NonNullable<Step['out']> => ({
  mac: '02:00:00:00:00:0a',
  ttl: 255,
  tcp: { from: '192.168.1.50:$p2', to: '192.168.1.10:81', flags, seq: 1, ack: 7 },
});

t.test('a connection made inside disconnection is reset when its object is collected', async (t) => {
  const vector = continued(recording('reconnect-in-disconnection-literal'), [
    { t: 125, by: 'tcp-fast', out: segment('A') },
    { t: 130, lua: ['collectgarbage()'] },
    { t: 140, lua: ['s = nil', 'collectgarbage() collectgarbage()'] },
    { t: 140, by: 'lua', out: segment('RA') },
  ]);
  t.equal(verdictOf(vector), 'passed');
});

t.test('a pinned connection without references goes on and is let go by its end', async (t) => {
  t.equal(verdictOf(recording('lifetime-connected-socket')), 'passed');
});
