/**
 * An access point: shows its network, lets stations in (see clients.ts) and bridges between the air and its wired side, which
 * is a Link: a LAN port of the world, or the own stack of a softAP. Beacons are really sent only while somebody listens.
 * Not here: power save (a frame for a sleeping station is sent at once), several networks on one antenna.
 */
import {
  type Clock,
  type Link,
  type LinkHandler,
  type Micros,
  type Rng,
  type Timer,
  type Tracer,
  us,
} from '../core/index.ts';
import {
  type Beacon,
  type DataFrame,
  type Elements,
  ETHERNET_HLEN,
  ETHERTYPE_EAPOL,
  emitIeee80211,
  formatMac,
  isGroupMac,
  MAC_BROADCAST,
  type MacAddress,
  macBytes,
  type ProbeRequest,
  readMac,
} from '../wire/index.ts';
import { Antenna, NO_CHANNEL } from './antenna.ts';
import { heard, toAir, toEthernet } from './bridging.ts';
import { Clients, type ClientsSettings } from './clients.ts';
import type { Medium } from './medium.ts';
import { type AuthMode, REASON } from './reasons.ts';
import { capabilitiesOf, RATES, securityOf } from './security.ts';
import type { AccessPointHandlers, Position } from './types.ts';
import { WPS_WALK_TIME, type WpsOutcome, wpsElements } from './wps.ts';

/** The SSID of an access point that answers to every name. */
export const ANY_SSID = '*';
/** What such an access point calls itself in beacons. */
const SHOWN_SSID = 'mcubox';

const DEFAULT_TX_POWER = 20;
/** 802.11's largest association number. */
const MAX_STATIONS = 2007;
const DEFAULT_BEACON_INTERVAL = 100;
/** Microseconds in a time unit of beacon intervals. */
const TIME_UNIT = 1024;
/** An access point answers a probe request within 1 to 3 ms. */
const THINK_LEAST = 1000;
const THINK_SPREAD = 2000;

export interface AccessPointOptions {
  /** 1 to 32 bytes. '*': an open network that answers to whatever name and password a station brings. */
  readonly ssid: string;
  /** Of '*': the names it leaves to others. */
  readonly leaves?: (ssid: string) => boolean;
  /** The name shown in beacons and to stations that ask for no name; by default the ssid ('mcubox' for '*'). */
  readonly shownSsid?: string;
  /** 8 to 63 characters or 64 hexadecimal digits. Without one the network is open and takes stations with any password. */
  readonly password?: string;
  /** By default WPA2_PSK. Without a password always OPEN. WEP counts as OPEN. */
  readonly authMode?: AuthMode;
  readonly bssid: MacAddress;
  /** 1 to 14, by default 1. */
  readonly channel?: number;
  readonly hidden?: boolean;
  /** Signal level at every station in dBm; by default from the positions, without positions -55. */
  readonly rssi?: number;
  readonly position?: Position;
  /** By default 20 dBm. */
  readonly txPower?: number;
  /** By default 2007 (IEEE 802.11's largest association number). */
  readonly maxStations?: number;
  /** Time units of 1024 us, by default 100. */
  readonly beaconInterval?: number;
  /** As StationOptions. */
  readonly clock?: Clock;
  readonly rng?: Rng;
  readonly trace?: Tracer;
}

/** One row of the table of stations. */
export interface ApClient {
  readonly mac: MacAddress;
  readonly aid: number;
  /** May send and receive data. */
  readonly authorized: boolean;
}

/** The side of the LAN: what is sent here goes into the air. */
class WiredSide implements Link {
  readonly #ap: AccessPoint;
  handler: LinkHandler | undefined;

  constructor(ap: AccessPoint) {
    this.#ap = ap;
  }

  get hwaddr(): Uint8Array {
    return macBytes(this.#ap.bssid);
  }

  get up(): boolean {
    return this.#ap.up;
  }

  send(frame: Uint8Array): void {
    this.#ap.onWiredFrame(frame);
  }

  attach(handler: LinkHandler): void {
    this.handler = handler;
  }
}

export class AccessPoint {
  handlers: AccessPointHandlers = {};
  readonly #wired: WiredSide = new WiredSide(this);
  readonly #medium: Medium;
  readonly #rng: Rng;
  readonly #antenna: Antenna;
  readonly #clients: Clients;
  readonly #beacon: Timer;
  readonly #wpsTimer: Timer;
  #options: AccessPointOptions;
  #up = false;
  #channel: number;
  /** Start of its own clock, which beacons tell. */
  #startedAt: Micros;
  /** Beacons go out at multiples of the interval after this. */
  #beaconPhase: Micros;

