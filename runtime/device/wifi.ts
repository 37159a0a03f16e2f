/**
 * What the SDK does between the program and the air: modes, the station's configuration in RAM and flash, joining and
 * retrying, DHCP, status and events. The soft access point is in soft-ap.ts.
 */
import { type Clock, ms, seconds, type Timer } from '../core/index.ts';
import { AUTH_MODE, type Network, REASON, type ScanOptions, type ScanResult, type Station } from '../radio/index.ts';
import type { Netif } from '../stack/index.ts';
import { formatMac, IPV4_ANY, MAC_ZERO, type MacAddress } from '../wire/index.ts';
import type { StationConfig } from './profile.ts';
import { SmartConfig } from './smart-config.ts';
import { SoftAp, type SoftApPlace } from './soft-ap.ts';
import type { TaskQueue } from './tasks.ts';
import type { StaticIp } from './types.ts';
import { WIFI_EVENT, type WifiEvent, WifiEvents } from './wifi-events.ts';
import { Wps } from './wps.ts';

export const WIFI_MODE = { NULL: 0, STATION: 1, SOFTAP: 2, STATIONAP: 3 } as const;
export const STATION_STATUS = {
  IDLE: 0,
  CONNECTING: 1,
  WRONG_PASSWORD: 2,
  NO_AP_FOUND: 3,
  FAIL: 4,
  GOT_IP: 5,
  OFF: 255,
} as const;

/** From the end of a failed attempt to the next one; with the scan a missing network is reported every 2.4 s or so. */
const RETRY_DELAY = ms(300);
/** The SDK decides this in closed code; DISCOVERs go on after the event. */
const DHCP_TIMEOUT = seconds(60);

/** What is kept in flash across resets. */
export interface SavedWifi {
  mode: number;
  station: StationConfig | undefined;
  autoConnect: boolean;
  /** Where it was joined last; undefined before the first time. */
  channel: { readonly ssid: string; readonly number: number } | undefined;
}

export interface WifiEnv {
  readonly tasks: TaskQueue;
  readonly mac: MacAddress;
  readonly apMac: MacAddress;
  readonly saved: StationConfig | undefined;
}

export class Wifi {
  readonly events: WifiEvents;
  readonly saved: SavedWifi;
  readonly softAp: SoftAp;
  readonly wps: Wps = new Wps(this);
  readonly smart = new SmartConfig();
  /** The configuration in force: as saved, unless set without saving. */
  config: StationConfig | undefined;
  hostname: string;
  #mac: MacAddress;
  #mode: number;
  #status: number = STATION_STATUS.IDLE;
  /** Keep (re)joining. */
  #wanted = false;
  #retrying = false;
  /** Between a join and its outcome. */
  #attempting = false;
  #static: StaticIp | undefined;
  #network: Network | undefined;
  #scanDone: ((results: readonly ScanResult[]) => void) | undefined;
  #station: Station | undefined;
  #netif: Netif | undefined;
  #scanned: readonly ScanResult[] = [];
  #scanTimer: Timer | undefined;
  #retryTimer: Timer | undefined;
  #dhcpTimer: Timer | undefined;

  constructor(env: WifiEnv) {
    this.events = new WifiEvents(env.tasks);
    this.saved = { mode: WIFI_MODE.STATION, station: env.saved, autoConnect: true, channel: undefined };
    this.softAp = new SoftAp(env.apMac, this.events);
    this.config = env.saved;
    this.#mac = env.mac;
    this.#mode = this.saved.mode;
    this.hostname = defaultHostname(env.mac);
  }

