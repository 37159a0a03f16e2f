/** What the recordings of `net` do not show: collection, pins, notes for learners, the shape of the module. */
import t from 'tap';
import { net } from '../../bindings/nodemcu/net.ts';
import { Board } from './net-board.ts';

t.test('every function of the firmware is there, as the firmware has it', async (t) => {
  const { functions } = net.members(new Board().device);
  t.same(
    functions.filter((f) => f.support !== 'as the firmware'),
    [],
  );
  t.same(
    functions
      .map((f) => f.name)
      .filter((name) => name.startsWith('net.') && !name.includes(':'))
      .sort(),
    [
      'net.createConnection',
      'net.createServer',
      'net.createUDPSocket',
      'net.dns.getdnsserver',
      'net.dns.resolve',
      'net.dns.setdnsserver',
      'net.ifinfo',
      'net.multicastJoin',
      'net.multicastLeave',
      'net.ping',
    ],
  );
  const methods = (cls: string): string[] =>
    functions.flatMap((f) => (f.name.startsWith(`${cls}:`) ? [f.name.slice(cls.length + 1)] : [])).sort();
  t.same(methods('net.tcpserver'), ['close', 'getaddr', 'listen']);
  t.same(methods('net.tcpsocket'), [
    'close',
    'connect',
    'dns',
    'getaddr',
    'getpeer',
    'hold',
    'on',
    'send',
    'ttl',
    'unhold',
  ]);
  t.same(methods('net.udpsocket'), ['close', 'dns', 'getaddr', 'listen', 'on', 'send', 'ttl']);
});

t.test('an unpinned object is collected, a pinned one is not', async (t) => {
  const board = new Board();
  board.lua(`
    weak = setmetatable({}, { __mode = "v" })
    weak.idle = net.createConnection()
    weak.busy = net.createConnection() weak.busy:connect(80, "192.168.1.10")
    weak.server = net.createServer() weak.server:listen(80, function() end)
    weak.unheard = net.createServer()
    weak.udp = net.createUDPSocket() weak.udp:listen(5000)
    weak.waiting = net.createConnection() weak.waiting:dns("h.example", function() end)
  `);
  t.same(
    board.lua(
      'collectgarbage() collectgarbage() local k = {} for n in pairs(weak) do k[#k + 1] = n end table.sort(k) print(table.concat(k, " "))',
    ),
    ['busy server udp waiting'],
  );
});

t.test('closing lets go of the object, and of nothing else', async (t) => {
  const board = new Board();
  const { lua } = board.device;
  board.lua('collectgarbage()');
  const before = lua.refCount;
  board.lua(`
    do
      local s = net.createConnection() s:on("receive", function() end) s:connect(80, "192.168.1.10") s:close()
      local u = net.createUDPSocket() u:send(7, "192.168.1.10", "x", function() end) u:close()
      local v = net.createServer() v:listen(80, function() end) v:close()
    end
  `);
  board.lua('collectgarbage() collectgarbage()');
  t.equal(lua.refCount - before, 0);
});

t.test('handlers that hold their own socket keep both for ever', async (t) => {
  const board = new Board();
  board.lua(`
    weak = setmetatable({}, { __mode = "v" })
    do local s = net.createConnection() s:on("sent", function() return s end) weak.cycle = s end
  `);
  t.same(board.lua('collectgarbage() collectgarbage() print(weak.cycle ~= nil)'), ['true']);
  board.lua('weak.cycle:on("sent", nil)');
  t.same(board.lua('collectgarbage() collectgarbage() print(weak.cycle ~= nil)'), ['false']);
});

t.test('negative arguments wrap as unsigned numbers do in C', async (t) => {
  const board = new Board();
  t.same(board.lua('net.dns.setdnsserver("10.0.0.1", -1) print(net.dns.getdnsserver(), net.dns.getdnsserver(-1))'), [
    '208.67.222.222\tnil',
  ]);
  t.same(board.lua('u = net.createUDPSocket() u:listen(-1) print(u:getaddr())'), ['65535\t0.0.0.0']);
  t.same(board.lua('u:close() u:listen(70000) print(u:getaddr())'), ['4464\t0.0.0.0']);
});

t.test('texts end at a zero byte', async (t) => {
  const board = new Board();
  t.same(board.lua('s = net.createConnection() print(pcall(s.on, s, "sent\\0x", function() end))'), ['true']);
  t.same(board.lua('net.dns.resolve("10.1\\0junk", function(_, ip) print(ip) end)'), ['10.0.0.1']);
});

t.test('addresses are read as inet_aton reads them', async (t) => {
  const board = new Board();
  const resolve = (text: string): string[] => board.lua(`net.dns.resolve("${text}", print)`);
  t.same(resolve('10.1'), ['nil\t10.0.0.1']);
  t.same(resolve('0x0a.010.3'), ['nil\t10.8.0.3']);
  t.same(resolve('3232235826'), ['nil\t192.168.1.50']);
  t.same(resolve('8.8.8.8 and more'), ['nil\t8.8.8.8']);
});

t.test('an index that is neither station nor access point gives no value at all', async (t) => {
  const board = new Board();
  t.same(board.lua('print(select("#", net.ifinfo(2)), select("#", net.ifinfo(-1)), select("#", net.ifinfo(1)))'), [
    '0\t0\t0',
  ]);
  t.same(board.lua('local i = net.ifinfo() print(i.ip, i.netmask, i.gateway, #i.hwaddr, i.dhcp)'), [
    '192.168.1.50\t255.255.255.0\t192.168.1.1\t6\tnil',
  ]);
});
