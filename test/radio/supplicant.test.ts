import t from 'tap';
import { REASON } from '../../runtime/radio/index.ts';
import { derivePmk, derivePtk, signEapolKey, wrapKeyData } from '../../runtime/radio/rsn.ts';
import { Supplicant, type SupplicantAnswer } from '../../runtime/radio/supplicant.ts';
import { DESCRIPTOR_RSN, type EapolKey, KEY_INFO, parseEapolKey } from '../../runtime/wire/index.ts';
import { AP, STA } from '../helpers/air.ts';
import { bytes } from '../helpers/bytes.ts';

const PMK = derivePmk('secret123', 'home');
const ANONCE = new Uint8Array(32).fill(0xaa);
const SNONCE = new Uint8Array(32).fill(0x55);
const ELEMENT = bytes('3014 0100 000fac04 0100 000fac04 0100 000fac02 0000');
const PTK = derivePtk(PMK, [AP, ANONCE], [STA, SNONCE]);
const { PAIRWISE, ACK, MIC, INSTALL, SECURE, ENCRYPTED } = KEY_INFO;

const make = (): Supplicant => new Supplicant({ pmk: PMK, mac: STA, bssid: AP, nonce: SNONCE, element: ELEMENT });
const key = (over: Partial<EapolKey>): EapolKey => ({
  version: 2,
  descriptor: DESCRIPTOR_RSN,
  info: PAIRWISE | ACK | 2,
  keyLength: 16,
  replayCounter: 1,
  nonce: ANONCE,
  iv: new Uint8Array(16),
  rsc: new Uint8Array(8),
  mic: new Uint8Array(16),
  data: new Uint8Array(0),
  ...over,
});
const parsed = (message: Uint8Array): EapolKey => {
  const result = parseEapolKey(message);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const message3 = (over: Partial<EapolKey> = {}, shown = ELEMENT, kck = PTK.kck): EapolKey => {
  const info = PAIRWISE | ACK | MIC | INSTALL | SECURE | ENCRYPTED | 2;
  return parsed(signEapolKey(kck, key({ info, replayCounter: 2, data: wrapKeyData(PTK.kek, shown), ...over })));
};
const bytesOf = (answer: SupplicantAnswer): EapolKey => {
  if (answer.kind !== 'reply' && answer.kind !== 'done') throw new Error(answer.kind);
  return parsed(answer.bytes);
};

t.test('message 1 is answered with our nonce, our element and a MIC', async (t) => {
  const reply = bytesOf(make().onKey(key({})));
  t.same(reply.nonce, SNONCE);
  t.same(reply.data, ELEMENT);
  t.same([reply.replayCounter, reply.info], [1, PAIRWISE | MIC | 2]);
  t.same(signEapolKey(PTK.kck, reply).subarray(81, 97), reply.mic);
});

t.test('message 3 with the right MIC ends the handshake, and again when it is repeated', async (t) => {
  const supplicant = make();
  supplicant.onKey(key({}));
  const answer = supplicant.onKey(message3());
  t.equal(answer.kind, 'done');
  t.same([bytesOf(answer).info, bytesOf(answer).replayCounter], [PAIRWISE | MIC | SECURE | 2, 2]);
  t.equal(supplicant.onKey(message3()).kind, 'ignore', 'the same counter is a replay');
  t.equal(supplicant.onKey(message3({ replayCounter: 3 })).kind, 'done');
});

t.test('what does not fit is ignored, and says why', async (t) => {
  const supplicant = make();
  const why = (answer: SupplicantAnswer): string => (answer.kind === 'ignore' ? answer.why : answer.kind);
  t.equal(why(supplicant.onKey(message3())), 'message 3 before 1');
  supplicant.onKey(key({}));
  t.equal(why(supplicant.onKey(key({ info: PAIRWISE | MIC | 2 }))), 'not for us');
  t.equal(why(supplicant.onKey(message3({}, ELEMENT, new Uint8Array(16)))), 'bad MIC');
  t.equal(why(supplicant.onKey(message3({ nonce: SNONCE }))), 'another nonce');
  t.equal(why(supplicant.onKey(message3())), 'done');
});

t.test('an element that differs from the beacon’s is refused', async (t) => {
  const supplicant = make();
  supplicant.onKey(key({}));
  const other = ELEMENT.slice();
  other[7] = 2;
  t.same(supplicant.onKey(message3({}, other)), { kind: 'refuse', reason: REASON.IE_IN_4WAY_DIFFERS });
});