  /** A boot: takes the station and interface of this boot and joins as saved. Without a station (a wire) nothing is joined. */
  boot(clock: Clock, station: Station | undefined, netif: Netif | undefined, place?: SoftApPlace): void {
    this.#station = station;
    this.#netif = netif;
    this.#mode = this.saved.mode;
    this.config = this.saved.station;
    this.#static = undefined;
    this.#network = undefined;
    this.#attempting = false;
    this.#retrying = false;
    this.#wanted = false;
    this.hostname = defaultHostname(this.#mac);
    this.#status = this.#stationOn ? STATION_STATUS.IDLE : STATION_STATUS.OFF;
    this.#scanTimer = clock.timer('wifi.scan', () => this.#tellScan());
    this.#retryTimer = clock.timer('wifi.retry', () => this.#join());
    this.#dhcpTimer = clock.timer('wifi.dhcp', () => this.events.emit({ id: WIFI_EVENT.STA_DHCP_TIMEOUT }));
    if (netif !== undefined) netif.onStatus = () => this.#onNetifStatus();
    if (station !== undefined) {
      station.handlers = {
        onJoined: (network) => this.#onJoined(network),
        onLost: (reason, network) => this.#onLost(reason, network),
        onScanDone: (results) => this.#onScanDone(results),
      };
    }
    this.softAp.boot(place);
    this.wps.boot(clock, place?.medium);
    this.smart.boot(clock);
    this.#turnSoftAp();
    if (this.saved.autoConnect && this.config !== undefined) this.connect();
  }

  /** A reset: what lives in RAM is gone. */
  shutdown(): void {
    this.events.reset();
    this.#wanted = false;
    this.#retrying = false;
    this.#scanDone = undefined;
    this.softAp.shutdown();
    this.wps.disable();
    this.smart.stop();
    this.#station?.shutdown();
    this.#station = undefined;
    this.#netif = undefined;
  }

  get mode(): number {
    return this.#mode;
  }

  get mac(): MacAddress {
    return this.#mac;
  }

  /** 0 to 5, or 255 while the station is switched off. */
  get status(): number {
    return this.#status;
  }

  /** dBm; undefined when not joined. */
  get rssi(): number | undefined {
    return this.#station?.rssi;
  }

  get channel(): number {
    return this.#network?.channel ?? this.softAp.channel ?? 1;
  }

  /** The station interface; undefined before the first boot. */
  get netif(): Netif | undefined {
    return this.#netif;
  }

  /** Why something may still happen by itself: 'joining' for a first attempt, 'retrying' after a failure. */
  get pending(): 'joining' | 'retrying' | undefined {
    if (!this.#wanted || this.#status === STATION_STATUS.GOT_IP) return undefined;
    return this.#retrying ? 'retrying' : 'joining';
  }

  setMode(mode: number, save: boolean): void {
    if (save) this.saved.mode = mode;
    if (mode === this.#mode) return;
    const oldMode = this.#mode;
    const wasOn = this.#stationOn;
    this.#mode = mode;
    this.#turnSoftAp();
    this.events.emit({ id: WIFI_EVENT.WIFI_MODE_CHANGED, oldMode, newMode: mode });
    if (wasOn && !this.#stationOn) {
      this.disconnect();
      this.#status = STATION_STATUS.OFF;
    } else if (!wasOn && this.#stationOn) {
      this.#status = STATION_STATUS.IDLE;
      if (this.saved.autoConnect && this.config !== undefined) this.connect();
    }
  }

  setStation(config: StationConfig | undefined, save: boolean): void {
    this.config = config;
    if (save) this.saved.station = config;
  }

  clearStation(): void {
    this.disconnect();
    this.config = undefined;
    this.saved.station = undefined;
    this.saved.autoConnect = false;
  }

  /** system_restore: the saved settings become those of a blank chip; what is in force stays until the reset. */
  restore(): void {
    this.saved.mode = WIFI_MODE.STATION;
    this.saved.station = undefined;
    this.saved.autoConnect = true;
    this.saved.channel = undefined;
    this.softAp.saved = undefined;
  }

  connect(): void {
    if (!this.#stationOn || this.config === undefined) return;
    this.#wanted = true;
    // Asking again while joined or joining changes nothing.
    if (this.#network !== undefined || this.#attempting) return;
    this.#retrying = false;
    this.#join();
  }

  disconnect(): void {
    this.#wanted = false;
    this.#retryTimer?.cancel();
    if (this.#status !== STATION_STATUS.OFF) this.#status = STATION_STATUS.IDLE;
    this.#station?.leave();
  }

  /** Fixed addresses for now and for later joins until the reset; stops DHCP. */
  setIp(ip: StaticIp): void {
    this.#static = ip;
    this.#dhcpTimer?.cancel();
    this.#netif?.dhcpStop();
    if (this.#network !== undefined) this.#applyStatic(ip);
  }

  /** Addresses of the station interface, or undefined while it has none. */
  get ip(): StaticIp | undefined {
    const netif = this.#netif;
    if (netif === undefined || netif.addr === IPV4_ANY) return this.#static;
    return { addr: netif.addr, netmask: netif.netmask, gateway: netif.gateway };
  }

  setMac(mac: MacAddress): boolean {
    if (this.#network !== undefined || this.#station === undefined || this.#station.state !== 'IDLE') return false;
    this.#station.setMac(mac);
    this.#mac = mac;
    return true;
  }

  /** One scan at a time; false when refused. An unfinished one only changes who is told. */
  scan(options: ScanOptions, done: (results: readonly ScanResult[]) => void): boolean {
    const scanning = this.#scanDone !== undefined;
    this.#scanDone = done;
    if (scanning) return true;
    if (this.#station === undefined || !this.#station.scan(options)) {
      this.#scanDone = undefined;
      return false;
    }
    return true;
  }

  get #stationOn(): boolean {
    return (this.#mode & WIFI_MODE.STATION) !== 0;
  }

  #turnSoftAp(): void {
    const on = (this.#mode & WIFI_MODE.SOFTAP) !== 0;
    this.softAp.turn(on, this.#stationOn);
    if (this.#network !== undefined) this.softAp.follow(this.#network.channel);
    if (this.#station !== undefined) this.#station.ownAp = on ? this.softAp.mac : undefined;
  }

  #join(): void {
    const { config } = this;
    if (config === undefined || this.#station === undefined || this.#attempting) return;
    this.#retryTimer?.cancel();
    this.#attempting = true;
    // Retries of the SDK's own keep the status of the last failure.
    if (!this.#retrying) this.#status = STATION_STATUS.CONNECTING;
    const { channel } = this.saved;
    this.#station.join({
      ssid: config.ssid,
      ...(config.password === '' ? {} : { password: config.password }),
      ...(config.bssid === undefined ? {} : { bssid: config.bssid }),
      ...(channel?.ssid === config.ssid ? { channel: channel.number } : {}),
    });
  }

  #onJoined(network: Network): void {
    this.#network = network;
    this.#attempting = false;
    this.#retrying = false;
    this.#status = STATION_STATUS.CONNECTING;
    const { ssid, channel } = network;
    this.saved.channel = { ssid, number: channel };
    this.softAp.follow(channel);
    this.events.emit({ id: WIFI_EVENT.STA_CONNECTED, ssid, bssid: network.bssid ?? MAC_ZERO, channel });
    const netif = this.#netif;
    if (netif === undefined) return;
    // As in the SDK the interface stays down until it has an address: DHCP's lease brings it up.
    if (this.#static !== undefined) {
      this.#applyStatic(this.#static);
    } else {
      netif.dhcpStart(this.hostname);
      this.#dhcpTimer?.arm(DHCP_TIMEOUT);
    }
  }

  #onLost(reason: number, network: Network): void {
    this.#network = undefined;
    this.#attempting = false;
    this.#dhcpTimer?.cancel();
    const netif = this.#netif;
    if (netif !== undefined) {
      netif.dhcpStop();
      netif.setAddr(IPV4_ANY, IPV4_ANY, IPV4_ANY);
      netif.setDown();
    }
    if (this.#status !== STATION_STATUS.OFF) this.#status = this.#wanted ? statusAfter(reason) : STATION_STATUS.IDLE;
    const { ssid } = network;
    this.events.emit({ id: WIFI_EVENT.STA_DISCONNECTED, ssid, bssid: network.bssid ?? MAC_ZERO, reason });
    if (!this.#wanted) return;
    this.#retrying = true;
    this.#retryTimer?.arm(RETRY_DELAY);
  }

  #onScanDone(results: readonly ScanResult[]): void {
    this.#scanned = results;
    this.#scanTimer?.arm(ms(0));
  }

  /** On the CPU, as soon as it is free. */
  #tellScan(): void {
    const done = this.#scanDone;
    this.#scanDone = undefined;
    done?.(this.#scanned);
  }

  #applyStatic(ip: StaticIp): void {
    this.#netif?.setAddr(ip.addr, ip.netmask, ip.gateway);
    this.#netif?.setUp();
  }

  #onNetifStatus(): void {
    const netif = this.#netif;
    if (netif === undefined || this.#network === undefined || !netif.usable) return;
    this.#dhcpTimer?.cancel();
    this.#status = STATION_STATUS.GOT_IP;
    const { addr: ip, netmask, gateway } = netif;
    this.events.emit({ id: WIFI_EVENT.STA_GOT_IP, ip, netmask, gateway } satisfies WifiEvent);
  }
}

/** NODE- and the last three octets (wifi.c wifi_station_hostname default). */
const defaultHostname = (mac: MacAddress): string =>
  `NODE-${formatMac(mac).slice(9).replaceAll(':', '').toUpperCase()}`;

/** SDK: the status between attempts. */
function statusAfter(reason: number): number {
  if (reason === REASON.NO_AP_FOUND) return STATION_STATUS.NO_AP_FOUND;
  const key: readonly number[] = [
    REASON.AUTH_EXPIRE,
    REASON.FOUR_WAY_HANDSHAKE_TIMEOUT,
    REASON.AUTH_FAIL,
    REASON.HANDSHAKE_TIMEOUT,
    REASON.MIC_FAILURE,
  ];
  if (key.includes(reason)) return STATION_STATUS.WRONG_PASSWORD;
  return reason === REASON.ASSOC_FAIL || reason === REASON.ASSOC_TOOMANY
    ? STATION_STATUS.FAIL
    : STATION_STATUS.CONNECTING;
}

export type { ScanOptions, ScanResult } from '../radio/index.ts';

/** Security of a scanned network by the firmware's number. */
export const authModeNumber = (mode: keyof typeof AUTH_MODE): number => AUTH_MODE[mode];
