import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { outcomeOf, told } from './bench.ts';

const SERVER = `
srv = net.createServer(30)
srv:listen(80, function(c)
  c:on("receive", function(c, r) c:send("HTTP/1.0 200 OK\\r\\nX-A: b\\r\\n\\r\\nyou sent " .. #r) end)
  c:on("sent", function(c) c:close() end)
end)
gpio.mode(1, gpio.OUTPUT) gpio.write(1, 1)
gpio.mode(2, gpio.INT) gpio.trig(2, "both", function(l) print("button", l) end)
file.putcontents("boots", (file.getcontents("boots") or "") .. "x")
wifi.eventmon.register(wifi.eventmon.STA_DISCONNECTED, function(e) print("lost", e.reason) end)
print("ready")
`;

const scenario = (t: Parameters<typeof outcomeOf>[0], steps: string, head = 'device: { run: s.lua }') =>
  outcomeOf(t, 'scenario', { 'x.scenario.yaml': `${head}\nsteps:\n${steps}`, 's.lua': SERVER });

t.test('a device is served, pressed, watched and pulled at, and the test passes', async (t) => {
  const outcome = scenario(
    t,
    `
  - wait-serial: ready
  - expect-connect: wifi
  - http: { get: /, expect: { status: 200, headers: { x-a: b }, contains: "/you sent [0-9]+/" } }
  - http: { post: /, body: abc, split: 20, expect: 200 }
  - expect-frame: tcp and src esp1 and fin
  - tcp: { connect: 81, refused: true }
  - ping: reply
  - set-control: { part-id: esp1, control: D2, value: 0 }
  - wait-serial: "button\\t0"
  - expect-pin: { pin: D1, value: 1 }
  - expect-file: { name: boots, text: x, size: 1 }
  - expect-file: { name: nothing, absent: true }
  - expect-heap: { at-least: 20000 }
  - deauth: { reason: 4 }
  - wait-serial: "lost\\t4"
  - expect-connect: wifi
  - ap-down: { for: 20s }
  - ping: silence
  - wait-serial: "/lost\\\\t(200|201)/"
  - expect-connect: wifi
    within: 1m
  - ping: reply
  - loss: 100%
  - ping: silence
  - loss: 0%
  - ping: reply
  - rssi: -100
  - ping: silence
  - rssi: -50
  - restart:
  - delay: 1s
  - write-serial: "print(2 * 21)\\n"
  - wait-serial: "42"
  - expect-console: { contains: "42", lacks: panic }
`,
  );
  t.same(told(outcome), []);
  t.equal(outcome.status, 'pass');
});

t.test('an unmet step says where it stands, what was expected, what was there, and how to repeat it', async (t) => {
  const outcome = scenario(t, '  - wait-serial: ready\n  - http: { get: /, expect: 404 }\n');
  t.equal(outcome.status, 'fail');
  const [failure] = outcome.failures;
  t.same(failure?.place, { line: 4, column: 5 });
  t.equal(failure?.step, 'http: { get: /, expect: 404 }');
  t.equal(failure?.expected, '404');
  t.match(failure?.actual, '200 OK');
  t.match(failure?.consoles?.esp1, 'ready');
  t.match(failure?.frames?.join('\n'), /192\.168\.1\.50\.80 > 192\.168\.1\.20/);
});

t.test('what never comes is a timeout', async (t) => {
  const outcome = scenario(t, '  - wait-serial: never\n    within: 2s\n');
  t.equal(outcome.status, 'timeout');
  t.same(told(outcome), ["3:5 esp1 did not print 'never' within 2 s"]);
});

t.test('an error of a script fails the test unless errors are allowed', async (t) => {
  const files = (head: string) => ({
    'x.scenario.yaml': `${head}device: { files: { init.lua: "tmr.create():alarm(500, 0, function() error('boom') end)" } }\nsteps:\n  - delay: 5s\n`,
  });
  t.match(told(outcomeOf(t, 'scenario', files('')))[0], /esp1: .*boom/);
  t.equal(outcomeOf(t, 'scenario', files('errors: allowed\n')).status, 'pass');
});

t.test('several devices, hosts and access points are one test', async (t) => {
  const outcome = scenario(
    t,
    `
  - expect-connect: wifi
    device: one
  - expect-connect: { to: log.lan, port: 514 }
    device: two
  - http: { get: /, to: one, expect: 200 }
    host: log.lan
  - expect-conversation: { text: "tcp two > log.lan:514 3 bytes, 0 back, 1 segment, 0 retransmits, open", only: [tcp two] }
`,
    `
access-points: [{ ssid: home, password: secret123, channel: 11 }]
hosts: [{ name: log.lan, ip: 192.168.1.30, listen: [514] }]
devices:
  - { name: one, run: s.lua }
  - name: two
    files:
      init.lua: |
        wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
          local c = net.createConnection()
          c:on("connection", function() c:send("log") end)
          c:connect(514, "192.168.1.30")
        end)`,
  );
  t.same(told(outcome), []);
});

