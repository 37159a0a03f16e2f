/**
 * A Wi-Fi station with the ESP8266's reasons and times: finds its network, joins it, is a Link as long as it is joined, and
 * notices when the access point falls silent. Joined and in range of its access point it costs no clock events.
 * Whether to try again is its owner's decision. Not here: power save, roaming by itself.
 */
import {
  type Clock,
  invariant,
  type Link,
  type LinkHandler,
  ms,
  type Rng,
  seconds,
  type Timer,
  type Tracer,
  us,
} from '../core/index.ts';
import {
  type Beacon,
  type DataFrame,
  ETHERTYPE_EAPOL,
  emitIeee80211,
  formatMac,
  type Ieee80211Frame,
  isProbeRequest,
  MAC_BROADCAST,
  type MacAddress,
  macBytes,
} from '../wire/index.ts';
import { Antenna, type AntennaOwner, NO_CHANNEL } from './antenna.ts';
import { heard, toAir, toEthernet } from './bridging.ts';
import { JoinAttempt } from './join.ts';
import type { Medium } from './medium.ts';
import { REASON } from './reasons.ts';
import { CHANNELS, DEFAULT_DWELL, type Found, Scanner } from './scanner.ts';
import { RATES } from './security.ts';
import type { JoinOptions, Network, Position, ScanOptions, StationHandlers } from './types.ts';

export type StationState = 'IDLE' | 'SCANNING' | 'AUTHENTICATING' | 'ASSOCIATING' | 'HANDSHAKE' | 'JOINED';

/** Seen from outside; while joining, the state is that of the attempt. */
type Phase = 'IDLE' | 'SCANNING' | 'JOINING' | 'JOINED';

export const STATION_TRANSITIONS = {
  IDLE: ['SCANNING'],
  SCANNING: ['IDLE', 'JOINING'],
  JOINING: ['IDLE', 'JOINED'],
  JOINED: ['IDLE'],
} as const satisfies Record<Phase, readonly Phase[]>;

/**
 * A join begins with 100 ms on the channel where the network was last time, or 150 ms on each of 13 when it is not known or not
 * there. The frames that follow take some 15 ms, with WPA2 some 25. So a join lasts about 0.12 s, from a cold start 2 s
 * (spec/modules.md 6.7 reports 0.09 to 0.4 s and 2 to 2.4 s), and a missing network is reported after 2 s.
 */
const KNOWN_CHANNEL_DWELL = ms(100);
/** How long the ESP8266 bears with an access point that has fallen silent. */
const BEACON_TIMEOUT = seconds(6);
/** A beacon interval: then the station notices that its access point is back and asks whether it is still known there. */
const BEACON_INTERVAL = us(102_400);
/** dBm, near what the ESP8266EX gives at 802.11g rates. */
const DEFAULT_TX_POWER = 17;

export interface StationOptions {
  readonly mac: MacAddress;
  /** Time as the sender sees it, for example a device's CPU clock: a frame leaves at its `now()`. By default the medium's clock. */
  readonly clock?: Clock;
  readonly position?: Position;
  /** dBm, by default 17. */
  readonly txPower?: number;
  /** By default a stream of the medium's, named by the address. */
  readonly rng?: Rng;
  /** By default the medium's. */
  readonly trace?: Tracer;
}

export class Station implements Link, AntennaOwner {
  handlers: StationHandlers = {};
  /** The access point on the same chip (softAP), which the station does not hear. */
  ownAp: MacAddress | undefined;
  readonly #medium: Medium;
  readonly #trace: Tracer;
  readonly #antenna: Antenna;
  readonly #scanner: Scanner;
  readonly #attempt: JoinAttempt;
  readonly #beaconLoss: Timer;
  #phase: Phase = 'IDLE';
  /** Who waits for the scan that runs. */
  #scanFor: 'owner' | 'join' = 'owner';
  #showHidden = false;
  #wanted: JoinOptions | undefined;
  #isFullScan = false;
  #target: Found | undefined;
  /** Where the last join succeeded: that channel is asked first. */
  #remembered: { readonly ssid: string; readonly channel: number } | undefined;
  /** The access point that was lost, not left: the next association is a reassociation. */
  #formerAp: { readonly ssid: string; readonly bssid: MacAddress } | undefined;
  #linkHandler: LinkHandler | undefined;
  #hwaddr: Uint8Array;

