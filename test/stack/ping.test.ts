import t from 'tap';
import type { PingHandlers } from '../../runtime/stack/index.ts';
import { emitIcmp, type IcmpEcho, PROTO_ICMP, parseIcmp } from '../../runtime/wire/index.ts';
import { Bench, ip, PEER, US } from '../helpers/stack.ts';

const OTHER = ip('192.168.1.11');

/** Handlers that write down what they are told. */
const told = (log: string[], name = ''): PingHandlers => ({
  reply: (bytes, seq, rttMs) => log.push(`${name}reply ${bytes} ${seq} ${rttMs}`),
  timeout: () => log.push(`${name}timeout`),
  done: (...totals) => log.push(`${name}done ${totals.join(' ')}`),
});

/** The probes sent since the last call. */
const probes = (bench: Bench): IcmpEcho[] =>
  bench.packets().flatMap((packet) => {
    const message = parseIcmp(packet.payload);
    return message.ok && message.value.type === 'echo-request' ? [message.value] : [];
  });

const answer = (bench: Bench, probe: IcmpEcho, src = PEER): void =>
  bench.hear({ src, dst: US, protocol: PROTO_ICMP, payload: emitIcmp({ ...probe, type: 'echo-reply' }) });

t.test('four probes, one a second, each answered, then the totals', async (t) => {
  const bench = new Bench();
  const log: string[] = [];
  bench.stack.ping.start(PEER, 0, told(log));
  for (let seq = 1; seq <= 4; seq++) {
    const [probe] = probes(bench);
    t.match(probe, { id: 0xafaf, seq });
    t.equal(probe?.data.length, 32);
    bench.pass(5);
    answer(bench, probe as IcmpEcho);
    bench.pass(995);
  }
  t.same(log, ['reply 32 1 5', 'reply 32 2 5', 'reply 32 3 5', 'reply 32 4 5', 'done 4 0 128 4000']);
  t.same(bench.stack.wakeSources(), []);
});

t.test('a probe without an answer is told before the next one leaves', async (t) => {
  const bench = new Bench();
  const log: string[] = [];
  bench.stack.ping.start(PEER, 2, { ...told(log), timeout: () => log.push(`timeout ${probes(bench).length}`) });
  bench.pass(2000);
  t.same(log, ['timeout 1', 'timeout 1', 'done 2 2 0 2000']);
});

t.test('late and doubled replies are ignored', async (t) => {
  const bench = new Bench();
  const log: string[] = [];
  bench.stack.ping.start(PEER, 2, told(log));
  const [first] = probes(bench);
  bench.pass(1100);
  answer(bench, first as IcmpEcho);
  const [second] = probes(bench);
  answer(bench, second as IcmpEcho);
  answer(bench, second as IcmpEcho);
  bench.pass(1000);
  t.same(log, ['timeout', 'reply 32 2 100', 'done 2 1 32 2000']);
});

t.test('of two pings the newer one gets the replies of both', async (t) => {
  const bench = new Bench();
  const log: string[] = [];
  bench.stack.ping.start(PEER, 2, told(log, 'a '));
  bench.pass(300);
  bench.stack.ping.start(OTHER, 2, told(log, 'b '));
  probes(bench);
  bench.pass(700);
  const [probe] = probes(bench);
  bench.pass(10);
  answer(bench, probe as IcmpEcho);
  t.same(log, ['a timeout', 'b reply 32 3 710']);
});

t.test('numbers go on from one ping to the next', async (t) => {
  const bench = new Bench();
  bench.stack.ping.start(PEER, 1, told([]));
  bench.pass(1000);
  bench.stack.ping.start(PEER, 1, told([]));
  t.same(
    probes(bench).map((probe) => probe.seq),
    [1, 2],
  );
});

t.test('a ping begun between two ticks of the stack ends up to 100 ms early', async (t) => {
  const bench = new Bench();
  const log: string[] = [];
  bench.pass(20);
  bench.stack.ping.start(PEER, 1, told(log));
  bench.pass(1000);
  t.same(log, ['timeout', 'done 1 1 0 980']);
});

t.test('a reset forgets running pings', async (t) => {
  const bench = new Bench();
  const log: string[] = [];
  bench.stack.ping.start(PEER, 1, told(log));
  bench.stack.shutdown();
  bench.pass(2000);
  t.same(log, []);
  t.same(bench.clock.pending(), []);
});
