import t from 'tap';
import { errorRows } from '../helpers/esp.ts';
import { blank } from '../helpers/joined.ts';

t.test('config joins at once and tells through its callbacks', async (t) => {
  const { esp } = blank();
  t.same(
    esp.lua(
      'print(wifi.sta.config{ssid = "home", pwd = "secret123", got_ip_cb = function(x) print("ip", x.IP) end, connect_cb = function(x) print("in", x.SSID) end})',
    ),
    ['true'],
  );
  t.same(esp.run(5000).lines(), ['in\thome', 'ip\t192.168.1.50']);
  t.same(esp.device.wifi.saved.station, { ssid: 'home', password: 'secret123' });
});

t.test('with auto=false it waits for connect, with save=false the flash keeps what it had', async (t) => {
  const { esp } = blank();
  esp.lua('wifi.sta.config{ssid = "home", pwd = "secret123", auto = false, save = false}');
  t.equal(esp.run(5000).device.wifi.status, 0);
  t.equal(esp.device.wifi.saved.station, undefined);
  esp.lua('wifi.sta.connect()');
  t.equal(esp.run(5000).device.wifi.status, 5);
});

t.test('an empty name clears the configuration', async (t) => {
  const { esp } = blank();
  t.same(esp.lua('print(wifi.sta.config{ssid = ""})'), ['true']);
  t.equal(esp.device.wifi.config, undefined);
});

t.test('errors', async (t) => {
  const bad = (fields: string, message: string) =>
    [`wifi.sta.config{${fields}}`, `bad argument #1 to 'config' (${message})`] as const;
  errorRows(t, [
    ['wifi.sta.config("ssid", "pwd")', "bad argument #1 to 'config' (config table not found!)"],
    bad('', 'ssid required'),
    bad('ssid = {}', 'ssid:not string'),
    bad('ssid = ("x"):rep(33)', 'ssid: length:0-32'),
    bad('ssid = "x", pwd = true', 'pwd:not string'),
    bad('ssid = "x", pwd = ("x"):rep(65)', 'pwd: length:0-64'),
    bad('ssid = "x", bssid = {}', 'bssid:not string'),
    bad('ssid = "x", bssid = "1"', 'bssid: FF:FF:FF:FF:FF:FF'),
    bad('ssid = "x", auto = 1', 'auto:not boolean'),
    bad('ssid = "x", save = 1', 'save:not boolean'),
    bad('ssid = "x", connect_cb = 1', 'connect_cb:not function'),
    bad('ssid = "x", disconnect_cb = 1', 'disconnect_cb:not function'),
    bad('ssid = "x", authmode_change_cb = 1', 'authmode_change_cb:not function'),
    bad('ssid = "x", got_ip_cb = 1', 'gotip_cb:not function'),
    bad('ssid = "x", dhcp_timeout_cb = 1', 'dhcp_timeout_cb:not function'),
  ]);
});
