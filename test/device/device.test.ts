import t from 'tap';
import { fromLatin1, ms, Rng, SILENT, VirtualClock } from '../../runtime/core/index.ts';
import { BOOT, Device } from '../../runtime/device/index.ts';
import { Esp } from '../helpers/esp.ts';

t.test('nothing of a device exists before its first boot', async (t) => {
  const device = new Device({ clock: new VirtualClock(), rng: new Rng(1), trace: SILENT, name: 'x', modules: [] });
  t.ok(device.off);
  t.throws(() => device.lua, /x: no program before the first boot/);
  t.throws(() => device.stack, /no stack/);
});

t.test('Lua begins after the boot delay', async (t) => {
  const esp = new Esp({ profile: { bootDelay: ms(166) } });
  t.ok(esp.device.off);
  t.equal(esp.take(), '');
  esp.run(166);
  t.notOk(esp.device.off);
  t.equal(esp.device.uptime, ms(166));
});

t.test('a restart drops globals, timers and tasks and keeps files', async (t) => {
  const esp = new Esp();
  esp.lua(
    'x = 1',
    'tmr.create():alarm(100, 1, function() print("tick") end)',
    'file.putcontents("a", "kept")',
    'node.restart()',
    'print("goes on")',
  );
  esp.run(500);
  t.equal(esp.device.boots, 2);
  t.same(esp.events, ['reset 1 0 @0', 'restart', 'reset 2 4 @110']);
  t.same(esp.lua('print(x, file.getcontents("a"))'), ['nil\tkept']);
  t.same(esp.run(500).lines(), []);
});

t.test('the program goes on until the reset', async (t) => {
  const esp = new Esp();
  esp.lua('tmr.create():alarm(50, 1, function() print(tmr.now() / 1000) end)', 'node.restart()');
  t.same(esp.run(105).lines(), ['50', '100']);
});

t.test('an endless loop ends with the watchdog 3.2 s later', async (t) => {
  for (const instructionUs of [0, 2.5]) {
    const esp = new Esp({ profile: { instructionUs } });
    esp.lua('file.putcontents("init.lua", "print(node.bootreason())") while true do end');
    esp.run(4000);
    t.match(esp.events[1], /^crash watchdog .*@3200/, `${instructionUs} us per instruction`);
    t.match(esp.take(), /\r\n2\t3\r\n> $/);
  }
});

t.test('computing takes device time', async (t) => {
  const esp = new Esp({ profile: { instructionUs: 2.5 } });
  const lines = esp.lua(
    'local a = tmr.now() for i = 1, 10000 do end print(tmr.now() - a > 20000, tmr.now() - a < 60000)',
  );
  t.same(lines, ['true\ttrue']);
});

t.test('a panic says so and resets by watchdog', async (t) => {
  const esp = new Esp();
  esp.take();
  const loaded = esp.device.lua.load('error("out")', '=p');
  t.ok(loaded.ok);
  if (loaded.ok) esp.device.cpu.run(() => esp.device.lua.call(loaded.chunk));
  t.equal(esp.take(), 'PANIC: unprotected error in call to Lua API (p:1: out)\r\n');
  esp.device.receive(fromLatin1('=1\r'));
  t.equal(esp.run(3000).take(), '', 'it hangs');
  esp.run(300);
  t.same(esp.events, ['reset 1 0 @0', 'crash panic p:1: out @0', 'reset 2 3 @3200']);
});

t.test('deep sleep ends in a reset, or never', async (t) => {
  const esp = new Esp({ files: { 'init.lua': 'print(node.bootreason())' } });
  t.same(esp.lua('node.dsleep(500000, 2) print("still running")'), ['still running']);
  t.ok(esp.device.off);
  esp.run(600);
  t.match(esp.take(), /\r\n2\t5\r\n> $/);
  esp.lua('node.dsleep(0)');
  esp.run(3_600_000);
  t.ok(esp.device.off);
  esp.device.reset(BOOT.EXTERNAL);
  esp.run(1);
  t.match(esp.take(), /\r\n2\t6\r\n> $/);
});

t.test('power-on clears the RTC memory, a reset keeps it', async (t) => {
  const esp = new Esp();
  esp.device.rtc.memory[3] = 7;
  esp.device.reset(BOOT.EXTERNAL);
  esp.run(0);
  t.equal(esp.device.rtc.memory[3], 7);
  esp.device.start();
  esp.run(0);
  t.equal(esp.device.rtc.memory[3], 0);
});

t.test('wake sources tell what may still happen', async (t) => {
  const esp = new Esp();
  t.same(esp.device.wakeSources(), { finite: [], endless: [] });
  esp.lua('a = tmr.create() a:alarm(10, 0, function() end)', 'b = tmr.create() b:alarm(1000, 1, function() end)');
  t.same(esp.device.wakeSources(), { finite: ['timer tmr'], endless: ['timer tmr'] });
  esp.lua('b:stop()').length;
  esp.run(20);
  t.same(esp.device.wakeSources(), { finite: [], endless: [] });
  esp.lua('node.restart()');
  t.same(esp.device.wakeSources().finite, ['reset']);
});

t.test('the free heap starts at the profile’s value and shrinks with what the script holds', async (t) => {
  const esp = new Esp({ profile: { heapBytes: 44_000 } });
  const [line = ''] = esp.lua('print(node.heap())');
  t.ok(Number(line) > 40_000 && Number(line) <= 44_000, line);
  esp.device.limitHeap(1000);
  t.equal(esp.device.freeHeap, 1000);
});

t.test('between a reset and the boot there is something to wait for', async (t) => {
  const esp = new Esp({ profile: { bootDelay: ms(166) } });
  t.same(esp.device.wakeSources(), { finite: ['boot'], endless: [] });
  esp.run(200);
  t.same(esp.device.wakeSources(), { finite: [], endless: [] });
});