  constructor(medium: Medium, options: AccessPointOptions) {
    const { clock } = medium.env;
    const { bssid, position, rssi, txPower = DEFAULT_TX_POWER, trace = medium.env.trace } = options;
    this.#medium = medium;
    this.#options = options;
    this.#rng = options.rng ?? medium.env.rng.fork(`ap/${formatMac(bssid)}`);
    this.#channel = options.channel ?? 1;
    this.#startedAt = clock.now();
    this.#beaconPhase = us(this.#rng.below(DEFAULT_BEACON_INTERVAL * TIME_UNIT));
    this.#beacon = clock.timer('ap.beacon', () => this.#onBeaconDue());
    this.#wpsTimer = clock.timer('ap.wps', () => this.#medium.wps.delete(this.bssid));
    const owner = {
      onFrame: (frame: Uint8Array, level: number) => this.#onFrame(frame, level),
      onAudience: () => this.#scheduleBeacon(),
      onSurroundings: () => this.#clients.onSurroundings(),
    };
    this.#antenna = new Antenna(medium, owner, { mac: bssid, position, txPower, level: rssi, clock: options.clock });
    this.#clients = new Clients({
      clock,
      rng: this.#rng,
      trace,
      antenna: this.#antenna,
      settings: () => this.#settings(),
      answersTo: (ssid) => this.#answersTo(ssid),
      isInRange: (station) => medium.audible(station, this.#antenna) !== undefined,
      onJoined: ({ mac, aid }) => this.handlers.onStationJoined?.(mac, aid),
      onLeft: ({ mac, aid }, reason) => this.handlers.onStationLeft?.(mac, aid, reason),
    });
    this.setUp(true);
  }

  get options(): AccessPointOptions {
    return this.#options;
  }

  get bssid(): MacAddress {
    return this.#antenna.mac;
  }

  get channel(): number {
    return this.#channel;
  }

  get authMode(): AuthMode {
    const { password = '', authMode = 'WPA2_PSK' } = this.#options;
    return password === '' || authMode === 'WEP' ? 'OPEN' : authMode;
  }

  /** The side of the LAN, or of the own stack of a softAP: `send` goes into the air, the attached handler gets what comes from it. */
  get wired(): Link {
    return this.#wired;
  }

  /** Powered and beaconing; true from the start. */
  get up(): boolean {
    return this.#up;
  }

