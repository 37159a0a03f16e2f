import t from 'tap';
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { fromLatin1, seconds, toLatin1 } from '../../runtime/core/index.ts';
import { formatIpv4, ipv4 } from '../../runtime/wire/index.ts';
import { defaultWorld, wiredWorld } from '../../runtime/world/scenario.ts';

t.test('the default world has a router, services and an access point for everybody', async (t) => {
  const world = defaultWorld();
  const names = Object.fromEntries([...world.names].map(([name, addr]) => [name, formatIpv4(addr)]));
  t.same(names, {
    router: '192.168.1.1',
    'http.test': '192.168.1.10',
    'echo.test': '192.168.1.11',
    'discard.test': '192.168.1.12',
    'mqtt.test': '192.168.1.13',
    'ntp.test': '192.168.1.14',
    'ws.test': '192.168.1.15',
    'coap.test': '192.168.1.16',
    'smtp.test': '192.168.1.21',
    'syslog.test': '192.168.1.22',
    'tftp.test': '192.168.1.23',
    'tls.test': '192.168.1.24',
    'rsa.tls.test': '192.168.1.25',
    'expired.tls.test': '192.168.1.26',
    'wrong-name.tls.test': '192.168.1.27',
    'self-signed.tls.test': '192.168.1.28',
    'unknown-ca.tls.test': '192.168.1.29',
  });
  t.match(world.accessPoints[0], { channel: 6, up: true });
  const pc = world.addHost('pc.test', ipv4(192, 168, 1, 20));
  let reply = '';
  const stream = pc.connect('http.test', 80, {
    onData: (bytes) => {
      reply += toLatin1(bytes);
    },
  });
  stream.write(fromLatin1('GET /status/418 HTTP/1.0\r\n\r\n'));
  world.runFor(seconds(1));
  t.match(reply, /^HTTP\/1\.1 418 I'm a teapot/);
});

t.test('a wired world has everything but the access point, in whatever network', async (t) => {
  const network = {
    router: ipv4(10, 0, 0, 1),
    netmask: ipv4(255, 0, 0, 0),
    firstLease: ipv4(10, 0, 1, 0),
    lastLease: ipv4(10, 0, 1, 9),
  };
  const world = wiredWorld({ network });
  t.same(world.accessPoints, []);
  t.equal(world.names.get('http.test'), ipv4(10, 0, 0, 10));
});

t.test('who asks for the network of another device finds that one, not the one for everybody', async (t) => {
  const world = defaultWorld();
  const [first, second] = [1, 2].map(() => world.addDevice({ modules: NODEMCU_MODULES }));
  first?.start();
  second?.start();
  world.runFor(seconds(1));
  first?.receive(fromLatin1('wifi.setmode(wifi.SOFTAP) wifi.ap.config({ ssid = "mine", pwd = "12345678" })\r'));
  world.runFor(seconds(1));
  second?.receive(fromLatin1('wifi.sta.config({ ssid = "mine", pwd = "12345678" })\r'));
  world.runFor(seconds(10));
  t.same(
    second?.stack.netifs.map(({ addr }) => formatIpv4(addr)),
    ['192.168.4.2'],
  );
});
