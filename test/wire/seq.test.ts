import fc from 'fast-check';
import t from 'tap';
import { seqAdd, seqDiff, seqGeq, seqGt, seqLeq, seqLt } from '../../runtime/wire/seq.ts';
import { arbU32 } from '../helpers/arb.ts';

const HALF = 2 ** 31;

t.test('numbers wrap at 2^32 and stay unsigned', async (t) => {
  t.equal(seqAdd(0xffffffff, 1), 0);
  t.equal(seqAdd(0xfffffff0, 0x20), 0x10);
  t.equal(seqAdd(0, -1), 0xffffffff);
  t.equal(seqDiff(5, 0xfffffffb), 10);
  t.equal(seqDiff(0xfffffffb, 5), -10);
});

t.test('order holds across the wrap', async (t) => {
  t.ok(seqLt(0xfffffff0, 0x10));
  t.ok(seqGt(0x10, 0xfffffff0));
  t.notOk(seqLt(7, 7));
  t.notOk(seqGt(7, 7));
  t.ok(seqLeq(7, 7));
  t.ok(seqGeq(7, 7));
});

t.test('what is added is the difference, and decides the order', async () => {
  fc.assert(
    fc.property(arbU32, fc.integer({ min: 0, max: HALF - 1 }), (a, n) => {
      const b = seqAdd(a, n);
      return (
        seqDiff(b, a) === n &&
        seqLt(a, b) === n > 0 &&
        seqGt(b, a) === n > 0 &&
        seqLeq(a, b) &&
        seqGeq(b, a) &&
        seqLeq(b, a) === (n === 0)
      );
    }),
    { seed: 1 },
  );
});