  constructor(medium: Medium, options: StationOptions) {
    const { clock } = medium.env;
    const { mac, position, txPower = DEFAULT_TX_POWER } = options;
    this.#medium = medium;
    this.#trace = options.trace ?? medium.env.trace;
    this.#beaconLoss = clock.timer('sta.beacon', () => this.#lose(REASON.BEACON_TIMEOUT));
    this.#hwaddr = macBytes(mac);
    this.#antenna = new Antenna(medium, this, { mac, position, txPower, clock: options.clock });
    this.#scanner = new Scanner({
      clock,
      tune: (channel) => this.#antenna.listen(channel),
      probe: (ssid, channel) => this.#probe(ssid, channel),
      onDone: () => this.#onScanDone(),
    });
    this.#attempt = new JoinAttempt({
      clock,
      rng: options.rng ?? medium.env.rng.fork(`station/${formatMac(mac)}`),
      trace: this.#trace,
      antenna: this.#antenna,
      onJoined: () => this.#onJoined(),
      onRefused: (reason) => this.#lose(reason),
    });
  }

  get mac(): MacAddress {
    return this.#antenna.mac;
  }

  /** Only while idle. */
  setMac(mac: MacAddress): void {
    invariant(this.#phase === 'IDLE', `address changed while ${this.#phase}`);
    this.#antenna.setMac(mac);
    this.#hwaddr = macBytes(mac);
  }

  get state(): StationState {
    if (this.#phase !== 'JOINING') return this.#phase;
    const { state } = this.#attempt;
    return state === 'IDLE' || state === 'DONE' ? 'AUTHENTICATING' : state;
  }

  /** The network joined or tried; undefined while idle. */
  get network(): Network | undefined {
    if (this.#wanted === undefined) return undefined;
    return { ssid: this.#wanted.ssid, bssid: this.#target?.bssid, channel: this.#target?.channel ?? NO_CHANNEL };
  }

  /** dBm while joined, else undefined. */
  get rssi(): number | undefined {
    if (this.#phase !== 'JOINED' || this.#target === undefined) return undefined;
    const ap = this.#medium.audible(this.#target.bssid, this.#antenna);
    return ap === undefined ? this.#target.rssi : this.#medium.level(ap, this.#antenna);
  }

  setPosition(position: Position): void {
    this.#antenna.setPosition(position);
  }

  /** Starts to join; ends in `onJoined` or `onLost`. A join or attempt under way is left first, a scan is cut short. */
  join(options: JoinOptions): void {
    this.leave();
    if (this.#scanner.running) {
      this.#scanner.cancel();
      this.handlers.onScanDone?.([]);
    }
    this.#wanted = options;
    this.#setPhase('SCANNING');
    const remembered = this.#remembered?.ssid === options.ssid ? this.#remembered.channel : NO_CHANNEL;
    const channel = options.channel ?? remembered;
    this.#lookFor(channel === NO_CHANNEL ? CHANNELS : [channel]);
  }

  /** Leaves; `onLost(ASSOC_LEAVE)` is called before it returns. Nothing happens while idle. */
  leave(): void {
    if (this.#phase === 'IDLE') return;
    const { bssid } = this.network as Network;
    if (bssid !== undefined) {
      const sequence = this.#antenna.nextSequence();
      const reason = REASON.ASSOC_LEAVE;
      this.#send({ type: 'disassociation', da: bssid, sa: this.mac, bssid, sequence, reason });
    }
    this.#lose(REASON.ASSOC_LEAVE);
  }

  /** False when refused: a scan or an attempt to join is under way. The result comes to `onScanDone`. */
  scan(options: ScanOptions = {}): boolean {
    if (this.#scanner.running || (this.#phase !== 'IDLE' && this.#phase !== 'JOINED')) return false;
    this.#scanFor = 'owner';
    this.#showHidden = options.showHidden === true;
    this.#scanner.start(options, options.channel ? [options.channel] : CHANNELS);
    return true;
  }

  /** Power off or reset: vanishes from the air for ever without a word, no handler is called. */
  shutdown(): void {
    this.handlers = {};
    this.#linkHandler = undefined;
    this.#scanner.cancel();
    this.#attempt.cancel();
    this.#beaconLoss.cancel();
    this.#phase = 'IDLE';
    this.#antenna.shutdown();
  }

  get hwaddr(): Uint8Array {
    return this.#hwaddr;
  }

  /** True while joined. */
  get up(): boolean {
    return this.#phase === 'JOINED';
  }

  attach(handler: LinkHandler): void {
    this.#linkHandler = handler;
  }

  send(frame: Uint8Array): void {
    if (this.#phase !== 'JOINED' || this.#target === undefined) return;
    const bytes = toAir(frame, 'to-ap', this.#target.bssid, this.#antenna.nextSequence());
    if (bytes !== undefined) this.#antenna.send(bytes);
  }

  #lookFor(channels: readonly number[]): void {
    const { ssid, bssid } = this.#wanted as JoinOptions;
    this.#scanFor = 'join';
    this.#isFullScan = channels === CHANNELS;
    const minDwell = this.#isFullScan ? DEFAULT_DWELL : KNOWN_CHANNEL_DWELL;
    this.#scanner.start({ ssid, minDwell, ...(bssid === undefined ? {} : { bssid }) }, channels);
  }

  #onScanDone(): void {
    const results = this.#scanner.results;
    if (this.#scanFor === 'owner') {
      const visible = results.filter((found) => found.ssid !== '' || this.#showHidden);
      this.handlers.onScanDone?.(visible.map(({ beacon, ...result }) => result));
      return;
    }
    const target = results[0];
    if (target !== undefined) this.#approach(target);
    else if (this.#isFullScan) this.#lose(REASON.NO_AP_FOUND);
    else this.#lookFor(CHANNELS);
  }

  #approach(target: Found): void {
    const options = this.#wanted as JoinOptions;
    const former = this.#formerAp?.ssid === options.ssid ? this.#formerAp.bssid : undefined;
    this.#target = target;
    this.#antenna.tune(target.channel);
    this.#setPhase('JOINING');
    this.#attempt.start(target, options, former);
  }

  #onJoined(): void {
    const network = this.network as Network;
    this.#remembered = { ssid: network.ssid, channel: network.channel };
    this.#setPhase('JOINED');
    this.onSurroundings();
    this.#linkHandler?.onLinkChange(true);
    if (this.#phase === 'JOINED') this.handlers.onJoined?.(network);
  }

  /** Back to idle, from wherever. */
  #lose(reason: number): void {
    const network = this.network as Network;
    const wasJoined = this.#phase === 'JOINED';
    if (this.#scanFor === 'join') this.#scanner.cancel();
    this.#attempt.cancel();
    this.#beaconLoss.cancel();
    const { ssid, bssid } = network;
    if (reason === REASON.ASSOC_LEAVE) this.#formerAp = undefined;
    else if (wasJoined && bssid !== undefined) this.#formerAp = { ssid, bssid };
    this.#wanted = undefined;
    this.#target = undefined;
    this.#setPhase('IDLE', `${network.ssid} reason ${reason}`);
    this.#antenna.tune(NO_CHANNEL);
    if (wasJoined) this.#linkHandler?.onLinkChange(false);
    this.handlers.onLost?.(reason, network);
  }

  /** @internal Whether a beacon is sent is not a station's business. */
  onAudience(): void {}

  /** @internal Beacons are not sent to a joined station: whether it would hear them is asked whenever something has changed. */
  onSurroundings(): void {
    if (this.#phase !== 'JOINED' || this.#target === undefined) return;
    const { bssid } = this.#target;
    const isHeard = this.#medium.audible(bssid, this.#antenna)?.beaconing === true;
    if (!isHeard && !this.#beaconLoss.armed) {
      this.#beaconLoss.arm(BEACON_TIMEOUT);
    } else if (isHeard && this.#beaconLoss.armed) {
      this.#beaconLoss.cancel();
      const sequence = this.#antenna.nextSequence();
      const frame = emitIeee80211({ type: 'null', direction: 'to-ap', da: bssid, sa: this.mac, bssid, sequence });
      this.#antenna.send(frame, BEACON_INTERVAL);
    }
  }

  /** @internal */
  onFrame(bytes: Uint8Array, rssi: number): void {
    // The most frequent frame where many stations scan, and never for a station: not worth parsing.
    if (isProbeRequest(bytes)) return;
    const parsed = heard(bytes);
    if (!parsed.ok) {
      if (this.#trace.on) this.#trace.emit('radio/station', 'dropped', parsed.error);
      return;
    }
    const frame = parsed.value;
    if (frame.bssid === this.ownAp) return;
    if (frame.type === 'beacon' || frame.type === 'probe-response') this.#onBeacon(frame, rssi);
    if (this.#target === undefined || frame.bssid !== this.#target.bssid) return;
    if (frame.type === 'deauthentication' || frame.type === 'disassociation') {
      if (frame.sa === frame.bssid) this.#lose(frame.reason);
    } else if (frame.type === 'data' && frame.etherType !== ETHERTYPE_EAPOL) {
      this.#onData(frame);
    } else {
      this.#attempt.onFrame(frame);
    }
  }

  #onBeacon(beacon: Beacon, rssi: number): void {
    this.#scanner.onBeacon(beacon, rssi);
    const next = beacon.elements.channelSwitch?.channel;
    const target = this.#target;
    if (next === undefined || target === undefined || target.bssid !== beacon.bssid) return;
    this.#target = { ...target, channel: next };
    this.#remembered = { ssid: (this.#wanted as JoinOptions).ssid, channel: next };
    this.#antenna.tune(next);
  }

  /** A group-addressed frame of one's own comes back from the access point and is not for the stack. */
  #onData(frame: DataFrame): void {
    if (this.#phase !== 'JOINED' || frame.direction !== 'from-ap' || frame.sa === this.mac) return;
    this.#linkHandler?.onFrame(toEthernet(frame));
  }

  #probe(ssid: string, channel: number): void {
    const sequence = this.#antenna.nextSequence();
    const bssid = MAC_BROADCAST;
    const elements = { ssid, ...RATES, channel };
    const frame = emitIeee80211({ type: 'probe-request', da: bssid, sa: this.mac, bssid, sequence, elements });
    this.#antenna.send(frame, us(0), channel);
  }

  #send(frame: Ieee80211Frame): void {
    this.#antenna.send(emitIeee80211(frame));
  }

  #setPhase(next: Phase, detail = ''): void {
    const allowed: readonly Phase[] = STATION_TRANSITIONS[this.#phase];
    invariant(allowed.includes(next), `station: ${this.#phase} -> ${next}`);
    if (this.#trace.on) this.#trace.emit('radio/station', next, detail);
    this.#phase = next;
  }
}
