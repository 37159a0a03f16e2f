import t from 'tap';
import { heapSize } from '../../cli/heap-report.ts';
import { runCommand } from '../helpers/command.ts';

t.test('a device has as much heap as it is given, and then no more', async (t) => {
  const script = 'collectgarbage() print("free " .. node.heap()) t = {} for i = 1, 1e6 do t[i] = { i } end';
  const small = await runCommand('run', '--heap', '8K', '-e', script);
  t.match(small.out, /\nLua error: \tnot enough memory\n/);
  const free = Number(/\nfree (\d+)\n/.exec(small.out)?.[1]);
  t.ok(free > 7000 && free <= 8192, String(free));
  t.equal(small.code, 1);
});

t.test('collectgarbage("count") and node.heap() move together', async (t) => {
  const script =
    'collectgarbage() local h, c = node.heap(), collectgarbage("count") x = ("x"):rep(8192) print(h - node.heap(), (collectgarbage("count") - c) * 1024)';
  const [, heap, count] = /\n(\d+)\t(\d+)\n/.exec((await runCommand('run', '-e', script)).out) ?? [];
  t.ok(Math.abs(Number(heap) - Number(count)) < 300 && Number(heap) > 8000, `${heap} ${count}`);
});

t.test('the biggest holders are told by line', async (t) => {
  const dir = t.testdir({ 'a.lua': 'local n = 400\nlist = {}\nfor i = 1, n do list[i] = "item " .. i end' });
  const { err } = await runCommand('run', '--heap-profile', `${dir}/a.lua`);
  t.match(err[0], /^heap: \d+ bytes free, \d+ held; the biggest holders:$/);
  t.match(err[1], /^ +\d+ {2}table of a.lua:2$/);
  t.ok(err.length <= 12);
});

t.test('sizes', async (t) => {
  t.same(heapSize('20K'), { ok: true, value: 20480 });
  t.same(heapSize('44000'), { ok: true, value: 44000 });
  for (const wrong of ['', '10', '1M', '200K']) t.match(heapSize(wrong), { ok: false });
});
