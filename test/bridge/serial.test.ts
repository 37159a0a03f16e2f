import t from 'tap';
import { SerialPort, type SerialSpec } from '../../bridge/serial.ts';
import { Startup } from '../../bridge/startup.ts';
import { BOOT, seconds } from '../../runtime/index.ts';
import { data, FakeOutside } from '../helpers/outside.ts';
import { story } from '../helpers/story.ts';

const AT = { host: '127.0.0.1', port: 2323 };

function scene(protocol: SerialSpec['protocol'], script = '') {
  const s = story(script);
  const outside = new FakeOutside(s.world);
  const startup = new Startup();
  const told: string[] = [];
  new SerialPort(
    { world: s.world, device: s.device, door: outside.door, startup, say: (line) => told.push(line) },
    { protocol, at: AT },
  );
  const shown = (line: number): string =>
    outside
      .taken()
      .reduce(
        (text, { line: l, order }) =>
          l === line && order.do === 'send' ? text + Buffer.from(order.data).toString('latin1') : text,
        '',
      );
  return { ...s, outside, startup, told, shown, run: (n: number) => s.world.runFor(seconds(n)) };
}

t.test('everybody who connects sees the console and may type', async (t) => {
  const s = scene('raw');
  s.outside.arrive(1, { is: 'open', at: AT });
  t.same([s.startup.settled, s.told], [true, ['the console is at tcp 127.0.0.1:2323']]);
  s.outside.door.accept(1, { host: '127.0.0.1', port: 1 });
  s.run(1);
  t.match(s.shown(2), /powered by Lua 5\.1\.4 .*\r\n.*> $/s);
  s.outside.door.accept(1, { host: '127.0.0.1', port: 2 });
  s.outside.arrive(2, data('=1+1\r'));
  s.run(1);
  const orders = [...s.outside.orders];
  t.equal(s.shown(2), '=1+1\r\n2\r\n> ');
  s.outside.orders.push(...orders);
  t.equal(s.shown(3), '=1+1\r\n2\r\n> ');
  s.outside.arrive(2, { is: 'end' });
  t.same(s.outside.said(), ['2 end']);
  s.outside.arrive(2, { is: 'closed' });
  s.outside.arrive(3, data('=2\r'));
  s.run(1);
  t.equal(s.shown(2), '');
});

t.test('a pasted file arrives at the speed of the line, and its sender waits', async (t) => {
  const s = scene('raw', 'n = 0 uart.on("data", 1, function(d) n = n + #d if n % 1000 == 0 then print(n) end end, 0)');
  s.outside.door.accept(1, { host: '127.0.0.1', port: 1 });
  s.run(2);
  s.outside.said();
  s.outside.arrive(2, data('x'.repeat(10_000)));
  t.same(s.outside.said(), ['2 pause']);
  s.run(0.5);
  const early = s.console();
  t.match(early, /5000/);
  t.notMatch(early, /10000/);
  s.run(1);
  t.match(s.console(), /10000/, 'and nothing was lost');
  t.match(s.outside.said().join(), /2 resume/);
});

t.test('a client that does not read loses output instead of filling memory', async (t) => {
  const s = scene('raw', 'tmr.create():alarm(1, tmr.ALARM_AUTO, function() uart.write(0, ("x"):rep(200)) end)');
  s.outside.door.accept(1, { host: '127.0.0.1', port: 1 });
  s.run(200);
  t.ok(s.shown(2).length < 1.1 * (1 << 20));
  s.outside.arrive(2, { is: 'room' });
  s.run(1);
  t.ok(s.shown(2).length > 0);
});

t.test('with RFC 2217 the two transistors of a NodeMCU board reset the chip', async (t) => {
  const s = scene('rfc2217', 'print("booted")');
  s.outside.door.accept(1, { host: '127.0.0.1', port: 1 });
  s.run(1);
  const reasons: number[] = [];
  s.device.events.on('reset', (_, reason) => reasons.push(reason));
  const control = (value: number): void => {
    s.outside.arrive(2, { is: 'data', data: Uint8Array.of(255, 250, 44, 5, value, 255, 240) });
    s.run(0.1);
  };
  const [DTR_ON, DTR_OFF, RTS_ON, RTS_OFF] = [8, 9, 11, 12] as const;
  control(DTR_ON);
  control(RTS_ON);
  t.same(reasons, [], 'both together do nothing');
  control(DTR_OFF);
  t.same(reasons, [], 'EN is low');
  control(RTS_OFF);
  t.same(reasons, [BOOT.EXTERNAL.reason]);
  s.run(1);
  t.match(s.shown(2), /booted.*booted/s);
});

t.test('a port that cannot be had is told', async (t) => {
  const s = scene('raw');
  s.outside.arrive(1, { is: 'closed', error: 'EADDRINUSE' });
  t.same(s.startup.failures, ['serial: 127.0.0.1:2323 is in use by another program; choose another']);
});
