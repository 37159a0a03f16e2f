/** What a hostile world orders: the guard knows only what the user has asked for. */
import t from 'tap';
import { type Address, type Arrival, Guard, type GuardSpec, type Order } from '../../bridge/index.ts';
import { ipv4 } from '../../runtime/index.ts';

const NOTHING: GuardSpec = { forwards: [], ports: [] };
const AT = { host: '127.0.0.1', port: 8080 };
const USER: GuardSpec = { ...NOTHING, gateway: { restrict: false, allow: [] } };

/** A guard between a world and an outside that both only keep what they get. */
function post(spec: GuardSpec) {
  const out: string[] = [];
  const come: [number, Arrival][] = [];
  const said: string[] = [];
  const later: (() => void)[] = [];
  let taken = 100;
  const entrance = {
    arrive: (line: number, arrival: Arrival) => {
      come.push([line, arrival]);
    },
    accept: (_: number, __: Address, take: (line: number) => void) => take(taken++),
  };
  const guard = new Guard(spec, {
    entrance,
    gateway: ipv4(192, 168, 1, 1),
    later: (action) => later.push(action),
    say: (line) => said.push(line),
  });
  guard.begin({ order: (line, order) => out.push(`${line} ${JSON.stringify(order)}`) });
  if (spec.gateway !== undefined) guard.arrive(-1, { is: 'found', addresses: ['198.51.100.7'] });
  out.length = 0;
  return {
    guard,
    said,
    /** Orders that got out. */
    out: () => out.splice(0),
    /** Arrivals, those of denied orders too. */
    come: () => {
      for (const action of later.splice(0)) action();
      return come.splice(0);
    },
  };
}

const HOSTILE: readonly Order[] = [
  { do: 'connect', to: { path: '/var/run/docker.sock' } },
  { do: 'connect', to: { host: 'localhost', port: 22 } },
  { do: 'connect', to: { host: '127.0.0.1', port: 22 } },
  { do: 'connect', to: { host: '::1', port: 22 } },
  { do: 'connect', to: { host: '10.0.0.1', port: 80 } },
  { do: 'connect', to: { host: '198.51.100.7', port: 80 } },
  { do: 'listen', at: { host: '0.0.0.0', port: 80 } },
  { do: 'listen', at: { path: '/tmp/x.sock' } },
  { do: 'udp' },
  { do: 'udp', at: AT },
  { do: 'udp', at: AT, to: { host: '93.184.216.34', port: 53 } },
  { do: 'udp', to: { host: '192.168.0.1', port: 53 } },
  { do: 'ping', host: '10.0.0.1' },
  { do: 'ping', host: '-f' },
  { do: 'ask', name: 'example.com', server: { host: '10.0.0.1', port: 53 }, data: new Uint8Array(1) },
  { do: 'interfaces' },
];

t.test('orders that policy, or the user, has never heard of are denied and told later', async (t) => {
  for (const spec of [USER, NOTHING])
    for (const order of HOSTILE) {
      const { guard, out, come } = post(spec);
      guard.order(1, order);
      t.same(out(), [], JSON.stringify(order));
      t.match(come(), [[1, { is: 'denied' }]]);
      guard.order(1, { do: 'send', data: new Uint8Array(1) });
      t.same([out(), come()], [[], []], 'and the line is none');
    }
});

t.test('without a gateway nothing is reached by any address or name', async (t) => {
  const { guard, out, come } = post(NOTHING);
  guard.order(1, { do: 'connect', to: { host: '93.184.216.34', port: 80 } });
  guard.order(2, { do: 'lookup', name: 'example.com' });
  guard.order(3, { do: 'ping', host: '93.184.216.34' });
  t.same(out(), []);
  t.same(
    come().map(([line, { is }]) => `${line} ${is}`),
    ['1 denied', '2 denied', '3 denied'],
  );
});

t.test('the address of the gateway is the loopback, other addresses are themselves', async (t) => {
  const { guard, out } = post(USER);
  guard.order(1, { do: 'connect', to: { host: '192.168.1.1', port: 80 } });
  guard.order(2, { do: 'udp', to: { host: '93.184.216.34', port: 53 } });
  guard.order(3, { do: 'ping', host: '93.184.216.34' });
  t.same(out(), [
    '1 {"do":"connect","to":{"host":"127.0.0.1","port":80}}',
    '2 {"do":"udp","to":{"host":"93.184.216.34","port":53}}',
    '3 {"do":"ping","host":"93.184.216.34"}',
  ]);
});

