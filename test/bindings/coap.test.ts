import t from 'tap';
import { EMPTY, fromLatin1, ms, toLatin1 } from '../../runtime/core/index.ts';
import { COAP_OPTION, emitCoap, formatCoapCode, ipv4, parseCoap } from '../../runtime/wire/index.ts';
import type { CoapStore } from '../../runtime/world/index.ts';
import { errorRows } from '../helpers/esp.ts';
import { home } from '../helpers/joined.ts';

/** A device with an address, and a neighbour that asks its server. */
function online() {
  const { world, esp } = home();
  esp.run(5000);
  const pc = world.addHost('pc.test', ipv4(192, 168, 1, 20));
  let heard = 'nothing';
  const socket = pc.udp(0, (bytes) => {
    const message = parseCoap(bytes);
    if (message.ok) heard = `${formatCoapCode(message.value.code)} ${toLatin1(message.value.payload)}`.trim();
  });
  let id = 0;
  const ask = (code: number, path: string, payload = ''): string => {
    heard = 'nothing';
    const options = path.split('/').map((part) => ({ number: COAP_OPTION.URI_PATH, value: fromLatin1(part) }));
    const message = { type: 'CON' as const, code, id: ++id, token: EMPTY, options, payload: fromLatin1(payload) };
    socket.send(emitCoap(message), ipv4(192, 168, 1, 50), 5683);
    world.runFor(ms(200));
    return heard;
  };
  return { world, esp, ask };
}

const GET = 1;
const POST = 2;

t.test('arguments', async (t) => {
  errorRows(t, [
    ['coap.Client():get()', "bad argument #1 to 'get' (string expected, got no value)"],
    ['coap.Client():get(2, "coap://1.2.3.4/")', 'wrong arg type'],
    ['coap.Client():get(-1, "coap://1.2.3.4/")', 'wrong arg type'],
    ['coap.Client():put("http://1.2.3.4/")', 'uri wrong format.'],
    ['coap.Client():post("coap://" .. string.rep("h", 63) .. "/")', 'no error'],
    ['coap.Client():delete("coap://" .. string.rep("h", 64) .. "/")', 'host too long'],
    ['coap.Client().get(1)', "bad argument #1 to 'get' (coap_client expected, got number)"],
    ['coap.Server():listen()', "bad argument #1 to 'listen' (number expected, got no value)"],
    ['coap.Server():var()', "bad argument #1 to 'var' (string expected, got no value)"],
    ['coap.Server():func("f", "x")', "bad argument #2 to 'func' (number expected, got string)"],
    ['coap.Server().var(nil, "x")', 'no error'],
  ]);
});

t.test('a server shows variables and calls functions', async (t) => {
  const { esp, ask } = online();
  esp.lua(
    's = coap.Server() s:listen(5683) s:var("temp") s:var("name") s:func("f")',
    'temp = 21.5 name = "a\\0b" function f(x) return x and #x end',
  );
  t.equal(ask(GET, 'v1/v/temp'), '2.05 21.5');
  t.equal(ask(GET, 'v1/v/name'), '2.05 a', 'text ends at a zero byte');
  t.equal(ask(POST, 'v1/f/f', 'abc'), '2.05 3');
  t.equal(ask(POST, 'v1/f/f'), '2.05 0', 'no payload is an empty one');
  esp.lua('temp = {} f = nil');
  t.equal(ask(GET, 'v1/v/temp'), '4.04');
  t.equal(ask(POST, 'v1/f/f'), '4.04');
  t.equal(ask(GET, 'v1/id'), '2.05 V4\x12\0');
});

t.test('commands are run and what they give is printed', async (t) => {
  const { esp, ask } = online();
  esp.lua('coap.Server():listen(5683)');
  t.equal(ask(POST, 'v1/c', 'x = 5 return x, nil'), '2.05');
  t.same(esp.lines(), ['5\tnil']);
  ask(POST, 'v1/c', 'x = x + 1');
  ask(POST, 'v1/c', 'error("no")');
  ask(POST, 'v1/c', 'x =');
  t.match(esp.lines(), [/no$/, /unexpected symbol/]);
  t.same(esp.lua('print(x)'), ['6']);
  esp.lua('print = nil');
  t.equal(ask(POST, 'v1/c', 'return 1'), '2.05');
});

t.test('a function that answers with neither text nor nil never ends', async (t) => {
  const { esp, ask } = online();
  esp.lua('function f() return {} end s = coap.Server() s:listen(5683) s:func("f")');
  ask(POST, 'v1/f/f');
  esp.run(5000);
  t.match(esp.events.join(), /crash watchdog endless loop in the CoAP server/);
});

t.test('errors and results that are too long panic', async (t) => {
  for (const body of ['error("boom")', 'return string.rep("x", 1025)']) {
    const { esp, ask } = online();
    esp.lua(`function f() ${body} end s = coap.Server() s:listen(5683) s:func("f")`);
    ask(POST, 'v1/f/f');
    t.match(esp.events.join(), /crash panic (t:1: boom|return string:<MAX_PAYLOAD_SIZE)/);
  }
});

t.test('a closed server can listen again; an open one is kept alive', async (t) => {
  const { esp, ask } = online();
  esp.lua('x = 1 s = coap.Server() s:listen(5683) s:var("x") s:close()');
  t.equal(ask(GET, 'v1/v/x'), 'nothing');
  esp.lua('s:listen(5683) s = nil collectgarbage() collectgarbage()');
  t.equal(ask(GET, 'v1/v/x'), '2.05 1');
});

t.test('a client tells a server and forgets the answer', async (t) => {
  const { world, esp } = online();
  const store = world.services.get('coap.test') as CoapStore;
  t.same(esp.lua('c = coap.Client() print(select("#", c:put(coap.CON, "coap://192.168.1.16/store/a", 42)))'), ['0']);
  esp.run(1000);
  t.equal(toLatin1(store.stored.get('a') ?? EMPTY), '42');
  esp.lua('c:post("coap://192.168.1.16/store/b") c:delete(coap.NON, "coap://192.168.1.16/store/a")');
  esp.run(1000);
  t.same([...store.stored.keys()], ['b']);
  t.same(esp.device.wakeSources().finite, []);
});

t.test('a lost request is repeated, and keeps the run going', async (t) => {
  const { world, esp } = online();
  const store = world.services.get('coap.test') as CoapStore;
  store.faults.drop = 2;
  esp.lua('c = coap.Client() c:put("coap://192.168.1.16/store/a", "x")');
  t.match(esp.device.wakeSources().finite.join(), /timer coap/);
  esp.run(10_000);
  t.equal(store.stored.size, 1);
});

t.test('a client that is collected with a request under way is a fault when it is repeated', async (t) => {
  const { world, esp } = online();
  (world.services.get('coap.test') as CoapStore).faults.drop = 9;
  esp.lua('coap.Client():get("coap://192.168.1.16/hello") collectgarbage() collectgarbage()');
  esp.run(5000);
  t.match(esp.events.join(), /coap: a request is repeated for a client that was collected/);
});
