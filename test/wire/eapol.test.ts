import fc from 'fast-check';
import t from 'tap';
import { concat, put16 } from '../../runtime/core/index.ts';
import {
  DESCRIPTOR_RSN,
  DESCRIPTOR_WPA,
  EAPOL_KEY_HLEN,
  type EapolKey,
  eapolKeyLength,
  emitEapolKey,
  KEY_INFO,
  KEY_VERSION_SHA1_AES,
  parseEapolKey,
} from '../../runtime/wire/eapol.ts';
import { arbByte, arbBytes, arbU16, record } from '../helpers/arb.ts';
import { bytes } from '../helpers/bytes.ts';
import { codecLaws } from '../helpers/codec-laws.ts';

const exactly = (length: number): fc.Arbitrary<Uint8Array> => arbBytes(length, length);

const MESSAGE_1 = concat(
  bytes(`
    02 03 005f                  | 802.1X-2004, key, 95 bytes follow
    02 008a 0010                | RSN; version 2, pairwise, acknowledge; keys of 16 bytes
    0000000000000001            | replay counter
  `),
  new Uint8Array(32).fill(0x11),
  new Uint8Array(16 + 8 + 8 + 16),
  bytes('0000 | no key data'),
);
const message1: EapolKey = {
  version: 2,
  descriptor: DESCRIPTOR_RSN,
  info: KEY_INFO.PAIRWISE | KEY_INFO.ACK | KEY_VERSION_SHA1_AES,
  keyLength: 16,
  replayCounter: 1,
  nonce: new Uint8Array(32).fill(0x11),
  iv: new Uint8Array(16),
  rsc: new Uint8Array(8),
  mic: new Uint8Array(16),
  data: new Uint8Array(0),
};

codecLaws(
  t,
  {
    parse: parseEapolKey,
    emit: emitEapolKey,
    length: eapolKeyLength,
    reasons: ['truncated', 'not-a-key', 'bad-length'],
    shortest: EAPOL_KEY_HLEN,
  },
  record<EapolKey>({
    version: arbByte,
    descriptor: fc.constantFrom(DESCRIPTOR_RSN, DESCRIPTOR_WPA),
    info: arbU16,
    keyLength: arbU16,
    replayCounter: fc.maxSafeNat(),
    nonce: exactly(32),
    iv: exactly(16),
    rsc: exactly(8),
    mic: exactly(16),
    data: arbBytes(400),
  }),
  [{ what: 'message 1 of a handshake', bytes: MESSAGE_1, value: message1 }],
);

t.test('padding behind the stated length is no key data', async (t) => {
  t.same(parseEapolKey(concat(MESSAGE_1, new Uint8Array(9))), { ok: true, value: message1 });
});

t.test('what is wrong is said by name', async (t) => {
  const changed = (at: number, value: number) => {
    const message = MESSAGE_1.slice();
    put16(message, at, value);
    return parseEapolKey(message);
  };
  t.same(changed(0, 0x0201), { ok: false, error: 'not-a-key' }, 'EAPOL-Start');
  t.same(changed(4, 0x0100), { ok: false, error: 'not-a-key' }, 'an RC4 key');
  t.same(changed(2, 96), { ok: false, error: 'truncated' });
  t.same(changed(97, 1), { ok: false, error: 'bad-length' });
});
