import t from 'tap';
import { type ForwardSpec, LocalPorts, routerOf, TcpForward } from '../../bridge/forward.ts';
import { SoftApClient } from '../../bridge/soft-ap-client.ts';
import { Startup } from '../../bridge/startup.ts';
import { ipv4, seconds } from '../../runtime/index.ts';
import { data, FakeOutside } from '../helpers/outside.ts';
import { story } from '../helpers/story.ts';

const TCP: ForwardSpec = { protocol: 'tcp', at: { host: '127.0.0.1', port: 8080 }, guestPort: 80 };
const SERVER = `net.createServer():listen(80, function(c)
  c:on("receive", function(c, d) c:send(d .. " from " .. select(2, c:getpeer())) end)
  c:on("sent", function(c) c:close() end) end) print("ready")`;

/** A device with a script, and a forward to it. */
function scene(script: string) {
  const s = story(script);
  const outside = new FakeOutside(s.world);
  const told: string[] = [];
  const say = (line: string): void => {
    told.push(line);
  };
  const softApClient = new SoftApClient(s.world, s.device, say);
  const ports = new LocalPorts(routerOf(s.world));
  const env = {
    world: s.world,
    door: outside.door,
    startup: new Startup(),
    say,
    defaultGuest: () => ipv4(192, 168, 1, 50),
  };
  new TcpForward({ ...env, ports, softApClient }, TCP);
  outside.arrive(1, { is: 'open', at: TCP.at });
  s.until('ready', seconds(10));
  outside.said();
  const run = (n: number): void => s.world.runFor(seconds(n));
  const client = (line: number, patience: number): void => {
    outside.door.accept(1, { host: '127.0.0.1', port: 50_000 + line });
    outside.arrive(line, { is: 'open' });
    run(patience);
    outside.arrive(line, data(`hello ${line}`));
    run(1);
  };
  return { ...s, outside, told, client, run };
}

t.test('a device that is only an access point is reached by a laptop that joins it', async (t) => {
  const s = scene(`wifi.setmode(wifi.SOFTAP) wifi.ap.config{ssid = "camp", pwd = "secret123"} ${SERVER}`);
  s.client(2, 5);
  t.same(s.outside.said(), ['2 resume', '2 send hello 2 from 192.168.4.2', '2 end']);
  s.client(3, 0.1);
  t.same(s.outside.said(), ['3 resume', '3 send hello 3 from 192.168.4.2', '3 end'], 'it stays');
  t.same(s.told.slice(1), ["esp1 is only an access point; a laptop joins 'camp' to get there"]);
});

t.test('it follows the device to another network', async (t) => {
  const s = scene(`wifi.setmode(wifi.SOFTAP) wifi.ap.config{ssid = "camp"} ${SERVER}
    tmr.create():alarm(10000, 0, function() wifi.ap.config{ssid = "home", pwd = "secret123"} end)`);
  s.client(2, 5);
  s.run(10);
  s.client(3, 8);
  const said = s.outside.said().filter((line) => line.startsWith('3'));
  t.same(said, ['3 resume', '3 send hello 3 from 192.168.4.2', '3 end']);
});

t.test('a network that cannot be joined breaks the client off', async (t) => {
  const s = scene(`wifi.setmode(wifi.SOFTAP) wifi.ap.config{ssid = "camp"} wifi.ap.dhcp.stop() ${SERVER}`);
  s.outside.door.accept(1, { host: '127.0.0.1', port: 50_002 });
  s.run(21);
  t.same(s.outside.said(), ['2 reset']);
});

t.test('a device in the LAN needs no laptop', async (t) => {
  const s = scene(`wifi.setmode(wifi.STATIONAP) ${SERVER}`);
  s.run(5);
  s.client(2, 1);
  t.same(s.outside.said(), ['2 resume', '2 send hello 2 from 192.168.1.1', '2 end']);
  t.same(s.world.phones, []);
});
