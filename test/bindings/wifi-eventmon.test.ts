import t from 'tap';
import { MAC_ZERO } from '../../runtime/wire/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('constants and reasons have the SDK’s numbers', async (t) => {
  t.same(
    new Esp().lua(
      'local e = wifi.eventmon print(e.STA_CONNECTED, e.STA_GOT_IP, e.WIFI_MODE_CHANGED, e.EVENT_MAX, e.reason.ASSOC_LEAVE, e.reason["4WAY_HANDSHAKE_TIMEOUT"], e.reason.NO_AP_FOUND)',
    ),
    ['0\t3\t8\t10\t8\t15\t201'],
  );
});

t.test('one callback per event; another replaces it, nothing removes it', async (t) => {
  const esp = new Esp();
  const base = esp.device.lua.refCount;
  const change = 'wifi.setmode(wifi.NULLMODE, false) wifi.setmode(wifi.STATION, false)';
  t.same(
    esp.lua(
      'wifi.eventmon.register(8, function() print("a") end) wifi.eventmon.register(8, function(x) print(x.old_mode, x.new_mode) end)',
      change,
    ),
    ['1\t0', '0\t1'],
  );
  t.same(esp.lua('wifi.eventmon.unregister(8)', change), []);
  t.equal(esp.device.lua.refCount, base);
});

t.test('each event has its table', async (t) => {
  const esp = new Esp();
  esp.lua(
    'for i = 0, 10 do wifi.eventmon.register(i, function(x) local k = {} for n, v in pairs(x) do k[#k + 1] = n .. "=" .. v end table.sort(k) print(i, table.concat(k, " ")) end) end',
  );
  const { events } = esp.device.wifi;
  events.emit({ id: 2, oldMode: 0, newMode: 3 });
  events.emit({ id: 5, mac: MAC_ZERO, aid: 1 });
  events.emit({ id: 7, mac: MAC_ZERO, rssi: -40 });
  events.emit({ id: 9 });
  t.same(esp.run(0).lines(), [
    '2\tnew_auth_mode=3 old_auth_mode=0',
    '5\tAID=1 MAC=00:00:00:00:00:00',
    '7\tMAC=00:00:00:00:00:00 RSSI=-40',
    '10\tinfo=event 9 not implemented',
  ]);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['wifi.eventmon.register(11, print)', 'valid wifi events:0-10'],
    ['wifi.eventmon.unregister(-1)', 'valid wifi events:0-10'],
    ['wifi.eventmon.register()', "bad argument #1 to 'register' (number expected, got no value)"],
  ]);
});
