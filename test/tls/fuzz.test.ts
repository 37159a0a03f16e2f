/** Broken records and messages never break the machines: no exception, no loop without end. 100,000 of them. */
import t from 'tap';
import { Rng, u8 } from '../../runtime/core/index.ts';
import { TlsClient } from '../../runtime/tls/client.ts';
import { parseCertificate, TlsServer } from '../../runtime/tls/index.ts';
import { identityFor } from '../../runtime/world/tls-identity.ts';
import { ANY, strict, TlsPair } from '../helpers/tls-pair.ts';

const ROUNDS = 49_000;

/** One to four changed, lost or doubled bytes, or a cut. */
function mutate(bytes: Uint8Array, rng: Rng): Uint8Array {
  const out = [...bytes];
  for (let n = 1 + rng.below(4); n > 0; n--) {
    const at = rng.below(out.length);
    const kind = rng.below(8);
    if (kind < 5) out[at] = rng.below(256);
    else if (kind === 5) out.splice(at, 1 + rng.below(8));
    else if (kind === 6) out.splice(at, 0, out[at] ?? 0, rng.below(256));
    else out.length = at;
  }
  return Uint8Array.from(out);
}

const identity = identityFor(['tls.test']);

/** What the two ends say in one good conversation. */
function recording(): { readonly hello: Uint8Array; readonly flight: Uint8Array; readonly rest: Uint8Array[] } {
  const pair = new TlsPair(identity);
  pair.shakeHands();
  const of = (from: string): Uint8Array[] => pair.sent.filter((part) => part.from === from).map(({ bytes }) => bytes);
  const [hello = new Uint8Array(0), ...rest] = of('client');
  return { hello, flight: of('server')[0] ?? new Uint8Array(0), rest };
}

t.test('servers', async (t) => {
  const rng = new Rng(1);
  const { hello, rest } = recording();
  // A hello that is still good takes a signature: most rounds break it in the head, where that is quickly seen.
  const broken = Uint8Array.from(hello);
  broken[9] = 1;
  for (let i = 0; i < ROUNDS; i++) {
    const server = new TlsServer({ rng, transmit: () => {} }, identity, {});
    if (i % 200 === 0) {
      server.receive(hello);
      for (const part of rest) server.receive(mutate(part, rng));
    } else {
      server.receive(mutate(i % 100 === 1 ? hello : broken, rng));
    }
  }
  t.pass('all of them came back');
});

t.test('clients', async (t) => {
  const rng = new Rng(2);
  const { flight } = recording();
  const strictly = strict();
  for (let i = 0; i < ROUNDS; i++) {
    const client = new TlsClient({ rng, transmit: () => {} }, i % 50 === 0 ? strictly : ANY);
    client.handshake();
    // Mostly the beginning: what comes after it needs arithmetic.
    client.feed(mutate(i % 100 === 0 ? flight : flight.subarray(0, 90 + rng.below(400)), rng));
    for (let n = 0; n < 4 && client.handshake() === 'done'; n++) client.read(100);
  }
  t.pass('all of them came back');
});

t.test('sessions', async (t) => {
  const rng = new Rng(3);
  for (let i = 0; i < 40; i++) {
    const pair = new TlsPair(identity, ANY, i);
    pair.shakeHands();
    for (let n = 0; n < 25; n++) {
      pair.server.write(rng.bytes(rng.below(300)));
      pair.client.write(rng.bytes(rng.below(300)));
      for (const bytes of pair.toServer.splice(0)) pair.server.receive(mutate(bytes, rng));
      for (const bytes of pair.toClient.splice(0)) pair.client.feed(mutate(bytes, rng));
      pair.client.read(1460);
    }
  }
  t.pass('all of them came back');
});

t.test('certificates', async (t) => {
  const rng = new Rng(4);
  const [der = new Uint8Array(0)] = identity.chain;
  let good = 0;
  for (let i = 0; i < 1000; i++) if (parseCertificate(mutate(der, rng)).ok) good++;
  t.ok(good > 0 && good < 1000, `${good} of them still make sense`);
  t.equal(u8(der, 0), 0x30);
});
