/** Every sentence of every function of `net`, called in each wrong way: text, position prefix, argument number. */
import t from 'tap';
import { Board } from './net-board.ts';

/** Objects the statements below may use; `c` is connecting to nowhere, `l` listens, `b` is a bound UDP socket. */
const SETUP = `
  s = net.createConnection() v = net.createServer() u = net.createUDPSocket()
  c = net.createConnection() c:connect(80, "192.168.1.10")
  l = net.createServer() l:listen(80, function() end)
  b = net.createUDPSocket() b:listen(5000)
  f = function() end
  long = string.rep("x", 256)
`;

type Case = readonly [statement: string, message: string];

const CREATE: readonly Case[] = [
  ['net.createServer("x")', "bad argument #1 to 'createServer' (number expected, got string)"],
  ['net.createServer({})', "bad argument #1 to 'createServer' (number expected, got table)"],
  ['net.createServer(true, 30)', "bad argument #1 to 'createServer' (number expected, got boolean)"],
];

const LISTEN: readonly Case[] = [
  ['s.listen()', "attempt to call field 'listen' (a nil value)"],
  ['v.listen()', 'invalid user data'],
  ['v.listen({})', 'invalid user data'],
  ['v.listen(s, 80, f)', 'invalid user data'],
  ['l:listen(81, f)', 'already listening'],
  ['b:listen(5001)', 'already listening'],
  ['v:listen()', 'need callback'],
  ['v:listen(80)', 'need callback'],
  ['v:listen(80, nil, f)', 'need callback'],
  ['v:listen(80, "0.0.0.0")', 'need callback'],
  ['v:listen(80, "0.0.0.0", {})', 'need callback'],
  ['v:listen(80, "localhost", f)', 'invalid IP address'],
  ['v:listen(80, "", f)', 'invalid IP address'],
  ['v:listen("x", f)', 'invalid IP address'],
  ['v:listen(80, "1.2.3.4.5", f)', 'invalid IP address'],
  ['v:listen(80, f)', 'out of memory'],
  ['u:listen(5000)', 'address in use'],
  ['u:listen(5001, "nowhere")', 'invalid IP address'],
];

const CONNECT: readonly Case[] = [
  ['s.connect()', 'invalid user data'],
  ['s.connect(u, 80)', 'invalid user data'],
  ['s.connect(v, 80)', 'invalid user data'],
  ['s.connect(io, 80)', 'invalid user data'],
  ['c:connect(80, "192.168.1.10")', 'already connected'],
  ['c:connect()', 'already connected'],
  ['s:connect()', "bad argument #1 to 'connect' (number expected, got no value)"],
  ['s:connect(nil)', "bad argument #1 to 'connect' (number expected, got nil)"],
  ['s:connect("http")', "bad argument #1 to 'connect' (number expected, got string)"],
  ['s:connect(0)', 'specify port'],
  ['s:connect(65536, "192.168.1.10")', 'specify port'],
  ['s:connect(80, "192.168.1.10", nil)', "bad argument #3 to 'connect' (not a function)"],
  ['s:connect(80, "192.168.1.10", 1)', "bad argument #3 to 'connect' (not a function)"],
  ['s:connect(80, "")', 'illegal argument'],
  ['s:connect(80, long)', 'illegal argument'],
];

const ON: readonly Case[] = [
  ['s.on()', 'invalid user data'],
  ['s.on(v, "receive", f)', 'invalid user data'],
  ['s:on()', "bad argument #1 to 'on' (string expected, got no value)"],
  ['s:on(nil, f)', "bad argument #1 to 'on' (string expected, got nil)"],
  ['s:on(f)', "bad argument #1 to 'on' (string expected, got function)"],
  ['s:on("data", f)', 'invalid callback name'],
  ['s:on(1, f)', 'invalid callback name'],
  ['s:on("receive")', 'invalid callback function'],
  ['s:on("receive", 1)', 'invalid callback function'],
  ['s:on("receive", "f")', 'invalid callback function'],
  ['u:on("connection", f)', 'invalid callback name'],
  ['u:on("disconnection", f)', 'invalid callback name'],
  ['u:on("reconnection", f)', 'invalid callback name'],
  ['v:on("receive", f)', "attempt to call method 'on' (a nil value)"],
];

