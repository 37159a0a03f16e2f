import t from 'tap';
import { type Micros, ms, seconds, us, VirtualClock } from '../../runtime/core/index.ts';
import { Authenticator } from '../../runtime/radio/authenticator.ts';
import { derivePmk, derivePtk, unwrapKey } from '../../runtime/radio/rsn.ts';
import { Supplicant } from '../../runtime/radio/supplicant.ts';
import { DESCRIPTOR_RSN, type EapolKey, type MacAddress, parseEapolKey } from '../../runtime/wire/index.ts';
import { AP, STA } from '../helpers/air.ts';
import { bytes } from '../helpers/bytes.ts';

const ELEMENT = bytes('3014 0100 000fac04 0100 000fac04 0100 000fac02 0000');
const GROUP_KEY = new Uint8Array(16).fill(0x6e);
const ANONCE = new Uint8Array(32).fill(0xaa);
const SNONCE = new Uint8Array(32).fill(0x55);

/** An authenticator, what it sent and when. */
class Bench {
  readonly clock = new VirtualClock();
  readonly sent: { readonly at: number; readonly key: EapolKey }[] = [];
  readonly told: string[] = [];
  readonly authenticator: Authenticator;

  constructor() {
    const env = {
      clock: this.clock,
      pairwiseMasterKey: () => derivePmk('secret123', 'home'),
      sendKey: (_station: MacAddress, message: Uint8Array, delay: Micros) => {
        const key = parseEapolKey(message);
        if (key.ok) this.sent.push({ at: this.clock.now() + delay, key: key.value });
      },
      onKeysAgreed: () => this.told.push('agreed'),
      onHandshakeFailed: () => this.told.push(`failed ${this.clock.now()}`),
    };
    this.authenticator = new Authenticator(env, {
      bssid: AP,
      station: STA,
      nonce: ANONCE,
      groupKey: GROUP_KEY,
      shownElement: ELEMENT,
      descriptor: DESCRIPTOR_RSN,
    });
  }

  get last(): EapolKey {
    return this.sent.at(-1)?.key as EapolKey;
  }

  answer(supplicant: Supplicant): void {
    const answer = supplicant.onKey(this.last);
    const key = parseEapolKey('bytes' in answer ? answer.bytes : new Uint8Array(0));
    if (key.ok) this.authenticator.onKey(key.value);
  }
}
const supplicant = (password = 'secret123'): Supplicant =>
  new Supplicant({ pmk: derivePmk(password, 'home'), mac: STA, bssid: AP, nonce: SNONCE, element: ELEMENT });

t.test('four messages agree on the keys, and no timer is left', async (t) => {
  const bench = new Bench();
  const station = supplicant();
  bench.authenticator.start(us(0));
  bench.answer(station);
  t.equal(bench.authenticator.state, 'PTKINITNEGOTIATING');
  bench.answer(station);
  t.same([bench.authenticator.state, bench.told, bench.clock.pending()], ['PTKINITDONE', ['agreed'], []]);
});

t.test('message 3 carries the beacon’s element and the group key, encrypted', async (t) => {
  const bench = new Bench();
  bench.authenticator.start(us(0));
  bench.answer(supplicant());
  const { kek } = derivePtk(derivePmk('secret123', 'home'), [AP, ANONCE], [STA, SNONCE]);
  const data = unwrapKey(kek, bench.last.data) ?? new Uint8Array(0);
  t.same(data.subarray(0, 22), ELEMENT);
  t.same(data.subarray(22, 46), bytes(`dd16 000fac01 0100 ${'6e'.repeat(16)}`));
});

t.test('silence: four times message 1, each with a new counter, then it gives up', async (t) => {
  const bench = new Bench();
  bench.authenticator.start(ms(1));
  bench.clock.runUntil(seconds(10));
  t.same(
    bench.sent.map(({ at, key }) => [at, key.replayCounter]),
    [
      [1_000, 1],
      [101_000, 2],
      [1_101_000, 3],
      [2_101_000, 4],
    ],
  );
  t.same([bench.told, bench.authenticator.state], [['failed 3101000'], 'DISCONNECT']);
});

t.test('a wrong password is silence too', async (t) => {
  const bench = new Bench();
  bench.authenticator.start(us(0));
  bench.answer(supplicant('secret124'));
  t.equal(bench.authenticator.state, 'PTKSTART');
  bench.clock.runUntil(seconds(10));
  t.same(bench.told, ['failed 3100000']);
});

t.test('an answer to an earlier try does not count', async (t) => {
  const bench = new Bench();
  bench.authenticator.start(us(0));
  const early = supplicant().onKey(bench.last);
  bench.clock.runUntil(ms(500));
  const key = parseEapolKey('bytes' in early ? early.bytes : new Uint8Array(0));
  if (key.ok) bench.authenticator.onKey(key.value);
  t.equal(bench.authenticator.state, 'PTKSTART');
});

t.test('message 4 counts with the right MIC only', async (t) => {
  const bench = new Bench();
  const station = supplicant();
  bench.authenticator.start(us(0));
  bench.answer(station);
  const answer = station.onKey(bench.last);
  const key = parseEapolKey('bytes' in answer ? answer.bytes : new Uint8Array(0));
  if (!key.ok) throw new Error(key.error);
  bench.authenticator.onKey({ ...key.value, mic: new Uint8Array(16) });
  t.same(bench.told, []);
  bench.authenticator.onKey(key.value);
  t.same(bench.told, ['agreed']);
});

t.test('stopped, it is silent', async (t) => {
  const bench = new Bench();
  bench.authenticator.start(us(0));
  bench.authenticator.stop();
  bench.authenticator.stop();
  bench.answer(supplicant());
  t.same([bench.clock.pending(), bench.told, bench.sent.length], [[], [], 1]);
});
