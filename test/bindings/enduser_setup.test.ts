import t, { type Test } from 'tap';
import { type TestDevice, type TestPhone, type TestWorld, world } from '../../cli/testing/index.ts';

const HOME = { ssid: 'home', password: 'secret123', channel: 6, rssi: -50 };
const START = `
enduser_setup.start(
  function() print("connected to " .. wifi.sta.getip()) end,
  function(code, message) print("error " .. code .. " " .. message) end
)`;

interface Scene {
  readonly net: TestWorld;
  readonly esp: TestDevice;
  readonly phone: TestPhone;
}

/** A device that knows no network, its portal started, and a phone in it. */
function scene(
  script = START,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  kind: 'android' | 'apple' | 'windows' = 'android',
): Scene {
  const net = world({ accessPoints: [HOME], patience: '60s' });
  const esp = net.device({ station: false, files: { ...files, 'init.lua': script } });
  const phone = net.phone({ kind });
  return { net, esp, phone };
}

const portalName = (esp: TestDevice): string => esp.device.wifi.softAp.config.ssid;

for (const kind of ['android', 'apple', 'windows'] as const)
  t.test(`out of the box: a phone (${kind}) finds the portal and gives the credentials`, async (t: Test) => {
    const { net, esp, phone } = scene(START, {}, kind);
    net.run('5s');
    t.match(portalName(esp), /^NodeMCU_[0-9A-F]{6}$/);
    t.same(phone.networks().sort(), [portalName(esp), 'home'].sort());
    t.equal(phone.join(portalName(esp)), 'portal', 'what every phone asks for is answered by the portal');
    t.match(phone.address, /^192\.168\.4\./, "the device's own DHCP server has given a lease");
    const page = phone.openPortal();
    t.equal(page.url, 'http://nodemcu.portal/');
    t.match(page.body, 'name="wifi_ssid"');
    const answer = phone.submit({ wifi_ssid: 'home', wifi_password: 'secret123' });
    t.match(answer.url, /\/\?trying=true$/, 'back to the page');
    esp.waitSerial('connected to 192.168.1.');
    t.equal(phone.open('http://nodemcu.portal/status.json').body, '{"deviceid":"192.168.1.50", "status":5}');
    t.equal(phone.open('http://nodemcu.portal/status').body, 'Connected to "home" (192.168.1.50).');
    net.run('11s');
    t.equal(esp.device.wifi.softAp.on, false, 'ten seconds later the portal is gone');
    net.run('7s');
    t.equal(phone.phone.station.state, 'IDLE', 'the phone has noticed');
    t.equal(esp.file('eus_params.lua'), 'local p={}\np.wifi_ssid="home"\np.wifi_password="secret123"\nreturn p\n');
    esp.powerCycle();
    t.ok(esp.waitAddress(), 'the credentials are kept');
  });

t.test('a wrong password is told to the phone, which may try again', async (t) => {
  const { net, esp, phone } = scene();
  net.run('5s');
  phone.join(portalName(esp));
  phone.openPortal();
  phone.submit({ wifi_ssid: 'home', wifi_password: 'wrong-password' });
  net.run('8s');
  t.equal(phone.open('http://nodemcu.portal/status').body, 'Failed to connect to "home" - Wrong password.');
  t.match(phone.open('http://nodemcu.portal/status.json').body, /"deviceid":"[0-9A-F]{6}", "status":2\}$/);
  phone.openPortal();
  phone.submit({ wifi_ssid: 'home', wifi_password: 'secret123' });
  esp.waitSerial('connected to');
});

t.test('credentials that are no longer good do not keep the portal shut', async (t) => {
  const net = world({ accessPoints: [HOME], patience: '60s' });
  for (const station of [
    { ssid: 'moved-away', password: 'secret123' },
    { ssid: 'home', password: 'old-password' },
  ]) {
    const esp = net.device({ station, files: { 'init.lua': START } });
    net.run('8s');
    const phone = net.phone();
    t.equal(phone.join(portalName(esp)), 'portal', station.ssid);
    phone.openPortal();
    phone.submit({ wifi_ssid: 'home', wifi_password: 'secret123' });
    esp.waitSerial('connected to 192.168.1.');
  }
});

t.test('the list of networks', async (t) => {
  const { net, esp, phone } = scene();
  net.run('5s');
  phone.join(portalName(esp));
  const list = JSON.parse(phone.open('http://192.168.4.1/aplist').body) as {
    ssid: string;
    rssi: number;
    chan: number;
    auth: number;
  }[];
  t.same(list, [{ ssid: 'home', rssi: -50, chan: 6, auth: 3 }]);
});

