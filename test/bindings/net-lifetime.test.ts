/** Collection of sockets, seen from the network: a recording that goes on with a collection. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Step, Vector } from '../vectors/format.ts';
import { playNet } from '../vectors/net.ts';

const read = (name: string): Vector =>
  JSON.parse(readFileSync(new URL(`../vectors/data/net/${name}.json`, import.meta.url), 'utf8')) as Vector;

/** The recording, continued; step numbers go on by themselves. */
const continued = (vector: Vector, steps: readonly Omit<Step, 'n'>[], end: number): Vector => ({
  ...vector,
  end,
  steps: [...vector.steps, ...steps.map((step, i) => ({ ...step, n: vector.steps.length + 1 + i }))],
});

const verdictOf = (vector: Vector): string => {
  const verdict = playNet(vector);
  return verdict.kind === 'failed' ? [verdict.reason, ...verdict.timeline].join('\n') : verdict.kind;
};

/** The device on its connection to port 81, where six bytes arrived that no callback heard of. */
const segment = (flags: string): NonNullable<Step['out']> => ({
  mac: '02:00:00:00:00:0a',
  ttl: 255,
  tcp: { from: '192.168.1.50:$p2', to: '192.168.1.10:81', flags, seq: 1, ack: 7 },
});

t.test('a connection made inside disconnection is reset when its object is collected', async (t) => {
  const vector = continued(
    read('reconnect-in-disconnection-literal'),
    [
      { t: 125, by: 'tcp-fast', out: segment('A') },
      { t: 130, lua: ['collectgarbage()'] },
      { t: 140, lua: ['s = nil', 'collectgarbage() collectgarbage()'] },
      { t: 140, by: 'lua', out: segment('RA') },
    ],
    200,
  );
  t.equal(verdictOf(vector), 'passed');
});

t.test('a pinned connection without references goes on and is let go by its end', async (t) => {
  t.equal(verdictOf(read('lifetime-connected-socket')), 'passed');
});
