import t from 'tap';
import { world } from '../../cli/testing/index.ts';
import { errorRows } from '../helpers/esp.ts';

t.test('a phone tells the credentials of its network, and the device joins', async (t) => {
  const net = world({ accessPoints: [{ ssid: 'home', password: 'secret123' }] });
  const esp = net.device({
    station: false,
    files: {
      'init.lua': 'wifi.startsmart(0, function(ssid, password) print("told", ssid, password) end) print("ready")',
    },
  });
  esp.waitSerial('ready');
  net.world.tellCredentials('home', 'secret123');
  esp.waitSerial('told\thome\tsecret123', '10s');
  t.ok(esp.waitAddress());
  net.world.tellCredentials('other', '');
  net.run('10s');
  t.match(esp.device.wifi.saved.station, { ssid: 'home' }, 'once is enough');
});

t.test('nobody listens any more after stopsmart', async (t) => {
  const net = world({ accessPoints: [{ ssid: 'home' }] });
  const esp = net.device({
    station: false,
    files: { 'init.lua': 'wifi.startsmart(print) wifi.stopsmart() print("ready")' },
  });
  esp.waitSerial('ready');
  net.world.tellCredentials('home', '');
  net.run('10s');
  t.match(esp.console, /ready\n> $/);
});

t.test('errors', (t) => {
  errorRows(t, [
    ['wifi.setmode(wifi.STATIONAP), wifi.startsmart()', 'Smart link only in STATION mode'],
    ['wifi.setmode(wifi.STATION), wifi.startsmart(2, function() end)', 'wrong arg range'],
  ]);
  t.end();
});
