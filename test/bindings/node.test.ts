import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('the chip tells its identity', async (t) => {
  t.same(new Esp().lua('print(node.chipid(), node.flashsize(), node.flashid(), node.bootreason())'), [
    '1193046\t4194304\t1458400\t1\t0',
  ]);
});

t.test('tasks run by priority and get their priority', async (t) => {
  t.same(
    new Esp().lua(
      'for p = 0, 2 do node.task.post(p, function(x) print(x) end) end node.task.post(function(x) print("default", x) end) print("posted")',
    ),
    ['posted', '2', '1', 'default\t1', '0'],
  );
});

t.test('the ninth task of a priority raises', async (t) => {
  const esp = new Esp();
  t.equal(
    esp.error('(function() for i = 1, 9 do node.task.post(0, print) end end)()'),
    'Task queue overflow. Task not posted',
  );
});

t.test('a task callback is let go when it ran', async (t) => {
  const esp = new Esp();
  const base = esp.device.lua.refCount;
  esp.lua('node.task.post(function() end)');
  t.equal(esp.device.lua.refCount, base);
});

t.test('input runs complete lines, in a task', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('node.input("pri") print("first")'), ['first']);
  t.same(esp.lua('node.input("nt(1)\\nprint(2)\\n")'), ['1', '> 2']);
});

t.test('the frequency is 80 or 160', async (t) => {
  t.same(new Esp().lua('print(node.getcpufreq(), node.setcpufreq(160), node.getcpufreq(), node.setcpufreq(100))'), [
    '80\t160\t160\t80',
  ]);
});

t.test('random numbers stay in their range', async (t) => {
  t.same(
    new Esp().lua(
      'local r = node.random() local ok = r >= 0 and r < 1 for i = 1, 300 do local a, b = node.random(6), node.random(-3, 3) ok = ok and a >= 1 and a <= 6 and b >= -3 and b <= 3 and a % 1 == 0 end print(ok, node.random(5, 5), node.random(1), type(node.random(-2147483648, 2147483647)))',
    ),
    ['true\t5\t1\tnumber'],
  );
});

t.test('the collector’s settings are checked', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua(
      'node.egc.setmode(node.egc.ALWAYS, 4096) local a, b = node.egc.meminfo() print(type(a), type(b), node.egc.ON_MEM_LIMIT)',
    ),
    ['number\tnumber\t2'],
  );
});

t.test('without a flash store LFS answers so', async (t) => {
  t.same(
    new Esp().lua(
      'print(node.LFS.list(), node.LFS.get("x"), node.LFS.time, type(node.LFS.config), node.flashindex("x"), node.LFS.reload("f"))',
    ),
    ['nil\tnil\tnil\ttable\tnil\tNo LFS partition allocated'],
  );
  const [note = ''] = new Esp().lua('node.flashreload("f")');
  t.equal(
    note,
    'Warning, deprecated API! node.flashreload. It will be removed soon. Use node.LFS interface instead. See documentation for details.',
  );
});

t.test('dsleep without a number does nothing; instant sleep stops at once', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('node.dsleep() node.dsleep("x") node.dsleep(nil, 1) print("awake")'), ['awake']);
  t.same(esp.lua('node.dsleep(1000, 1, 1) print("never")'), []);
  esp.run(2);
  t.same(esp.events.slice(1), ['sleep 1000 1', 'reset 2 5 @1']);
});

t.test('restore forgets the saved network', async (t) => {
  const esp = new Esp({ profile: { station: { ssid: 'x', password: 'y' } } });
  esp.lua('node.restore()');
  t.equal(esp.device.wifi.saved.station, undefined);
});

t.test('dsleepMax is some hours', async (t) => {
  t.same(new Esp().lua('local m = node.dsleepMax() print(m > 3 * 3600e6, m < 4 * 3600e6)'), ['true\ttrue']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['node.task.post()', "bad argument #1 to 'post' (function expected, got no value)"],
    ['node.task.post(3, print)', "bad argument #1 to 'post' (invalid  priority)"],
    ['node.task.post(-1, print)', "bad argument #1 to 'post' (invalid  priority)"],
    ['node.task.post(1, "x")', "bad argument #2 to 'post' (function expected, got string)"],
    ['node.input()', "bad argument #1 to 'input' (string expected, got no value)"],
    ['node.setcpufreq()', "bad argument #1 to 'setcpufreq' (number expected, got no value)"],
    ['node.random(0)', "bad argument #2 to 'random' (interval is empty)"],
    ['node.random(1, 2, 3)', 'wrong number of arguments'],
    ['node.egc.setmode(8)', "bad argument #1 to 'setmode' (invalid mode)"],
    ['node.egc.setmode(2)', "bad argument #1 to 'setmode' (limit must be non-zero)"],
    ['node.stripdebug(4)', "bad argument #1 to 'stripdebug' (Invalid strip level)"],
    ['node.stripdebug(1, {})', "bad argument #2 to 'stripdebug' (not a valid function)"],
  ]);
  const esp = new Esp();
  t.match(esp.lua('print(pcall(node.sleep))'), [
    '',
    / The options "TIMER_SUSPEND_ENABLE"/,
    /node\.sleep\(\) is unavailable/,
  ]);
});
