/** The firmware's client against the world's server; against other programs in test/outside/tls.test.ts. */
import t from 'tap';
import { fromLatin1, Rng, toLatin1 } from '../../runtime/core/index.ts';
import { MBEDTLS_ERR, SUITES, selfSigned, suiteName } from '../../runtime/tls/index.ts';
import { keyBlock, protections } from '../../runtime/tls/key-schedule.ts';
import { emitTlsRecord, TLS_1_2, TLS_ALERT, TLS_RECORD } from '../../runtime/wire/index.ts';
import { authorityCertificate, identityFor } from '../../runtime/world/tls-identity.ts';
import { ANY, certificateOf, strict, TlsPair } from '../helpers/tls-pair.ts';

t.test('every suite that is offered carries data both ways', async (t) => {
  for (const suite of SUITES) {
    const identity = identityFor(['tls.test'], suite.exchange === 'ECDHE-ECDSA' ? 'good' : 'rsa');
    const pair = new TlsPair({ ...identity, suites: [suite.id] }, strict());
    t.equal(pair.shakeHands(), 'done', suiteName(suite));
    t.equal(pair.client.suite, suite);
    pair.client.write(fromLatin1('a question'));
    pair.deliver();
    pair.server.write(fromLatin1('x'.repeat(5000)));
    pair.deliver();
    t.equal(pair.read().length, 5000);
    t.same(pair.told, ['open', 'data a question']);
  }
});

t.test('who is not trusted is refused, by the numbers and alerts of mbed TLS', async (t) => {
  for (const kind of ['self-signed', 'unknown-ca'] as const) {
    const pair = new TlsPair(identityFor(['tls.test'], kind), strict());
    t.equal(pair.shakeHands(), MBEDTLS_ERR.X509_CERT_VERIFY_FAILED, kind);
    t.same(pair.told, ['fail alert unknown_ca']);
    t.equal(new TlsPair(identityFor(['tls.test'], kind)).shakeHands(), 'done', `${kind}, unverified`);
  }
});

t.test('this build has no clock and sets no name: dates and names do not count', async (t) => {
  for (const kind of ['expired', 'wrong-name', 'rsa', 'good'] as const)
    t.equal(new TlsPair(identityFor(['tls.test'], kind), strict()).shakeHands(), 'done', kind);
});

t.test('without any certificate to trust nobody is trusted', async (t) => {
  const pair = new TlsPair(identityFor(['tls.test']), { ...ANY, trusted: [] });
  t.equal(pair.shakeHands(), MBEDTLS_ERR.X509_CERT_VERIFY_FAILED);
});

t.test('a server that cannot prove its key is told so', async (t) => {
  const ec = new TlsPair({ ...identityFor(['tls.test']), wrongProof: true });
  t.equal(ec.shakeHands(), MBEDTLS_ERR.ECP_VERIFY_FAILED);
  t.same(ec.told, ['fail alert decrypt_error']);
  const rsa = new TlsPair({ ...identityFor(['tls.test'], 'rsa'), wrongProof: true });
  t.equal(rsa.shakeHands(), MBEDTLS_ERR.RSA_VERIFY_FAILED);
});

t.test('a server that asks gets the certificate of the client, or none', async (t) => {
  const own = identityFor(['client.test']);
  const clientsFrom = [authorityCertificate()];
  const known = new TlsPair({ ...identityFor(['tls.test']), clientsFrom }, { trusted: undefined, own });
  t.equal(known.shakeHands(), 'done');
  t.same(known.server.clientCertificates[0]?.names, ['client.test']);
  const rsa = new TlsPair(
    { ...identityFor(['tls.test']), clientsFrom },
    { trusted: undefined, own: identityFor(['client.test'], 'rsa') },
  );
  t.equal(rsa.shakeHands(), 'done');
  const nameless = new TlsPair({ ...identityFor(['tls.test']), clientsFrom });
  t.equal(nameless.shakeHands(), MBEDTLS_ERR.SSL_FATAL_ALERT_MESSAGE);
  t.same(nameless.told, ['fail the client has no certificate']);
  const stranger = new TlsPair(
    { ...identityFor(['tls.test']), clientsFrom },
    { trusted: undefined, own: identityFor(['client.test'], 'unknown-ca') },
  );
  stranger.shakeHands();
  t.same(stranger.told, ["fail the client's certificate is not trusted"]);
});

t.test('a chain of more than 4 KiB is too much: in one record or in several', async (t) => {
  const identity = identityFor(['tls.test'], 'rsa');
  const request = { serial: 3, subject: 'x'.repeat(900), notBefore: '20230101000000Z', notAfter: '20240101000000Z' };
  const filler = selfSigned({ ...request, names: ['y'.repeat(900)], isCa: false }, identity.key);
  const pair = new TlsPair({ ...identity, chain: [...identity.chain, filler, filler] });
  // The server keeps to the fragments of 4096 bytes that it was asked for.
  t.equal(pair.shakeHands(), MBEDTLS_ERR.SSL_FEATURE_UNAVAILABLE);
  const stubborn = new TlsPair();
  stubborn.client.handshake();
  stubborn.client.feed(emitTlsRecord({ type: 22, version: TLS_1_2, payload: new Uint8Array(4097).fill(2) }));
  t.equal(stubborn.client.handshake(), MBEDTLS_ERR.SSL_INVALID_RECORD);
});