t.test('dhcp silence, name server lies, datagrams and broker messages', async (t) => {
  const outcome = outcomeOf(t, 'scenario', {
    'x.scenario.yaml': `
device: { run: s.lua }
steps:
  - dhcp-silence: { for: 8s }
  - dns: { name: weather.test, answer: 192.168.1.20 }
  - delay: 7s
  - expect-frame: { filter: udp and dst port 68, count: 0 }
  - wait-serial: weather 192.168.1.20
  - udp: { port: 5000, send: hello, expect: olleh }
  - mqtt: { expect: hi, message: there }
  - mqtt: { publish: cmd, message: "on" }
  - wait-serial: "cmd: on"
`,
    's.lua': `
wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  net.dns.resolve("weather.test", function(_, ip) print("weather " .. tostring(ip)) end)
  local s = net.createUDPSocket()
  s:listen(5000)
  s:on("receive", function(s, d, p, ip) s:send(p, ip, d:reverse()) end)
  local m = mqtt.Client("id", 60)
  m:on("message", function(_, topic, data) print(topic .. ": " .. data) end)
  m:connect("mqtt.test", 1883, false, function(m)
    m:subscribe("cmd", 0, function(m) m:publish("hi", "there", 0, 0) end)
  end)
end)
`,
  });
  t.same(told(outcome), []);
});

t.test('golden files are compared, and --update writes them with their holes kept', async (t) => {
  const files = {
    'x.scenario.yaml':
      'device: { run: s.lua }\nsteps:\n  - wait-serial: ready\n  - expect-connect: wifi\n  - http: { expect: 200 }\n  - delay: 1s\n  - expect-console: { file: x.txt }\n  - expect-conversation: x.conversation\n',
    's.lua': SERVER,
    'x.txt': '> dofile("{{any}}")\nsteady\n> ',
  };
  const first = outcomeOf(t, 'scenario', files);
  t.match(told(first), ['7:5 the console of esp1 is not as x.txt says; if it should be, run with --update']);
  t.match(first.failures[0]?.difference, '- steady\n+ ready');
  const second = outcomeOf(t, 'scenario', files, { update: true });
  t.equal(second.status, 'pass');
  t.equal(second.updated.length, 2);
  t.equal(readFileSync(join(second.folder, 'x.txt'), 'utf8'), '> dofile("{{any}}")\nready\n> ');
  t.match(
    readFileSync(join(second.folder, 'x.conversation'), 'utf8'),
    /^tcp pc.test > esp1:80 GET \/ -> 200, 2 segments, \d retransmits?, closed by esp1\n/m,
  );
});

t.test('power goes and comes back, the air gets slow, an access point returns, scripts come to rest', async (t) => {
  const outcome = scenario(
    t,
    `
  - wait-serial: started 1
  - expect-connect: wifi
  - ping: reply
  - kill:
  - ping: silence
  - expect-connect: wifi
    device: two
  - power-cycle:
  - wait-serial: started 2
  - expect-connect: wifi
  - kill: { for: 3s }
  - delay: 2s
  - ping: silence
  - wait-serial: started 3
  - expect-connect: wifi
  - latency: { time: 300ms }
  - ping: silence
    within: 500ms
  - ping: reply
    within: 700ms
  - ap-down:
  - delay: 20s
  - ap-up:
  - expect-connect: wifi
    within: 1m
  - let-idle: { within: 10s }
`,
    `devices:
  - name: one
    files:
      init.lua: |
        n = (file.getcontents("n") or 0) + 1
        file.putcontents("n", tostring(n))
        print("started " .. n)
  - name: two`,
  );
  t.same(told(outcome), []);
});

t.test('let-idle fails while something still goes on', async (t) => {
  const outcome = outcomeOf(t, 'scenario', {
    'x.scenario.yaml': 'device: { run: x.lua }\nsteps:\n  - let-idle: { within: 3s }\n',
    'x.lua': 'local function again() tmr.create():alarm(500, 0, again) end again()',
  });
  t.equal(outcome.status, 'timeout');
  t.same(told(outcome), ['3:5 the scripts did not come to rest within 3 s']);
});

t.test('the time of ntp.test is what the scenario says', async (t) => {
  const files = (time: string) => ({
    'x.scenario.yaml': `device: { run: x.lua }\nsteps:\n  - clock: ${time}\n  - wait-serial: "2147483640"\n`,
    'x.lua': `wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  sntp.sync("ntp.test", function(sec) print(sec < 2147483648 and sec >= 2147483640 and "2147483640" or sec) end)
end)`,
  });
  t.same(told(outcomeOf(t, 'scenario', files('2038-01-19T03:14:00Z'))), []);
  t.match(told(outcomeOf(t, 'scenario', files('noon'))), ["3:5 'noon' is no time; write it as 2038-01-19T03:14:00Z"]);
});

t.test(
  'a failure names the Lua that ran last, the frames with their lines, and the line of a loop without end',
  async (t) => {
    const outcome = scenario(t, '  - wait-serial: ready\n  - http: { get: /, expect: 404 }\n');
    const [failure] = outcome.failures;
    t.match(failure?.lua?.esp1, /^the function at s\.lua:\d, called at \d+\.\d{6} s by .*192\.168\.1\.20\.\d+ > /);
    t.match(failure?.frames?.join('\n'), / > 192\.168\.1\.20.*length \d+ <- s\.lua:4$/m);
    const hang = outcomeOf(t, 'scenario', {
      'x.scenario.yaml': 'device: { run: x.lua }\nsteps:\n  - delay: 8s\n',
      'x.lua': 'tmr.create():alarm(100, 0, function()\n  local n = 0\n  while true do\n    n = n + 1\n  end\nend)',
    });
    t.match(told(hang), [/esp1: watchdog: .* at x\.lua:[345]$/]);
  },
);