const SEND: readonly Case[] = [
  ['s.send()', 'invalid user data'],
  ['s.send(v, "x")', 'invalid user data'],
  ['s:send()', "bad argument #1 to 'send' (string expected, got no value)"],
  ['s:send(nil)', "bad argument #1 to 'send' (string expected, got nil)"],
  ['s:send({})', "bad argument #1 to 'send' (string expected, got table)"],
  ['s:send("")', 'no data to send'],
  ['s:send("x")', 'not connected'],
  ['c:send(string.rep("x", 2920))', 'out of memory'],
  ['v:send("x")', "attempt to call method 'send' (a nil value)"],
  ['u:send()', "bad argument #1 to 'send' (number expected, got no value)"],
  ['u:send("x", "192.168.1.10", "x")', "bad argument #1 to 'send' (number expected, got string)"],
  ['u:send(0, "192.168.1.10", "x")', 'need port'],
  ['u:send(65536)', 'need port'],
  ['u:send(5000)', "bad argument #2 to 'send' (string expected, got no value)"],
  ['u:send(5000, nil, "x")', "bad argument #2 to 'send' (string expected, got nil)"],
  ['u:send(5000, "h.example", "x")', 'invalid IP address'],
  ['u:send(5000, "192.168.1.10")', "bad argument #3 to 'send' (string expected, got no value)"],
  ['u:send(5000, "192.168.1.10", f)', "bad argument #3 to 'send' (string expected, got function)"],
  ['u:send(5000, "192.168.1.10", "")', 'no data to send'],
];

const METHODS: readonly Case[] = [
  ['s.hold()', 'invalid user data'],
  ['s.hold(u)', 'invalid user data'],
  ['s.unhold(v)', 'invalid user data'],
  ['u:hold()', "attempt to call method 'hold' (a nil value)"],
  ['s.ttl(v)', 'invalid user data'],
  ['s:ttl()', 'socket is not open/bound yet'],
  ['s:ttl("x")', 'socket is not open/bound yet'],
  ['c:ttl("x")', "bad argument #1 to 'ttl' (number expected, got string)"],
  ['b:ttl({})', "bad argument #1 to 'ttl' (number expected, got table)"],
  ['v:ttl()', "attempt to call method 'ttl' (a nil value)"],
  ['s.getpeer()', 'invalid user data'],
  ['s.getpeer(u)', 'invalid user data'],
  ['u:getpeer()', "attempt to call method 'getpeer' (a nil value)"],
  ['s.getaddr()', 'invalid user data'],
  ['s.getaddr(1)', 'invalid user data'],
  ['s.close()', 'invalid user data'],
  ['s:close()', 'not connected'],
  ['v:close()', 'not connected'],
  ['u:close()', 'not connected'],
  ['s.dns()', 'invalid user data'],
  ['s.dns(v, "h")', 'invalid user data'],
  ['s:dns()', "bad argument #1 to 'dns' (string expected, got no value)"],
  ['s:dns(f)', "bad argument #1 to 'dns' (string expected, got function)"],
  ['s:dns("h.example")', 'no callback specified'],
  ['s:dns("h.example", "f")', 'no callback specified'],
  ['s:dns("", f)', 'illegal argument'],
  ['s:dns(long, f)', 'illegal argument'],
  ['v:dns("h", f)', "attempt to call method 'dns' (a nil value)"],
];

const MODULE: readonly Case[] = [
  ['net.dns.resolve()', "bad argument #1 to 'resolve' (string expected, got no value)"],
  ['net.dns.resolve({}, f)', "bad argument #1 to 'resolve' (string expected, got table)"],
  ['net.dns.resolve("h.example")', "bad argument #2 to 'resolve' (function expected, got no value)"],
  ['net.dns.resolve("h.example", "f")', "bad argument #2 to 'resolve' (function expected, got string)"],
  ['net.dns.resolve("", f)', 'illegal argument'],
  ['net.dns.resolve(long, f)', 'illegal argument'],
  ['net.dns.setdnsserver()', "bad argument #1 to 'setdnsserver' (string expected, got no value)"],
  ['net.dns.setdnsserver("x")', 'invalid dns server ip'],
  ['net.dns.setdnsserver("")', 'invalid dns server ip'],
  ['net.dns.setdnsserver("0.0.0.0")', 'invalid dns server ip'],
  ['net.dns.setdnsserver("255.255.255.255")', 'invalid dns server ip'],
  ['net.dns.setdnsserver("192.168.1.1      ")', 'invalid dns server ip'],
  ['net.dns.setdnsserver("192.168.1.1", 2)', 'server index out of range [0-1]'],
  ['net.dns.setdnsserver("192.168.1.1", "x")', "bad argument #2 to 'setdnsserver' (number expected, got string)"],
  ['net.dns.getdnsserver(2)', 'server index out of range [0-1]'],
  ['net.dns.getdnsserver({})', "bad argument #1 to 'getdnsserver' (number expected, got table)"],
  ['net.ifinfo("x")', "bad argument #1 to 'ifinfo' (number expected, got string)"],
  ['net.multicastJoin()', 'wrong arg type'],
  ['net.multicastJoin("any")', 'wrong arg type'],
  ['net.multicastJoin("any", {})', 'wrong arg type'],
  ['net.multicastJoin("1.1", "239.1.2.3")', 'invalid if ip'],
  ['net.multicastJoin("192.168.100.100.1", "239.1.2.3")', 'invalid if ip'],
  ['net.multicastJoin("", "1.1")', 'invalid multicast ip'],
  ['net.multicastLeave("any", "239.255.255.255.1")', 'invalid multicast ip'],
  ['net.multicastLeave(f, "239.1.2.3")', 'wrong arg type'],
];

