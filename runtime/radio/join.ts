/**
 * One attempt of a station to join an access point it has found (IEEE 802.11-2016 sections 11.3.4, 11.3.5 and 12.7.6):
 * authentication, association, and where there is a key the 4-way handshake. Ends once, joined or with a reason.
 */
import {
  type Clock,
  invariant,
  type Micros,
  ms,
  type Rng,
  seconds,
  type Timer,
  type Tracer,
  us,
} from '../core/index.ts';
import {
  type AssociationResponse,
  type Authentication,
  CAPABILITY_ESS,
  CAPABILITY_PRIVACY,
  type DataFrame,
  type Elements,
  ETHERTYPE_EAPOL,
  emitIeee80211,
  type Ieee80211Frame,
  type MacAddress,
  parseEapolKey,
} from '../wire/index.ts';
import type { Antenna } from './antenna.ts';
import { REASON, STATUS } from './reasons.ts';
import { derivePmk } from './rsn.ts';
import type { Found } from './scanner.ts';
import { chosenSecurity, RATES, securityBytes } from './security.ts';
import { Supplicant } from './supplicant.ts';
import type { JoinOptions } from './types.ts';

/** A station computes 2 to 6 ms for each answer. */
const THINK_LEAST = 2000;
const THINK_SPREAD = 4000;
/** An unanswered request is repeated; about 0.9 s in all. */
const STEP_TIMEOUT = ms(300);
const STEP_TRIES = 3;
/** Longer than an access point needs to give up by itself (3.1 s), so that its reason is the one reported. */
const HANDSHAKE_TIMEOUT = seconds(5);
/** In beacon intervals: how often a sleeping station listens. The SDK's figure. */
const LISTEN_INTERVAL = 3;

const NONCE_LENGTH = 32;

export type JoinState = 'IDLE' | 'AUTHENTICATING' | 'ASSOCIATING' | 'HANDSHAKE' | 'DONE';

/** IDLE follows from everywhere. */
export const JOIN_TRANSITIONS = {
  IDLE: ['IDLE', 'AUTHENTICATING'],
  AUTHENTICATING: ['IDLE', 'ASSOCIATING'],
  ASSOCIATING: ['IDLE', 'HANDSHAKE', 'DONE'],
  HANDSHAKE: ['IDLE', 'DONE'],
  DONE: ['IDLE'],
} as const satisfies Record<JoinState, readonly JoinState[]>;

export interface JoinEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
  readonly antenna: Antenna;
  onJoined(): void;
  onRefused(reason: number): void;
}

export class JoinAttempt {
  readonly #env: JoinEnv;
  /** Repeats the request under way, or ends the handshake. */
  readonly #step: Timer;
  #state: JoinState = 'IDLE';
  #target: Found | undefined;
  #options: JoinOptions = { ssid: '' };
  #formerAp: MacAddress | undefined;
  #tries = 0;
  #supplicant: Supplicant | undefined;

  constructor(env: JoinEnv) {
    this.#env = env;
    this.#step = env.clock.timer('sta.join', () => this.#onTimeout());
  }

  get state(): JoinState {
    return this.#state;
  }

  /** `formerAp`: the access point of the same network that was lost; makes it a reassociation. */
  start(target: Found, options: JoinOptions, formerAp: MacAddress | undefined): void {
    this.cancel();
    this.#target = target;
    this.#options = options;
    this.#formerAp = formerAp;
    this.#enter('AUTHENTICATING');
  }

  /** Ends the attempt, or forgets its keys, without telling anybody. */
  cancel(): void {
    this.#step.cancel();
    this.#supplicant = undefined;
    this.#target = undefined;
    this.#setState('IDLE');
  }

