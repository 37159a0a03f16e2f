import fc from 'fast-check';
import t from 'tap';
import { EMPTY, fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import { CoapClients } from '../../runtime/proto/coap-client.ts';
import { type CoapUri, parseCoapUri } from '../../runtime/proto/coap-uri.ts';
import { EspconnUdpLayer } from '../../runtime/proto/espconn-udp.ts';
import { COAP_CODE, type Coap, emitCoap, parseCoap } from '../../runtime/wire/index.ts';
import { CoapStore } from '../../runtime/world/coap-store.ts';
import { ProtoBench, US } from '../helpers/proto-bench.ts';

const uri = (text: string): CoapUri => parseCoapUri(text) as CoapUri;
const { GET, PUT } = COAP_CODE;

function setting() {
  const bench = new ProtoBench();
  const clients = new CoapClients(bench.env, new EspconnUdpLayer(bench.stack));
  /** A server that only notes what it hears. */
  const heard: { message: Coap; port: number }[] = [];
  const socket = bench.peer.udp(7000, (bytes, _, port) => {
    const message = parseCoap(bytes);
    if (message.ok) heard.push({ message: message.value, port });
  });
  const open = (): number => bench.stack.udp.pcbs.filter((pcb) => !pcb.internal).length;
  const say = (message: Partial<Coap>, port: number): void => {
    const whole: Coap = {
      type: 'ACK',
      code: COAP_CODE.CONTENT,
      id: 0,
      token: fromLatin1('node'),
      options: [],
      payload: EMPTY,
      ...message,
    };
    socket.send(emitCoap(whole), US, port);
    bench.run(50);
  };
  return { bench, clients, heard, say, open, socket };
}

t.test('a request reaches a server', async (t) => {
  const { bench, clients, open } = setting();
  const store = new CoapStore(bench.wired.clock, bench.peer);
  clients.client().request('CON', PUT, uri('coap://192.168.1.10/store/a'), fromLatin1('warm'));
  t.equal(open(), 1);
  bench.run(10_000);
  t.equal(toLatin1(store.stored.get('a') ?? EMPTY), 'warm');
  t.equal(open(), 0, 'the answer closes the port');
});

t.test('ids count up over all clients, the token is always the same', async (t) => {
  const { bench, clients, heard } = setting();
  clients.client().request('NON', GET, uri('coap://192.168.1.10:7000/x'), EMPTY);
  clients.client().request('CON', GET, uri('coap://192.168.1.10:7000/y'), EMPTY);
  bench.run(100);
  const [first, second] = heard.map(({ message }) => message);
  t.equal(toLatin1(first?.token ?? EMPTY), 'node');
  t.equal(second?.id, ((first?.id ?? 0) + 1) & 0xffff);
  t.same([first?.type, second?.type], ['NON', 'CON']);
});

t.test('only the answer to a request ends its repetition', async (t) => {
  const { bench, clients, heard, say, open } = setting();
  clients.client().request('CON', GET, uri('coap://192.168.1.10:7000/x'), EMPTY);
  bench.run(100);
  const [{ message, port }] = heard as [(typeof heard)[0]];
  say({ id: message.id, token: fromLatin1('other') }, port);
  say({ id: message.id, type: 'RST' }, port);
  say({ id: message.id + 1 }, port);
  bench.run(3000);
  t.equal(heard.length, 2, 'repeated once');
  say({ id: message.id }, port);
  bench.run(20_000);
  t.equal(heard.length, 2);
  t.equal(open(), 0);
});

t.test('a client keeps its port while a request waits', async (t) => {
  const { bench, clients, heard } = setting();
  const client = clients.client();
  client.request('CON', GET, uri('coap://192.168.1.10:7000/x'), EMPTY);
  client.request('NON', GET, uri('coap://192.168.1.10:7000/y'), EMPTY);
  bench.run(100);
  t.equal(new Set(heard.map(({ port }) => port)).size, 1);
});

t.test('a relative address goes where the last one went, a name to everybody', async (t) => {
  const { bench, clients, heard } = setting();
  const client = clients.client();
  client.request('NON', GET, uri('coap://192.168.1.10:7000/x'), EMPTY);
  client.request('NON', GET, { ...uri('/y'), port: 7000 }, EMPTY);
  client.request('NON', GET, uri('coap://esp.local:7000/z'), EMPTY);
  bench.run(100);
  t.equal(heard.length, 3);
});

t.test('what is too long is not sent', async (t) => {
  const { bench, clients, heard, open } = setting();
  clients.client().request('CON', PUT, uri('coap://192.168.1.10:7000/x'), new Uint8Array(600));
  bench.run(100);
  t.same(heard, []);
  t.equal(open(), 0);
});

t.test('whatever comes back is survived', async () => {
  const { bench, clients, heard, socket } = setting();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1300 }), (noise) => {
      clients.client().request('CON', GET, uri('coap://192.168.1.10:7000/x'), EMPTY);
      bench.run(50);
      const port = heard.at(-1)?.port ?? 0;
      socket.send(noise, US, port);
      bench.run(50);
    }),
    { seed: 1, numRuns: 200 },
  );
});
