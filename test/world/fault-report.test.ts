import t from 'tap';
import { SimulatorFault, seconds, Trace, us, VirtualClock } from '../../runtime/core/index.ts';
import { faultReport, formatTrace, LastEvents } from '../../runtime/world/fault-report.ts';

t.test('a trace event is a line', async (t) => {
  const event = { at: us(12_503_000), node: 'esp1', layer: 'stack/tcp', event: 'moved', detail: 'a -> b' };
  t.equal(formatTrace(event), '12.503000 esp1 stack/tcp moved: a -> b');
  t.equal(formatTrace({ ...event, detail: '' }), '12.503000 esp1 stack/tcp moved');
});

t.test('the last events are kept, oldest first', async (t) => {
  const trace = new Trace(new VirtualClock());
  const last = new LastEvents(trace, 3);
  const tracer = trace.node('n');
  t.same(last.lines(), []);
  for (const event of ['a', 'b']) tracer.emit('l', event);
  t.same(last.lines(), ['0.000000 n l a', '0.000000 n l b']);
  for (const event of ['c', 'd', 'e']) tracer.emit('l', event);
  t.same(last.lines(), ['0.000000 n l c', '0.000000 n l d', '0.000000 n l e']);
});

t.test('keeping none costs nobody anything', async (t) => {
  const trace = new Trace(new VirtualClock());
  t.same(new LastEvents(trace, 0).lines(), []);
  t.equal(trace.node('n').on, false);
});

t.test('a report tells message, seed, time and story, and keeps its cause', async (t) => {
  const trace = new Trace(new VirtualClock());
  const last = new LastEvents(trace, 3);
  const cause = new TypeError('oops');
  t.match(faultReport(cause, 41, seconds(1.5), last), { message: 'oops\nseed 41, virtual time 1.500000 s', cause });
  trace.node('n').emit('l', 'a');
  const fault = faultReport('text', 41, seconds(1.5), last);
  t.ok(fault instanceof SimulatorFault);
  t.equal(fault.message, 'text\nseed 41, virtual time 1.500000 s\nlast events:\n  0.000000 n l a');
});
