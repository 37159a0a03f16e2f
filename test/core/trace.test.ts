import t from 'tap';
import { Trace, type TraceEvent, us, VirtualClock } from '../../runtime/core/index.ts';

t.test('facts reach every sink with time and node, and none after it left', async (t) => {
  const clock = new VirtualClock();
  const trace = new Trace(clock);
  const node = trace.node('esp1');
  t.notOk(node.on, 'nobody listens yet');
  const seen: TraceEvent[] = [];
  const leave = trace.listen((event) => seen.push(event));
  t.ok(node.on);
  clock.runUntil(us(5));
  node.emit('stack/tcp', 'dropped', 'bad-checksum');
  leave();
  node.emit('stack/tcp', 'dropped');
  t.same(seen, [{ at: 5, node: 'esp1', layer: 'stack/tcp', event: 'dropped', detail: 'bad-checksum' }]);
});
