/**
 * The stations of one access point: who has authenticated, associated, agreed on keys (IEEE 802.11-2016 section 11.3), from the
 * access point's side. Costs no clock events while all stations are there. Not here: power save queues, roaming between
 * access points, and the group key handshake.
 */
import { type Clock, type Micros, type Rng, seconds, type Timer, type Tracer, us } from '../core/index.ts';
import {
  type AssociationRequest,
  type Authentication,
  DESCRIPTOR_RSN,
  DESCRIPTOR_WPA,
  ETHERTYPE_EAPOL,
  emitIeee80211,
  formatMac,
  type Ieee80211Frame,
  type MacAddress,
  parseEapolKey,
  type ReassociationRequest,
} from '../wire/index.ts';
import type { Antenna } from './antenna.ts';
import { Authenticator, type AuthenticatorEnv } from './authenticator.ts';
import { type AuthMode, REASON, STATUS } from './reasons.ts';
import { derivePmk } from './rsn.ts';
import { capabilitiesOf, chosenSecurity, RATES, securityBytes, securityOf } from './security.ts';

/** An access point answers within 1 to 3 ms. */
const THINK_LEAST = 1000;
const THINK_SPREAD = 2000;
/** Between the association response and message 1. */
const KEY_DELAY = us(1000);
/** hostapd's ap_max_inactivity: a station that vanished without a word is forgotten then. */
const INACTIVITY = seconds(300);

const OPEN_SYSTEM = 0;
const KEY_LENGTH = 16;
const NONCE_LENGTH = 32;

/** Of the network as it is now. */
export interface ClientsSettings {
  readonly authMode: AuthMode;
  readonly maxStations: number;
  /** Both for the key; '' in an open network. */
  readonly ssid: string;
  readonly password: string;
}

export interface ClientsEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
  readonly antenna: Antenna;
  settings(): ClientsSettings;
  answersTo(ssid: string): boolean;
  isInRange(station: MacAddress): boolean;
  onJoined(client: Client): void;
  onLeft(client: Client, reason: number): void;
}

/** One station. */
export class Client {
  readonly mac: MacAddress;
  /** Association number, 1 and up; 0 while only authenticated. */
  aid = 0;
  /** May send and receive data. */
  authorized = false;
  /** Its owner has been told. */
  announced = false;
  authenticator: Authenticator | undefined;
  readonly inactivity: Timer;

  constructor(mac: MacAddress, clock: Clock, onInactive: (client: Client) => void) {
    this.mac = mac;
    this.inactivity = clock.timer('ap.inactivity', () => onInactive(this));
  }
}

export class Clients implements AuthenticatorEnv {
  readonly #env: ClientsEnv;
  readonly #clients = new Map<MacAddress, Client>();
  /** Association numbers in use. */
  readonly #aids = new Set<number>();
  #groupKey: Uint8Array | undefined;

  constructor(env: ClientsEnv) {
    this.#env = env;
  }

  get clock(): Clock {
    return this.#env.clock;
  }

