import t from 'tap';
import { blank } from '../helpers/joined.ts';

t.test('1.5: config("ssid", "pwd") saves, joins and returns true', async (t) => {
  const { esp } = blank({}, '1.5');
  t.same(esp.lua('wifi.setmode(wifi.STATION) print(wifi.sta.config("home", "secret123"))'), ['true']);
  t.equal(esp.run(5000).device.wifi.status, 5);
  t.same(esp.device.wifi.saved.station, { ssid: 'home', password: 'secret123' });
  t.same(esp.lua('print(wifi.sta.getip())'), ['192.168.1.50\t255.255.255.0\t192.168.1.1']);
});

t.test('1.5: the third argument is whether to join, the fourth (or third) an address', async (t) => {
  const { esp } = blank({}, '1.5');
  esp.lua('wifi.sta.config("home", "secret123", 0)');
  t.equal(esp.run(5000).device.wifi.status, 0);
  t.equal(esp.device.wifi.saved.autoConnect, false);
  esp.lua('wifi.sta.config("home", "secret123", 0, "12:34:56:78:9a:bc")');
  t.same(esp.lua('print(wifi.sta.getconfig())'), ['home\tsecret123\t1\t12:34:56:78:9a:bc']);
  esp.lua('wifi.sta.config("home", "", "12:34:56:78:9a:bd")');
  t.same(esp.lua('print(wifi.sta.getconfig())'), ['home\t\t1\t12:34:56:78:9a:bd']);
});

t.test('1.5: the table form is not saved unless it says so, and takes no callbacks', async (t) => {
  const { esp } = blank({}, '1.5');
  esp.lua('wifi.sta.config{ssid = "home", pwd = "secret123", got_ip_cb = function() print("never") end}');
  t.same(esp.run(5000).lines(), []);
  t.equal(esp.device.wifi.status, 5);
  t.equal(esp.device.wifi.saved.station, undefined);
  esp.lua('wifi.sta.config{ssid = "home", pwd = "secret123", save = true}');
  t.ok(esp.device.wifi.saved.station);
  t.same(esp.lua('local c = wifi.sta.getconfig(true) print(c.ssid, c.pwd, c.bssid_set, c.bssid)'), [
    'home\tsecret123\tnil\tnil',
  ]);
});

t.test('1.5: the sentences of that time', async (t) => {
  const { esp } = blank({}, '1.5');
  for (const [expression, message] of [
    ['wifi.sta.config("", "")', "bad argument #1 to 'config' (length:1-32)"],
    ['wifi.sta.config(("x"):rep(32), "")', "bad argument #1 to 'config' (length:1-32)"],
    ['wifi.sta.config("x", "short")', "bad argument #2 to 'config' (length:0 or 8-64)"],
    ['wifi.sta.config("x")', "bad argument #2 to 'config' (string expected, got no value)"],
    ['wifi.sta.config("x", "", nil)', 'wrong arg type'],
    ['wifi.sta.config("x", "", 2)', 'wrong arg type'],
    ['wifi.sta.config("x", "", 1, "zz")', "bad argument #1 to 'config' (MAC:FF:FF:FF:FF:FF:FF)"],
    ['wifi.sta.config{ssid = ""}', "bad argument #1 to 'config' (ssid: length:1-32)"],
    ['wifi.sta.config{ssid = "x", pwd = "short"}', "bad argument #1 to 'config' (pwd: length:8-64)"],
    ['wifi.sta.eventMonReg(6, print)', 'valid wifi status:0-5'],
    ['wifi.sta.eventMonStart()', 'No callbacks defined'],
    ['wifi.eventmon.register(9, print)', 'valid wifi events:0-8'],
    ['wifi.sta.clearconfig()', "attempt to call field 'clearconfig' (a nil value)"],
    ['wifi.getcountry()', "attempt to call field 'getcountry' (a nil value)"],
  ] as const)
    t.equal(esp.error(expression), message, expression);
  t.same(esp.lua('print(wifi.eventmon.EVENT_MAX, wifi.sta.sethostname("a-b"), wifi.sta.gethostname())'), [
    '8\tnil\ta-b',
  ]);
});

t.test('1.5: eventMon polls the status and tells the one before', async (t) => {
  const { esp } = blank({}, '1.5');
  t.same(
    esp.lua(
      'wifi.sta.eventMonReg(wifi.STA_IDLE, function() print("idle") end)',
      'wifi.sta.eventMonReg(wifi.STA_CONNECTING, function(p) print("connecting", p) end)',
      'wifi.sta.eventMonReg(wifi.STA_GOTIP, function(p) print("got ip", p) end)',
      'wifi.sta.eventMonStart()',
      'wifi.sta.config("home", "secret123")',
    ),
    [],
  );
  t.same(esp.run(6000).lines(), ['connecting\t0', 'got ip\t1']);
  esp.lua('wifi.sta.eventMonReg(wifi.STA_IDLE, "unreg") wifi.sta.disconnect()');
  t.same(esp.run(1000).lines(), []);
  esp.lua('wifi.sta.eventMonStop("unreg all")');
  t.equal(esp.error('wifi.sta.eventMonStart(100)'), 'No callbacks defined');
});

t.test('1.5: an access point alone cannot be monitored', async (t) => {
  const { esp } = blank({}, '1.5');
  esp.lua('wifi.sta.eventMonReg(5, print) wifi.setmode(wifi.SOFTAP)');
  t.equal(esp.error('wifi.sta.eventMonStart()'), "Can't monitor in SOFTAP mode");
});

t.test('1.5: wifi.sleep forces mode 0', async (t) => {
  const { esp } = blank({}, '1.5');
  t.same(esp.lua('print(wifi.sleep()) print(wifi.sleep(1)) print(wifi.getmode()) print(wifi.sleep(0))'), [
    '0\tnil',
    '1\tnil',
    '0',
    '0\tnil',
  ]);
});

t.test('2.2 has the table form only, and what came in 2017', async (t) => {
  const { esp } = blank({}, '2.2');
  t.equal(esp.error('wifi.sta.config("home", "secret123")'), "bad argument #1 to 'config' (config table not found!)");
  for (const gone of ['eventMonReg', 'eventMonStart', 'eventMonStop'])
    t.equal(esp.error(`wifi.sta.${gone}(1, print)`), `attempt to call field '${gone}' (a nil value)`);
  esp.lua('wifi.sta.config{ssid = "home", pwd = "secret123", got_ip_cb = function(x) print("ip", x.IP) end}');
  t.same(esp.run(5000).lines(), ['ip\t192.168.1.50']);
  t.ok(esp.device.wifi.saved.station);
  t.same(esp.lua('print(wifi.sta.sethostname("a-b"), wifi.eventmon.EVENT_MAX, wifi.COUNTRY_AUTO)'), ['true\t10\t0']);
});
