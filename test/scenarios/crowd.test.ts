/** Several devices in one world. */
import t from 'tap';
import { NODEMCU_MODULES } from '../../bindings/index.ts';
import { defaultWorld, formatIpv4, formatMac, fromLatin1, seconds, toLatin1 } from '../../runtime/index.ts';

t.test('twenty devices join, with addresses that count up in the order they were added', async (t) => {
  const world = defaultWorld();
  for (let i = 0; i < 20; i++) world.addDevice({ modules: NODEMCU_MODULES });
  for (const device of [...world.devices].reverse()) device.start();
  world.runFor(seconds(30));
  world.devices.forEach((device, i) => {
    const [netif] = device.stack.netifs;
    t.equal(formatIpv4(netif?.addr ?? (0 as never)), `192.168.1.${50 + i}`);
    t.equal(formatMac(netif?.mac ?? (0 as never)), `5c:cf:7f:12:34:${(0x56 + i).toString(16)}`);
  });
});

t.test('two devices talk to each other over the access point', async (t) => {
  const world = defaultWorld();
  let said = '';
  const add = (script: string) => {
    const device = world.addDevice({ modules: NODEMCU_MODULES });
    device.flash.put('init.lua', fromLatin1(script));
    device.events.on('uart', (_, bytes) => {
      said += toLatin1(bytes);
    });
    device.start();
    return device;
  };
  add(`net.createServer(30):listen(7000, function(c) c:on("receive", function(s, d) s:send("<" .. d .. ">") end) end)`);
  add(`wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
    tmr.create():alarm(5000, tmr.ALARM_SINGLE, function()
      local s = net.createConnection()
      s:on("connection", function(c) c:send("hello") end)
      s:on("receive", function(_, d) print("got " .. d) end)
      s:connect(7000, "192.168.1.50")
    end)
  end)`);
  world.runFor(seconds(20));
  t.match(said, /got <hello>/);
});
