/**
 * The access point's half of the 4-way handshake (IEEE 802.11-2016 section 12.7.6) with one station. A message 2 with a wrong MIC
 * is dropped in silence and message 1 sent again, until the tries are used up: that is how a wrong password ends.
 * Approximation: a WPA (not WPA2) network uses the same messages under its own descriptor type.
 */
import { type Clock, concat, invariant, type Micros, ms, type Timer, us } from '../core/index.ts';
import {
  type DESCRIPTOR_RSN,
  type DESCRIPTOR_WPA,
  type EapolKey,
  emitEapolKey,
  KEY_INFO,
  KEY_VERSION_SHA1_AES,
  type MacAddress,
} from '../wire/index.ts';
import { derivePtk, hasValidMic, type Ptk, signEapolKey, wrapKeyData } from './rsn.ts';

/** As hostapd (wpa_auth.c): four tries of a message, the first repeated after 100 ms, the others after 1 s. */
const TRIES = 4;
const FIRST_TIMEOUT = ms(100);
const NEXT_TIMEOUT = ms(1000);

const CCMP_KEY_LENGTH = 16;
/** Key data element of a group key (12.7.2, table 12-6): vendor element, length, 00-0F-AC type 1, key number 1, reserved. */
const GTK_HEAD = Uint8Array.of(0xdd, 22, 0x00, 0x0f, 0xac, 1, 1, 0);

export interface AuthenticatorEnv {
  readonly clock: Clock;
  /** Of the network; asked for when the first answer comes, because deriving it takes long. */
  pairwiseMasterKey(): Uint8Array;
  sendKey(station: MacAddress, message: Uint8Array, delay: Micros): void;
  onKeysAgreed(station: MacAddress): void;
  /** No answer, or none with a right MIC. */
  onHandshakeFailed(station: MacAddress): void;
}

export interface AuthenticatorOptions {
  readonly bssid: MacAddress;
  readonly station: MacAddress;
  readonly nonce: Uint8Array;
  readonly groupKey: Uint8Array;
  /** The security element of the beacons. */
  readonly shownElement: Uint8Array;
  readonly descriptor: typeof DESCRIPTOR_RSN | typeof DESCRIPTOR_WPA;
}

/** The standard's names (figure 12-48), without those of EAP. */
export type AuthenticatorState = 'INITIALIZE' | 'PTKSTART' | 'PTKINITNEGOTIATING' | 'PTKINITDONE' | 'DISCONNECT';

export const AUTHENTICATOR_TRANSITIONS = {
  INITIALIZE: ['PTKSTART', 'DISCONNECT'],
  PTKSTART: ['PTKINITNEGOTIATING', 'DISCONNECT'],
  PTKINITNEGOTIATING: ['PTKINITDONE', 'DISCONNECT'],
  PTKINITDONE: ['DISCONNECT'],
  DISCONNECT: ['DISCONNECT'],
} as const satisfies Record<AuthenticatorState, readonly AuthenticatorState[]>;

export class Authenticator {
  readonly #env: AuthenticatorEnv;
  readonly #options: AuthenticatorOptions;
  readonly #timer: Timer;
  #state: AuthenticatorState = 'INITIALIZE';
  #tries = 0;
  #replay = 0;
  #ptk: Ptk | undefined;

  constructor(env: AuthenticatorEnv, options: AuthenticatorOptions) {
    this.#env = env;
    this.#options = options;
    this.#timer = env.clock.timer('ap.eapol', () => this.#onTimeout());
  }

  get state(): AuthenticatorState {
    return this.#state;
  }

  /** Sends message 1 after `delay`. */
  start(delay: Micros): void {
    this.#setState('PTKSTART');
    this.#tries = 0;
    this.#sendMessage(delay);
  }

  /** The station has gone. */
  stop(): void {
    this.#timer.cancel();
    this.#setState('DISCONNECT');
  }

  onKey(key: EapolKey): void {
    if ((key.info & KEY_INFO.ACK) !== 0 || (key.info & KEY_INFO.MIC) === 0) return;
    if (key.replayCounter !== this.#replay) return;
    if (this.#state === 'PTKSTART') this.#onMessage2(key);
    else if (this.#state === 'PTKINITNEGOTIATING') this.#onMessage4(key);
  }

  #onMessage2(key: EapolKey): void {
    const { bssid, nonce, station } = this.#options;
    const ptk = derivePtk(this.#env.pairwiseMasterKey(), [bssid, nonce], [station, key.nonce]);
    if (!hasValidMic(ptk.kck, key)) return;
    this.#ptk = ptk;
    this.#setState('PTKINITNEGOTIATING');
    this.#tries = 0;
    this.#sendMessage(us(0));
  }

  #onMessage4(key: EapolKey): void {
    if (this.#ptk === undefined || !hasValidMic(this.#ptk.kck, key)) return;
    this.#timer.cancel();
    this.#setState('PTKINITDONE');
    this.#env.onKeysAgreed(this.#options.station);
  }

  #onTimeout(): void {
    if (this.#tries < TRIES) {
      this.#sendMessage(us(0));
      return;
    }
    this.#setState('DISCONNECT');
    this.#env.onHandshakeFailed(this.#options.station);
  }

  /** Message 1 or 3, whichever is due, with a fresh replay counter. */
  #sendMessage(delay: Micros): void {
    this.#tries++;
    this.#replay++;
    this.#timer.arm(us(delay + (this.#tries === 1 ? FIRST_TIMEOUT : NEXT_TIMEOUT)));
    const ptk = this.#state === 'PTKINITNEGOTIATING' ? this.#ptk : undefined;
    this.#env.sendKey(this.#options.station, ptk === undefined ? this.#message1() : this.#message3(ptk), delay);
  }

  #message1(): Uint8Array {
    return emitEapolKey(this.#key(KEY_INFO.PAIRWISE | KEY_INFO.ACK, new Uint8Array(0)));
  }

  #message3(ptk: Ptk): Uint8Array {
    const { PAIRWISE, INSTALL, ACK, MIC, SECURE, ENCRYPTED } = KEY_INFO;
    const { shownElement, groupKey } = this.#options;
    const data = wrapKeyData(ptk.kek, concat(shownElement, GTK_HEAD, groupKey));
    return signEapolKey(ptk.kck, this.#key(PAIRWISE | INSTALL | ACK | MIC | SECURE | ENCRYPTED, data));
  }

  #key(info: number, data: Uint8Array): EapolKey {
    return {
      version: 2,
      descriptor: this.#options.descriptor,
      info: info | KEY_VERSION_SHA1_AES,
      keyLength: CCMP_KEY_LENGTH,
      replayCounter: this.#replay,
      nonce: this.#options.nonce,
      iv: new Uint8Array(16),
      rsc: new Uint8Array(8),
      mic: new Uint8Array(16),
      data,
    };
  }

  #setState(next: AuthenticatorState): void {
    const allowed: readonly AuthenticatorState[] = AUTHENTICATOR_TRANSITIONS[this.#state];
    invariant(allowed.includes(next), `handshake: ${this.#state} -> ${next}`);
    this.#state = next;
  }
}
