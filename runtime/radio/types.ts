/** What the machines of the air tell their owners and are told by them. SSIDs are byte strings: one character, one byte. */
import type { Clock, Micros, Rng, Tracer } from '../core/index.ts';
import type { MacAddress } from '../wire/index.ts';
import type { AuthMode } from './reasons.ts';

export interface RadioEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
}

/** Metres. Two radios that both have a position get their signal level from the distance. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** Sees every frame that went over the air, once, when its last bit has left; must not change it. `rssi` in dBm. */
export type AirTap = (at: Micros, frame: Uint8Array, channel: number, rssi: number) => void;

export interface ScanOptions {
  /** Look for this network only (also finds it when it is hidden); by default for all. */
  readonly ssid?: string;
  readonly bssid?: MacAddress;
  /** One channel only; 0 or absent: channels 1 to 13. */
  readonly channel?: number;
  /** Also report networks that hide their name (with an empty ssid). */
  readonly showHidden?: boolean;
  /** Time on a channel where nothing answers, and where something does. */
  readonly minDwell?: Micros;
  readonly maxDwell?: Micros;
}

export interface ScanResult {
  /** Empty for a hidden network that was not asked for by name. */
  readonly ssid: string;
  readonly bssid: MacAddress;
  readonly channel: number;
  /** dBm */
  readonly rssi: number;
  readonly authMode: AuthMode;
  readonly hidden: boolean;
  /** Its WPS button is pressed. */
  readonly wps?: true;
}

export interface JoinOptions {
  readonly ssid: string;
  /** 8 to 63 characters, or 64 hexadecimal digits of a ready key; absent or empty: join without a key. */
  readonly password?: string;
  readonly bssid?: MacAddress;
  /** Where the network was last time: asked first, which makes the join quick. The station also remembers by itself. */
  readonly channel?: number;
}

/** The network a station is in, or was trying to get in. */
export interface Network {
  readonly ssid: string;
  /** Undefined when no access point was found. */
  readonly bssid: MacAddress | undefined;
  /** 0 when no access point was found. */
  readonly channel: number;
}

/** Told by a station. Handlers may call the station again. */
export interface StationHandlers {
  onJoined?(network: Network): void;
  /** The end of a join, or of the attempt to join: a value of REASON, or what an access point sent. The station is idle again. */
  onLost?(reason: number, network: Network): void;
  /** Strongest first; also called, empty, when a scan was cut short. */
  onScanDone?(results: readonly ScanResult[]): void;
}

/** Told by an access point. */
export interface AccessPointHandlers {
  /** A station may send data now. `aid` is its association number, 1 and up. */
  onStationJoined?(mac: MacAddress, aid: number): void;
  onStationLeft?(mac: MacAddress, aid: number, reason: number): void;
  onProbeRequest?(mac: MacAddress, rssi: number): void;
}
