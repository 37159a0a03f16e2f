import t from 'tap';
import { HeapAccount } from '../../runtime/device/heap-account.ts';
import { Esp } from '../helpers/esp.ts';

t.test('free is what was free after boot less what has been taken since', async (t) => {
  const heap = new HeapAccount();
  t.equal(heap.free, 0);
  const lua = { heapUsed: 6000, limitHeap: () => {} };
  heap.limit(lua, 40_000);
  t.equal(heap.free, 40_000);
  lua.heapUsed = 16_000;
  t.equal(heap.free, 30_000);
  lua.heapUsed = 60_000;
  t.equal(heap.free, 0);
  heap.limit(lua, 500);
  t.equal(heap.free, 500);
});

t.test('a collection right after boot frees nothing and takes nothing', async (t) => {
  const esp = new Esp({ profile: { heapBytes: 44_000 } });
  const free = Number(esp.lua('collectgarbage() collectgarbage() print(node.heap())')[0]);
  t.ok(free > 43_000 && free <= 44_000, String(free));
});
