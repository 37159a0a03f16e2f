import t from 'tap';
import { fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import type { Firmware } from '../../runtime/device/index.ts';
import { ipv4 } from '../../runtime/wire/index.ts';
import { EchoServer } from '../../runtime/world/echo-test.ts';
import type { Host, HostStream, World } from '../../runtime/world/index.ts';
import type { Esp } from '../helpers/esp.ts';
import { blank } from '../helpers/joined.ts';

interface Scene {
  readonly world: World;
  readonly esp: Esp;
  readonly pc: Host;
}

/** A device of that release at 192.168.1.50, and `pc.lan` at .20. */
function scene(firmware: Firmware): Scene {
  const { world, esp } = blank({}, firmware);
  const pc = world.addHost('pc.lan', ipv4(192, 168, 1, 20));
  const config = firmware === '1.5' ? '("home", "secret123")' : '{ssid = "home", pwd = "secret123"}';
  esp.lua(`wifi.sta.config${config}`);
  esp.run(6000).take();
  return { world, esp, pc };
}

/** What a client of the device hears, as text and events. */
function client(pc: Host, port: number, log: string[], greeting = ''): HostStream {
  const stream = pc.connect(ipv4(192, 168, 1, 50), port, {
    onData: (bytes) => {
      log.push(toLatin1(bytes));
    },
    onEnd: () => {
      log.push('<end>');
      stream.end();
    },
  });
  if (greeting !== '') stream.write(fromLatin1(greeting));
  return stream;
}

t.test('1.5: the web server of the time: one send, close in sent, disconnection told', async (t) => {
  const { esp, pc } = scene('1.5');
  esp.lua(
    'srv = net.createServer(net.TCP, 30)',
    'srv:listen(80, function(conn)',
    '  conn:on("receive", function(c, request) print((request:match("^[^\\r\\n]*"))) c:send("HTTP/1.1 200 OK\\r\\n\\r\\nhi") end)',
    '  conn:on("sent", function(c) print("sent") c:close() end)',
    '  conn:on("disconnection", function(c) print("gone", c == conn) end)',
    'end)',
  );
  const log: string[] = [];
  client(pc, 80, log, 'GET / HTTP/1.1\r\n\r\n');
  t.same(esp.run(500).lines(), ['GET / HTTP/1.1', 'sent', 'gone\ttrue']);
  t.same(log, ['HTTP/1.1 200 OK\r\n\r\nhi', '<end>']);
});

t.test('1.5: of several sends in one callback only the first goes out', async (t) => {
  const { esp, pc } = scene('1.5');
  esp.lua('net.createServer(net.TCP):listen(80, function(c) c:send("one") c:send("two") c:send("three") end)');
  const log: string[] = [];
  client(pc, 80, log);
  esp.run(500);
  t.same(log, ['one']);
});

t.test('1.5: 1460 bytes are the most, and nothing is nothing', async (t) => {
  const { esp, pc } = scene('1.5');
  esp.lua(
    'net.createServer(net.TCP):listen(80, function(c)',
    'print(pcall(c.send, c, ("x"):rep(1461))) c:send("") c:send(("x"):rep(1460)) end)',
  );
  const log: string[] = [];
  client(pc, 80, log);
  t.same(esp.run(500).lines(), ['false\tneed <1460 payload']);
  t.equal(log.join('').length, 1460);
});

t.test('1.5: there is one TCP server and one UDP server', async (t) => {
  const { esp } = scene('1.5');
  esp.lua('s = net.createServer(net.TCP) s:listen(80, function() end)');
  t.equal(esp.error('net.createServer(net.TCP)'), 'only one tcp server allowed');
  esp.lua('s:close() s = net.createServer(net.TCP) s:listen(81, function() end)');
  t.equal(esp.error('net.createServer(net.TCP)'), 'only one tcp server allowed');
  esp.lua('u = net.createServer(net.UDP) u:listen(53)');
  t.equal(esp.error('net.createServer(net.UDP)'), 'only one udp server allowed');
  esp.lua('u:close() u = net.createServer(net.UDP)');
});

t.test('1.5: arguments and their sentences', async (t) => {
  const { esp } = scene('1.5');
  t.same(esp.lua('print(net.TCP, net.UDP)'), ['16\t32']);
  for (const [expression, message] of [
    ['net.createServer(1)', 'wrong arg type'],
    ['net.createServer()', "bad argument #1 to 'createServer' (number expected, got no value)"],
    ['net.createServer(net.TCP, 0)', 'wrong arg type'],
    ['net.createServer(net.TCP, 28801)', 'wrong arg type'],
    ['net.createServer(net.TCP):on("receive", function() end)', 'method not supported'],
    ['net.createServer(net.TCP):send("x")', 'tcp server send not supported'],
    ['net.createServer(net.UDP):send("x")', 'remote ip/port unavailable'],
    ['net.createConnection(net.UDP):on("dns", function() end)', 'method not supported'],
    [
      'net.createConnection(net.TCP):on("receive", nil)',
      "bad argument #2 to 'on' (function or lightfunction expected, got nil)",
    ],
    ['net.createConnection(net.TCP):ttl()', "attempt to call method 'ttl' (a nil value)"],
    ['net.createUDPSocket()', "attempt to call field 'createUDPSocket' (a nil value)"],
  ] as const)
    t.equal(esp.error(expression), message, expression);
  t.same(
    esp.lua('net.createConnection(net.TCP, 0):close() net.createConnection(net.TCP, function(s) print(type(s)) end)'),
    ['userdata'],
  );
});

t.test('1.5: a client speaks once connected, and close is told as disconnection', async (t) => {
  const { world, esp, pc } = scene('1.5');
  new EchoServer(world.clock, pc);
  esp.lua(
    'sk = net.createConnection(net.TCP, 0)',
    'sk:on("connection", function(s) print("connection", s:getpeer()) s:send("ping") end)',
    'sk:on("receive", function(s, d) print("receive", d) s:close() end)',
    'sk:on("disconnection", function(s) print("disconnection", s == sk) end)',
    'sk:send("too early") sk:connect(7, "192.168.1.20")',
  );
  t.same(esp.run(1000).lines(), ['connection\t192.168.1.20\t7', 'receive\tping', 'disconnection\ttrue']);
  t.same(esp.lua('print(sk:getpeer()) sk:connect(7, "192.168.1.20") sk:close() sk:send("x")'), ['nil\tnil']);
  t.same(esp.run(1000).lines(), []);
  t.ok(world.now > 0);
});

t.test('1.5: a refused connection is a disconnection, never a reconnection', async (t) => {
  const { esp } = scene('1.5');
  esp.lua(
    'sk = net.createConnection(net.TCP) for _, e in ipairs{"connection", "disconnection", "reconnection"} do',
    'sk:on(e, function() print(e) end) end sk:connect(81, "192.168.1.20")',
  );
  t.same(esp.run(2000).lines(), ['disconnection']);
});

t.test('1.5: names are looked up five times', async (t) => {
  const { esp } = scene('1.5');
  esp.lua('sk = net.createConnection(net.TCP) sk:connect(80, "nobody.example")');
  t.same(esp.run(60_000).lines(), ['DNS retry 1!', 'DNS retry 2!', 'DNS retry 3!', 'DNS retry 4!', 'DNS Fail!']);
  t.same(esp.lua('net.dns.resolve("192.168.1.20", function(s, ip) print(type(s), ip) end)'), [
    'userdata\t192.168.1.20',
  ]);
  esp.lua('net.createConnection(net.TCP):dns("pc.lan", function(s, ip) print(ip) end)');
  t.same(esp.run(1000).lines(), ['192.168.1.20']);
});

t.test('1.5: UDP sockets are connected, send at once and hear data only', async (t) => {
  const { world, esp, pc } = scene('1.5');
  new EchoServer(world.clock, pc);
  esp.lua(
    'u = net.createConnection(net.UDP, 0)',
    'u:on("receive", function(...) print("receive", select("#", ...), (select(2, ...))) end)',
    'u:on("sent", function() print("sent") end)',
    'u:connect(7, "192.168.1.20") u:send("hello") print("after")',
  );
  t.same(esp.lines(), []);
  t.same(esp.lua('u:send("again")'), ['sent']);
  t.same(esp.run(100).lines(), ['receive\t2\thello', 'receive\t2\tagain']);
});

t.test('1.5: a UDP server answers whoever spoke last', async (t) => {
  const { esp, pc } = scene('1.5');
  esp.lua('s = net.createServer(net.UDP) s:on("receive", function(s, d) s:send("re: " .. d) end) s:listen(5000)');
  const heard: string[] = [];
  const [a, b] = [6001, 6002].map((port) =>
    pc.udp(port, (bytes) => {
      heard.push(`${port} ${toLatin1(bytes)}`);
    }),
  );
  a?.send(fromLatin1('a'), ipv4(192, 168, 1, 50), 5000);
  esp.run(100);
  b?.send(fromLatin1('b'), ipv4(192, 168, 1, 50), 5000);
  esp.run(100);
  t.same(heard, ['6001 re: a', '6002 re: b']);
});

t.test('1.5: a silent client is closed after the time-out, counted in polls of two seconds', async (t) => {
  const { esp, pc } = scene('1.5');
  esp.lua(
    'net.createServer(net.TCP, 2):listen(80, function(c) c:on("disconnection", function() print("gone") end) end)',
  );
  const log: string[] = [];
  client(pc, 80, log);
  t.same(esp.run(3000).lines(), []);
  t.same(esp.run(2000).lines(), ['gone']);
  t.same(log, ['<end>']);
});

t.test('1.5: hold keeps the window shut for what still arrives', async (t) => {
  const { esp, pc } = scene('1.5');
  esp.lua(
    'n = 0 net.createServer(net.TCP):listen(80, function(c) k = c c:hold() c:on("receive", function(c, d) n = n + #d end) end)',
  );
  client(pc, 80, [], 'x'.repeat(20_000));
  t.same(esp.run(20_000).lua('print(n)'), ['5840']);
  t.same(esp.lua('k:unhold()'), []);
  t.same(esp.run(60_000).lua('print(n)'), ['20000']);
});

t.test('1.5: a sixth client is turned away', async (t) => {
  const { esp, pc } = scene('1.5');
  esp.lua('net.createServer(net.TCP):listen(80, function(c) print("in") end)');
  const log: string[] = [];
  for (let i = 0; i < 6; i++) client(pc, 80, log);
  t.equal(esp.run(500).lines().length, 5);
});

t.test('1.5: reconnecting inside disconnection works on freed memory and ends in an exception', async (t) => {
  const { esp, pc } = scene('1.5');
  pc.listen(9000, (stream) => {
    stream.handler = {};
    stream.end();
  });
  esp.lua(
    'sk = net.createConnection(net.TCP)',
    'sk:on("disconnection", function(s) print("again") s:connect(9000, "192.168.1.20") end)',
    'sk:connect(9000, "192.168.1.20")',
  );
  t.match(esp.run(3000).lines(), ['again', 'Fatal exception 28(LoadProhibitedCause):']);
});

t.test('2.2: net.UDP still makes UDP sockets, with a note', async (t) => {
  const { world, esp, pc } = scene('2.2');
  new EchoServer(world.clock, pc);
  t.same(esp.lua('print(net.TCP, net.UDP) u = net.createConnection(net.UDP)'), [
    '1\t2',
    'Warning, deprecated API! net.createConnection with net.UDP type. It will be removed in next version. See documentation for details.',
  ]);
  esp.lua('u:on("receive", function(s, d, port, ip) print(d, port, ip) end) u:send(7, "192.168.1.20", "hi")');
  t.same(esp.run(100).lines(), ['hi\t7\t192.168.1.20']);
  t.equal(esp.error('u:connect(7, "192.168.1.20")'), "attempt to call method 'connect' (a nil value)");
  t.match(esp.lua('s = net.createServer(net.UDP) s:listen(5000)'), [/net\.createServer with net\.UDP type/]);
});

t.test('2.2: the time-out is the second argument, and types are checked', async (t) => {
  const { esp } = scene('2.2');
  for (const [expression, message] of [
    ['net.createServer(3)', 'invalid type'],
    ['net.createConnection(0)', 'invalid type'],
    ['net.createConnection(net.TCP, true)', "bad argument #2 to 'createConnection' (number expected, got boolean)"],
    ['net.createServer(net.TCP, 30):listen(80)', 'need callback'],
    ['net.createConnection(net.TCP, 0):close()', 'not connected'],
    ['net.createConnection(net.TCP):send("")', 'no data to send'],
    ['net.dns.resolve("x")', "bad argument #2 to 'resolve' (function or lightfunction expected, got no value)"],
    ['net.ping("x")', "attempt to call field 'ping' (a nil value)"],
  ] as const)
    t.equal(esp.error(expression), message, expression);
  t.match(esp.lua('print(pcall(net.createConnection, net.TCP, 1))'), [
    /^Warning, deprecated API! net.createConnection with secure flag/,
    'false\tsecure connections not enabled',
  ]);
});

t.test('2.2: several sends are queued, and an error in a socket callback is a panic', async (t) => {
  const { esp, pc } = scene('2.2');
  esp.lua(
    'net.createServer(net.TCP, 30):listen(80, function(c) c:send("one") c:send("two") c:on("sent", function() foo() end) end)',
  );
  const log: string[] = [];
  client(pc, 80, log);
  esp.run(500);
  t.equal(log.join(''), 'onetwo');
  t.match(esp.events.join(), /crash panic t:1: attempt to call global 'foo'/);
});
