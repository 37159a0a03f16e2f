/** What `mqtt` says to its caller; what it says to a broker is in the recordings and in test/proto/mqtt-client.test.ts. */
import t from 'tap';
import { mqtt } from '../../bindings/nodemcu/mqtt.ts';
import { seconds } from '../../runtime/core/index.ts';
import type { MqttBroker } from '../../runtime/world/index.ts';
import { type Story, story, whenOnline } from '../helpers/story.ts';
import { Board } from './net-board.ts';

const board = (ssl = true): Board => new Board({ modules: [mqtt], ssl });

t.test('before a connection exists every mistake has its sentence', async (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['m:publish("t", "x", 0, 0)', 'not connected'],
    ['m:subscribe("t", 0)', 'not connected'],
    ['m:subscribe()', 'not connected'],
    ['m:unsubscribe({})', 'not connected'],
    ['m:lwt()', "bad argument #1 to 'lwt' (need lwt topic)"],
    ['m:lwt({}, "x")', "bad argument #1 to 'lwt' (need lwt topic)"],
    ['m:lwt("t", nil)', "bad argument #2 to 'lwt' (need lwt message)"],
    ['m:on("connect")', "bad argument #2 to 'on' (function expected, got no value)"],
    ['m:on("connect", nil)', "bad argument #2 to 'on' (function expected, got nil)"],
    ['m:on("nope", print)', "bad argument #1 to 'on' (invalid option 'nope')"],
    ['m:on(nil, print)', "bad argument #1 to 'on' (string expected, got nil)"],
    ['m:connect("192.168.1.10", 1883, true)', 'ssl not available'],
    ['m.publish(nil)', "bad argument #1 to 'publish' (mqtt.socket expected, got nil)"],
    ['m.connect({})', "bad argument #1 to 'connect' (mqtt.socket expected, got table)"],
    ['m.close("x")', "bad argument #1 to 'close' (mqtt.socket expected, got string)"],
    ['m.on()', "bad argument #1 to 'on' (mqtt.socket expected, got no value)"],
  ];
  const device = board(false);
  device.lua('m = mqtt.Client("a")');
  for (const [statement, message] of rows) t.equal(device.errorOf(statement), `t:1: ${message}`, statement);
});

t.test('the module has its constants, one function, and methods behind its clients', async (t) => {
  const lines = board().lua(
    `local k = {}
     for n, v in pairs(mqtt) do k[#k + 1] = n .. "=" .. (type(v) == "number" and v or type(v)) end
     table.sort(k) print(table.concat(k, " "))
     local c = mqtt.Client()
     print(c.publish ~= nil, c.lwt ~= nil, c.nope, c:close())`,
  );
  t.match(lines[0], /^CONNACK_ACCEPTED=0 .*CONN_FAIL_SERVER_NOT_FOUND=-5 .*Client=function$/);
  t.equal(lines[0]?.split(' ').length, 12);
  t.equal(lines[1], 'true\ttrue\tnil');
});

t.test('secure stays on once it was asked for, and a number there is deprecated', async (t) => {
  const device = board(false);
  const lines = device.lua(
    `m = mqtt.Client("a")
     print(pcall(m.connect, m, "192.168.1.10", 1883, 1))
     print(pcall(m.connect, m, "192.168.1.10"))`,
  );
  t.match(lines[0], /^Warning, deprecated API! mqtt\.connect secure parameter as integer\. It will be removed in the/);
  t.same(lines.slice(1), ['false\tssl not available', 'false\tssl not available']);
});

t.test('a host without a name, or with one nobody could look up, fails inside the call', async (t) => {
  const device = board();
  const lines = device.lua(
    `m = mqtt.Client("a")
     m:on("connfail", function(c, r) print("connfail", r, c == m) end)
     print(m:connect())
     print(m:connect("0.0.0.0"))`,
  );
  t.same(lines, ['connfail\t-3\ttrue', '', 'connfail\t-3\ttrue', '']);
});

t.test('a client that is connecting is kept, an idle one can be collected', async (t) => {
  const device = board();
  const before = device.device.lua.refCount;
  device.lua(
    'local m = mqtt.Client("a") m:on("connfail", function() end) m:connect("192.168.1.10") m = nil collectgarbage()',
  );
  t.equal(device.device.lua.refCount, before + 2, 'the callback and the object');
  device.run(10_000);
  t.equal(device.device.lua.refCount, before + 1, 'it has failed and is let go');
  device.lua('collectgarbage()');
  t.equal(device.device.lua.refCount, before, 'callbacks go with the object');
});

/** A device that runs `body` with a connected client `c`, and the broker it is connected to. */
function connected(body: string, more = ''): { run: Story; broker: MqttBroker } {
  const run = story(
    `${whenOnline('m:connect("mqtt.test")')}
     m = mqtt.Client("dev", 60, "user", "pass", 1${more})
     for _, e in ipairs({"connfail", "offline", "puback", "suback", "unsuback"}) do
       m:on(e, function(c, ...) print(e, c == m, ...) end)
     end
     m:on("message", function(c, ...) print("message", select("#", ...), ...) end)
     m:on("overflow", function(c, t, d) print("overflow", t, #d) end)
     m:on("connect", function(c)\n${body}\nend)
     wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`,
  );
  const broker = run.world.services.get('mqtt.test') as MqttBroker;
  return { run, broker };
}