const PING: readonly Case[] = [
  ['net.ping()', "bad argument #1 to 'ping' (string expected, got no value)"],
  ['net.ping(f)', "bad argument #1 to 'ping' (string expected, got function)"],
  ['net.ping("192.168.1.10", {}, f)', "bad argument #2 to 'ping' (number expected, got table)"],
  ['net.ping("192.168.1.10", "x", f)', "bad argument #2 to 'ping' (number expected, got string)"],
  ['net.ping("192.168.1.10")', "bad argument #-2 to 'ping' (no received callback specified)"],
  ['net.ping("192.168.1.10", 4)', "bad argument #-2 to 'ping' (no received callback specified)"],
  ['net.ping("192.168.1.10", 4, 5)', "bad argument #-2 to 'ping' (no received callback specified)"],
  ['net.ping("192.168.1.10", f, 5)', "bad argument #-1 to 'ping' (invalid sent callback, function expected)"],
  ['net.ping("192.168.1.10", 4, f, 5)', "bad argument #-1 to 'ping' (invalid sent callback, function expected)"],
  ['net.ping("", f)', 'lwip error -12'],
  ['net.ping(long, f)', 'lwip error -12'],
];

const TABLES = { CREATE, LISTEN, CONNECT, ON, SEND, METHODS, MODULE, PING };

/** Lua's own sentence for calling nil is worded anew in 5.3; those of the module are not. */
const in53 = (message: string): string =>
  message.replace(/^attempt to call (\w+ '\w+') \(a nil value\)$/, 'attempt to call a nil value ($1)');

for (const lua of ['5.1', '5.3'] as const)
  for (const [name, cases] of Object.entries(TABLES))
    t.test(`Lua ${lua}: each wrong call raises the firmware's sentence: ${name.toLowerCase()}`, async (t) => {
      const board = new Board({ lua });
      t.same(board.lua(SETUP), []);
      for (const [statement, message] of cases)
        t.equal(board.errorOf(statement), `t:1: ${lua === '5.3' ? in53(message) : message}`, statement);
    });

t.test('Lua 5.3 takes no fractions where 5.1 cuts them off', async (t) => {
  const old = new Board();
  t.same(old.lua('print(pcall(net.createServer, 1.5))')[0]?.split('\t')[0], 'true');
  const board = new Board({ lua: '5.3' });
  const noInteger = "t:1: bad argument #1 to 'createServer' (number has no integer representation)";
  t.equal(board.errorOf('net.createServer(1.5)'), noInteger);
});

t.test('a method called from C has no position and counts its object', async (t) => {
  const board = new Board();
  board.lua(SETUP);
  t.same(board.lua('print(pcall(s.close, s))'), ['false\tnot connected']);
  t.same(board.lua('print(pcall(s.send, s))'), ["false\tbad argument #2 to '?' (string expected, got no value)"]);
  t.same(board.lua('print(pcall(net.createServer, "x"))'), [
    "false\tbad argument #1 to '?' (number expected, got string)",
  ]);
});

t.test('the fifth lookup at a time does not fit', async (t) => {
  const board = new Board();
  board.lua(SETUP);
  board.lua('for i = 1, 4 do net.dns.resolve("h" .. i, f) end');
  t.equal(board.errorOf('net.dns.resolve("h5", f)'), 't:1: out of memory');
  t.equal(board.errorOf('s:connect(80, "h5")'), 't:1: out of memory');
  t.equal(board.errorOf('s:dns("h5", f)'), 't:1: out of memory');
  t.equal(board.errorOf('net.ping("h5", f)'), 't:1: lwip error -1');
});

t.test('without an address a datagram finds no way, and sent has been told before', async (t) => {
  const board = new Board({ address: false });
  board.lua(SETUP);
  t.same(board.lua('print(pcall(function() u:send(5000, "192.168.1.10", "x", function() print("sent") end) end))'), [
    'sent',
    'false\tt:1: routing problem',
  ]);
});

t.test('a datagram from an address that is not ours is an illegal value', async (t) => {
  const board = new Board();
  board.lua('u = net.createUDPSocket() u:listen(5000, "192.168.1.77")');
  t.equal(board.errorOf('u:send(5000, "192.168.1.10", "x")'), 't:1: illegal value');
});

t.test('a port that a connection uses is in use', async (t) => {
  const board = new Board();
  board.lua('c = net.createConnection() c:connect(80, "192.168.1.10") v = net.createServer()');
  t.equal(board.errorOf('v:listen((c:getaddr()), function() end)'), 't:1: address in use');
});
