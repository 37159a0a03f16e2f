import fc from 'fast-check';
import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { type Arrival, Reassembly, trimEnd, trimFront } from '../../runtime/stack/reassembly.ts';
import { seqAdd, TCP_FIN } from '../../runtime/wire/index.ts';

/** Crosses the wrap of the number space. */
const BASE = 0xfffffffa;
const TEXT = 'abcdefghijklmnopqrstuvwxyz';

const piece = (from: number, to: number, flags = 0): Arrival => {
  const payload = fromLatin1(TEXT.slice(from, to));
  return { seq: seqAdd(BASE, from), flags, length: payload.length, payload };
};

const filled = (...pieces: Arrival[]): Reassembly => {
  const queue = new Reassembly();
  for (const p of pieces) queue.insert(p, seqAdd(BASE, 100));
  return queue;
};

/** Takes everything that is in order from `from` on, jumping over holes. */
function drain(queue: Reassembly): string[] {
  const out: string[] = [];
  for (let at = 0; !queue.empty && at < 200; ) {
    const next = queue.take(seqAdd(BASE, at));
    if (next === undefined) at++;
    else {
      const fin = next.flags & TCP_FIN ? '$' : '';
      out.push(`${at}:${toLatin1(next.payload)}${fin}`);
      at += Math.max(next.length, 1);
    }
  }
  return out;
}

t.test('segments come out in order with their own boundaries', (t) => {
  t.same(drain(filled(piece(6, 9), piece(3, 6), piece(12, 14))), ['3:def', '6:ghi', '12:mn']);
  t.end();
});

t.test('nothing is taken while the hole is open', (t) => {
  const queue = filled(piece(3, 6));
  t.equal(queue.take(BASE), undefined);
  t.equal(queue.size, 1);
  t.end();
});

t.test('of two segments with the same beginning the longer stays', (t) => {
  t.same(drain(filled(piece(3, 6), piece(3, 5))), ['3:def']);
  t.same(drain(filled(piece(3, 6), piece(3, 9))), ['3:defghi']);
  t.end();
});

t.test('a new segment cuts the end of the one before it', (t) => {
  t.same(drain(filled(piece(3, 8), piece(6, 10))), ['3:def', '6:ghij']);
  t.end();
});

t.test('a new segment inside an older one costs the end of that one, as in lwIP', (t) => {
  t.same(drain(filled(piece(3, 10), piece(5, 6))), ['3:de', '5:f']);
  t.end();
});

t.test('a new segment is cut at the one behind it and swallows what it covers', (t) => {
  t.same(drain(filled(piece(6, 8), piece(10, 14), piece(5, 12))), ['5:fghij', '10:klmn']);
  t.same(drain(filled(piece(6, 8), piece(9, 10), piece(5, 12))), ['5:fghijkl']);
  t.end();
});

t.test('a swallowed FIN moves to the segment that swallowed it', (t) => {
  t.same(drain(filled(piece(6, 8, TCP_FIN), piece(3, 8))), ['3:defgh$']);
  t.end();
});

t.test('nothing lies behind a FIN', (t) => {
  t.same(drain(filled(piece(10, 12), piece(3, 6, TCP_FIN))), ['3:def$'], 'what lay there is dropped');
  t.same(drain(filled(piece(3, 6, TCP_FIN), piece(8, 9))), ['3:def$'], 'what comes later is not stored');
  t.end();
});

t.test('a lone FIN waits in its place', (t) => {
  t.same(drain(filled(piece(6, 6, TCP_FIN), piece(3, 6))), ['3:def$'], 'or moves to the data that ends there');
  t.same(drain(filled(piece(7, 7, TCP_FIN), piece(3, 6))), ['3:def', '7:$']);
  t.end();
});

t.test('behind another segment, what lies outside the window is cut, and its FIN with it', (t) => {
  const queue = filled(piece(3, 4));
  queue.insert(piece(4, 10, TCP_FIN), seqAdd(BASE, 7));
  t.same(drain(queue), ['3:d', '4:efg']);
  const first = new Reassembly();
  first.insert(piece(3, 10, TCP_FIN), seqAdd(BASE, 7));
  t.same(drain(first), ['3:defghij$'], 'the first of the queue stays whole (tcp_in.c tcp_receive)');
  t.end();
});

t.test('a segment in order drops what it covers and is cut where it overlaps', (t) => {
  const queue = filled(piece(3, 5), piece(6, 9));
  const arriving = piece(0, 7);
  queue.reconcile(arriving);
  t.equal(toLatin1(arriving.payload), 'abcdef');
  t.same(drain(queue), ['6:ghi']);
  t.end();
});

t.test('a FIN in order ends everything that waited', (t) => {
  const queue = filled(piece(3, 5), piece(6, 9));
  queue.reconcile(piece(0, 2, TCP_FIN));
  t.ok(queue.empty);
  t.end();
});

t.test('cutting moves the view, not the bytes', (t) => {
  const p = piece(0, 6);
  const { buffer } = p.payload;
  trimFront(p, seqAdd(BASE, 2));
  trimEnd(p, 3);
  t.same([p.seq, p.length, toLatin1(p.payload)], [seqAdd(BASE, 2), 3, 'cde']);
  t.equal(p.payload.buffer, buffer);
  t.end();
});

t.test('any pieces of a text in any order come out ordered, free of overlaps and true to the text', (t) => {
  const arbPiece = fc
    .tuple(fc.nat(25), fc.nat(25))
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  fc.assert(
    fc.property(fc.array(arbPiece, { minLength: 1, maxLength: 12 }), (ranges) => {
      const covered = new Set<number>();
      for (const [from, to] of ranges) for (let i = from; i < to; i++) covered.add(i);
      const got: number[] = [];
      for (const line of drain(filled(...ranges.map(([from, to]) => piece(from, to))))) {
        const at = Number(line.split(':')[0]);
        for (const [i, letter] of [...(line.split(':')[1] ?? '')].entries()) {
          if (TEXT[at + i] !== letter) return false;
          got.push(at + i);
        }
      }
      return got.every((x, i) => covered.has(x) && (i === 0 || x > (got[i - 1] ?? 99)));
    }),
    { seed: 1, numRuns: 500 },
  );
  t.end();
});
