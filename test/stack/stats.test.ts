import t from 'tap';
import { type Micros, SILENT, Trace, type TraceEvent } from '../../runtime/core/index.ts';
import { DropCounters } from '../../runtime/stack/stats.ts';

t.test('drops are counted by layer and reason', async (t) => {
  const drops = new DropCounters({ ...SILENT, emit: () => t.fail('nobody listens') });
  drops.drop('udp', 'bad-checksum');
  drops.drop('ip4', 'bad-checksum');
  drops.drop('udp', 'bad-checksum', () => t.fail() as never);
  t.equal(drops.of('udp', 'bad-checksum'), 2);
  t.equal(drops.of('udp', 'closed-port'), 0);
  drops.drop('ip4', 'not-ours');
  drops.drop('ip4', 'bad-checksum');
  drops.drop('ip4', 'bad-checksum');
  t.same(drops.entries(), [
    ['udp bad-checksum', 2],
    ['ip4 bad-checksum', 3],
    ['ip4 not-ours', 1],
  ]);
});

t.test('each drop is a line of the trace', async (t) => {
  const seen: TraceEvent[] = [];
  const trace = new Trace({ now: () => 7 as Micros, timer: () => t.fail() as never });
  trace.listen((event) => seen.push(event));
  const drops = new DropCounters(trace.node('esp1'));
  drops.drop('arp', 'queue-full', () => '10.0.0.1');
  drops.drop('arp', 'truncated');
  t.same(
    seen.map((e) => `${e.at} ${e.node} ${e.layer} ${e.event} ${e.detail}`),
    ['7 esp1 stack/arp dropped queue-full: 10.0.0.1', '7 esp1 stack/arp dropped truncated'],
  );
});
