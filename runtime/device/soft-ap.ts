/**
 * The soft access point: its configuration, its interface `ap` with a DHCP server, its stations. Exists on the air only
 * in the modes SOFTAP and STATIONAP. Kept for all boots; what is not in `saved` is forgotten at a reset.
 */
import type { Clock, Link } from '../core/index.ts';
import {
  AccessPoint,
  type AccessPointOptions,
  AUTH_MODE,
  type AuthMode,
  type Medium,
  type Position,
} from '../radio/index.ts';
import type { Netif, Stack } from '../stack/index.ts';
import { formatMac, IPV4_ANY, type Ipv4Address, ipv4, type MacAddress } from '../wire/index.ts';
import { ApDhcp } from './ap-dhcp.ts';
import type { LeaseRange } from './ap-leases.ts';
import type { StaticIp } from './types.ts';
import { WIFI_EVENT, type WifiEvents } from './wifi-events.ts';

/** struct softap_config of the SDK. */
export interface SoftApConfig {
  readonly ssid: string;
  /** Empty for an open network. */
  readonly password: string;
  /** By the firmware's numbers, 0 to 4. */
  readonly auth: number;
  readonly channel: number;
  readonly hidden: boolean;
  readonly max: number;
  /** In units of 1024 us. */
  readonly beacon: number;
}

/** What of a boot it works with. */
export interface SoftApPlace {
  readonly clock: Clock;
  readonly medium: Medium;
  readonly stack: Stack;
  readonly position: Position | undefined;
  /** The access point's link with the CPU in between. */
  readonly behindCpu: (link: Link) => Link & { detach(): void };
}

/** SDK: the interface's addresses until the script sets others. */
const DEFAULT_IP: StaticIp = {
  addr: ipv4(192, 168, 4, 1),
  netmask: ipv4(255, 255, 255, 0),
  gateway: ipv4(192, 168, 4, 1),
};

export class SoftAp {
  /** The configuration in force. */
  config: SoftApConfig;
  /** What flash has; undefined until something was saved. */
  saved: SoftApConfig | undefined;
  readonly #events: WifiEvents;
  #mac: MacAddress;
  #ip = DEFAULT_IP;
  /** Addresses of the stations that are there; 0.0.0.0 without a lease. */
  readonly #clients = new Map<MacAddress, Ipv4Address>();
  #place: SoftApPlace | undefined;
  #ap: AccessPoint | undefined;
  #link: { detach(): void } | undefined;
  #netif: Netif | undefined;
  #dhcp: ApDhcp | undefined;

  constructor(mac: MacAddress, events: WifiEvents) {
    this.#mac = mac;
    this.#events = events;
    this.config = this.blankConfig;
  }

  /** A new boot; `place` is undefined for a device without air. */
  boot(place: SoftApPlace | undefined): void {
    this.#place = place;
    this.config = this.saved ?? this.blankConfig;
    this.#ip = DEFAULT_IP;
  }

  shutdown(): void {
    this.#ap?.shutdown();
    this.#link?.detach();
    this.#clients.clear();
    this.#place = undefined;
    this.#ap = undefined;
    this.#link = undefined;
    this.#netif = undefined;
    this.#dhcp = undefined;
  }

