import t from 'tap';
import { type ForwardSpec, LocalPorts, routerOf, TcpForward, UdpForward } from '../../bridge/forward.ts';
import { Startup } from '../../bridge/startup.ts';
import { ipv4, ms, seconds, type World } from '../../runtime/index.ts';
import { data, FakeOutside } from '../helpers/outside.ts';
import { type Story, story, whenOnline } from '../helpers/story.ts';

const AT = { host: '127.0.0.1', port: 8080 };
const GUEST = ipv4(192, 168, 1, 50);
const ECHO = `
net.createServer():listen(80, function(c)
  local last
  c:on("receive", function(c, d) last = d c:send(d) end)
  c:on("sent", function(c) if last == "bye" then c:close() end end)
  c:on("disconnection", function(_, code) print("closed " .. code) end)
end)
print("ready")`;

interface Scene extends Story {
  readonly outside: FakeOutside;
  readonly startup: Startup;
  readonly said: () => string;
  readonly told: string[];
  run(s: number): void;
}

function scene(script: string, ...specs: readonly ForwardSpec[]): Scene {
  const holder: { outside?: FakeOutside } = {};
  const startup = new Startup();
  const told: string[] = [];
  const s = story(whenOnline(script), {
    prepare: (world) => {
      const outside = new FakeOutside(world);
      holder.outside = outside;
      const env = {
        world,
        door: outside.door,
        startup,
        say: (line: string) => told.push(line),
        defaultGuest: () => GUEST,
        ports: new LocalPorts(routerOf(world)),
      };
      for (const spec of specs) {
        if (spec.protocol === 'tcp') new TcpForward(env, spec);
        else new UdpForward(env, spec);
      }
    },
  });
  const outside = holder.outside as FakeOutside;
  return { ...s, outside, startup, told, run: (n) => s.world.runFor(seconds(n)) };
}

const TCP: ForwardSpec = { protocol: 'tcp', at: AT, guestPort: 80 };
const CLIENT = { host: '127.0.0.1', port: 50_000 };

t.test('a client is connected to the device, bytes go both ways, ends are ends', async (t) => {
  const s = scene(ECHO, TCP);
  t.same(s.outside.said(), ['1 listen {"host":"127.0.0.1","port":8080}']);
  t.notOk(s.startup.settled);
  s.outside.arrive(1, { is: 'open', at: AT });
  t.ok(s.startup.settled);
  t.same(s.told, ['tcp 127.0.0.1:8080 leads to port 80 of the device']);
  s.until('ready', seconds(30));
  s.outside.door.accept(1, CLIENT);
  s.outside.arrive(2, { is: 'open' });
  s.run(1);
  t.same(s.outside.said(), ['2 resume'], 'nothing is read before the device has answered');
  s.outside.arrive(2, data('hello'));
  s.run(1);
  t.same(s.outside.said(), ['2 send hello']);
  s.outside.arrive(2, data('bye'));
  s.run(1);
  t.same(s.outside.said(), ['2 send bye', '2 end']);
  s.outside.arrive(2, { is: 'end' }, { is: 'closed' });
  s.run(30);
  t.same([s.outside.said(), s.outside.door.size], [[], 1]);
  t.same(s.device.stack.tcp.active, []);
});

t.test('a device that refuses, or is not there, breaks the client off', async (t) => {
  const s = scene('print("ready")', TCP);
  s.outside.said();
  s.until('ready', seconds(30));
  s.outside.door.accept(1, CLIENT);
  s.run(1);
  t.same(s.outside.said(), ['2 reset']);

  const nobody = scene('print("ready")', { ...TCP, guest: ipv4(192, 168, 1, 99) });
  nobody.outside.said();
  nobody.outside.door.accept(1, CLIENT);
  nobody.run(5);
  t.same(nobody.outside.said(), []);
  nobody.run(100);
  t.same(nobody.outside.said(), ['2 reset'], 'after the SYN was given up');
});

