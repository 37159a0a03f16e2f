import t from 'tap';
import { bridgeSpec, hostForward, net, serial } from '../../cli/net-values.ts';
import type { Parsed } from '../../cli/values.ts';
import { ipv4 } from '../../runtime/index.ts';

const value = <T>(parsed: Parsed<T>): T | string => (parsed.ok ? parsed.value : parsed.message);
const NOTHING = { forwards: [], ports: [], dhcp: true };
const LOCAL = '127.0.0.1';

t.test('user is a gateway with forwards, rules and a name server', async (t) => {
  t.same(value(net('user')), { ...NOTHING, gateway: { restrict: false, allow: [] } });
  t.same(value(net('user,hostfwd=tcp::8080-:80,restrict=yes,hostfwd=udp:0.0.0.0:53-192.168.1.51:5353')), {
    ...NOTHING,
    gateway: { restrict: true, allow: [] },
    forwards: [
      { protocol: 'tcp', at: { host: LOCAL, port: 8080 }, guestPort: 80 },
      { protocol: 'udp', at: { host: '0.0.0.0', port: 53 }, guest: ipv4(192, 168, 1, 51), guestPort: 5353 },
    ],
  });
  t.match(value(net('user,allow=10.0.0.0/8:80,nas.lan:*,1.2.3.4,restrict=off,allow=x:1')), {
    gateway: {
      restrict: false,
      allow: [
        { host: '10.0.0.0/8', port: 80 },
        { host: 'nas.lan', port: undefined },
        { host: '1.2.3.4', port: undefined },
        { host: 'x', port: 1 },
      ],
    },
  });
  t.match(value(net('user,dns=1.1.1.1')), { gateway: { dns: { host: '1.1.1.1', port: 53 } } });
  t.match(value(net('user,dns=127.0.0.1:5353')), { gateway: { dns: { host: LOCAL, port: 5353 } } });
});

t.test('sockets of the switch in the words of QEMU', async (t) => {
  for (const [text, port] of [
    ['socket,listen=:1234', { kind: 'listen', at: { host: LOCAL, port: 1234 } }],
    ['socket,listen=0.0.0.0:0', { kind: 'listen', at: { host: '0.0.0.0', port: 0 } }],
    ['socket,listen=/tmp/lan', { kind: 'listen', at: { path: '/tmp/lan' } }],
    ['socket,connect=10.0.0.1:1234', { kind: 'connect', to: { host: '10.0.0.1', port: 1234 } }],
    ['socket,connect=/tmp/passt_1.socket', { kind: 'connect', to: { path: '/tmp/passt_1.socket' } }],
    [
      'socket,udp=127.0.0.1:7000,localaddr=127.0.0.1:7001',
      { kind: 'datagram', to: { host: LOCAL, port: 7000 }, at: { host: LOCAL, port: 7001 } },
    ],
    ['stream,server=on,addr.type=unix,addr.path=/tmp/lan', { kind: 'listen', at: { path: '/tmp/lan' } }],
    ['stream,addr.host=localhost,addr.port=5', { kind: 'connect', to: { host: 'localhost', port: 5 } }],
    ['stream,server=off,addr.type=inet,addr.port=5', { kind: 'connect', to: { host: LOCAL, port: 5 } }],
    [
      'dgram,local.port=7001,remote.host=127.0.0.1,remote.port=7000',
      { kind: 'datagram', at: { host: LOCAL, port: 7001 }, to: { host: LOCAL, port: 7000 } },
    ],
  ] as const)
    t.same(value(net(text)), { ...NOTHING, ports: [port] }, text);
  t.match(value(net('socket,listen=:1,dhcp=off')), { dhcp: false });
});

t.test('the console on a port', async (t) => {
  t.same(value(serial('tcp:2323')), { protocol: 'raw', at: { host: LOCAL, port: 2323 } });
  t.same(value(serial('rfc2217:0.0.0.0:0')), { protocol: 'rfc2217', at: { host: '0.0.0.0', port: 0 } });
  t.equal(value(serial('stdio')), undefined);
});

t.test('all that is asked for becomes one description, nothing becomes none', async (t) => {
  const user = net('user,hostfwd=tcp::1-:1');
  const port = net('socket,listen=:2,dhcp=off');
  const forward = hostForward('tcp::3-:3');
  if (!user.ok || !port.ok || !forward.ok) throw new Error('they are right');
  t.equal(value(bridgeSpec([], [], undefined)), undefined);
  t.match(
    value(bridgeSpec([user.value, port.value], [forward.value], { protocol: 'raw', at: { host: 'x', port: 4 } })),
    {
      gateway: {},
      forwards: [{ guestPort: 1 }, { guestPort: 3 }],
      ports: [{ kind: 'listen' }],
      serial: { protocol: 'raw' },
      dhcp: false,
    },
  );
  t.match(value(bridgeSpec([user.value, user.value], [], undefined)), /there is only one gateway/);
});

t.test('mistakes are answered with one clear sentence', async (t) => {
  for (const [text, message] of [
    ['tap', "'tap' is not a kind of network; write user, socket, stream or dgram"],
    ['user,foo=1', "'foo=1' is not known; user takes hostfwd=, restrict=, allow= and dns="],
    ['user,restrict=maybe', "restrict is yes or no, not 'maybe'"],
    ['user,hostfwd=8080:80', "'8080:80' is not a forward; write tcp::8080-:80, in full tcp:ADDRESS:8080-DEVICE:80"],
    ['user,hostfwd=tcp::99999-:80', "'99999' is not a port; 0 to 65535 is"],
    ['user,hostfwd=tcp::80-:0', "'0' is not a port; 1 to 65535 is"],
    ['user,hostfwd=tcp::80-10.0.0:80', "'10.0.0' is not an address of the virtual network"],
    [
      'user,allow=::ffff:10.0.0.1',
      "'::ffff:10.0.0.1' is not an allowed place; write HOST:PORT with an IPv4 address or a name",
    ],
    ['user,allow=10.0.0:80', "'10.0.0' is not an IPv4 address"],
    ['user,allow=10.0.0.0/99:80', "'10.0.0.0/99' is not an IPv4 address"],
    ['user,dns=::1', "'::1' is not an IPv4 address or name with a port"],
    ['socket', 'socket needs listen=, connect= or udp='],
    ['socket,listen=localhost', "'localhost' has no port; write HOST:PORT"],
    ['socket,listen=:1,connect=:2', "'connect' is not known to socket, or does not go with the rest"],
    ['socket,listen', "'listen' needs a value"],
    ['socket,listen=:1,dhcp=perhaps', "dhcp is on or off, not 'perhaps'"],
    ['stream,addr.type=fd,addr.str=5', "addr.type is inet or unix, not 'fd'"],
    ['stream,addr.type=unix', 'addr.path is missing'],
    ['stream,server=on', 'addr.port is missing'],
    ['dgram,local.port=1', 'remote.port is missing'],
  ] as const)
    t.equal(value(net(text)), message);
  t.match(value(serial('com1')), /^'com1' is not a place for the console/);
});