  /** Associated stations in order of authentication. */
  get associated(): Client[] {
    return [...this.#clients.values()].filter((client) => client.aid > 0);
  }

  /** Whether anybody but `sender` could take a group-addressed frame. */
  hasListener(sender: MacAddress): boolean {
    for (const client of this.#clients.values()) if (client.authorized && client.mac !== sender) return true;
    return false;
  }

  isAssociated(mac: MacAddress): boolean {
    return (this.#clients.get(mac)?.aid ?? 0) > 0;
  }

  isAuthorized(mac: MacAddress): boolean {
    return this.#clients.get(mac)?.authorized === true;
  }

  /** Forgets everybody, silently; new stations get another group key. */
  clear(): void {
    for (const client of this.#clients.values()) this.#stop(client);
    this.#clients.clear();
    this.#aids.clear();
    this.#groupKey = undefined;
  }

  /** Sends a station away; false when it is not associated. */
  deauth(mac: MacAddress, reason: number): boolean {
    const client = this.#clients.get(mac);
    if (client === undefined || client.aid === 0) return false;
    this.#sendDeauth(mac, reason);
    this.#remove(client, reason);
    return true;
  }

  /** Something moved, came or went: who is out of range now has its time to come back. */
  onSurroundings(): void {
    for (const client of this.#clients.values()) {
      if (this.#env.isInRange(client.mac)) client.inactivity.cancel();
      else if (client.aid === 0) this.#remove(client, REASON.AUTH_EXPIRE);
      else if (!client.inactivity.armed) client.inactivity.arm(INACTIVITY);
    }
  }

  /** Management, EAPOL and null frames to this access point, and data frames of strangers. */
  onFrame(frame: Ieee80211Frame): void {
    const client = this.#clients.get(frame.sa);
    switch (frame.type) {
      case 'authentication':
        this.#onAuthentication(frame);
        break;
      case 'association-request':
      case 'reassociation-request':
        this.#onAssociationRequest(frame, client);
        break;
      case 'disassociation':
      case 'deauthentication':
        if (client !== undefined) this.#remove(client, frame.reason);
        break;
      case 'data':
      case 'null':
        if (client === undefined || client.aid === 0) this.#sendDeauth(frame.sa, REASON.NOT_ASSOCED);
        else if (frame.type === 'data' && frame.etherType === ETHERTYPE_EAPOL) {
          const key = parseEapolKey(frame.payload);
          if (key.ok) client.authenticator?.onKey(key.value);
        }
        break;
      default:
        break;
    }
  }

  #onAuthentication(frame: Authentication): void {
    if (frame.transaction !== 1) return;
    const known = this.#clients.get(frame.sa);
    if (known !== undefined) this.#remove(known, REASON.AUTH_EXPIRE);
    const isOpenSystem = frame.algorithm === OPEN_SYSTEM;
    if (isOpenSystem) {
      this.#clients.set(frame.sa, new Client(frame.sa, this.clock, (c) => this.#remove(c, REASON.ASSOC_EXPIRE)));
    }
    const status = isOpenSystem ? STATUS.SUCCESS : STATUS.UNSUPPORTED_ALGORITHM;
    const { algorithm } = frame;
    this.#send({ type: 'authentication', ...this.#header(frame.sa), algorithm, transaction: 2, status }, this.#think());
  }

  #onAssociationRequest(frame: AssociationRequest | ReassociationRequest, client: Client | undefined): void {
    if (client === undefined) {
      this.#sendDeauth(frame.sa, REASON.ASSOC_NOT_AUTHED);
      return;
    }
    const status = this.#judge(frame, client);
    if (status === STATUS.SUCCESS && client.aid === 0) this.#giveAid(client);
    const delay = this.#think();
    const { authMode } = this.#env.settings();
    this.#send(
      {
        type: frame.type === 'association-request' ? 'association-response' : 'reassociation-response',
        ...this.#header(client.mac),
        capabilities: capabilitiesOf(authMode),
        status,
        aid: status === STATUS.SUCCESS ? client.aid : 0,
        elements: RATES,
      },
      delay,
    );
    if (status !== STATUS.SUCCESS) return;
    if (authMode === 'OPEN') this.onKeysAgreed(client.mac);
    else this.#startHandshake(client, us(delay + KEY_DELAY));
  }

  #judge({ elements }: AssociationRequest | ReassociationRequest, client: Client): number {
    const { authMode, maxStations } = this.#env.settings();
    if (!this.#env.answersTo(elements.ssid ?? '')) return STATUS.UNSPECIFIED_FAILURE;
    if (client.aid === 0 && this.#aids.size >= maxStations) return STATUS.AP_FULL;
    const ours = securityOf(authMode);
    const fits =
      authMode === 'OPEN' ||
      (ours.rsn !== undefined && elements.rsn !== undefined) ||
      (ours.wpa !== undefined && elements.wpa !== undefined);
    return fits ? STATUS.SUCCESS : STATUS.INVALID_ELEMENT;
  }

  /** The lowest free number. */
  #giveAid(client: Client): void {
    client.aid = 1;
    while (this.#aids.has(client.aid)) client.aid++;
    this.#aids.add(client.aid);
  }

  #startHandshake(client: Client, delay: Micros): void {
    client.authenticator?.stop();
    client.authorized = false;
    this.#groupKey ??= this.#env.rng.bytes(KEY_LENGTH);
    const security = chosenSecurity(securityOf(this.#env.settings().authMode));
    client.authenticator = new Authenticator(this, {
      bssid: this.#env.antenna.mac,
      station: client.mac,
      nonce: this.#env.rng.bytes(NONCE_LENGTH),
      groupKey: this.#groupKey,
      shownElement: securityBytes(security),
      descriptor: security.rsn === undefined ? DESCRIPTOR_WPA : DESCRIPTOR_RSN,
    });
    client.authenticator.start(delay);
  }

  /** For {@link Authenticator}. */
  pairwiseMasterKey(): Uint8Array {
    const { password, ssid } = this.#env.settings();
    return derivePmk(password, ssid);
  }

  /** For {@link Authenticator}. */
  sendKey(station: MacAddress, payload: Uint8Array, delay: Micros): void {
    const etherType = ETHERTYPE_EAPOL;
    this.#send({ type: 'data', direction: 'from-ap', ...this.#header(station), etherType, payload }, delay);
  }

  /** For {@link Authenticator}, and where there are no keys to agree on. */
  onKeysAgreed(station: MacAddress): void {
    const client = this.#clients.get(station);
    if (client === undefined) return;
    client.authorized = true;
    if (this.#env.trace.on) this.#env.trace.emit('radio/ap', 'joined', `${formatMac(station)} aid ${client.aid}`);
    if (client.announced) return;
    client.announced = true;
    this.#env.onJoined(client);
  }

  /** For {@link Authenticator}. */
  onHandshakeFailed(station: MacAddress): void {
    this.deauth(station, REASON.FOUR_WAY_HANDSHAKE_TIMEOUT);
  }

  #remove(client: Client, reason: number): void {
    this.#stop(client);
    this.#clients.delete(client.mac);
    this.#aids.delete(client.aid);
    if (this.#env.trace.on) this.#env.trace.emit('radio/ap', 'left', `${formatMac(client.mac)} reason ${reason}`);
    if (client.announced) this.#env.onLeft(client, reason);
  }

  #stop(client: Client): void {
    client.authenticator?.stop();
    client.inactivity.cancel();
  }

  #sendDeauth(mac: MacAddress, reason: number): void {
    this.#send({ type: 'deauthentication', ...this.#header(mac), reason }, us(0));
  }

  #header(da: MacAddress): { da: MacAddress; sa: MacAddress; bssid: MacAddress; sequence: number } {
    const { antenna } = this.#env;
    return { da, sa: antenna.mac, bssid: antenna.mac, sequence: antenna.nextSequence() };
  }

  #send(frame: Ieee80211Frame, delay: Micros): void {
    this.#env.antenna.send(emitIeee80211(frame), delay);
  }

  #think(): Micros {
    return us(THINK_LEAST + this.#env.rng.below(THINK_SPREAD));
  }
}
