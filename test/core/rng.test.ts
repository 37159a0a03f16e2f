import t from 'tap';
import { Rng } from '../../runtime/core/index.ts';

const draw = (rng: Rng, n = 5) => Array.from({ length: n }, () => rng.u32());

t.test('the same seed gives the same numbers, another seed others', async (t) => {
  t.same(draw(new Rng(1)), draw(new Rng(1)));
  t.notSame(draw(new Rng(1)), draw(new Rng(2)));
  t.notSame(draw(new Rng(1)), draw(new Rng(2 ** 32 + 1)), 'the high half of the seed counts');
});

t.test('a fork depends on its label alone, not on what others drew', async (t) => {
  const root = new Rng(7);
  const before = draw(root.fork('a'));
  draw(root, 100);
  draw(root.fork('b'), 3);
  t.same(draw(root.fork('a')), before);
  t.notSame(draw(root.fork('b')), before);
  t.notSame(draw(root.fork('a').fork('b')), draw(root.fork('a/b'.replace('/', '-'))));
});

t.test('numbers keep to their ranges and are spread over them', async (t) => {
  const rng = new Rng(3);
  const counts = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) counts[rng.below(10)]++;
  for (const n of counts) t.ok(n > 850 && n < 1150, `${n} of 10000 in one tenth`);
  const hits = Array.from({ length: 10_000 }, () => rng.chance(0.1)).filter(Boolean).length;
  t.ok(hits > 850 && hits < 1150, `${hits} hits at 10 %`);
  t.equal(rng.bytes(7).length, 7);
});
