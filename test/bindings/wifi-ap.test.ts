import t from 'tap';
import type { StationConfig } from '../../runtime/device/index.ts';
import { type World, wiredWorld } from '../../runtime/world/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

const CAMP: StationConfig = { ssid: 'camp', password: 'secret123' };
/** Prints what the access point is told about its stations. */
const WATCH = [
  'local function watch(name, ...) local keys = {...} wifi.eventmon.register(wifi.eventmon[name], function(t)',
  '  local s = name for _, k in ipairs(keys) do s = s .. " " .. tostring(t[k]) end print(s) end) end',
  'watch("AP_STACONNECTED", "MAC", "AID") watch("AP_STADISCONNECTED", "MAC", "AID") watch("EVENT_MAX", "info")',
].join('\n');

/** A device that opens `camp`, alone in the world. */
function camp(world: World, config = 'ssid = "camp", pwd = "secret123", channel = 11'): Esp {
  const esp = new Esp({ clock: world.clock, env: { medium: world.medium } });
  esp.lua(WATCH, `wifi.setmode(wifi.SOFTAP) wifi.ap.config{${config}}`);
  return esp;
}

/** One more device, which knows `camp`. */
function guest(world: World, n = 1, files: Record<string, string> = {}): Esp {
  const mac = (0x5ccf7f123456 + n) as never;
  const profile = { station: CAMP, mac, apMac: (0x5ecf7f123456 + n) as never };
  return new Esp({ clock: world.clock, files, env: { medium: world.medium, name: `guest${n}` }, profile });
}

t.test('a second device joins, gets a lease and fetches a page', async (t) => {
  const world = wiredWorld({ traceLines: 0 });
  const server = camp(world);
  server.lua(
    'net.createServer():listen(80, function(s) s:on("receive", function(s, d)',
    '  s:send("HTTP/1.0 200 OK\\r\\n\\r\\nfrom " .. select(2, s:getpeer()), s.close) end) end)',
  );
  const client = guest(world);
  client.run(8000).take();
  t.same(server.lines(), ['AP_STACONNECTED 5c:cf:7f:12:34:57 1', 'EVENT_MAX event 9 not implemented']);
  t.same(client.lua('print(wifi.sta.getip()) print(net.dns.getdnsserver(0), wifi.getchannel())'), [
    '192.168.4.2\t255.255.255.0\t192.168.4.1',
    '192.168.4.1\t11',
  ]);
  t.same(server.lua('for k, v in pairs(wifi.ap.getclient()) do print(k, v) end'), ['5c:cf:7f:12:34:57\t192.168.4.2']);
  client.lua(
    'local c = net.createConnection() c:on("receive", function(_, d) print(d:match("from.*")) end)',
    'c:on("connection", function() c:send("GET / HTTP/1.0\\r\\n\\r\\n") end) c:connect(80, "192.168.4.1")',
  );
  t.same(client.run(3000).lines(), ['from 192.168.4.2']);
});

t.test('stations are told apart, sent away and counted', async (t) => {
  const world = wiredWorld({ traceLines: 0 });
  const server = camp(world, 'ssid = "camp", pwd = "secret123", max = 2');
  const guests = [1, 2, 3].map((n) => guest(world, n));
  server.run(8000).take();
  const addresses = guests.map((esp) => esp.lua('print((wifi.sta.getip()))')[0]);
  t.same([...addresses].sort(), ['192.168.4.2', '192.168.4.3', 'nil']);
  const [mac = '', addr] = server.lua('for k, v in pairs(wifi.ap.getclient()) do print(k) print(v) end');
  t.ok(addresses.includes(addr));
  t.match(server.lua(`print(wifi.ap.deauth("${mac}"))`), ['true', new RegExp(`^AP_STADISCONNECTED ${mac} [12]$`)]);
});

t.test('addresses in tables are read as lwIP reads them, and what is none is 255.255.255.255', async (t) => {
  const esp = camp(wiredWorld({ traceLines: 0 }));
  const tried = ['"192.168.4.0x64"', '"192"', '192', '"here"', '"1.2.3.4.5"'];
  t.same(esp.lua(...tried.map((text) => `print((wifi.ap.dhcp.config{start = ${text}}))`)), [
    '192.168.4.100',
    '0.0.0.192',
    '0.0.0.192',
    '255.255.255.255',
    '255.255.255.255',
  ]);
  t.same(
    esp.lua(
      'wifi.ap.setip{ip = "10.1.2", netmask = "255.255.255.0", gateway = "10.1.2"} print(wifi.ap.getip())',
      'wifi.ap.setip{ip = "0.0.0.0", netmask = true, gateway = "0"} print(wifi.ap.getip())',
    ),
    ['10.1.0.2\t255.255.255.0\t10.1.0.2', '10.1.0.2\t255.255.255.0\t0.0.0.0'],
  );
});

t.test('the DHCP server can be moved, stopped and started', async (t) => {
  const world = wiredWorld({ traceLines: 0 });
  const server = camp(world);
  t.same(server.lua('print(wifi.ap.dhcp.config{start = "192.168.4.100"})'), ['192.168.4.100\t192.168.4.103']);
  const first = guest(world, 1);
  first.run(8000);
  t.same(first.lua('print((wifi.sta.getip()))'), ['192.168.4.100']);
  t.same(server.lua('print(wifi.ap.dhcp.stop()) for k, v in pairs(wifi.ap.getclient()) do print(v) end').slice(-2), [
    'true',
    '0.0.0.0',
  ]);
  const second = guest(world, 2);
  second.run(8000);
  t.same(second.lua('print((wifi.sta.getip()))'), ['nil']);
  server.lua('wifi.ap.setip{ip = "10.0.0.200", netmask = "255.255.255.0", gateway = "10.0.0.200"}');
  second.run(30_000);
  t.same(second.lua('print((wifi.sta.getip()))'), ['10.0.0.100'], 'below the own address in the upper half');
});

