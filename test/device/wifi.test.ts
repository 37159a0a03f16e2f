import t from 'tap';
import { seconds } from '../../runtime/core/index.ts';
import { BOOT, STATION_STATUS } from '../../runtime/device/index.ts';
import { blank, HOME, home, WATCH } from '../helpers/joined.ts';

t.test('a saved network is joined at boot and an address comes by DHCP within a few seconds', async (t) => {
  const { esp } = home(HOME, { 'init.lua': WATCH });
  esp.take();
  esp.run(5000);
  t.same(esp.lines(), ['STA_CONNECTED home 02:00:00:00:01:00 6', 'STA_GOT_IP 192.168.1.50 255.255.255.0 192.168.1.1']);
  t.equal(esp.device.wifi.status, STATION_STATUS.GOT_IP);
  t.equal(esp.device.wifi.rssi, -61);
  t.equal(esp.device.wifi.pending, undefined);
});

t.test('nothing is joined with a blank flash or with autoconnect off', async (t) => {
  const { esp } = blank();
  esp.run(5000);
  t.equal(esp.device.wifi.status, STATION_STATUS.IDLE);
  t.equal(esp.device.wifi.ip, undefined);
  const second = home();
  second.esp.device.wifi.saved.autoConnect = false;
  second.esp.device.reset(BOOT.EXTERNAL);
  second.esp.run(5000);
  t.equal(second.esp.device.wifi.status, STATION_STATUS.IDLE);
});

t.test('disconnecting gives reason 8 and takes the address', async (t) => {
  const { esp } = home(HOME, { 'init.lua': WATCH });
  esp.run(5000).take();
  t.same(esp.lua('wifi.sta.disconnect()'), ['STA_DISCONNECTED home 8']);
  t.equal(esp.device.wifi.ip, undefined);
  t.equal(esp.device.wifi.status, STATION_STATUS.IDLE);
  t.same(esp.run(10_000).lines(), [], 'it stays so');
});

t.test('a missing network is reported again and again, then found when it appears', async (t) => {
  const { esp, world } = home({ ssid: 'later', password: 'secret123' }, { 'init.lua': WATCH });
  esp.take();
  const lines = esp.run(10_000).lines();
  t.ok(lines.length >= 3 && lines.length <= 5, `${lines.length} reports in 10 s`);
  t.ok(lines.every((line) => line === 'STA_DISCONNECTED later 201'));
  t.equal(esp.device.wifi.status, STATION_STATUS.NO_AP_FOUND);
  t.equal(esp.device.wifi.pending, 'retrying');
  world.addAccessPoint({ ssid: 'later', password: 'secret123', channel: 1 });
  esp.run(8000);
  t.equal(esp.device.wifi.status, STATION_STATUS.GOT_IP);
});

t.test('a wrong password is reported by its reason and status', async (t) => {
  const { esp } = home({ ssid: 'home', password: 'wrong password' }, { 'init.lua': WATCH });
  esp.take();
  const lines = esp.run(8000).lines();
  t.match(lines[0], /^STA_DISCONNECTED home (2|15|202|204)$/);
  t.equal(esp.device.wifi.status, STATION_STATUS.WRONG_PASSWORD);
});

t.test('an access point that goes away is missed and joined again', async (t) => {
  const { esp, world } = home(HOME, { 'init.lua': WATCH });
  esp.run(5000).take();
  const [ap] = world.accessPoints;
  if (ap !== undefined) world.addOutage(ap, world.now, seconds(15));
  const lines = esp.run(30_000).lines();
  t.equal(lines[0], 'STA_DISCONNECTED home 200');
  t.equal(lines.at(-1), 'STA_GOT_IP 192.168.1.50 255.255.255.0 192.168.1.1');
});

t.test('a fixed address needs no DHCP', async (t) => {
  const { esp } = blank();
  const lines = esp.lua(
    WATCH,
    'wifi.sta.setip{ip = "192.168.1.77", netmask = "255.255.255.0", gateway = "192.168.1.1"}',
    'wifi.sta.config{ssid = "home", pwd = "secret123"}',
  );
  t.same(lines, []);
  t.same(esp.run(3000).lines(), [
    'STA_CONNECTED home 02:00:00:00:01:00 6',
    'STA_GOT_IP 192.168.1.77 255.255.255.0 192.168.1.1',
  ]);
});

t.test('without a DHCP server the timeout is told', async (t) => {
  const { esp, world } = blank();
  world.addAccessPoint({ ssid: 'island', channel: 11 }).wired.attach({ onFrame: () => {}, onLinkChange: () => {} });
  esp.lua(WATCH, 'wifi.sta.config{ssid = "island"}');
  const lines = esp.run(70_000).lines();
  t.same(lines.slice(1), ['STA_DHCP_TIMEOUT']);
  t.equal(esp.device.wifi.status, STATION_STATUS.CONNECTING);
});

t.test('changing the mode switches the station off and on and is an event', async (t) => {
  const { esp } = home(HOME, { 'init.lua': WATCH });
  esp.run(5000).take();
  t.same(esp.lua('wifi.setmode(wifi.NULLMODE, false) print(wifi.sta.status())'), [
    '255',
    'WIFI_MODE_CHANGED 1 0',
    'STA_DISCONNECTED home 8',
  ]);
  esp.lua('wifi.setmode(wifi.STATION)');
  t.match(esp.run(5000).lines(), [/^STA_CONNECTED/, /^STA_GOT_IP/]);
});

t.test('a restart forgets what was not saved', async (t) => {
  const { esp } = home();
  esp
    .run(5000)
    .lua(
      'wifi.sta.config{ssid = "other", save = false, auto = false} wifi.setmode(wifi.NULLMODE, false) node.restart()',
    );
  esp.run(6000);
  t.equal(esp.device.wifi.mode, 1);
  t.equal(esp.device.wifi.config?.ssid, 'home');
});

t.test('asking to connect while joining or joined changes nothing', async (t) => {
  const { esp } = blank();
  esp.lua(WATCH, 'wifi.sta.config{ssid = "home", pwd = "secret123"} wifi.sta.connect()');
  esp.run(100).lua('wifi.sta.connect()');
  t.match(esp.run(5000).lines(), [/^STA_CONNECTED/, /^STA_GOT_IP/]);
  t.same(esp.lua('wifi.sta.connect()'), []);
  t.same(esp.run(5000).lines(), []);
});

t.test('joining counts as something to wait for only while the program listens', async (t) => {
  const { esp } = home();
  t.same(esp.device.wakeSources().finite, []);
  esp.lua(WATCH);
  t.same(esp.device.wakeSources().finite, ['wifi joining']);
  esp.run(5000);
  t.same(esp.device.wakeSources(), { finite: [], endless: [] });
});
