/**
 * The station's half of the 4-way handshake (IEEE 802.11-2016 section 12.7.6): answers message 1 with its nonce and a MIC, checks
 * in message 3 that the access point has the same key. A wrong password shows only in the MIC. No group key update later.
 */
import { equalBytes } from '../core/index.ts';
import {
  DESCRIPTOR_RSN,
  DESCRIPTOR_WPA,
  type EapolKey,
  KEY_INFO,
  KEY_VERSION_SHA1_AES,
  type MacAddress,
} from '../wire/index.ts';
import { REASON } from './reasons.ts';
import { derivePtk, hasValidMic, type Ptk, signEapolKey, unwrapKey } from './rsn.ts';

export interface SupplicantOptions {
  readonly pmk: Uint8Array;
  /** Own address and the access point's. */
  readonly mac: MacAddress;
  readonly bssid: MacAddress;
  readonly nonce: Uint8Array;
  /** The security element that the access point shows in its beacons and the station asked for. */
  readonly element: Uint8Array;
}

export type SupplicantAnswer =
  | { readonly kind: 'ignore'; readonly why: string }
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  /** Message 4: the handshake is done. */
  | { readonly kind: 'done'; readonly bytes: Uint8Array }
  | { readonly kind: 'refuse'; readonly reason: number };

const ignore = (why: string): SupplicantAnswer => ({ kind: 'ignore', why });

export class Supplicant {
  readonly #options: SupplicantOptions;
  #ptk: Ptk | undefined;
  #anonce = new Uint8Array(0);
  #replay = -1;

  constructor(options: SupplicantOptions) {
    this.#options = options;
  }

  onKey(key: EapolKey): SupplicantAnswer {
    if ((key.info & (KEY_INFO.PAIRWISE | KEY_INFO.ACK)) !== (KEY_INFO.PAIRWISE | KEY_INFO.ACK))
      return ignore('not for us');
    if (key.replayCounter <= this.#replay) return ignore('replayed');
    return (key.info & KEY_INFO.MIC) === 0 ? this.#onMessage1(key) : this.#onMessage3(key);
  }

  #onMessage1(key: EapolKey): SupplicantAnswer {
    const { pmk, mac, bssid, nonce, element } = this.#options;
    this.#anonce = key.nonce.slice();
    this.#ptk = derivePtk(pmk, [bssid, this.#anonce], [mac, nonce]);
    const info = KEY_INFO.PAIRWISE | KEY_INFO.MIC;
    return { kind: 'reply', bytes: this.#message(this.#ptk, key, info, nonce, element) };
  }

  #onMessage3(key: EapolKey): SupplicantAnswer {
    const ptk = this.#ptk;
    if (ptk === undefined) return ignore('message 3 before 1');
    if (!equalBytes(key.nonce, this.#anonce)) return ignore('another nonce');
    if (!hasValidMic(ptk.kck, key)) return ignore('bad MIC');
    this.#replay = key.replayCounter;
    const data = unwrapKey(ptk.kek, key.data);
    const shown = this.#options.element;
    if (data === undefined || !equalBytes(data.subarray(0, shown.length), shown)) {
      return { kind: 'refuse', reason: REASON.IE_IN_4WAY_DIFFERS };
    }
    const info = KEY_INFO.PAIRWISE | KEY_INFO.MIC | KEY_INFO.SECURE;
    return { kind: 'done', bytes: this.#message(ptk, key, info, new Uint8Array(32), new Uint8Array(0)) };
  }

  #message(ptk: Ptk, asked: EapolKey, info: number, nonce: Uint8Array, data: Uint8Array): Uint8Array {
    return signEapolKey(ptk.kck, {
      version: 1,
      descriptor: asked.descriptor === DESCRIPTOR_WPA ? DESCRIPTOR_WPA : DESCRIPTOR_RSN,
      info: info | KEY_VERSION_SHA1_AES,
      keyLength: 0,
      replayCounter: asked.replayCounter,
      nonce,
      iv: new Uint8Array(16),
      rsc: new Uint8Array(8),
      mic: new Uint8Array(16),
      data,
    });
  }
}
