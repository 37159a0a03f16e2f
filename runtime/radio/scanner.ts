/**
 * Active scan (IEEE 802.11-2016 section 11.1.4.3.2): on each channel a probe request, a wait for answers and beacons, and a
 * longer wait where something was heard. Only finds; who joins is the station's business.
 */
import { type Clock, type Micros, ms, type Timer, us } from '../core/index.ts';
import type { Beacon, MacAddress } from '../wire/index.ts';
import { authModeOf } from './security.ts';
import type { ScanOptions, ScanResult } from './types.ts';
import { saysPushed } from './wps.ts';

/** Channels of `country=CN` and of most of the world (firmware default of wifi.getcountry). */
export const CHANNELS: readonly number[] = Array.from({ length: 13 }, (_, i) => i + 1);

/** 13 channels in about 2 s, the order of magnitude of the SDK's scan without settings. */
export const DEFAULT_DWELL = ms(150);

export interface ScannerEnv {
  readonly clock: Clock;
  /** Listen to this channel as well; 0: to no other. */
  tune(channel: number): void;
  probe(ssid: string, channel: number): void;
  /** All channels are done; see {@link Scanner.results}. */
  onDone(): void;
}

export interface Found extends ScanResult {
  readonly beacon: Beacon;
}

export class Scanner {
  readonly #env: ScannerEnv;
  readonly #timer: Timer;
  #options: ScanOptions | undefined;
  #channels: readonly number[] = [];
  #index = 0;
  #heard = false;
  #extended = false;
  readonly #found = new Map<MacAddress, Found>();

  constructor(env: ScannerEnv) {
    this.#env = env;
    this.#timer = env.clock.timer('sta.scan', () => this.#dwellOver());
  }

  get running(): boolean {
    return this.#options !== undefined;
  }

  start(options: ScanOptions, channels: readonly number[]): void {
    this.#options = options;
    this.#channels = channels;
    this.#index = 0;
    this.#found.clear();
    this.#visit();
  }

  /** Stops without a result. */
  cancel(): void {
    this.#options = undefined;
    this.#timer.cancel();
    this.#env.tune(0);
  }

  /** Strongest first, equals in order of hearing. */
  get results(): Found[] {
    return [...this.#found.values()].sort((a, b) => b.rssi - a.rssi);
  }

  /** A beacon or probe response, heard on whatever channel. */
  onBeacon(beacon: Beacon, rssi: number): void {
    const options = this.#options;
    if (options === undefined) return;
    const channel = beacon.elements.channel ?? this.#current;
    if (channel !== this.#current) return;
    this.#heard = true;
    const before = this.#found.get(beacon.bssid);
    const shown = beacon.elements.ssid ?? '';
    const isUnnamed = /^\0*$/.test(shown);
    const ssid = isUnnamed ? (before?.ssid ?? '') : shown;
    const hidden = before?.hidden === true || (isUnnamed && beacon.type === 'beacon');
    if (options.bssid !== undefined && options.bssid !== beacon.bssid) return;
    if (this.#wantedSsid !== undefined && ssid !== this.#wantedSsid) return;
    // The answer of a hidden network says more than its beacon.
    const answer = before !== undefined && isUnnamed ? before.beacon : beacon;
    this.#found.set(beacon.bssid, {
      ssid,
      bssid: beacon.bssid,
      channel,
      rssi,
      authMode: authModeOf(beacon),
      hidden,
      ...(saysPushed(beacon) ? { wps: true } : {}),
      beacon: answer,
    });
  }

  /** An empty name asks for every network. */
  get #wantedSsid(): string | undefined {
    return this.#options?.ssid || undefined;
  }

  get #current(): number {
    return this.#channels[this.#index] ?? 0;
  }

  #visit(): void {
    this.#heard = false;
    this.#extended = false;
    this.#env.tune(this.#current);
    this.#env.probe(this.#wantedSsid ?? '', this.#current);
    this.#timer.arm(this.#minDwell);
  }

  #dwellOver(): void {
    const more = us(this.#maxDwell - this.#minDwell);
    if (this.#heard && !this.#extended && more > 0) {
      this.#extended = true;
      this.#timer.arm(more);
      return;
    }
    this.#index++;
    if (this.#index < this.#channels.length) {
      this.#visit();
      return;
    }
    this.cancel();
    this.#env.onDone();
  }

  get #minDwell(): Micros {
    return this.#options?.minDwell ?? DEFAULT_DWELL;
  }

  get #maxDwell(): Micros {
    return us(Math.max(this.#minDwell, this.#options?.maxDwell ?? this.#minDwell));
  }
}
