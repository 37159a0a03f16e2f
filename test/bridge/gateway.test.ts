import t from 'tap';
import { Gateway, type GatewayOptions } from '../../bridge/gateway.ts';
import type { Order } from '../../bridge/index.ts';
import { type Device, seconds, type World } from '../../runtime/index.ts';
import { data, FakeOutside } from '../helpers/outside.ts';
import { story, whenOnline } from '../helpers/story.ts';

const OPEN: GatewayOptions = { restrict: false, allow: [] };

interface Scene {
  readonly world: World;
  readonly device: Device;
  readonly outside: FakeOutside;
  /** Lines for the user. */
  readonly said: string[];
  /** What the script has printed. */
  console(): string;
  /** Lets time pass until there are orders; as text. */
  next(): string[];
  /** The last line that was opened. */
  last(): number;
}

/** A device that runs `script` once it is online, and the gateway in front of a fake outside. */
function scene(script: string, options: GatewayOptions = OPEN): Scene {
  let outside: FakeOutside | undefined;
  const said: string[] = [];
  const told = story(whenOnline(script), {
    prepare: (world) => {
      const say = (line: string): unknown => said.push(line);
      outside = new FakeOutside(world, { gateway: options, forwards: [], ports: [] }, say);
      new Gateway(world, outside.door, options, say);
    },
  });
  const out = outside as unknown as FakeOutside;
  out.arrive(-1, { is: 'found', addresses: ['10.1.2.3'] });
  let opened = 0;
  out.said();
  const note = (orders: readonly { line: number; order: Order }[]): void => {
    for (const { line } of orders) opened = Math.max(opened, line);
  };
  return {
    world: told.world,
    device: told.device,
    outside: out,
    said,
    console: () => told.said().replace(/^> /, ''),
    next: () => {
      told.world.runUntil(() => out.orders.length > 0, seconds(30));
      note(out.orders);
      return out.said();
    },
    last: () => opened,
  };
}

const CLIENT = `
local s = net.createConnection()
s:on("connection", function(c) print("open") c:send("hello") end)
s:on("receive", function(_, d) print("<" .. d .. ">") end)
s:on("disconnection", function(_, code) print("closed " .. code) end)
`;

t.test(
  'a connection is answered once the socket here is connected, and carries bytes and ends both ways',
  async (t) => {
    const s = scene(`${CLIENT} s:connect(80, "93.184.216.34")`);
    t.same(s.next(), ['1 connect 93.184.216.34:80']);
    s.world.runFor(seconds(3));
    t.same([s.console(), s.outside.said()], ['', []], 'the SYN has no answer yet, repeated as it is');
    s.outside.arrive(1, { is: 'open' });
    t.same(s.next(), ['1 resume', '1 send hello']);
    s.outside.arrive(1, data('good day'), { is: 'end' });
    t.same(s.next(), ['1 end'], 'the device closes when its peer has');
    s.outside.arrive(1, { is: 'closed' });
    s.world.runFor(seconds(1));
    t.equal(s.console(), 'open\n<good day>\nclosed 0\n');
  },
);

t.test('the gateway address is the loopback of this computer, and has a name', async (t) => {
  const s = scene(`${CLIENT} s:connect(1883, "host.mcubox.test")`);
  t.same(s.next(), ['1 connect 127.0.0.1:1883']);
});

t.test('a refusal is RST; a place that cannot be reached is silence and a line', async (t) => {
  const s = scene(`${CLIENT} s:connect(80, "93.184.216.34")`);
  s.next();
  s.outside.arrive(1, { is: 'closed', error: 'ECONNREFUSED' });
  s.world.runFor(seconds(1));
  t.match(s.console(), /^closed -\d+\n$/);
  t.same(s.said, []);

  const u = scene(`${CLIENT} s:connect(80, "93.184.216.34")`);
  u.next();
  u.outside.arrive(1, { is: 'closed', error: 'ENETUNREACH' });
  u.world.runFor(seconds(2));
  t.equal(u.console(), '');
  t.same(u.said, ['tcp 192.168.1.50 -> 93.184.216.34:80: not reached, ENETUNREACH']);
  t.match(u.outside.said(), ['2 connect 93.184.216.34:80'], 'the next SYN tries again');
});