t.test('every name is the device, and every other path leads to the portal', async (t) => {
  const { net, esp, phone } = scene();
  net.run('5s');
  phone.join(portalName(esp));
  const answer = (request: { method?: string; path: string; body?: string }): string => {
    const box: { text?: string } = {};
    const { method = 'GET', path, body } = request;
    phone.phone.fetch(`http://any.name.at.all${path}`, { method, ...(body === undefined ? {} : { body }) }, (reply) => {
      box.text = reply.ok
        ? `${reply.value.status} ${reply.value.reason} ${reply.value.headers.get('location') ?? ''}`.trim()
        : reply.error;
    });
    net.until(() => box.text !== undefined, 20_000_000);
    return box.text ?? 'nothing';
  };
  t.equal(answer({ path: '/generate_204' }), '302 Moved http://nodemcu.portal/');
  t.equal(answer({ path: '/update?wifi_password=x' }), '400 Bad request');
  t.equal(answer({ path: '/setwifi', method: 'POST', body: 'nothing' }), '400 Bad request');
  t.equal(answer({ path: '/other', method: 'POST', body: 'nothing' }), '404 Not found');
  t.equal(answer({ path: '/', method: 'PUT' }), '405 Method Not Allowed');
  t.equal(answer({ path: '/aplist', method: 'OPTIONS' }), '200 OK');
  t.equal(answer({ path: '/status' }), '200 OK');
  t.equal(
    answer({ path: `/update?wifi_ssid=${'x'.repeat(32)}` }),
    '400 Bad request',
    'a name has 31 characters at most',
  );
  t.equal(answer({ path: '/update?wifi_ssid=home&wifi_password=secret123' }), '302 Moved http://nodemcu.portal/');
  esp.waitSerial('connected to');
  t.equal(esp.file('eus_params.lua'), undefined, 'only a posted form is kept');
});

t.test('a page of the user is served as it is, and gzip by its first bytes', async (t) => {
  const plain = scene(START, {
    'enduser_setup.html': '<form action=/setwifi method=post><input name=wifi_ssid></form>',
  });
  plain.net.run('5s');
  plain.phone.join(portalName(plain.esp));
  const page = plain.phone.openPortal();
  t.match(page.body, /^<form action/);
  t.equal(page.headers.get('content-encoding'), undefined);
  t.equal(page.headers.get('content-length'), '63');
  const packed = scene(START, {
    'enduser_setup.html': 'not this',
    'enduser_setup.html.gz': Uint8Array.of(0x1f, 0x8b, 8, 0),
  });
  packed.net.run('5s');
  packed.phone.join(portalName(packed.esp));
  t.equal(packed.phone.openPortal().headers.get('content-encoding'), 'gzip');
});

t.test('a page of ten kilobytes', async (t) => {
  const body = `<p>${'0123456789'.repeat(1024)}</p>`;
  const { net, esp, phone } = scene(START, { 'enduser_setup.html': body });
  net.run('5s');
  phone.join(portalName(esp));
  t.equal(phone.openPortal().body, body);
  t.equal(phone.openPortal().body, body, 'it is loaded anew');
});

t.test('manual leaves Wi-Fi to the program', async (t) => {
  const { net, esp, phone } = scene(`
    print(enduser_setup.manual(true), enduser_setup.manual())
    wifi.setmode(wifi.STATIONAP)
    wifi.ap.config({ ssid = "mine", pwd = "password1", channel = 1 })
    ${START}`);
  esp.waitSerial('true\ttrue');
  net.run('5s');
  t.equal(phone.join('mine', { password: 'password1' }), 'portal');
  phone.openPortal();
  phone.submit({ wifi_ssid: 'home', wifi_password: 'secret123' });
  net.run('30s');
  t.equal(esp.device.wifi.softAp.on, true, 'nobody switches the access point off');
});

t.test('a name of one’s choice', async (t) => {
  const { net, esp } = scene('enduser_setup.start("My Lamp", function() end)');
  net.run('5s');
  t.equal(portalName(esp), 'My Lamp');
});

t.test('a portal that runs already is ended by a second start, without a word', async (t) => {
  const { net, esp } = scene(
    `${START}\ntmr.create():alarm(5000, tmr.ALARM_SINGLE, function() ${START} print("started") end)`,
  );
  esp.waitSerial('started');
  net.run('1s');
  t.equal(esp.device.wifi.softAp.on, false);
  t.notMatch(esp.output, 'error');
});

t.test('a web server of the program keeps the portal from opening', async (t) => {
  const { net, esp } = scene(`net.createServer():listen(80, function() end)\n${START}\nprint("on we go")`);
  esp.waitSerial('on we go');
  net.run('5s');
  t.equal(esp.device.wifi.softAp.on, false);
});

t.test('stop closes everything', async (t) => {
  const { net, esp, phone } = scene(
    `${START}\ntmr.create():alarm(20000, tmr.ALARM_SINGLE, function() enduser_setup.stop() print("stopped") end)`,
  );
  net.run('5s');
  phone.join(portalName(esp));
  esp.waitSerial('stopped');
  t.equal(esp.device.wifi.softAp.on, false);
  t.same(esp.device.stack.tcp.listeners.length, 0);
});

t.test('firmware 2.2 calls it SetupGadget and takes no POST', async (t) => {
  const net = world({ accessPoints: [HOME], patience: '60s' });
  const esp = net.device({ station: false, firmware: '2.2', files: { 'init.lua': START } });
  const phone = net.phone();
  net.run('5s');
  t.match(portalName(esp), /^SetupGadget_/);
  phone.join(portalName(esp));
  phone.openPortal();
  t.equal(phone.submit({ wifi_ssid: 'home' }).status, 405);
  t.equal(phone.open('http://192.168.4.1/update?wifi_ssid=home&wifi_password=secret123').url, 'http://nodemcu.portal/');
  esp.waitSerial('connected to');
});
