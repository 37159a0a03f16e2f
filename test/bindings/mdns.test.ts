import t from 'tap';
import { ms } from '../../runtime/core/index.ts';
import { dnsMessage, emitDns, ipv4, MDNS_PORT, parseDns } from '../../runtime/wire/index.ts';
import { errorRows } from '../helpers/esp.ts';
import { home } from '../helpers/joined.ts';

const GROUP = ipv4(224, 0, 0, 251);

/** A device with an address, and a neighbour that asks for a name. */
function online() {
  const { world, esp } = home();
  esp.run(5000);
  const pc = world.addHost('pc.test', ipv4(192, 168, 1, 20));
  const heard: string[] = [];
  const socket = pc.udp(0, (bytes) => {
    const message = parseDns(bytes);
    if (message.ok) heard.push(...message.value.answers.map((record) => JSON.stringify(record.data)));
  });
  const ask = (name: string, type: 'A' | 'SRV' | 'TXT'): string[] => {
    heard.length = 0;
    socket.send(emitDns(dnsMessage({ questions: [{ name, type, class: 1 }] })), GROUP, MDNS_PORT);
    world.runFor(ms(200));
    return heard;
  };
  return { esp, ask };
}

t.test('arguments, and a network there must be', async (t) => {
  errorRows(t, [
    ['mdns.register()', "bad argument #1 to 'register' (string expected, got no value)"],
    ['mdns.register("x", nil)', "bad argument #2 to 'register' (table expected, got nil)"],
    ['mdns.register("x", {port = "a"})', "bad argument #-1 to 'register' (number expected, got string)"],
    ['mdns.register("x", {port = {}})', "bad argument #-1 to 'register' (number expected, got table)"],
    ['mdns.register("x", {"a"})', "bad argument #-2 to 'register' (string expected, got number)"],
    ['mdns.register("x", {a = true})', "bad argument #-1 to 'register' (string expected, got boolean)"],
    ['mdns.register("x", {})', 'No network connection'],
    ['mdns.close()', 'no error'],
  ]);
});

t.test('a registered name is found, with its service', async (t) => {
  const { esp, ask } = online();
  t.same(
    esp.lua(
      'print(select("#", mdns.register("lamp", {description = "Hall", service = "coap", port = "5683", room = 7})))',
    ),
    ['0'],
  );
  t.same(ask('lamp.local', 'A'), [`${ipv4(192, 168, 1, 50)}`]);
  const [, txt, srv] = ask('Hall._coap._tcp.local', 'SRV');
  t.equal(txt, '["room=7","platform=nodemcu"]');
  t.match(srv, /"port":5683,"target":"lamp\.local"/);
  esp.lua('mdns.close()');
  t.same(ask('lamp.local', 'A'), []);
});

t.test('registering anew replaces the name', async (t) => {
  const { esp, ask } = online();
  esp.lua('mdns.register("one") mdns.register("two")');
  t.same(ask('one.local', 'A'), []);
  t.equal(ask('two.local', 'A').length, 1);
});

t.test('ten attributes are kept, in Lua’s order', async (t) => {
  const { esp, ask } = online();
  esp.lua('local o = {} for i = 1, 14 do o["k" .. i] = "v" end mdns.register("lamp", o)');
  const [, txt = ''] = ask('lamp._http._tcp.local', 'TXT');
  t.equal(JSON.parse(txt).length, 11, 'and the platform');
});

t.test('a port that a script took is a failure', async (t) => {
  const { esp } = online();
  t.match(esp.lua('s = net.createUDPSocket() s:listen(5353) print(pcall(mdns.register, "lamp"))'), [
    /^false\t.*Unable to start mDns daemon$/,
  ]);
  t.match(esp.lua('s:close() print(pcall(mdns.register, "lamp"))'), [/^true/]);
});

t.test('it keeps a run waiting, not going', async (t) => {
  const { esp } = online();
  esp.lua('mdns.register("lamp")');
  esp.run(1000);
  const { finite, endless } = esp.device.wakeSources();
  t.same(finite, []);
  t.match(endless.join(), /mdns.*udp :5353|udp :5353.*mdns/);
});
