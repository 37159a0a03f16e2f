import t from 'tap';
import { ms } from '../../runtime/core/index.ts';
import { ERR, HOST_OPTS } from '../../runtime/stack/index.ts';
import { emitIgmp, type Igmp, IPV4_ANY, PROTO_IGMP } from '../../runtime/wire/index.ts';
import { Bench, FakeLink, ip, mac, NETMASK, PEER, ROUTER } from '../helpers/stack.ts';

const GROUP = ip('239.1.2.3');
const OTHER = ip('239.1.2.4');
const ALL = ip('224.0.0.1');
const REPORT = 'IP 192.168.1.50 > 239.1.2.3: igmp v2 report 239.1.2.3';
const LEAVE = 'IP 192.168.1.50 > 224.0.0.2: igmp leave 239.1.2.3';

const hear = (bench: Bench, message: Partial<Igmp>, dst = ALL): void =>
  bench.hear({
    protocol: PROTO_IGMP,
    dst,
    ttl: 1,
    payload: emitIgmp({ type: 'query', maxRespTenths: 100, group: IPV4_ANY, ...message }),
  });

/** Runs until something is said, at most `limit` milliseconds; the time it took. */
function wait(bench: Bench, limit: number): number | undefined {
  for (let passed = 1; passed <= limit; passed++) {
    bench.pass(1);
    if (bench.link.sent.length > 0) return passed;
  }
  return undefined;
}

t.test('a join is reported at once and once more within half a second', async (t) => {
  const bench = new Bench();
  t.equal(bench.stack.igmp.join(IPV4_ANY, GROUP), ERR.OK);
  const [packet] = bench.packets();
  t.match(packet, { ttl: 1, dst: GROUP, options: Uint8Array.of(0x94, 4, 0, 0) });
  const after = wait(bench, 500) ?? 0;
  t.same(bench.said(), [REPORT]);
  t.equal(after % 100, 0, 'on the 100 ms tick');
  bench.pass(60_000);
  t.same(bench.said(), []);
  t.same(bench.clock.pending(), []);
});

t.test('the tick has a phase that can be set', async (t) => {
  const bench = new Bench();
  bench.stack.igmp.setPhase(ms(37));
  bench.stack.igmp.join(IPV4_ANY, GROUP);
  bench.taken();
  t.equal((wait(bench, 500) ?? 0) % 100, 37);
});

t.test('only the first join and the last leave are heard of', async (t) => {
  const bench = new Bench();
  const { igmp } = bench.stack;
  for (let i = 0; i < 3; i++) igmp.join(IPV4_ANY, GROUP);
  bench.pass(1000);
  t.same(bench.said(), [REPORT, REPORT]);
  t.equal(igmp.leave(IPV4_ANY, GROUP), ERR.OK);
  t.equal(igmp.leave(IPV4_ANY, GROUP), ERR.OK);
  t.ok(igmp.isMember(bench.netif, GROUP));
  t.same(bench.said(), []);
  t.equal(igmp.leave(IPV4_ANY, GROUP), ERR.OK);
  t.same(bench.said(), [LEAVE]);
  t.notOk(igmp.isMember(bench.netif, GROUP));
  t.equal(igmp.leave(IPV4_ANY, GROUP), ERR.VAL);
});

t.test('what cannot be joined is refused', async (t) => {
  const { igmp } = new Bench().stack;
  t.equal(igmp.join(IPV4_ANY, PEER), ERR.VAL, 'no group');
  t.equal(igmp.join(IPV4_ANY, ALL), ERR.VAL, 'everybody is in it');
  t.equal(igmp.join(ip('192.168.9.9'), GROUP), ERR.VAL, 'no such interface');
  t.equal(igmp.leave(IPV4_ANY, PEER), ERR.VAL);
});

t.test('a join can be meant for one interface', async (t) => {
  const bench = new Bench();
  const second = bench.stack.addNetif('ap', new FakeLink(mac('1a:fe:34:01:02:03')));
  second.setAddr(ip('192.168.4.1'), NETMASK, IPV4_ANY);
  second.setUp();
  bench.stack.igmp.join(ip('192.168.4.1'), GROUP);
  bench.stack.igmp.join(IPV4_ANY, OTHER);
  t.same(bench.stack.igmp.groupsOf(second), [OTHER, GROUP, ALL]);
  t.same(bench.stack.igmp.groupsOf(bench.netif), [OTHER, ALL]);
});

