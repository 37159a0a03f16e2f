import t from 'tap';
import { CALM } from '../../../playground/world/protocol.ts';
import { toLatin1 } from '../../../runtime/index.ts';
import { Bench, script } from '../../helpers/desk-bench.ts';

t.test('virtual time follows the wall clock, ten times as fast when asked to', async (t) => {
  const bench = new Bench().start(script('print("here")')).run(1000);
  t.ok(Math.abs(bench.last.now - 1e6) < 60_000, String(bench.last.now));
  t.match(bench.console, 'here');
  bench.desk.take({ is: 'speed', rate: 10 });
  bench.run(1000);
  t.ok(Math.abs(bench.last.now - 11e6) < 600_000, String(bench.last.now));
});

t.test('time stands still while paused, and goes on step by step', async (t) => {
  const bench = new Bench().start(script('')).run(500);
  bench.desk.take({ is: 'pause', paused: true });
  bench.run(200);
  const { now } = bench.last;
  t.equal(bench.last.paused, true);
  bench.run(1000);
  t.equal(bench.last.now, now);
  bench.desk.take({ is: 'step', us: 10_000 });
  bench.run(100);
  t.equal(bench.last.now, now + 10_000);
});

t.test('as fast as it goes, it stands still at the end that was asked for', async (t) => {
  const bench = new Bench();
  bench.desk.take({ is: 'speed', rate: Number.POSITIVE_INFINITY });
  bench.start(script('tmr.create():alarm(1000, tmr.ALARM_AUTO, function() print("tick") end)'), { untilUs: 10e6 });
  bench.run(2000);
  t.equal(bench.last.now, 10e6);
  t.equal(bench.last.paused, true);
  t.equal(bench.console.split('tick').length - 1, 9);
});

t.test('pins are seen and can be pulled down', async (t) => {
  const bench = new Bench().start(
    script('gpio.mode(1, gpio.OUTPUT) gpio.write(1, gpio.HIGH) gpio.mode(2, gpio.INPUT)'),
  );
  bench.run(1000);
  t.match(bench.last.devices[0]?.pins[1], { level: 1, mode: 'out' });
  t.match(bench.last.devices[0]?.pins[2], { level: 1, mode: 'in', held: 1 });
  bench.desk.take({ is: 'pin', device: 0, pin: 2, level: 0 });
  bench.run(100);
  t.match(bench.last.devices[0]?.pins[2], { level: 0, mode: 'in', held: 0 });
});

t.test('a file that the script writes comes to the page', async (t) => {
  const bench = new Bench().start(script('file.putcontents("log.txt", "written")')).run(1000);
  const files = bench.updates.flatMap(({ devices }) => devices[0]?.files ?? []);
  t.same(
    files.map(({ name, bytes }) => [name, toLatin1(bytes)]),
    [['log.txt', 'written']],
  );
});

t.test('the inner browser is answered, by address and by name, or told why not', async (t) => {
  const server = `net.createServer():listen(80, function(c)
    c:on("receive", function(s) s:send("HTTP/1.0 200 OK\\r\\n\\r\\nhello") end)
    c:on("sent", function(s) s:close() end)
  end)`;
  const bench = new Bench().start(script(server)).run(4000);
  const ask = (id: number, url: string): void =>
    bench.desk.take({ is: 'fetch', id, request: { url, method: 'GET', headers: [] } });
  ask(1, 'http://192.168.1.50/');
  ask(2, 'http://esp1/');
  ask(3, 'http://nobody.test/');
  ask(4, 'http://192.168.1.50:81/');
  bench.run(2000);
  const answers = new Map(
    bench.told.flatMap((message) => (message.is === 'fetched' ? [[message.id, message] as const] : [])),
  );
  t.equal(toLatin1(answers.get(1)?.reply?.body ?? new Uint8Array(0)), 'hello');
  t.equal(answers.get(2)?.reply?.status, 200);
  t.match(answers.get(3)?.why, 'no machine of this network is called nobody.test');
  t.match(answers.get(4)?.why, 'the connection was reset by the device');
});

t.test('each frame that a script sends names its line', async (t) => {
  const bench = new Bench().start(
    script('wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()\n  net.dns.resolve("http.test", print)\nend)'),
  );
  bench.run(4000);
  const lines = bench.updates.flatMap(({ frames }) =>
    frames.flatMap(({ line, device }) => (line ? [`${device} ${line}`] : [])),
  );
  t.ok(lines.includes('esp1 a.lua:2'), lines.join());
});

t.test('trouble on the air is made and mended', async (t) => {
  const bench = new Bench().start(script('')).run(4000);
  t.equal(bench.last.devices[0]?.ip, '192.168.1.50');
  bench.desk.take({ is: 'air', air: { ...CALM, apUp: false } });
  bench.run(10_000);
  t.equal(bench.last.devices[0]?.ip, undefined, 'the access point is gone');
  bench.desk.take({ is: 'air', air: CALM });
  bench.run(10_000);
  t.equal(bench.last.devices[0]?.ip, '192.168.1.50');
});

t.test('what cannot be built is said, and the next world runs', async (t) => {
  const bench = new Bench().start({ parts: ['toaster'] });
  t.match(bench.told.at(-1), { is: 'fault', message: /toaster/ });
  bench.start(script('print("again")')).run(1000);
  t.match(bench.console, 'again');
});
