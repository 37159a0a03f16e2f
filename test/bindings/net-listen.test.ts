/** The time-out of servers beyond what is recorded: net.md section 8, the values measured with the firmware's own code. */
import t from 'tap';
import { continued, recording, verdictOf } from '../vectors/edited.ts';
import type { Step, Vector } from '../vectors/format.ts';

const PEER = '02:00:00:00:00:0a';
const BACK = { from: '192.168.1.50:80', to: '192.168.1.10:4000' };

/** A server with another time-out; the client falls silent after the handshake. */
function silentClient(timeout: string, steps: readonly Omit<Step, 'n'>[]): Vector {
  const original = recording('keepalive-net-tcp-argument');
  const handshake = original.steps.slice(0, 4);
  const [first, ...rest] = handshake;
  const lua = first?.lua?.map((line) => line.replace('net.TCP, 30', timeout)) ?? [];
  return continued({ ...original, end: 0, steps: [{ n: 1, t: 0, lua }, ...rest] }, steps);
}

const probe = (at: number): Omit<Step, 'n'> => ({
  t: at,
  by: 'tcp-slow',
  out: { mac: PEER, ttl: 255, tcp: { ...BACK, flags: 'A', seq: 0, ack: 1 } },
});
const giveUp = (at: number): Omit<Step, 'n'>[] => [
  { t: at, by: 'tcp-slow', out: { mac: PEER, ttl: 255, tcp: { ...BACK, flags: 'RA', seq: 1, ack: 1 } } },
  { t: at, by: 'tcp-slow', print: 'reconnection\t-8' },
];

t.test('one second', async (t) => {
  t.equal(verdictOf(silentClient('1', [probe(1250), ...giveUp(11_250)])), 'passed');
});

t.test('28800 seconds work as given', async (t) => {
  t.equal(verdictOf(silentClient('28800', [probe(28_800_250), ...giveUp(28_810_250)])), 'passed');
});

t.test('-1 wraps: no probe, and an end after nine seconds', async (t) => {
  t.equal(verdictOf(silentClient('-1', giveUp(9250))), 'passed');
});

t.test('-11 never ends anything', async (t) => {
  t.equal(verdictOf({ ...silentClient('-11', []), end: 3_600_000 }), 'passed');
});