  /** An outage (false) and its end. Down, it forgets its stations without a word. */
  setUp(up: boolean): void {
    if (up === this.#up) return;
    this.#up = up;
    if (up) {
      this.#startedAt = this.#medium.env.clock.now();
      this.#antenna.tune(this.#channel, true);
      this.#scheduleBeacon();
    } else {
      this.#beacon.cancel();
      this.#clients.clear();
      this.#antenna.tune(NO_CHANNEL);
    }
    this.#wired.handler?.onLinkChange(up);
  }

  /** New settings (softAP `config`): stations are sent away first. Clock, rng and trace stay as they were. */
  configure(options: AccessPointOptions): void {
    const wasUp = this.#up;
    for (const { mac } of this.clients) this.deauth(mac);
    this.setUp(false);
    this.#options = options;
    this.#channel = options.channel ?? 1;
    if (options.bssid !== this.bssid) this.#antenna.setMac(options.bssid);
    this.#antenna.setLevel(options.rssi);
    this.setUp(wasUp);
  }

  /** Moves to another channel; its stations are told (by one beacon with a channel switch) and follow. */
  setChannel(channel: number): void {
    if (channel === this.#channel) return;
    if (this.#up) this.#sendBeacon({ channelSwitch: { mode: 0, channel, count: 1 } });
    this.#channel = channel;
    if (!this.#up) return;
    this.#antenna.tune(channel, true);
    this.#scheduleBeacon();
  }

  /** Signal level at every station, for example to take it out of range (below -91 dBm). */
  setRssi(rssi: number | undefined): void {
    this.#antenna.setLevel(rssi);
  }

  setPosition(position: Position): void {
    this.#antenna.setPosition(position);
  }

  /** Somebody presses the WPS button; it counts for two minutes. What a station with WPS then gets is up to `outcome`. */
  pressWps(outcome: WpsOutcome = this.#options.authMode === 'WEP' ? 'wep' : 'success'): void {
    const { password = '' } = this.#options;
    this.#medium.wps.set(this.bssid, { ssid: this.#shownSsid, password, outcome });
    this.#wpsTimer.arm(WPS_WALK_TIME);
  }

  /** Associated stations in order of joining. */
  get clients(): readonly ApClient[] {
    return this.#clients.associated;
  }

  /** Sends a station away; false when it is not associated. */
  deauth(mac: MacAddress, reason: number = REASON.AUTH_LEAVE): boolean {
    return this.#clients.deauth(mac, reason);
  }

  /** Vanishes for ever without a word, no handler is called. */
  shutdown(): void {
    this.handlers = {};
    this.#wired.handler = undefined;
    this.#up = false;
    this.#beacon.cancel();
    this.#wpsTimer.cancel();
    this.#clients.clear();
    this.#antenna.shutdown();
  }

  /** @internal A frame from the wired side. */
  onWiredFrame(frame: Uint8Array): void {
    if (!this.#up || frame.length < ETHERNET_HLEN) return;
    const dst = readMac(frame, 0);
    const isWanted = isGroupMac(dst) ? this.#clients.hasListener(readMac(frame, 6)) : this.#clients.isAuthorized(dst);
    const bytes = isWanted ? toAir(frame, 'from-ap', this.bssid, this.#antenna.nextSequence()) : undefined;
    if (bytes !== undefined) this.#antenna.send(bytes);
  }

  #settings(): ClientsSettings {
    const { maxStations = MAX_STATIONS, ssid, password = '' } = this.#options;
    return { authMode: this.authMode, maxStations, ssid, password };
  }

  #answersTo(ssid: string): boolean {
    if (this.#options.ssid !== ANY_SSID) return ssid === this.#options.ssid;
    return ssid !== '' && this.#options.leaves?.(ssid) !== true;
  }

  get #shownSsid(): string {
    const { ssid, shownSsid } = this.#options;
    return shownSsid ?? (ssid === ANY_SSID ? SHOWN_SSID : ssid);
  }

  #onFrame(bytes: Uint8Array, rssi: number): void {
    const parsed = heard(bytes);
    if (!parsed.ok || !this.#up) return;
    const frame = parsed.value;
    if (frame.type === 'probe-request') this.#onProbeRequest(frame, rssi);
    else if (frame.bssid !== this.bssid) return;
    else if (frame.type === 'data' && frame.etherType !== ETHERTYPE_EAPOL && this.#clients.isAssociated(frame.sa)) {
      this.#onData(frame);
    } else this.#clients.onFrame(frame);
  }

  /** To the wired side, to another station, or both. */
  #onData(frame: DataFrame): void {
    const { sa, da } = frame;
    if (frame.direction !== 'to-ap' || !this.#clients.isAuthorized(sa)) return;
    const isGroup = isGroupMac(da);
    const toStation = isGroup ? this.#clients.hasListener(sa) : this.#clients.isAuthorized(da);
    if (toStation) {
      const { bssid } = this;
      const sequence = this.#antenna.nextSequence();
      this.#antenna.send(emitIeee80211({ ...frame, direction: 'from-ap', bssid, sequence }));
    }
    if (isGroup || !toStation) this.#wired.handler?.onFrame(toEthernet(frame));
  }

  #onProbeRequest(frame: ProbeRequest, rssi: number): void {
    this.handlers.onProbeRequest?.(frame.sa, rssi);
    const asked = frame.elements.ssid ?? '';
    const isNamed = this.#answersTo(asked) || asked === this.#shownSsid;
    if (!isNamed && (asked !== '' || this.#options.hidden === true)) return;
    const answer = this.#beaconFrame('probe-response', frame.sa, { ssid: asked === '' ? this.#shownSsid : asked });
    this.#antenna.send(emitIeee80211(answer), us(THINK_LEAST + this.#rng.below(THINK_SPREAD)));
  }

  get #beaconInterval(): number {
    return this.#options.beaconInterval ?? DEFAULT_BEACON_INTERVAL;
  }

  #scheduleBeacon(): void {
    if (!this.#up || this.#beacon.armed || !this.#medium.wantsBeacons(this.#channel)) return;
    const period = this.#beaconInterval * TIME_UNIT;
    const since = this.#medium.env.clock.now() - this.#startedAt - this.#beaconPhase;
    this.#beacon.arm(us(((-since % period) + period) % period || period));
  }

  #onBeaconDue(): void {
    if (!this.#medium.wantsBeacons(this.#channel)) return;
    this.#sendBeacon({ tim: { dtimCount: 0, dtimPeriod: 1, control: 0, bitmap: Uint8Array.of(0) } });
    this.#scheduleBeacon();
  }

  #sendBeacon(elements: Elements): void {
    const ssid = this.#options.hidden === true ? '' : this.#shownSsid;
    const frame = this.#beaconFrame('beacon', MAC_BROADCAST, { ssid, ...elements });
    this.#medium.transmitBeacon(this.#antenna, emitIeee80211(frame));
  }

  /** Beacons number themselves by the time, so that their being sent or not changes no other frame's number. */
  #beaconFrame(type: Beacon['type'], da: MacAddress, elements: Elements): Beacon {
    const timestamp = this.#medium.env.clock.now() - this.#startedAt;
    const beaconSequence = Math.floor(timestamp / (this.#beaconInterval * TIME_UNIT)) & 0xfff;
    return {
      type,
      da,
      sa: this.bssid,
      bssid: this.bssid,
      sequence: type === 'beacon' ? beaconSequence : this.#antenna.nextSequence(),
      timestamp,
      interval: this.#beaconInterval,
      capabilities: capabilitiesOf(this.authMode),
      elements: {
        ...RATES,
        channel: this.#channel,
        ...elements,
        ...securityOf(this.authMode),
        ...wpsElements(this.#medium.wps.has(this.bssid)),
      },
    };
  }
}
