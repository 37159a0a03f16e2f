import t from 'tap';
import { type TestWorld, world } from '../../cli/testing/index.ts';
import type { Firmware, MqttBroker } from '../../runtime/index.ts';

/** A script that runs once the device has an address, with a client `m`. */
function started(firmware: Firmware, script: string) {
  const net: TestWorld = world();
  const files = { 'a.lua': `m = mqtt.Client("dev", 60)\n${script}` };
  const esp = net.device({ files, firmware });
  esp.waitAddress();
  esp.writeSerial('dofile("a.lua")\n');
  const broker = net.world.services.get('mqtt.test') as MqttBroker;
  return { net, esp, broker };
}

const CONNECT =
  'print("returned", m:connect("mqtt.test", 1883, 0, 1, function() print("ok") end, function() print("bad") end))';

t.test('before 2019 the fourth number of connect is autoreconnect, and connect answers', async (t) => {
  for (const firmware of ['1.5', '2.2'] as const) {
    const { esp } = started(firmware, CONNECT);
    esp.waitSerial('ok\n');
    t.match(esp.output, 'returned\ttrue\n');
  }
  const { net, esp } = started('3.0', CONNECT);
  net.run('5s');
  t.notMatch(esp.output, '\nok\n', 'now it takes the place of the callbacks');
});

t.test('autoreconnect 1 connects again by itself, until close', async (t) => {
  const { net, esp, broker } = started('2.2', `m:on("offline", function() print("offline") end)\n${CONNECT}`);
  esp.waitSerial('ok\n');
  t.match(esp.output, 'autoreconnect == 1 is deprecated');
  broker.restart();
  esp.waitSerial('offline\n');
  esp.waitSerial('ok\n');
  t.same(broker.clients, ['dev']);
  esp.writeSerial('m:close()\n');
  net.run('5s');
  t.same(broker.clients, []);
});

t.test('2.2 reconnects only what has been connected, 1.5 tries for ever', async (t) => {
  const nowhere = CONNECT.replace('mqtt.test', '192.168.1.1');
  const first = started('2.2', nowhere);
  first.esp.waitSerial('bad\n');
  const second = started('1.5', nowhere);
  second.net.run('10s');
  t.notMatch(second.esp.output, 'bad');
  t.match(second.esp.device.wakeSources().finite, /mqtt reconnect|tcp/);
});

t.test('sessions are clean unless asked otherwise, and other events have no names', async (t) => {
  const script = 'print(pcall(m.on, m, "puback", print)) print(pcall(m.on, m, "overflow", print))';
  const { esp } = started('2.2', script);
  esp.waitSerial('false\tmethod not supported\n');
  t.match(esp.waitSerial('true\n'), 'true');
});