t.test('the peer breaking off is RST here, the device breaking off is RST there', async (t) => {
  const s = scene(`${CLIENT} s:connect(80, "93.184.216.34")`);
  s.next();
  s.outside.arrive(1, { is: 'open' });
  s.next();
  s.outside.arrive(1, { is: 'closed', error: 'ECONNRESET' });
  s.world.runFor(seconds(1));
  t.match(s.console(), /closed -\d+/);

  const d = scene(`${CLIENT} s:connect(80, "93.184.216.34")`);
  d.next();
  d.outside.arrive(1, { is: 'open' });
  d.next();
  d.device.restart();
  d.world.runFor(seconds(1));
  d.outside.arrive(1, data('are you there'));
  d.world.runFor(seconds(20));
  t.match(d.outside.said().join(), /1 reset/, 'the new boot knows nothing of it');
});

t.test('what is not allowed is refused at once, with one line, and nothing goes out', async (t) => {
  const s = scene(
    `for _, ip in ipairs { "10.0.0.5", "169.254.169.254", "127.0.0.1", "192.168.77.1", "10.1.2.3" } do
       local c = net.createConnection()
       c:on("disconnection", function(_, code) print(ip .. " " .. code) end)
       c:connect(80, ip)
     end`,
  );
  s.world.runFor(seconds(30));
  t.same(s.outside.said(), []);
  t.match(s.said.sort(), [
    /10\.0\.0\.5:80: refused, a private address \(allow=10\.0\.0\.5:80 lets it through\)$/,
    /10\.1\.2\.3:80: refused, a private address/,
    /127\.0\.0\.1:80: refused, a loopback address; this computer is host\.mcubox\.test$/,
    /192\.168\.77\.1:80: refused, a private address/,
  ]);
  // lwIP asks for a link-local address by ARP: that one never gets as far as the gateway.
  t.equal(s.console().trim().split('\n').length, 5, 'the script hears of each');
});

t.test('datagrams have a flow of their own, closed ports are told, idle flows end', async (t) => {
  const s = scene(`
    u = net.createUDPSocket()
    u:on("receive", function(_, d, port, ip) print(d .. " from " .. ip .. ":" .. port) end)
    u:listen(5000)
    function go() u:send(123, "93.184.216.34", "time?") end
    go()
    t = tmr.create() t:alarm(1000, tmr.ALARM_SINGLE, go)`);
  t.same(s.next(), ['1 udp {"host":"93.184.216.34","port":123}', '1 send time?']);
  s.outside.arrive(1, data('noon'));
  t.same(s.next(), ['1 send time?'], 'the same flow');
  const unreachable = s.device.stack.drops.of('icmp', 'unreachable');
  s.outside.arrive(1, { is: 'refused' });
  s.world.runFor(seconds(1));
  t.equal(s.console(), 'noon from 93.184.216.34:123\n');
  t.equal(s.device.stack.drops.of('icmp', 'unreachable'), unreachable + 1);
  s.world.runFor(seconds(200));
  t.same(s.outside.said(), ['1 reset']);
  t.equal(s.outside.door.size, 0);
});

t.test('a refused datagram is silence and a line', async (t) => {
  const s = scene('net.createUDPSocket():send(53, "10.0.0.1", "x")');
  s.world.runFor(seconds(10));
  t.same(s.outside.said(), []);
  t.match(s.said, [/^udp 192\.168\.1\.50 -> 10\.0\.0\.1:53: refused, a private address/]);
});

const PING = 'net.ping("93.184.216.34", 2, function(n, ip, seq) print(n, ip, seq) end)';

t.test("a ping goes out through this computer's ping program, and that is said once", async (t) => {
  const s = scene(PING);
  t.same(s.next(), ['1 ping 93.184.216.34']);
  s.outside.arrive(1, { is: 'found', addresses: ['93.184.216.34'] });
  t.same(s.next(), ['2 ping 93.184.216.34']);
  s.outside.arrive(2, { is: 'found', addresses: [] });
  s.world.runFor(seconds(5));
  t.match(s.console(), /^32\t93\.184\.216\.34\t1\n0\t93/, 'the second one had no answer');
  t.same(s.said, ["ping goes out through this computer's ping program"]);
});

