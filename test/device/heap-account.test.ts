import t from 'tap';
import { HeapAccount } from '../../runtime/device/heap-account.ts';

t.test('free is what was free after boot less what has been taken since', async (t) => {
  const heap = new HeapAccount(40_000);
  heap.opened(6000);
  t.equal(heap.free(6000), 40_000);
  t.equal(heap.free(16_000), 30_000);
  t.equal(heap.free(60_000), 0);
});

t.test('it can be made less, until the next boot', async (t) => {
  const heap = new HeapAccount(40_000);
  heap.opened(6000);
  heap.limit(500, 7000);
  t.equal(heap.free(7000), 500);
  heap.opened(6000);
  t.equal(heap.free(6000), 40_000);
});
