import t from 'tap';
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { fromLatin1, seconds } from '../../runtime/core/index.ts';
import { conversations, defaultWorld, FrameLog } from '../../runtime/world/index.ts';

function talk(script: string): string[] {
  const world = defaultWorld();
  const log = new FrameLog(world);
  const device = world.addDevice({ modules: NODEMCU_MODULES });
  device.flash.put(
    'init.lua',
    fromLatin1(`wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() ${script} end)`),
  );
  device.start();
  world.runFor(seconds(60));
  return conversations(log.frames, world);
}

t.test('a lookup and a request are three lines: lease, name, page', async (t) => {
  t.same(
    talk(
      'local c = net.createConnection() c:on("connection", function() c:send("GET /status/404 HTTP/1.0\\r\\n\\r\\n") end) c:connect(80, "http.test")',
    ),
    [
      'dhcp esp1 DISCOVER, OFFER, REQUEST, ACK 192.168.1.50',
      'dns esp1 http.test -> 192.168.1.10',
      'tcp esp1 > http.test:80 GET /status/404 -> 404, 2 segments, 0 retransmits, closed by http.test',
    ],
  );
});

t.test('refusals, silence and unknown names are told', async (t) => {
  t.same(talk('net.createConnection():connect(81, "192.168.1.10")').slice(1), [
    'tcp esp1 > http.test:81 0 segments, 0 retransmits, refused',
  ]);
  t.match(talk('net.dns.resolve("nobody.test", function() end)')[1], /^dns esp1 nobody.test -> NXDOMAIN/);
});

t.test('datagrams and pings are counted both ways', async (t) => {
  t.same(talk('net.createUDPSocket():send(7, "192.168.1.11", "abc")').slice(1), [
    'udp esp1 > echo.test:7 1 datagram, 3 bytes; back 1 datagram, 3 bytes',
  ]);
  t.same(talk('net.ping("192.168.1.11", 2, function() end)').slice(1), ['icmp esp1 > echo.test 2 echoes, 2 replies']);
});