  /** A frame of the access point's. */
  onFrame(frame: Ieee80211Frame): void {
    switch (frame.type) {
      case 'authentication':
        if (this.#state === 'AUTHENTICATING') this.#onAuthentication(frame);
        break;
      case 'association-response':
      case 'reassociation-response':
        if (this.#state === 'ASSOCIATING') this.#onAssociationResponse(frame);
        break;
      case 'data':
        if (frame.etherType === ETHERTYPE_EAPOL) this.#onEapol(frame);
        break;
      default:
        break;
    }
  }

  #enter(state: 'AUTHENTICATING' | 'ASSOCIATING'): void {
    this.#setState(state);
    this.#tries = 0;
    this.#request(this.#think());
  }

  /** Sends, or repeats, the request of the present state. */
  #request(delay: Micros): void {
    this.#tries++;
    this.#step.arm(us(delay + STEP_TIMEOUT));
    if (this.#state === 'AUTHENTICATING') {
      this.#send({ type: 'authentication', ...this.#header(), algorithm: 0, transaction: 1, status: 0 }, delay);
      return;
    }
    const security = this.#security;
    const request = {
      ...this.#header(),
      capabilities: CAPABILITY_ESS | (security === undefined ? 0 : CAPABILITY_PRIVACY),
      listenInterval: LISTEN_INTERVAL,
      elements: { ssid: this.#options.ssid, ...RATES, ...security },
    };
    const currentAp = this.#formerAp;
    if (currentAp === undefined) this.#send({ type: 'association-request', ...request }, delay);
    else this.#send({ type: 'reassociation-request', ...request, currentAp }, delay);
  }

  #onTimeout(): void {
    if (this.#state === 'HANDSHAKE') this.#refuse(REASON.HANDSHAKE_TIMEOUT);
    else if (this.#tries < STEP_TRIES) this.#request(us(0));
    else this.#refuse(this.#state === 'AUTHENTICATING' ? REASON.AUTH_EXPIRE : REASON.ASSOC_EXPIRE);
  }

  #onAuthentication(frame: Authentication): void {
    if (frame.transaction !== 2) return;
    if (frame.status === STATUS.SUCCESS) this.#enter('ASSOCIATING');
    else this.#refuse(REASON.AUTH_FAIL);
  }

  #onAssociationResponse(frame: AssociationResponse): void {
    if (frame.status !== STATUS.SUCCESS) {
      this.#refuse(frame.status === STATUS.AP_FULL ? REASON.ASSOC_TOOMANY : REASON.ASSOC_FAIL);
      return;
    }
    const security = this.#security;
    if (security === undefined) {
      this.#done();
      return;
    }
    this.#setState('HANDSHAKE');
    this.#step.arm(HANDSHAKE_TIMEOUT);
    const { ssid, password = '' } = this.#options;
    this.#supplicant = new Supplicant({
      pmk: derivePmk(password, ssid),
      mac: this.#env.antenna.mac,
      bssid: frame.bssid,
      nonce: this.#env.rng.bytes(NONCE_LENGTH),
      element: securityBytes(security),
    });
  }

  /** Also after the end: the access point repeats message 3 when message 4 got lost. */
  #onEapol(frame: DataFrame): void {
    const key = parseEapolKey(frame.payload);
    if (!key.ok || this.#supplicant === undefined) return;
    const answer = this.#supplicant.onKey(key.value);
    switch (answer.kind) {
      case 'ignore':
        if (this.#env.trace.on) this.#env.trace.emit('radio/rsn', 'ignored', answer.why);
        break;
      case 'reply':
        this.#sendEapol(answer.bytes, this.#think());
        break;
      case 'done':
        this.#sendEapol(answer.bytes, us(0));
        if (this.#state === 'HANDSHAKE') this.#done();
        break;
      case 'refuse':
        this.#send({ type: 'deauthentication', ...this.#header(), reason: answer.reason }, us(0));
        this.#refuse(answer.reason);
        break;
    }
  }

  /** The security element to ask for: of those shown, when there is a password. */
  get #security(): Pick<Elements, 'rsn' | 'wpa'> | undefined {
    const shown = this.#target?.beacon.elements ?? {};
    const isOpen = shown.rsn === undefined && shown.wpa === undefined;
    return isOpen || (this.#options.password ?? '') === '' ? undefined : chosenSecurity(shown);
  }

  #done(): void {
    this.#step.cancel();
    this.#setState('DONE');
    this.#env.onJoined();
  }

  #refuse(reason: number): void {
    this.cancel();
    this.#env.onRefused(reason);
  }

  #header(): { da: MacAddress; sa: MacAddress; bssid: MacAddress; sequence: number } {
    const bssid = (this.#target as Found).bssid;
    return { da: bssid, sa: this.#env.antenna.mac, bssid, sequence: this.#env.antenna.nextSequence() };
  }

  #send(frame: Ieee80211Frame, delay: Micros): void {
    this.#env.antenna.send(emitIeee80211(frame), delay);
  }

  #sendEapol(payload: Uint8Array, delay: Micros): void {
    this.#send({ type: 'data', direction: 'to-ap', ...this.#header(), etherType: ETHERTYPE_EAPOL, payload }, delay);
  }

  #think(): Micros {
    return us(THINK_LEAST + this.#env.rng.below(THINK_SPREAD));
  }

  #setState(next: JoinState): void {
    const allowed: readonly JoinState[] = JOIN_TRANSITIONS[this.#state];
    invariant(allowed.includes(next), `join: ${this.#state} -> ${next}`);
    if (next !== this.#state && this.#env.trace.on) this.#env.trace.emit('radio/join', next);
    this.#state = next;
  }
}