t.test('what a server may answer instead of a handshake', async (t) => {
  const rows: readonly (readonly [string, Uint8Array, number])[] = [
    ['a fatal alert', record(TLS_RECORD.ALERT, [2, TLS_ALERT.PROTOCOL_VERSION]), MBEDTLS_ERR.SSL_FATAL_ALERT_MESSAGE],
    ['close_notify', record(TLS_RECORD.ALERT, [1, 0]), MBEDTLS_ERR.SSL_PEER_CLOSE_NOTIFY],
    ['plain text', fromLatin1('HTTP/1.1 400 Bad Request\r\n'), MBEDTLS_ERR.SSL_INVALID_RECORD],
    ['data', record(TLS_RECORD.DATA, [1]), MBEDTLS_ERR.SSL_UNEXPECTED_MESSAGE],
    [
      'TLS 1.1',
      record(TLS_RECORD.HANDSHAKE, [2, 0, 0, 38, 3, 2, ...new Array(36).fill(0)]),
      MBEDTLS_ERR.SSL_BAD_HS_PROTOCOL_VERSION,
    ],
    [
      'a suite that was not offered',
      record(22, [2, 0, 0, 38, 3, 3, ...new Array(33).fill(0), 0, 0x2f, 0]),
      MBEDTLS_ERR.SSL_BAD_INPUT_DATA,
    ],
    ['an empty record', record(TLS_RECORD.HANDSHAKE, []), MBEDTLS_ERR.SSL_INVALID_RECORD],
  ];
  for (const [what, bytes, error] of rows) {
    const pair = new TlsPair();
    pair.client.handshake();
    pair.client.feed(bytes);
    t.equal(pair.client.handshake(), error, what);
  }
});

t.test('a Finished that says something else ends the handshake, on either side', async (t) => {
  const pair = new TlsPair();
  pair.client.handshake();
  pair.deliver();
  pair.client.handshake();
  // The server's last words, with its keys, but made up.
  const first = pair.sent[0]?.bytes ?? new Uint8Array(0);
  const randoms = { client: first.subarray(11, 43), server: pair.sent[1]?.bytes.subarray(11, 43) ?? first };
  const suite = SUITES[0] as (typeof SUITES)[number];
  const keys = keyBlock(suite, pair.secrets[0]?.master ?? first, randoms);
  const { server } = protections(suite, keys, false, new Rng(1));
  pair.client.feed(record(TLS_RECORD.CHANGE_CIPHER_SPEC, [1]));
  pair.client.feed(
    record(TLS_RECORD.HANDSHAKE, [...server.seal(22, Uint8Array.from([20, 0, 0, 12, ...new Array(12).fill(1)]))]),
  );
  t.equal(pair.client.handshake(), MBEDTLS_ERR.SSL_BAD_HS_FINISHED);

  const meddled = new TlsPair();
  meddled.client.handshake();
  // Somebody on the way takes the extended master secret out of the hello: the keys still fit, the transcripts do not.
  const [sent = first] = meddled.toServer.splice(0);
  const at = toLatin1(sent).indexOf('\x00\x17\x00\x00\x00\x23');
  const without = Uint8Array.from([...sent.subarray(0, at), ...sent.subarray(at + 4)]);
  for (const [place, less] of [
    [4, 4],
    [8, 4],
    [without.length - 58, 4],
  ] as const)
    without[place] = (without[place] ?? 0) - less;
  meddled.server.receive(without);
  meddled.shakeHands();
  t.same(meddled.told, ['fail wrong Finished']);
});

t.test('after the handshake', async (t) => {
  const pair = new TlsPair();
  pair.shakeHands();
  t.equal(pair.client.read(10), 'want');
  pair.server.write(fromLatin1('abcdef'));
  pair.deliver();
  t.same(pair.client.read(4), fromLatin1('abcd'));
  t.ok(pair.client.hasUnread);
  t.same(pair.client.read(4), fromLatin1('ef'));
  pair.client.closeNotify();
  pair.deliver();
  t.same(pair.told, ['open', 'end']);
  t.equal(pair.client.read(10), MBEDTLS_ERR.SSL_PEER_CLOSE_NOTIFY);
  pair.client.feed(record(TLS_RECORD.DATA, new Array(30).fill(7)));
  t.equal(pair.client.read(10), MBEDTLS_ERR.SSL_INVALID_MAC);
});

t.test('same seed, same bytes; another seed, others', async (t) => {
  const run = (seed: number): string => {
    const pair = new TlsPair(identityFor(['tls.test']), ANY, seed);
    pair.shakeHands();
    return pair.sent.map(({ bytes }) => toLatin1(bytes)).join('');
  };
  t.equal(run(7), run(7));
  t.not(run(7), run(8));
});

t.test('certificates of the world can be read back', async (t) => {
  const [der] = identityFor(['a.test', 'b.test']).chain;
  t.match(certificateOf(der as Uint8Array), { names: ['a.test', 'b.test'], isCa: false, version: 3 });
});

function record(type: number, payload: readonly number[]): Uint8Array {
  return emitTlsRecord({ type, version: TLS_1_2, payload: Uint8Array.from(payload) });
}
