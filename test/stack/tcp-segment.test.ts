import fc from 'fast-check';
import t from 'tap';
import { controlSegment, SegmentQueue, segmentSpan, seqInside } from '../../runtime/stack/tcp-segment.ts';
import { seqAdd, TCP_ACK, TCP_FIN, TCP_SYN } from '../../runtime/wire/index.ts';

function list(queue: SegmentQueue): number[] {
  const seqs: number[] = [];
  for (let s = queue.head; s !== undefined; s = s.next) seqs.push(s.seq);
  return seqs;
}

t.test('SYN and FIN take a sequence number each way, together just one', (t) => {
  t.equal(segmentSpan({ length: 3, flags: TCP_ACK }), 3);
  t.equal(segmentSpan({ length: 3, flags: TCP_FIN }), 4);
  t.equal(segmentSpan({ length: 0, flags: TCP_SYN | TCP_FIN }), 1);
  t.end();
});

t.test('an empty window contains nothing', (t) => {
  t.equal(seqInside(5, 5, 4), false);
  t.equal(seqInside(5, 5, 5), true);
  t.equal(seqInside(1, 0xfffffff0, 10), true);
  t.end();
});

t.test('a SYN carries the MSS option, a FIN does not', (t) => {
  t.equal(controlSegment(1, TCP_SYN).mssOption, true);
  t.equal(controlSegment(1, TCP_FIN).mssOption, false);
  t.end();
});

t.test('segments are kept in sequence order across the wrap, whatever order they are put back in', (t) => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7]), (order) => {
      const queue = new SegmentQueue();
      for (const n of order) queue.insert(controlSegment(seqAdd(0xfffffffc, n), 0));
      const want = [...order].sort((a, b) => a - b).map((n) => seqAdd(0xfffffffc, n));
      return JSON.stringify(list(queue)) === JSON.stringify(want) && queue.tail?.seq === want.at(-1);
    }),
    { seed: 1 },
  );
  t.end();
});

t.test('prepending takes all segments of the other queue', (t) => {
  const unsent = new SegmentQueue();
  const unacked = new SegmentQueue();
  for (const seq of [3, 4]) unsent.push(controlSegment(seq, 0));
  for (const seq of [1, 2]) unacked.push(controlSegment(seq, 0));
  unsent.prepend(unacked);
  t.same(list(unsent), [1, 2, 3, 4]);
  t.same(list(unacked), []);
  t.equal(unsent.tail?.seq, 4);
  unsent.prepend(unacked);
  t.same(list(unsent), [1, 2, 3, 4]);
  const empty = new SegmentQueue();
  empty.prepend(unsent);
  t.equal(empty.tail?.seq, 4);
  t.end();
});

t.test('shifting the last segment empties the queue', (t) => {
  const queue = new SegmentQueue();
  queue.push(controlSegment(1, 0));
  t.equal(queue.shift()?.seq, 1);
  t.equal(queue.shift(), undefined);
  t.equal(queue.tail, undefined);
  t.end();
});
