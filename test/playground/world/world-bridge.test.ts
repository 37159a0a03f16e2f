/** A world in the page that is tied to a computer: what it asks of the server, and what the page is told. */
import t from 'tap';
import type { ToDoor } from '../../../bridge/index.ts';
import type { FromWorld } from '../../../playground/world/protocol.ts';
import { Bench, script } from '../../helpers/desk-bench.ts';

const FORWARD = { protocol: 'tcp', at: { host: '127.0.0.1', port: 8080 }, guestPort: 80 } as const;
const HELLO: ToDoor = { hello: { gateway: { restrict: false }, forwards: [FORWARD], ports: [], dhcp: true } };
const BOUND: ToDoor = { line: 1, in: { is: 'open', at: FORWARD.at } };
const CONNECT = `s = net.createConnection()
s:on("disconnection", function(_, code) print("broken " .. code) end)
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() s:connect(80, "93.184.216.34") end)`;

/** A world that waits for its bridge. */
function tied(source = ''): Bench {
  const bench = new Bench();
  bench.desk.take({ is: 'bridge', url: 'ws://localhost:8266/bridge?token=x' });
  return bench.start(script(source));
}

const said = ({ told }: Bench): string[] => told.flatMap((message) => (message.is === 'said' ? [message.line] : []));
const facts = ({ told }: Bench): Extract<FromWorld, { is: 'bridge' }>['facts'][] =>
  told.flatMap((message) => (message.is === 'bridge' ? [message.facts] : []));

t.test('the world begins when its ports are bound, and the page is told what leads where', async (t) => {
  const bench = tied('print("here")').run(500);
  t.notOk(
    bench.told.some(({ is }) => is === 'started'),
    'no world before the hello',
  );
  bench.serve(HELLO).run(500);
  t.same(bench.sent(), [{ line: 1, out: { do: 'listen', at: FORWARD.at } }]);
  t.equal(bench.last.now, 0, 'no time before the ports');
  bench.desk.take({ is: 'step', us: 10_000 });
  bench.run(100);
  t.equal(bench.last.now, 0, 'not by a step either');
  bench.serve(BOUND).run(1000);
  t.match(bench.console, 'here');
  const { at } = FORWARD;
  t.same(facts(bench), [
    {
      state: 'open',
      gateway: 'open',
      forwards: [{ protocol: 'tcp', ...at, guest: 'the device', guestPort: 80 }],
      ports: 0,
    },
  ]);
  t.same(said(bench), ['tcp 127.0.0.1:8080 leads to port 80 of the device']);
});

t.test('a port that is taken is told, and the world runs without it', async (t) => {
  const bench = tied('print("here")').serve(HELLO, { line: 1, in: { is: 'closed', error: 'EADDRINUSE' } });
  bench.run(1000);
  t.match(bench.told, [{}, {}, {}, { is: 'said', bad: true, line: /^hostfwd: tcp port 127.0.0.1:8080 is in use/ }]);
  t.match(bench.console, 'here');
});

t.test('with a bridge the world goes by the wall clock, however fast it was to go', async (t) => {
  const bench = new Bench();
  bench.desk.take({ is: 'bridge', url: 'ws://x' });
  bench.desk.take({ is: 'speed', rate: Number.POSITIVE_INFINITY });
  bench.start(script('tmr.create():alarm(1000, tmr.ALARM_AUTO, function() print("tick") end)'));
  bench.serve(HELLO, BOUND).run(3000);
  t.ok(Math.abs(bench.last.now - 3e6) < 60_000, String(bench.last.now));
});

t.test('what comes from outside comes at once, in the middle of a nap', async (t) => {
  const bench = tied(CONNECT).serve(HELLO, BOUND).run(5000);
  t.match(bench.sent().slice(-1), [{ line: 2, out: { do: 'connect', to: { host: '93.184.216.34', port: 80 } } }]);
  bench.serve({ line: 2, in: { is: 'open' } });
  bench.run(15);
  t.match(bench.sent()[0], { line: 2, out: { do: 'resume' } });
});

t.test('a bridge that is lost breaks its connections, is told once, and the world goes on', async (t) => {
  const datagrams = 'u = net.createUDPSocket() tmr.create():alarm(4000, 0, function() u:send(53, "8.8.8.8", "x") end)';
  const bench = tied(`${CONNECT}\n${datagrams}`).serve(HELLO, BOUND).run(5000);
  bench.serve({ line: 2, in: { is: 'open' } }).run(100);
  t.match(JSON.stringify(bench.sent()), '{"line":3,"out":{"do":"send"');
  bench.wire?.closed(1006);
  bench.run(1000);
  t.match(bench.console, /broken -/);
  t.match(facts(bench).at(-1), { state: 'gone' });
  t.same(said(bench).slice(1), [
    'The bridge to this computer is lost: mcubox play has ended, or cannot be reached. Connections to the outside were broken off.',
  ]);
  t.same(bench.sent(), [], 'nothing is said to nobody');
});

t.test('where there is no bridge after all, that is told, and the world runs alone', async (t) => {
  const bench = tied('print("alone")').run(100);
  bench.wire?.closed(1006);
  bench.run(1000);
  t.match(said(bench), [/^There is no bridge to this computer/]);
  t.match(bench.console, 'alone');
});

t.test('a bridge that is lost while ports are bound does not keep the world from running', async (t) => {
  const bench = tied('print("here")').serve(HELLO).run(100);
  bench.wire?.closed(4001);
  bench.run(1000);
  t.match(said(bench), [/^The bridge went to a world that was started in another tab\./]);
  t.equal(said(bench).length, 1);
  t.match(bench.console, 'here');
});

t.test('the next world has a bridge of its own, and hears nothing of the one before', async (t) => {
  const bench = tied('print("one")').serve(HELLO, BOUND).run(1000);
  const before = bench.wire;
  bench.start(script('print("two")'));
  t.equal(bench.closes, 1);
  before?.closed(1000);
  t.equal(facts(bench).length, 1);
  bench.serve(HELLO, BOUND).run(1000);
  t.match(bench.console, /one[\s\S]*two/);
});