t.test('arguments of a connected client', async (t) => {
  const { run } = connected(`
    local function try(f) print(select(2, pcall(f))) end
    try(function() c:connect("mqtt.test") end)
    try(function() c:publish() end)
    try(function() c:publish("t", {}, 0, 0) end)
    try(function() c:publish("t", "x") end)
    try(function() c:publish("t", "x", 0) end)
    try(function() c:subscribe() end)
    try(function() c:subscribe("t") end)
    try(function() c:subscribe({}) end)
    try(function() c:subscribe({t = "x"}) end)
    try(function() c:subscribe({[true] = 1}) end)
    try(function() c:subscribe({5}) end)
    try(function() c:subscribe({[("a"):rep(1460)] = 1}) end)
    try(function() c:unsubscribe() end)
    try(function() c:unsubscribe({}) end)
    try(function() c:unsubscribe({[("a"):rep(1460)] = 1}) end)
    print(c:publish("", "x", 0, 0), c:publish("t", ("x"):rep(1460), 0, 0), c:subscribe("", 0), c:unsubscribe(""))
    print("done")`);
  run.until('done', seconds(20));
  const said = run.said().replace(/init\.lua:\d+: /g, '');
  for (const line of [
    'already connected',
    "bad argument #1 to 'publish' (string expected, got no value)",
    "bad argument #2 to 'publish' (string expected, got table)",
    "bad argument #3 to 'publish' (number expected, got no value)",
    "bad argument #4 to 'publish' (number expected, got no value)",
    "bad argument #1 to 'subscribe' (string expected, got no value)",
    "bad argument #2 to 'subscribe' (number expected, got no value)",
    'no topics found',
    "bad argument #-2 to 'subscribe' (number expected, got string)",
    "bad argument #-3 to 'subscribe' (string expected, got boolean)",
    "invalid key to 'next'",
    "buffer overflow, can't enqueue all subscriptions",
    "bad argument #1 to 'unsubscribe' (string expected, got no value)",
    "buffer overflow, can't enqueue all unsubscriptions",
    'false\tfalse\tfalse\tfalse',
  ])
    t.ok(said.includes(`${line}\n`), line);
});

t.test('events have their arguments, an empty message has none', async (t) => {
  const { run, broker } = connected(
    `c:subscribe({["a/#"] = 1, b = 0}, function(c) print("suback", c == m)
       c:publish("a/x", "hello", 1, 0) c:publish("b", "", 0, 0) c:publish("a/long", ("x"):rep(150), 0, 0)
       c:unsubscribe("b") c:close()
     end)`,
    ', 100',
  );
  t.ok(run.until('offline', seconds(20)));
  const events = run
    .said()
    .replace('> ', '')
    .match(/^(message|overflow|puback|suback|unsuback|offline).*$/gm);
  t.same(events?.sort(), [
    'message\t1\tb',
    'message\t2\ta/x\thello',
    'offline\ttrue',
    'overflow\ta/long\t150',
    'puback\ttrue',
    'puback\ttrue',
    'puback\ttrue',
    'suback\ttrue',
    'unsuback\ttrue',
  ]);
  t.same(broker.clients, []);
});

t.test('an error in a callback is a panic', async (t) => {
  const { run } = connected('error("boom")');
  run.until('boom', seconds(20));
  t.match(run.said(), /PANIC: unprotected error in call to Lua API \(init\.lua:\d+: boom\)/);
});

t.test('a connection whose attempt was spoiled by a second connect ends in a memory fault', async (t) => {
  const run = story(
    `${whenOnline('m:connect("mqtt.test") m:on("connfail", function(_, r) print("connfail", r) end)')}
     m = mqtt.Client("dev")
     tmr.create():alarm(8000, tmr.ALARM_SINGLE, function() print("late") end)
     wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`.replace(
      'm:connect("mqtt.test") m:on',
      'm:connect("192.168.1.13") m:connect("192.168.1.13") m:on',
    ),
  );
  let crash = '';
  run.device.events.on('crash', (reason, message) => {
    crash = `${reason}: ${message}`;
  });
  run.until('Fatal exception', seconds(20));
  t.match(crash, /^exception: .*freed/);
  run.world.runFor(seconds(1));
  t.equal(run.device.bootReason.reason, 2, 'the chip has restarted after an exception');
});

t.test('a run does not end before an attempt to connect has: not even between its end and the callback', async (t) => {
  const run = story(
    `m = mqtt.Client("dev")
     m:on("connfail", function(_, r) print("connfail", r) end)
     ${whenOnline('m:connect("mqtt.test", 1884)')}
     wifi.setmode(wifi.STATION) wifi.sta.config({ ssid = "home", pwd = "12345678" })`,
  );
  run.world.runUntil(() => run.device.wakeSources().finite.some((name) => name.startsWith('tcp')), seconds(30));
  t.ok(run.world.runUntilIdle(seconds(60)));
  t.match(run.said(), 'connfail\t-5');
});

t.test('a secure connection: verified, refused, and plain again with the same client', async (t) => {
  const s = story(
    whenOnline(
      `m = mqtt.Client("a", 60)
       m:on("offline", function() print("offline") m:connect("mqtt.test", 1883, false, function() print("plain") end) end)
       http.get("http://http.test/ca.pem", nil, function(_, pem)
         tls.cert.verify(function(n) return n == 1 and pem end)
         m:connect("mqtt.test", 8883, true, function(m)
           print("secure")
           m:publish("t", ("x"):rep(1400), 1, 0, function() print("acknowledged") m:close() end)
         end)
       end)`,
    ),
  );
  t.ok(s.until('plain', seconds(30)));
  t.match(s.said(), /secure\nacknowledged\noffline\nplain/);
});

t.test('a broker that nobody vouches for is not found', async (t) => {
  const s = story(
    whenOnline(
      `tls.cert.verify(function() end)
       m = mqtt.Client("a", 60)
       m:connect("mqtt.test", 8883, true, print, function(_, why) print("failed " .. why) end)`,
    ),
  );
  t.ok(s.until('failed -5', seconds(30)));
});
