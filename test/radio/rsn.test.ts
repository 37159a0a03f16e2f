import t from 'tap';
import { equalBytes, fromLatin1, hex } from '../../runtime/core/index.ts';
import {
  derivePmk,
  derivePtk,
  hasValidMic,
  prf,
  signEapolKey,
  unwrapKey,
  wrapKey,
  wrapKeyData,
} from '../../runtime/radio/rsn.ts';
import { DESCRIPTOR_RSN, type EapolKey, parseEapolKey } from '../../runtime/wire/index.ts';
import { AP, STA } from '../helpers/air.ts';
import { bytes } from '../helpers/bytes.ts';

t.test('the passphrase becomes the key of the standard’s examples (IEEE 802.11-2016 J.4.2)', async (t) => {
  const rows = [
    ['password', 'IEEE', 'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e'],
    ['ThisIsAPassword', 'ThisIsASSID', '0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af'],
    ['a'.repeat(32), 'Z'.repeat(32), 'becb93866bb8c3832cb777c2f559807c8c59afcb6eae734885001300a981cc62'],
  ] as const;
  for (const [passphrase, ssid, key] of rows) t.equal(hex(derivePmk(passphrase, ssid)), key);
});

t.test('64 hexadecimal digits are the key itself', async (t) => {
  const key = '0123456789abcdef'.repeat(4);
  t.equal(hex(derivePmk(key, 'any')), key);
});

t.test('the memo tells passphrase and SSID apart where they touch', async (t) => {
  t.not(hex(derivePmk('passwordA', 'B')), hex(derivePmk('password', 'AB')));
});

t.test('the pseudo-random function gives the standard’s first example (J.3.2)', async (t) => {
  const out = prf(new Uint8Array(20).fill(0x0b), 'prefix', fromLatin1('Hi There'), 64);
  t.equal(
    hex(out),
    'bcd4c650b30b9684951829e0d75f9d54b862175ed9f00606e17d8da35402ffee' +
      '75df78c3d31e0f889f012120c0862beb67753e7439ae242edb8373698356cf5a',
  );
});

t.test('both ends derive the same pairwise key, whoever has the larger address or nonce', async (t) => {
  const pmk = derivePmk('password', 'IEEE');
  const [small, large] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  for (const [a, b] of [
    [small, large],
    [large, small],
  ] as const) {
    t.same(derivePtk(pmk, [AP, a], [STA, b]), derivePtk(pmk, [STA, b], [AP, a]));
  }
});

t.test('AES key wrap gives RFC 3394’s first example, and unwraps it', async (t) => {
  const kek = bytes('000102030405060708090a0b0c0d0e0f');
  const plain = bytes('00112233445566778899aabbccddeeff');
  const wrapped = wrapKey(kek, plain);
  t.equal(hex(wrapped), '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5');
  t.same(unwrapKey(kek, wrapped), plain);
});

t.test('wrapped key data cannot be read with another key or of a broken length', async (t) => {
  const wrapped = wrapKeyData(new Uint8Array(16).fill(1), bytes('dd0100'));
  t.equal(hex(unwrapKey(new Uint8Array(16).fill(1), wrapped) ?? new Uint8Array(0)), `dd0100dd${'00'.repeat(12)}`);
  t.equal(unwrapKey(new Uint8Array(16).fill(2), wrapped), undefined);
  for (const length of [0, 8, 15, 23]) t.equal(unwrapKey(new Uint8Array(16), new Uint8Array(length)), undefined);
});

t.test('a MIC fits its key and its frame only', async (t) => {
  const key: EapolKey = {
    version: 2,
    descriptor: DESCRIPTOR_RSN,
    info: 0x010a,
    keyLength: 0,
    replayCounter: 7,
    nonce: new Uint8Array(32).fill(3),
    iv: new Uint8Array(16),
    rsc: new Uint8Array(8),
    mic: new Uint8Array(16),
    data: bytes('3000'),
  };
  const kck = new Uint8Array(16).fill(9);
  const parsed = parseEapolKey(signEapolKey(kck, key));
  if (!parsed.ok) throw new Error(parsed.error);
  t.ok(hasValidMic(kck, parsed.value));
  t.notOk(hasValidMic(new Uint8Array(16), parsed.value));
  t.notOk(hasValidMic(kck, { ...parsed.value, replayCounter: 8 }));
  t.notOk(equalBytes(parsed.value.mic, key.mic));
});
