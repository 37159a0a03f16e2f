/** Access point. */
import { type Clock, invariant, type Link } from '../core/index.ts';
import type { MacAddress } from '../wire/index.ts';
import type { Medium } from './medium.ts';
import type { AuthMode } from './reasons.ts';
import type { AccessPointHandlers, Position } from './types.ts';

/** The SSID of an access point that answers to every name. */
export const ANY_SSID = '*';

export interface AccessPointOptions {
  /** 1 to 32 bytes. '*': an open network that answers to whatever name and password a station brings. */
  readonly ssid: string;
  /** The name shown in beacons and to stations that ask for no name; by default the ssid ('mcubox' for '*'). */
  readonly shownSsid?: string;
  /** Without one the network is open and takes stations with any password. */
  readonly password?: string;
  /** By default OPEN without a password, WPA2_PSK with one. */
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
  /** As StationOptions.clock. */
  readonly clock?: Clock;
}

/** One row of the table of stations. */
export interface ApClient {
  readonly mac: MacAddress;
  readonly aid: number;
  /** May send and receive data. */
  readonly authorized: boolean;
}

export class AccessPoint {
  handlers: AccessPointHandlers = {};
  /** The side of the LAN (or of the own stack of a softAP): `send` goes into the air, the attached handler gets what comes from it. */
  readonly wired: Link;
  constructor(medium: Medium, options: AccessPointOptions) {
    void medium;
    void options;
    this.wired = todo();
  }
  get options(): AccessPointOptions {
    return todo();
  }
  get bssid(): MacAddress {
    return todo();
  }
  get channel(): number {
    return todo();
  }
  /** Powered and beaconing; true from the start. */
  get up(): boolean {
    return todo();
  }
  /** An outage (false) and its end. Down, it forgets its stations without a word. */
  setUp(up: boolean): void {
    todo(up);
  }
  /** New settings (softAP `config`): stations are sent away first. */
  configure(options: AccessPointOptions): void {
    todo(options);
  }
  /** Moves to another channel; its stations are told and follow. */
  setChannel(channel: number): void {
    todo(channel);
  }
  setRssi(rssi: number | undefined): void {
    todo(rssi);
  }
  /** Associated stations in order of association. */
  get clients(): readonly ApClient[] {
    return todo();
  }
  /** Sends a station away; false when it is not associated. */
  deauth(mac: MacAddress, reason?: number): boolean {
    return todo(mac, reason);
  }
  /** Vanishes for ever without a word, no handler is called. */
  shutdown(): void {
    todo();
  }
}

function todo(...values: unknown[]): never {
  invariant(false, `not built ${values.length}`);
}
