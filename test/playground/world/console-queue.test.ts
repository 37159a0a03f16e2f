import t from 'tap';
import { ConsoleQueue } from '../../../playground/world/console-queue.ts';

const PIECE = 64 * 1024;

t.test('bytes come out in order, in pieces that can be drawn', async (t) => {
  const queue = new ConsoleQueue();
  const all = Uint8Array.from({ length: 150_000 }, (_, i) => i % 251);
  for (let at = 0; at < all.length; at += 1000) queue.add(all.subarray(at, at + 1000));
  const got: number[] = [];
  while (!queue.empty) {
    const { bytes, skipped } = queue.take();
    t.equal(skipped, 0);
    t.ok(bytes.length <= PIECE);
    got.push(...bytes);
  }
  t.same(Uint8Array.from(got), all);
});

t.test('what nobody takes is dropped, the oldest first, and counted', async (t) => {
  const queue = new ConsoleQueue();
  for (let i = 0; i < 1000; i++) queue.add(new Uint8Array(1000).fill(i & 255));
  const { bytes, skipped } = queue.take();
  t.ok(skipped > 400_000 && skipped < 500_000, String(skipped));
  t.equal(bytes[0], (skipped / 1000) & 255, 'goes on where the gap ends');
  t.equal(queue.take().skipped, 0, 'is told once');
});
