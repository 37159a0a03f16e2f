import fc from 'fast-check';
import t from 'tap';
import { shrink, simplify } from '../../../cli/test/shrink.ts';

t.test('what is left still fails, and not without any one of its parts', async () => {
  const list = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(list, fc.nat(), (items, pick) => {
      // Fails when all of a few are there.
      const needed = items.filter((_, i) => ((pick >> i) & 1) === 1);
      const fails = (part: readonly number[]): boolean => needed.every((item) => part.includes(item));
      const rest = shrink(items, fails);
      return fails(rest) && (rest.length === 1 || rest.every((item) => !fails(rest.filter((other) => other !== item))));
    }),
    { seed: 1 },
  );
});

t.test('a failure that comes and goes with the company still ends', async (t) => {
  const rest = shrink([1, 2, 3, 4, 5, 6, 7], (part) => part.length % 2 === 1 && part.includes(4));
  t.ok(rest.includes(4));
});

t.test('items become the simplest that still fail', async (t) => {
  const smaller = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  t.same(
    simplify([9, 5], smaller, ([a = 0, b = 0]) => a >= 3 && b >= 5),
    [3, 5],
  );
});