t.test('without a ping program the gateway answers, and says what that is worth', async (t) => {
  const s = scene(PING);
  s.next();
  s.outside.arrive(1, { is: 'closed', error: 'ENOENT' });
  t.same(s.next(), ['2 ping 93.184.216.34'], 'policy has its say about each');
  s.outside.arrive(2, { is: 'closed', error: 'ENOENT' });
  s.world.runFor(seconds(5));
  t.match(s.console(), /^32\t93\.184\.216\.34\t1\n32\t93\.184\.216\.34\t2\n/);
  t.match(s.said, [/^ping is answered by the gateway for every address: .* \(ENOENT\)$/]);
});

/** One after the other: the firmware's resolver loses an answer while it asks for something else. */
const LOOKUP = (...names: readonly string[]): string => `
local names = { ${names.map((name) => `"${name}"`).join(', ')} }
local function ask()
  local name = table.remove(names, 1)
  if name then net.dns.resolve(name, function(_, ip) print(name, ip) ask() end) end
end
ask()`;

t.test("names are looked up as this computer does, the world's own first, reserved ones never", async (t) => {
  const s = scene(LOOKUP('http.test', 'nobody.test', 'example.com'));
  t.same(s.next(), ['1 lookup example.com']);
  s.world.runFor(seconds(1.5));
  t.same(s.outside.said(), [], 'the firmware asks again, the same lookup is under way');
  s.outside.arrive(1, { is: 'found', addresses: ['93.184.216.34', '::ffff:10.0.0.1'] });
  s.world.runFor(seconds(20));
  t.match(s.console(), /http\.test\t192\.168\.1\.10\n/);
  t.match(s.console(), /example\.com\t93\.184\.216\.34\n/);
  t.match(s.console(), /nobody\.test\tnil\n/);
});

t.test('a lookup that fails, or answers IPv6 only, finds nothing', async (t) => {
  for (const arrival of [
    { is: 'closed', error: 'ENOTFOUND' },
    { is: 'closed', error: 'EAI_AGAIN' },
    { is: 'found', addresses: ['::ffff:127.0.0.1'] },
  ] as const) {
    const s = scene(LOOKUP('example.com'));
    s.next();
    s.outside.arrive(1, arrival);
    for (let i = 0; i < 40; i++) {
      s.world.runFor(seconds(0.5));
      for (const { line, order } of s.outside.taken()) if (order.do === 'lookup') s.outside.arrive(line, arrival);
    }
    t.equal(s.console(), 'example.com\tnil\n');
  }
});

t.test('a name server of the user is asked as it stands', async (t) => {
  const s = scene(LOOKUP('example.com'), { ...OPEN, dns: { host: '127.0.0.1', port: 5353 } });
  t.same(s.next(), ['1 ask {"host":"127.0.0.1","port":5353}']);
});

t.test('restricted, only what is allowed is there: rules, and names fixed before the start', async (t) => {
  const options = {
    restrict: true,
    allow: [
      { host: 'Broker.example', port: 1883 },
      { host: 'gone.example', port: 1 },
    ],
  };
  const s = scene(
    `${CLIENT} s:on("dns", function() ${LOOKUP('broker.example', 'example.com')} end) s:connect(1883, "broker.example")`,
    options,
  );
  s.outside.arrive(-2, { is: 'found', addresses: ['5.6.7.8'] });
  t.same(s.outside.said(), [], 'nothing goes out before all names are known');
  s.outside.arrive(-3, { is: 'closed', error: 'ENOTFOUND' });
  t.match(s.next(), [/^\d+ connect 5\.6\.7\.8:1883$/]);
  s.world.runFor(seconds(20));
  t.match(s.console(), /broker\.example\t5\.6\.7\.8\n/);
  t.match(s.console(), /example\.com\tnil\n/);
  t.same(s.said, [
    'allow=gone.example: this computer knows no address for it',
    'lookup of example.com: refused, restrict=yes (allow=example.com:PORT lets it through)',
  ]);
});