  /** What the SDK starts with on a blank chip. */
  get blankConfig(): SoftApConfig {
    const name = formatMac(this.#mac).slice(9).replaceAll(':', '').toUpperCase();
    return { ssid: `ESP_${name}`, password: '', auth: AUTH_MODE.OPEN, channel: 1, hidden: false, max: 4, beacon: 100 };
  }

  get mac(): MacAddress {
    return this.#mac;
  }

  /** On the air. */
  get on(): boolean {
    return this.#ap?.up === true;
  }

  get netif(): Netif | undefined {
    return this.#netif;
  }

  /** The channel it works on, undefined while off. */
  get channel(): number | undefined {
    return this.on ? this.#ap?.channel : undefined;
  }

  /** Addresses that the interface has, or will have when it is switched on. */
  get addresses(): StaticIp {
    return this.#ip;
  }

  /** Addresses of the interface; undefined while it is off. */
  get ip(): StaticIp | undefined {
    return this.on ? this.#ip : undefined;
  }

  /** Stations and the addresses that the DHCP server gave them, 0.0.0.0 for none. */
  get clients(): ReadonlyMap<MacAddress, Ipv4Address> {
    return this.#clients;
  }

  /** On the air, and the program wants to hear of its stations. */
  get listenedTo(): boolean {
    const { AP_STACONNECTED, AP_STADISCONNECTED, AP_PROBEREQRECVED } = WIFI_EVENT;
    return this.on && [AP_STACONNECTED, AP_STADISCONNECTED, AP_PROBEREQRECVED].some((id) => this.#events.listening(id));
  }

  /** Switches it on or off, with its interface and DHCP server. */
  turn(on: boolean, withStation: boolean): void {
    if (this.#place === undefined) return;
    if (on !== this.on) this.#switch(this.#place, on);
    const { stack } = this.#place;
    stack.defaultNetif = on && !withStation ? this.#netif : stack.netifs.find(({ name }) => name === 'st');
  }

  #switch(place: SoftApPlace, on: boolean): void {
    if (!on) {
      this.#dhcp?.stop();
      this.#ap?.setUp(false);
      this.#clients.clear();
      this.#netif?.setDown();
      return;
    }
    const netif = this.#netif ?? this.#create(place);
    this.#ap?.setUp(true);
    netif.setAddr(this.#ip.addr, this.#ip.netmask, this.#ip.gateway);
    netif.setUp();
    this.#dhcp?.start();
  }

  /** New settings; stations are sent away first. */
  configure(config: SoftApConfig, save: boolean): void {
    this.config = config;
    if (save) this.saved = config;
    this.#ap?.configure(this.#options());
  }

  /** The station has joined on that channel: one radio can only be on one. */
  follow(channel: number): void {
    if (this.on) this.#ap?.setChannel(channel);
  }

  setMac(mac: MacAddress): void {
    this.#mac = mac;
    this.#ap?.configure(this.#options());
  }

  /** Restarts the DHCP server with the new addresses. */
  setIp(ip: StaticIp): void {
    this.#ip = ip;
    if (!this.on) return;
    this.stopDhcp();
    this.#netif?.setAddr(ip.addr, ip.netmask, ip.gateway);
    this.startDhcp();
  }

  /** False for a network that is off. */
  startDhcp(): boolean {
    if (this.on) this.#dhcp?.start();
    return this.on;
  }

  /** Also takes the addresses of the stations away. */
  stopDhcp(): boolean {
    this.#dhcp?.stop();
    for (const mac of this.#clients.keys()) this.#clients.set(mac, IPV4_ANY);
    return this.on;
  }

  /** The server restarts with the new range, or with the default one where the new one is impossible. */
  setDhcpRange(range: LeaseRange): void {
    this.stopDhcp();
    this.#dhcp?.setRange(range);
    this.startDhcp();
  }

  /** Sends one station away, or all. */
  deauth(mac: MacAddress | undefined): boolean {
    if (!this.on) return false;
    for (const client of this.#ap?.clients ?? [])
      if (mac === undefined || client.mac === mac) this.#ap?.deauth(client.mac);
    return true;
  }

  #options(): AccessPointOptions {
    const { ssid, password, auth, channel, hidden, max, beacon } = this.config;
    const authMode = authModeOf(auth);
    return {
      ssid,
      bssid: this.#mac,
      channel,
      hidden,
      authMode,
      maxStations: max,
      beaconInterval: beacon,
      ...(authMode === 'OPEN' || password === '' ? {} : { password }),
    };
  }

  #create({ clock, medium, stack, position, behindCpu }: SoftApPlace): Netif {
    const ap = new AccessPoint(medium, {
      ...this.#options(),
      clock,
      ...(position === undefined ? {} : { position }),
    });
    ap.handlers = {
      onStationJoined: (mac, aid) => {
        this.#clients.set(mac, IPV4_ANY);
        this.#events.emit({ id: WIFI_EVENT.AP_STACONNECTED, mac, aid });
      },
      onStationLeft: (mac, aid) => {
        this.#clients.delete(mac);
        this.#dhcp?.stationLeft(mac);
        this.#events.emit({ id: WIFI_EVENT.AP_STADISCONNECTED, mac, aid });
      },
      onProbeRequest: (mac, rssi) => this.#events.emit({ id: WIFI_EVENT.AP_PROBEREQRECVED, mac, rssi }),
    };
    const link = behindCpu(ap.wired);
    const netif = stack.addNetif('ap', link);
    const assigned = (mac: MacAddress, addr: Ipv4Address): void => {
      if (this.#clients.has(mac)) this.#clients.set(mac, addr);
      if (addr !== IPV4_ANY) this.#events.emit({ id: WIFI_EVENT.AP_DISTRIBUTE_STA_IP });
    };
    this.#ap = ap;
    this.#link = link;
    this.#netif = netif;
    this.#dhcp = new ApDhcp({ clock, stack, netif, assigned });
    return netif;
  }
}

const authModeOf = (auth: number): AuthMode => {
  const names = Object.keys(AUTH_MODE) as AuthMode[];
  return names.find((name) => AUTH_MODE[name] === auth) ?? 'OPEN';
};
