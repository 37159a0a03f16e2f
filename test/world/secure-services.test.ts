/** The TLS services of .test, asked by a computer of the world with the engine of the firmware's client. */
import t from 'tap';
import { fromLatin1, ms, Rng, seconds, toLatin1 } from '../../runtime/core/index.ts';
import { TlsClient } from '../../runtime/tls/index.ts';
import { ipv4 } from '../../runtime/wire/index.ts';
import { type HostStream, serveSecure, type TlsService, type World, wiredWorld } from '../../runtime/world/index.ts';
import { authorityCertificate, authorityPem, identityFor } from '../../runtime/world/tls-identity.ts';
import { certificateOf } from '../helpers/tls-pair.ts';

interface Asked {
  readonly text: string;
  /** What ended it: a number of mbed TLS, or an error of TCP. */
  readonly end: unknown;
}

/** Sends `question` over TLS and collects the answer. */
function ask(world: World, host: string, port: number, question: string, limit = seconds(5)): Asked {
  const pc = world.hosts.find(({ name }) => name === 'pc') ?? world.addHost('pc', ipv4(192, 168, 1, 200));
  let text = '';
  let end: unknown;
  let open = false;
  const stream: HostStream = pc.connect(host, port, {
    onOpen: () => go(),
    onData: (bytes) => {
      client.feed(bytes);
      go();
    },
    onClose: (error) => {
      end ??= error;
    },
  });
  const client = new TlsClient(
    { rng: new Rng(9), transmit: (record) => stream.write(record) },
    { trusted: [authorityCertificate()], own: undefined },
  );
  const go = (): void => {
    if (!open) {
      const result = client.handshake();
      if (typeof result === 'number') end = result;
      if (result !== 'done') return;
      open = true;
      client.write(fromLatin1(question));
    }
    for (;;) {
      const part = client.read(4096);
      if (typeof part !== 'object') {
        if (typeof part === 'number') end = part;
        return;
      }
      text += toLatin1(part);
    }
  };
  world.runFor(limit);
  stream.destroy();
  return { text, end };
}

const GET = 'GET /status/204 HTTP/1.0\r\n\r\n';

t.test('what is behind which port', async (t) => {
  const world = wiredWorld();
  for (const host of ['http.test', 'tls.test', 'rsa.tls.test'])
    t.match(ask(world, host, 443, GET).text, /^HTTP\/1\.1 204/, host);
  t.equal(ask(world, 'tls.test', 7, 'hello').text, 'hello');
  t.match(ask(world, 'ws.test', 443, GET).text, /^HTTP\/1\.1 426/);
  // CONNECT of a client "a" without anything else.
  const connect = '\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01a';
  t.equal(ask(world, 'mqtt.test', 8883, connect).text, '\x20\x02\x00\x00');
});

t.test('certificates of every kind: dates and names by whoever looks, trust by all', async (t) => {
  const world = wiredWorld();
  t.equal(ask(world, 'self-signed.tls.test', 443, GET).end, -0x2700);
  t.equal(ask(world, 'unknown-ca.tls.test', 443, GET).end, -0x2700);
  const shown = (kind: Parameters<typeof identityFor>[1]) =>
    certificateOf(identityFor(['x.test'], kind).chain[0] as Uint8Array);
  t.equal(shown('expired').notAfter, Date.UTC(2022, 11, 31, 23, 59, 59) / 1000);
  t.equal(shown('good').notBefore, Date.UTC(2023, 0, 1) / 1000);
  t.same(shown('wrong-name').names, ['elsewhere.test']);
  t.equal(shown('rsa').key.kind, 'rsa');
  t.match(
    authorityPem(),
    /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/]{64}\n)+[A-Za-z0-9+/=]+\n-----END CERTIFICATE-----\n$/,
  );
});

t.test('the knobs: refuse, delay, drop, a wrong proof', async (t) => {
  const world = wiredWorld();
  const { faults } = world.services.get('tls.test') as TlsService;
  faults.refuse = 70;
  t.equal(ask(world, 'tls.test', 443, GET).end, -0x7780);
  faults.refuse = true;
  t.equal(ask(world, 'tls.test', 443, GET).end, -9);
  faults.refuse = undefined;
  faults.wrong = true;
  t.equal(ask(world, 'tls.test', 443, GET).end, -0x4e00);
  faults.wrong = undefined;
  faults.dropAfter = 2;
  t.same(ask(world, 'tls.test', 443, GET), { text: '', end: -9 });
  faults.dropAfter = undefined;
  faults.delay = ms(400);
  t.equal(ask(world, 'tls.test', 443, GET, ms(700)).text, '');
  t.match(ask(world, 'tls.test', 443, GET, ms(1700)).text, '204');
});

t.test('any service of a user’s own can have TLS', async (t) => {
  const world = wiredWorld();
  const host = world.addHost('shop.test', ipv4(192, 168, 1, 99));
  const service = serveSecure(world, host, 8443, {
    faults: {},
    accept: (stream) => {
      // Written before the handshake is over: it waits.
      stream.write(fromLatin1('welcome, '));
      stream.handler = {
        onData: (bytes) => {
          stream.write(bytes);
          stream.end();
        },
      };
    },
  });
  t.same(ask(world, 'shop.test', 8443, 'you'), { text: 'welcome, you', end: -0x7880 });
  t.equal(service.config?.chain.length, 1);
});
