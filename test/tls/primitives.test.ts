/** Known answers of the pieces that are the project's own; the libraries have their own tests. */
import t from 'tap';
import { concat, fromBase64, fromLatin1, hex, Rng } from '../../runtime/core/index.ts';
import { aesCcm, aesGcm } from '../../runtime/tls/aead.ts';
import { bitLength, fromBig, modPow, toBig } from '../../runtime/tls/big.ts';
import { Camellia } from '../../runtime/tls/camellia.ts';
import { camelliaCbc, camelliaGcm } from '../../runtime/tls/camellia-modes.ts';
import { aesCbc } from '../../runtime/tls/cbc.ts';
import { DER, der, integer, oid, readDer, readDerList, readOid, sequence } from '../../runtime/tls/der.ts';
import { ephemeralKey, GROUPS, sharedSecret } from '../../runtime/tls/groups.ts';
import { prf } from '../../runtime/tls/hash.ts';
import { parsePem } from '../../runtime/tls/pem.ts';
import { SUITES, suiteName, suiteOf } from '../../runtime/tls/suites.ts';
import { bytes } from '../helpers/bytes.ts';

t.test('the key derivation of TLS 1.2', async (t) => {
  // A vector that made the round on the TLS working group's list (P_SHA256).
  const secret = bytes('9bbe436ba940f017b17652849a71db35');
  const seed = bytes('a0ba9f936cda311827a6f796ffd5198c');
  t.equal(hex(prf('sha256', secret, 'test label', seed, 20)), 'e3f229ba727be17b8d122620557cd453c2aab21d');
});

t.test('Camellia: the examples of RFC 3713 and RFC 5528', async (t) => {
  const block = bytes('0123456789abcdeffedcba9876543210');
  const rows = [
    ['0123456789abcdeffedcba9876543210', '67673138549669730857065648eabe43'],
    ['0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff', '9acc237dff16d76c20ef7c919e3a7509'],
  ] as const;
  for (const [key, cipher] of rows) {
    const camellia = new Camellia(bytes(key));
    t.equal(hex(camellia.encrypt(block)), cipher);
    t.same(camellia.decrypt(bytes(cipher)), block);
  }
});

t.test('AES-CCM: example of NIST SP 800-38C in the form of TLS', async (t) => {
  // Example 3 has a nonce of 12 bytes and a tag of 8.
  const key = bytes('404142434445464748494a4b4c4d4e4f');
  const nonce = bytes('101112131415161718191a1b');
  const additional = Uint8Array.from({ length: 20 }, (_, i) => i);
  const plain = Uint8Array.from({ length: 24 }, (_, i) => 0x20 + i);
  const sealed = 'e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951';
  const ccm = aesCcm(key, 8);
  t.equal(hex(ccm.seal(nonce, additional, plain)), sealed);
  t.same(ccm.open(nonce, additional, bytes(sealed)), plain);
});

t.test('sealed is not open for changes', async (t) => {
  const rng = new Rng(1);
  const nonce = rng.bytes(12);
  for (const aead of [aesGcm(rng.bytes(32)), aesCcm(rng.bytes(16), 16), camelliaGcm(rng.bytes(32))]) {
    for (const length of [0, 1, 16, 100]) {
      const plain = rng.bytes(length);
      const sealed = aead.seal(nonce, fromLatin1('header'), plain);
      t.same(aead.open(nonce, fromLatin1('header'), sealed), plain);
      t.equal(aead.open(nonce, fromLatin1('Header'), sealed), undefined);
      sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
      t.equal(aead.open(nonce, fromLatin1('header'), sealed), undefined);
    }
  }
  const blocks = rng.bytes(64);
  const iv = rng.bytes(16);
  for (const cbc of [aesCbc(rng.bytes(16)), camelliaCbc(rng.bytes(16))])
    t.same(cbc.decrypt(iv, cbc.encrypt(iv, blocks)), blocks);
});

t.test('large numbers', async (t) => {
  t.equal(modPow(4n, 13n, 497n), 445n);
  t.equal(modPow(5n, 0n, 7n), 1n);
  t.equal(modPow(5n, 3n, 1n), 0n);
  const p = 2n ** 521n - 1n;
  t.equal(modPow(3n, p - 1n, p), 1n, 'Fermat');
  t.equal(hex(fromBig(0x1234n, 4)), '00001234');
  t.equal(hex(fromBig(0n)), '00');
  t.equal(toBig(new Uint8Array(0)), 0n);
  t.equal(bitLength(0x100n), 9);
});

t.test('both ends of a curve find the same secret; points beside it are refused', async (t) => {
  const rng = new Rng(1);
  for (const group of GROUPS) {
    const [a, b] = [ephemeralKey(group, rng), ephemeralKey(group, rng)];
    t.same(sharedSecret(group, a.secret, b.point), sharedSecret(group, b.secret, a.point));
    t.equal(sharedSecret(group, a.secret, concat(b.point.slice(0, -1), bytes('00'))), undefined);
    t.equal(sharedSecret(group, a.secret, bytes('00')), undefined);
  }
});

t.test('DER: what is written reads back, what is cut does not', async (t) => {
  const value = sequence(
    integer(bytes('00ff')),
    oid('1.2.840.113549.1.1.11'),
    der(DER.OCTET_STRING, new Uint8Array(300)),
  );
  const node = readDer(value);
  t.equal(node?.raw.length, value.length);
  const [number, id] = readDerList(node?.content ?? new Uint8Array(0)) ?? [];
  t.equal(hex(number?.raw ?? bytes('')), '020200ff');
  t.equal(readOid(id), '1.2.840.113549.1.1.11');
  for (let length = 0; length < value.length; length++) t.equal(readDer(value.subarray(0, length)), undefined);
  t.equal(readDer(bytes('3080')), undefined, 'indefinite length');
});

t.test('PEM and base64', async (t) => {
  const [block] = parsePem(
    'junk\n-----BEGIN X Y-----\nAQID\nBA==\n-----END X Y-----\n-----BEGIN Z-----\n?\n-----END Z-----',
  );
  t.same(block, { label: 'X Y', bytes: bytes('01020304') });
  t.equal(fromBase64('AQI'), undefined);
  t.same(fromBase64('AQ=='), bytes('01'));
});

t.test('suites have the numbers and names of IANA', async (t) => {
  t.equal(SUITES.length, 40);
  t.equal(new Set(SUITES.map(({ id }) => id)).size, 40);
  const name = (id: number): string => suiteName(suiteOf(id) ?? (SUITES[0] as (typeof SUITES)[number]));
  t.equal(name(0xc02b), 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
  t.equal(name(0xc0a3), 'TLS_DHE_RSA_WITH_AES_256_CCM_8');
  t.equal(name(0x0088), 'TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA');
});
