import t from 'tap';
import { type TestDevice, type TestWorld, world } from '../../cli/testing/index.ts';
import { errorRows } from '../helpers/esp.ts';

const HOME = { ssid: 'home', password: 'secret123', channel: 3 };
const SCRIPT = `wps.enable()
wps.start(function(status)
  for name, n in pairs({ SUCCESS = wps.SUCCESS, FAILED = wps.FAILED, TIMEOUT = wps.TIMEOUT, WEP = wps.WEP, SCAN_ERR = wps.SCAN_ERR }) do
    if n == status then print("wps " .. name) end
  end
  wps.disable()
  if status == wps.SUCCESS then wifi.sta.connect() end
end)`;

function scene(aps: NonNullable<Parameters<typeof world>[0]>['accessPoints'] = [HOME]): {
  net: TestWorld;
  esp: TestDevice;
} {
  const net = world({ accessPoints: aps ?? [], patience: '150s' });
  const esp = net.device({ station: false, files: { 'init.lua': SCRIPT } });
  return { net, esp };
}

t.test('the button of the access point gives the credentials', async (t) => {
  const { net, esp } = scene([HOME, { ssid: 'other' }]);
  net.run('10s');
  net.accessPoint('home').pressWps();
  esp.waitSerial('wps SUCCESS', '6s');
  t.ok(esp.waitAddress(), 'and the program joins');
  t.match(esp.device.wifi.saved.station, { ssid: 'home', password: 'secret123' }, 'they are saved');
  t.notMatch(esp.output, 'bad argument');
});

t.test('the button may be pressed first', async (t) => {
  const { net, esp } = scene();
  net.accessPoint().pressWps();
  esp.waitSerial('wps SUCCESS', '10s');
  t.pass('in time');
});

t.test('every other end', async (t) => {
  const silent = scene();
  silent.esp.waitSerial('wps TIMEOUT');
  t.ok(silent.net.now > 120e6 && silent.net.now < 122e6, 'nobody presses it for two minutes');

  const failed = scene();
  failed.net.accessPoint().pressWps('failed');
  failed.esp.waitSerial('wps FAILED', '10s');

  const unanswered = scene();
  unanswered.net.accessPoint().pressWps('silence');
  unanswered.esp.waitSerial('wps TIMEOUT');

  const wep = scene();
  wep.net.accessPoint().pressWps('wep');
  wep.esp.waitSerial('wps WEP', '10s');

  const nobody = scene([]);
  nobody.esp.waitSerial('wps SCAN_ERR', '10s');

  const two = scene([HOME, { ssid: 'other', password: 'password' }]);
  two.net.accessPoint('home').pressWps();
  two.net.accessPoint('other').pressWps();
  two.esp.waitSerial('wps FAILED', '10s');
  t.equal(two.esp.address, undefined);
});

t.test('without enable nothing happens, and disable ends it', async (t) => {
  const net = world({ accessPoints: [HOME] });
  const esp = net.device({
    station: false,
    files: { 'init.lua': 'wps.start(print) wps.enable() wps.start(print) wps.disable() print("ready")' },
  });
  net.accessPoint().pressWps();
  esp.waitSerial('ready');
  net.run('130s');
  t.match(esp.console, /ready\n> $/);
});

t.test('errors', (t) => {
  errorRows(t, [
    ['wps.start()', 'Argument not a function'],
    ['wps.start(1)', 'Argument not a function'],
  ]);
  t.end();
});