t.test('what the user has asked for is bound and joined, and nothing beside it', async (t) => {
  const { guard, out, come } = post({
    forwards: [
      { protocol: 'tcp', at: AT, guestPort: 80 },
      { protocol: 'udp', at: AT, guestPort: 53 },
    ],
    ports: [
      { kind: 'listen', at: { path: '/tmp/lan.sock' } },
      { kind: 'connect', to: { host: '10.0.0.9', port: 1234 } },
      { kind: 'datagram', to: { host: '10.0.0.9', port: 1235 } },
    ],
    serial: { protocol: 'raw', at: { host: '127.0.0.1', port: 23 } },
  });
  const orders: Order[] = [
    { do: 'listen', at: AT },
    { do: 'udp', at: AT },
    { do: 'listen', at: { path: '/tmp/lan.sock' } },
    { do: 'connect', to: { host: '10.0.0.9', port: 1234 } },
    { do: 'udp', to: { host: '10.0.0.9', port: 1235 } },
    { do: 'listen', at: { host: '127.0.0.1', port: 23 } },
    { do: 'connect', to: { host: '10.0.0.9', port: 1235 } },
    { do: 'udp', to: { host: '10.0.0.9', port: 1234 } },
    { do: 'listen', at: { ...AT, port: 8081 } },
  ];
  for (const [i, order] of orders.entries()) guard.order(i + 1, order);
  t.equal(out().length, 6);
  t.same(
    come().map(([line]) => line),
    [7, 8, 9],
  );
});

t.test('a bound UDP port sends to those only who have sent something to it', async (t) => {
  const { guard, out } = post({ forwards: [{ protocol: 'udp', at: AT, guestPort: 53 }], ports: [] });
  const send = (port: number): void =>
    guard.order(1, { do: 'send', data: new Uint8Array(0), to: { host: '127.0.0.1', port } });
  guard.order(1, { do: 'udp', at: AT });
  out();
  guard.arrive(1, { is: 'data', data: new Uint8Array(1), from: { host: '127.0.0.1', port: 5000 } });
  send(5000);
  send(5001);
  const sent = out();
  t.match(sent, [/"port":5000/]);
  t.equal(sent.length, 1);
});

t.test('a second opening order on an open line does nothing', async (t) => {
  const { guard, out, come } = post(USER);
  guard.order(1, { do: 'connect', to: { host: '93.184.216.34', port: 80 } });
  out();
  guard.order(1, { do: 'connect', to: { host: '10.0.0.1', port: 80 } });
  t.same([out(), come()], [[], []]);
  guard.order(1, { do: 'reset' });
  t.match(out(), ['1 {"do":"reset"}']);
});

t.test('an accepted stream is a line of its own', async (t) => {
  const { guard, out } = post({ forwards: [{ protocol: 'tcp', at: AT, guestPort: 80 }], ports: [] });
  guard.order(1, { do: 'listen', at: AT });
  guard.accept(1, { host: '127.0.0.1', port: 5000 }, () => {});
  out();
  guard.order(100, { do: 'resume' });
  guard.order(101, { do: 'resume' });
  t.same(out(), ['100 {"do":"resume"}']);
});

t.test('an allowed name is asked for once, at the beginning, and orders wait for it', async (t) => {
  const out: string[] = [];
  const come: Arrival[] = [];
  const said: string[] = [];
  const later: (() => void)[] = [];
  const guard = new Guard(
    { ...NOTHING, gateway: { restrict: true, allow: [{ host: 'Broker.example', port: 1883 }] } },
    {
      entrance: { arrive: (_, arrival) => come.push(arrival), accept: () => {} },
      gateway: ipv4(192, 168, 1, 1),
      later: (action) => later.push(action),
      say: (line) => said.push(line),
    },
  );
  guard.begin({ order: (line, order) => out.push(`${line} ${order.do}`) });
  guard.order(1, { do: 'lookup', name: 'broker.example' });
  guard.order(2, { do: 'connect', to: { host: '5.6.7.8', port: 1883 } });
  t.same(out, ['-1 interfaces', '-2 lookup']);
  guard.arrive(-2, { is: 'found', addresses: ['5.6.7.8', '::ffff:10.0.0.1'] });
  guard.arrive(-1, { is: 'found', addresses: [] });
  t.same(out.slice(2), ['2 connect']);
  for (const action of later) action();
  t.same(come, [{ is: 'found', addresses: ['5.6.7.8'] }]);
  t.same(said, []);
});
