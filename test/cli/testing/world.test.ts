import t from 'tap';
import { Unmet, world } from '../../../cli/testing/index.ts';

const SERVER = `
local server = net.createServer(30)
server:listen(80, function(conn)
  conn:on("receive", function(c, request)
    local path = request:match("^%u+ (%S+)")
    c:send("HTTP/1.0 200 OK\\r\\nX-Path: " .. path .. "\\r\\n\\r\\nyou asked for " .. path)
  end)
  conn:on("sent", function(c) c:close() end)
end)
print("ready")
`;

function server() {
  const net = world({ seed: 3 });
  const esp = net.device({ files: { 'server.lua': SERVER }, run: 'server.lua' });
  esp.waitSerial('ready');
  return { net, esp, address: esp.waitAddress() };
}

t.test('a host fetches a page from a script', async (t) => {
  const { net, esp, address } = server();
  const reply = net.host().http(address, { path: '/lamp' });
  t.equal(reply.status, 200);
  t.equal(reply.headers.get('x-path'), '/lamp');
  t.equal(reply.body, 'you asked for /lamp');
  t.equal(esp.console, '> dofile("server.lua")\nready\n> ');
  t.equal(
    net.conversations().at(-1),
    'tcp pc.test > esp1:80 GET /lamp -> 200, 2 segments, 0 retransmits, closed by esp1',
  );
});

t.test('frames are waited for in the words of tcpdump', async (t) => {
  const { net, address } = server();
  net.host().http(address);
  net.expectFrame('tcp and src esp1 and syn');
  net.expectFrame('udp', { count: 0, within: '1s' });
  t.throws(() => net.expectFrame('tcp and dst port 81', { within: '1s' }), /no frame 'tcp and dst port 81' within 1 s/);
});

t.test('what does not come true says what was expected and what was there', async (t) => {
  const net = world();
  const esp = net.device({ files: { 'init.lua': 'print("hello")' } });
  try {
    esp.waitSerial('good bye', '2s');
    t.fail('it printed good bye');
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    t.equal(error.message, "esp1 did not print 'good bye' within 2 s");
    t.match(error.actual, 'hello');
    t.ok(error.timeout);
  }
});

t.test('a refused connection is told at once', async (t) => {
  const { net, address } = server();
  const before = net.now;
  t.throws(() => net.host().http(address, { port: 81 }), /no answer: no connection to 192.168.1.50:81 \(reset/);
  t.ok(net.now - before < 1e6);
});

t.test('two devices talk to each other, and their frames are seen', async (t) => {
  const net = world();
  const one = net.device({ name: 'one', files: { 'server.lua': SERVER }, run: 'server.lua' });
  const two = net.device({ name: 'two' });
  const address = one.waitAddress();
  two.waitAddress();
  t.equal(address, net.address('one'));
  two.writeSerial('c=net.createConnection() c:on("receive",function(_,d) print(d) end)\n');
  net.run('100ms');
  two.writeSerial(
    'c:on("connection",function() c:send("GET /x HTTP/1.0\\r\\n\\r\\n") end) c:connect(80,"192.168.1.50")\n',
  );
  two.waitSerial('you asked for /x');
  net.run('1s');
  t.match(net.conversations().join('\n'), /tcp two > one:80 GET \/x -> 200, 2 segments, /);
});

t.test('pins, files, heap and pings', async (t) => {
  const net = world();
  const esp = net.device({
    files: { 'a.lua': 'gpio.mode(1, gpio.OUTPUT) gpio.write(1, 0) file.putcontents("x", "y") print(gpio.read(2))' },
    run: 'a.lua',
  });
  esp.setPin(2, 0);
  t.match(esp.waitSerial(/^[01]$/m), /0$/);
  esp.expectPin(1, 0);
  t.throws(() => esp.expectPin(1, 1), /pin D1 of esp1 is 0/);
  t.equal(esp.file('x'), 'y');
  t.ok(esp.heap > 30_000);
  const address = esp.waitAddress();
  t.ok(net.host().ping(address));
  net.accessPoint().setUp(false);
  t.notOk(net.host().ping(address));
});