t.test('a client that gives up early does not stay', async (t) => {
  const s = scene(ECHO, TCP);
  s.outside.door.accept(1, CLIENT);
  s.outside.arrive(2, { is: 'closed' });
  s.run(5);
  t.same(routerOf(s.world).stack.tcp.active, []);
});

t.test('a client that breaks off is a broken connection on the device', async (t) => {
  const s = scene(ECHO, TCP);
  s.until('ready', seconds(30));
  s.outside.door.accept(1, CLIENT);
  s.run(1);
  s.outside.arrive(2, { is: 'closed', error: 'ECONNRESET' });
  s.run(1);
  t.match(s.said(), /closed -9/);
});

t.test('a client that does not read closes the window; one that is not read waits', async (t) => {
  const s = scene(
    `net.createServer():listen(80, function(c)
       local function more(c) c:send(("x"):rep(1000)) end
       c:on("sent", more) more(c)
     end) print("ready")`,
    TCP,
  );
  s.until('ready', seconds(30));
  s.outside.door.accept(1, CLIENT);
  s.run(30);
  const bytes = (): number =>
    s.outside.taken().reduce((n, { order }) => n + (order.do === 'send' ? order.data.length : 0), 0);
  const first = bytes();
  t.ok(first >= 64 * 1024 && first < 192 * 1024, `${first} bytes went out, then the windows were full`);
  s.run(30);
  t.equal(bytes(), 0);
  s.outside.arrive(2, { is: 'room' });
  s.run(30);
  t.ok(bytes() >= 64 * 1024, 'with room it goes on');

  const slow = scene(
    'net.createServer():listen(80, function(c) c:on("receive", function(c) c:hold() end) end) print("ready")',
    TCP,
  );
  slow.until('ready', seconds(30));
  slow.outside.door.accept(1, CLIENT);
  slow.run(1);
  slow.outside.said();
  let sent = 0;
  while (slow.outside.said().length === 0 && sent < 1 << 20) {
    slow.outside.arrive(2, data('x'.repeat(16_384)));
    sent += 16_384;
    slow.world.runFor(ms(20));
  }
  t.ok(sent < 512 * 1024, `paused after ${sent} bytes`);
});

t.test('busy ports are told by name', async (t) => {
  const s = scene('', TCP);
  s.outside.arrive(1, { is: 'closed', error: 'EADDRINUSE' });
  t.same(s.startup.failures, ['hostfwd: tcp port 127.0.0.1:8080 is in use by another program; choose another']);
});

t.test('clients of a UDP forward are ports of the router; answers find back, idle ones are forgotten', async (t) => {
  const s = scene(
    `local u = net.createUDPSocket() u:listen(7)
     u:on("receive", function(u, d, port, ip) u:send(port, ip, d .. "!") end) print("ready")`,
    { protocol: 'udp', at: AT, guestPort: 7 },
  );
  s.outside.arrive(1, { is: 'open', at: AT });
  s.until('ready', seconds(30));
  s.outside.said();
  const ports = (world: World): number => routerOf(world).stack.udp.pcbs.length;
  const before = ports(s.world);
  const [a, b] = [CLIENT, { host: '127.0.0.1', port: 50_001 }];
  s.outside.arrive(1, { ...data('one'), from: a } as never, { ...data('two'), from: b } as never);
  s.run(1);
  t.same(s.outside.said().sort(), [`1 send one! to ${JSON.stringify(a)}`, `1 send two! to ${JSON.stringify(b)}`]);
  t.equal(ports(s.world), before + 2);
  s.run(200);
  t.equal(ports(s.world), before);
});

t.test('ports of the router are taken one after the other, busy ones are left out', async (t) => {
  const s = scene('');
  const router = routerOf(s.world);
  const ports = new LocalPorts(router);
  router.listen(49_153, () => {});
  t.same([ports.next(), ports.next(), ports.next()], [49_152, 49_154, 49_155]);
});
