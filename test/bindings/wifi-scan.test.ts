import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';
import { blank } from '../helpers/joined.ts';

const SHOW = 'function(x) for k, v in pairs(x) do print(k, v) end print("end") end';

t.test('a scan takes about two seconds and lists networks by name or by address', async (t) => {
  const { esp } = blank();
  esp.lua(`wifi.sta.getap(${SHOW})`);
  t.same(esp.run(3000).lines(), ['home\t3,-61,02:00:00:00:01:00,6', 'end']);
  esp.lua(`wifi.sta.getap(1, ${SHOW})`);
  t.same(esp.run(3000).lines(), ['02:00:00:00:01:00\thome,-61,3,6', 'end']);
});

t.test('a cfg table narrows it', async (t) => {
  const { esp } = blank();
  esp.lua(`wifi.sta.getap({channel = 1, show_hidden = 1}, 0, ${SHOW})`);
  t.same(esp.run(500).lines(), ['end']);
  esp.lua(`wifi.sta.getap({ssid = "home", bssid = "02:00:00:00:01:00"}, ${SHOW})`);
  t.equal(esp.run(3000).lines().length, 2);
});

t.test('a second call replaces the callback, one without a function drops it', async (t) => {
  const { esp } = blank();
  esp.lua('wifi.sta.getap(function() print("first") end) wifi.sta.getap(nil, function() print("second") end)');
  t.same(esp.run(3000).lines(), ['second']);
  esp.lua('wifi.sta.getap(function() print("first") end) wifi.sta.getap(nil)');
  t.same(esp.run(3000).lines(), []);
});

t.test('a refused scan gives an empty table', async (t) => {
  const esp = new Esp();
  esp.lua(`wifi.sta.getap(${SHOW})`);
  t.same(esp.run(10).lines(), []);
  const again = new Esp();
  t.same(again.lua(`wifi.sta.getap(${SHOW})`), ['end']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['wifi.sta.getap()', 'wrong arg type'],
    ['wifi.sta.getap("x")', 'wrong arg type'],
    ['wifi.sta.getap(2, print)', 'wrong arg type'],
    ['wifi.sta.getap({ssid = ("x"):rep(33)}, print)', 'ssid:<32'],
    ['wifi.sta.getap({ssid = {}}, print)', 'wrong arg type'],
    ['wifi.sta.getap({bssid = "1"}, print)', "bad argument #1 to 'getap' (MAC:FF:FF:FF:FF:FF:FF)"],
    ['wifi.sta.getap({channel = 14}, print)', 'channel: 0 or 1-13'],
    ['wifi.sta.getap({channel = {}}, print)', 'wrong arg type'],
    ['wifi.sta.getap({channel = ""}, print)', 'wrong arg type'],
    ['wifi.sta.getap({show_hidden = 2}, print)', 'show_hidden: 0 or 1'],
  ]);
  const esp = new Esp();
  esp.lua('wifi.setmode(wifi.SOFTAP)');
  t.equal(esp.error('wifi.sta.getap(print)'), "Can't list ap in SOFTAP mode");
});

t.test('the callback is the third argument, whatever the second is', async (t) => {
  const { esp } = blank();
  esp.lua('wifi.sta.getap({}, "x", function() print("done") end)');
  t.same(esp.run(3000).lines(), ['done']);
});

t.test('the callback runs on the CPU: it may wait, and an error in it is the script’s', async (t) => {
  const { esp } = blank();
  esp.lua('wifi.sta.getap(function() local t0 = tmr.now() tmr.delay(5000) print(tmr.now() - t0 >= 5000) end)');
  t.same(esp.run(3000).lines(), ['true']);
});