t.test('a general query is answered for every group but 224.0.0.1, within its time', async (t) => {
  const bench = new Bench();
  bench.stack.igmp.join(IPV4_ANY, GROUP);
  bench.stack.igmp.join(IPV4_ANY, OTHER);
  bench.pass(1000);
  bench.taken();
  hear(bench, { maxRespTenths: 20 });
  bench.pass(2000);
  t.same(bench.said().sort(), [REPORT, REPORT.replaceAll('239.1.2.3', '239.1.2.4')]);
});

t.test('a query for one group is answered for that one', async (t) => {
  const bench = new Bench();
  bench.stack.igmp.join(IPV4_ANY, GROUP);
  bench.stack.igmp.join(IPV4_ANY, OTHER);
  bench.pass(1000);
  bench.taken();
  hear(bench, { group: GROUP, maxRespTenths: 10 });
  hear(bench, { group: ip('239.9.9.9'), maxRespTenths: 10 });
  bench.pass(1000);
  t.same(bench.said(), [REPORT]);
});

t.test('a query sent to the group itself counts too, and version 1 queries give one second', async (t) => {
  const bench = new Bench();
  bench.stack.igmp.join(IPV4_ANY, GROUP);
  bench.pass(1000);
  bench.taken();
  hear(bench, { group: GROUP, maxRespTenths: 10 }, GROUP);
  bench.pass(1000);
  t.same(bench.said(), [REPORT]);
  hear(bench, { maxRespTenths: 0 });
  bench.pass(1000);
  t.same(bench.said(), [REPORT]);
});

t.test('somebody else reporting first silences us, and then our leave too', async (t) => {
  const bench = new Bench();
  bench.stack.igmp.join(IPV4_ANY, GROUP);
  bench.taken();
  hear(bench, { type: 'report-v2', group: GROUP }, GROUP);
  bench.pass(1000);
  t.same(bench.said(), []);
  bench.stack.igmp.leave(IPV4_ANY, GROUP);
  t.same(bench.said(), []);
});

t.test('messages to groups we are not in, and unknown ones, are counted', async (t) => {
  const bench = new Bench();
  hear(bench, { type: 'report-v2', group: ALL }, ALL);
  hear(bench, { type: 'report-v1', group: ALL }, ALL);
  bench.hear({ protocol: PROTO_IGMP, dst: ALL, payload: new Uint8Array(4) });
  t.equal(bench.stack.drops.of('igmp', 'bad-type'), 1);
  t.equal(bench.stack.drops.of('igmp', 'truncated'), 1);
});

t.test('an interface that comes up reports its groups, 224.0.0.1 only on the device', async (t) => {
  for (const [opts, groups] of [
    [undefined, ['224.0.0.1', '239.1.2.3']],
    [HOST_OPTS, ['239.1.2.3']],
  ] as const) {
    const bench = new Bench(opts === undefined ? {} : { opts });
    bench.stack.igmp.join(IPV4_ANY, GROUP);
    bench.pass(1000);
    bench.netif.setDown();
    bench.taken();
    bench.netif.setUp();
    bench.pass(500);
    const reported = bench.said().flatMap((line) => line.match(/report (.*)/)?.[1] ?? []);
    t.same(reported.sort(), groups);
  }
});

t.test('datagrams to a group arrive while it is joined', async (t) => {
  const bench = new Bench();
  const heard: string[] = [];
  const pcb = bench.stack.udp.newPcb();
  pcb.bind(IPV4_ANY, 5000);
  pcb.recv = (data) => heard.push(String.fromCharCode(...data));
  const say = (text: string): void => bench.hearUdp(1234, 5000, new TextEncoder().encode(text), { dst: GROUP });
  say('before');
  bench.stack.igmp.join(ROUTER, GROUP);
  say('elsewhere');
  bench.stack.igmp.join(IPV4_ANY, GROUP);
  say('member');
  bench.stack.igmp.leave(IPV4_ANY, GROUP);
  say('after');
  t.same(heard, ['member']);
});