t.test('beside a station it works on the channel of the station', async (t) => {
  const world = wiredWorld({ traceLines: 0 });
  world.addAccessPoint({ ssid: 'camp', password: 'secret123', channel: 3 });
  const esp = guest(world);
  esp.lua(
    'wifi.setmode(wifi.STATIONAP) wifi.ap.config{ssid = "own", channel = 9} print(wifi.sta.getmac(), wifi.ap.getmac())',
  );
  esp.run(8000).take();
  t.same(esp.lua('print(wifi.getchannel(), (wifi.sta.getip()), (wifi.ap.getip()), wifi.ap.getbroadcast())'), [
    '3\t192.168.1.50\t192.168.4.1\t192.168.4.255',
  ]);
  t.equal(esp.device.wifi.softAp.channel, 3);
});

t.test('the configuration is kept over a restart, unless it was not to be saved', async (t) => {
  const world = wiredWorld({ traceLines: 0 });
  const esp = camp(world);
  esp.lua('wifi.ap.config{ssid = "guest", hidden = true, save = false}');
  t.same(esp.lua('print(wifi.ap.getconfig()) print(wifi.ap.getdefaultconfig())'), ['guest\tnil', 'camp\tsecret123']);
  t.same(
    esp.lua('local c = wifi.ap.getconfig(true) print(c.ssid, c.pwd, c.auth, c.channel, c.hidden, c.max, c.beacon)'),
    ['guest\tnil\t0\t6\ttrue\t4\t100'],
  );
  esp.lua('node.restart()');
  esp.run(1000).take();
  t.same(esp.lua('print(wifi.getmode(), wifi.ap.getip()) print(wifi.ap.getconfig())'), [
    '2\t192.168.4.1\t255.255.255.0\t192.168.4.1',
    'camp\tsecret123',
  ]);
});

t.test('a blank chip names its network after itself, and nothing is there while it is off', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('print(wifi.ap.getconfig()) print(wifi.ap.getip(), wifi.ap.getbroadcast(), wifi.ap.deauth())'), [
    'ESP_123456\tnil',
    'nil\tnil\tfalse',
  ]);
});

t.test('every wrong call has its sentence', async (t) => {
  errorRows(t, [
    ['wifi.ap.config()', "bad argument #1 to 'config' (table expected, got no value)"],
    ['wifi.ap.config{}', "bad argument #1 to 'config' (ssid: required)"],
    ['wifi.ap.config{ssid = {}}', "bad argument #1 to 'config' (ssid: not string)"],
    ['wifi.ap.config{ssid = ""}', "bad argument #1 to 'config' (ssid: length:1-32)"],
    ['wifi.ap.config{ssid = ("x"):rep(33)}', "bad argument #1 to 'config' (ssid: length:1-32)"],
    ['wifi.ap.config{ssid = "a", pwd = true}', "bad argument #1 to 'config' (pwd: not string)"],
    ['wifi.ap.config{ssid = "a", pwd = ""}', "bad argument #1 to 'config' (pwd: length:0 or 8-64)"],
    ['wifi.ap.config{ssid = "a", auth = {}}', "bad argument #1 to 'config' (auth: not number)"],
    ['wifi.ap.config{ssid = "a", auth = 5}', "bad argument #1 to 'config' (auth: Range:0-4)"],
    ['wifi.ap.config{ssid = "a", channel = 14}', "bad argument #1 to 'config' (channel: Range:1-13)"],
    ['wifi.ap.config{ssid = "a", channel = {}}', "bad argument #1 to 'config' (channel: not number)"],
    ['wifi.ap.config{ssid = "a", hidden = 2}', "bad argument #1 to 'config' (hidden: 0 or 1)"],
    ['wifi.ap.config{ssid = "a", hidden = "yes"}', "bad argument #1 to 'config' (hidden: not boolean)"],
    ['wifi.ap.config{ssid = "a", max = 5}', "bad argument #1 to 'config' (max: 1-4)"],
    ['wifi.ap.config{ssid = "a", beacon = 99}', "bad argument #1 to 'config' (beacon: 100-60000)"],
    ['wifi.ap.config{ssid = "a", beacon = {}}', "bad argument #1 to 'config' (beacon: not number)"],
    ['wifi.ap.config{ssid = "a", save = 1}', "bad argument #1 to 'config' (save: not boolean)"],
    ['wifi.ap.config{ssid = "a", probereq_cb = 1}', "bad argument #1 to 'config' (probereq_cb:not function)"],
    ['wifi.ap.deauth("xx")', "bad argument #1 to 'deauth' (MAC:FF:FF:FF:FF:FF:FF)"],
    ['wifi.ap.setmac("xx")', "bad argument #1 to 'setmac' (MAC:FF:FF:FF:FF:FF:FF)"],
    ['wifi.ap.setip()', 'wrong arg type'],
    ['wifi.ap.dhcp.config()', 'wrong arg type'],
    ['wifi.ap.dhcp.config{}', 'wrong arg type'],
    ['wifi.ap.getclient()', "Can't list clients in STATION mode"],
  ]);
});
