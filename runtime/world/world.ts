/**
 * A world: the clock, the seed, the air, one LAN and everything on it, and the only loop that lets time pass.
 * Same seed and same calls in the same order give the same bytes everywhere. Nothing here sleeps; whoever wants real
 * time paces the calls from outside.
 */
import { invariant, type Micros, Rng, Trace, us, VirtualClock } from '../core/index.ts';
import { DEFAULT_PROFILE, Device, type LuaModule, type Profile } from '../device/index.ts';
import {
  AccessPoint,
  type AccessPointOptions,
  type FaultOptions,
  type FaultRule,
  Medium,
  type Position,
} from '../radio/index.ts';
import { formatIpv4, type Ipv4Address, ipv4, type MacAddress } from '../wire/index.ts';
import { faultReport, LastEvents } from './fault-report.ts';
import { Host } from './host.ts';
import { Lan } from './lan.ts';
import { Phone, type PhoneKind } from './phone.ts';
import { Router } from './router.ts';
import type { Service } from './service.ts';

/** The addresses of the LAN. */
export interface Network {
  readonly router: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly firstLease: Ipv4Address;
  readonly lastLease: Ipv4Address;
}

/** The home network of a router at any address of 256: the leases have .50 to .254 as in {@link HOME_NETWORK}. */
export function networkOf(router: Ipv4Address): Network {
  const at = (host: number): Ipv4Address => (router - (router & 0xff) + host) as Ipv4Address;
  return { router, netmask: ipv4(255, 255, 255, 0), firstLease: at(50), lastLease: at(254) };
}

export const HOME_NETWORK: Network = networkOf(ipv4(192, 168, 1, 1));

export interface WorldOptions {
  /** Decides every chance; by default 1. */
  readonly seed?: number;
  /** By default {@link HOME_NETWORK}. */
  readonly network?: Network;
  /** Addresses that hosts are to have: the services of .test keep away from them. */
  readonly kept?: readonly Ipv4Address[];
  /** Trace events kept for fault reports, by default 50. 0 keeps none and saves their cost. */
  readonly traceLines?: number;
}

export interface DeviceOptions {
  /** By default esp1, esp2, … */
  readonly name?: string;
  readonly modules: readonly LuaModule[];
  /** What differs from the profile of every device; addresses count up by themselves. */
  readonly profile?: Partial<Profile>;
  readonly position?: Position;
}

export interface PhoneSetup {
  /** By default phone1, phone2, … */
  readonly name?: string;
  /** By default an Android phone. */
  readonly kind?: PhoneKind;
  readonly position?: Position;
}

/** The switch answers to no address; ports of hosts get 02:00 and their IPv4 address, access points 02:00:00:00:01:xx. */
const HOST_MACS = 0x020000000000;
const FIRST_BSSID = 0x020000000100;
const FIRST_PHONE_MAC = 0x020000000200;
/** The services of .test have the numbers below. */
const FIRST_SPARE = 30;
/** So many events at one instant are a loop, not a busy moment. */
const STUCK_EVENTS = 1_000_000;

export class World {
  readonly seed: number;
  readonly clock = new VirtualClock();
  readonly rng: Rng;
  readonly trace: Trace;
  readonly network: Network;
  readonly medium: Medium;
  readonly lan: Lan;
  /** What the name server answers, in lower case. */
  readonly names = new Map<string, Ipv4Address>();
  readonly accessPoints: AccessPoint[] = [];
  readonly hosts: Host[] = [];
  readonly devices: Device[] = [];
  readonly phones: Phone[] = [];
  /** Servers that can be talked to from outside, by the name of their host: `mqtt.test` is an MqttBroker. */
  readonly services = new Map<string, Service>();
  readonly #kept: readonly Ipv4Address[];
  #router: Router | undefined;
  readonly #last: LastEvents;
  #eventsAtOnce = 0;

  constructor(options: WorldOptions = {}) {
    this.seed = options.seed ?? 1;
    this.network = options.network ?? HOME_NETWORK;
    this.#kept = options.kept ?? [];
    this.rng = new Rng(this.seed);
    this.trace = new Trace(this.clock);
    this.#last = new LastEvents(this.trace, options.traceLines ?? 50);
    this.medium = new Medium({ clock: this.clock, rng: this.rng.fork('radio'), trace: this.trace.node('air') });
    this.lan = new Lan(this.clock);
  }

  get now(): Micros {
    return this.clock.now();
  }

  get router(): Router | undefined {
    return this.#router;
  }

  /** The DHCP and name server, at the router's address of the network. Once per world. */
  addRouter(): Router {
    invariant(this.#router === undefined, 'this world has a router already');
    const { router, netmask, firstLease, lastLease } = this.network;
    const config = { address: router, netmask, firstLease, lastLease };
    this.#router = new Router(this.clock, this.addHost('router', router), config, this.names);
    this.#router.dhcp.keep((HOST_MACS + router) as MacAddress, router);
    return this.#router;
  }

  /** The address with that number in the network; when somebody else is there or is to be, the next spare one. */
  place(number: number): Ipv4Address {
    const { router, netmask, lastLease } = this.network;
    const network = (router & netmask) >>> 0;
    const taken = new Set<number>([...this.#kept, ...this.hosts.map(({ addr }) => addr)]);
    let addr = network + number;
    if (taken.has(addr)) for (addr = network + FIRST_SPARE; taken.has(addr); ) addr++;
    invariant(addr <= lastLease, 'the network has no address left');
    return addr as Ipv4Address;
  }

  /** A plain computer on the LAN; its name is answered by the name server. */
  addHost(name: string, addr: Ipv4Address): Host {
    invariant(!this.hosts.some((h) => h.addr === addr), `two hosts at ${formatIpv4(addr)}`);
    const host = new Host(
      name,
      {
        clock: this.clock,
        rng: this.rng.fork(`host/${name}`),
        trace: this.trace.node(name),
        link: this.lan.port((HOST_MACS + addr) as MacAddress, name),
        resolve: (wanted) => this.names.get(wanted.toLowerCase()),
      },
      { addr, netmask: this.network.netmask, gateway: this.network.router },
    );
    this.hosts.push(host);
    this.names.set(name.toLowerCase(), addr);
    this.#router?.dhcp.keep((HOST_MACS + addr) as MacAddress, addr);
    return host;
  }

  /** An access point that bridges the air to the LAN. Without a BSSID it gets the next one of its own kind. */
  addAccessPoint(options: Omit<AccessPointOptions, 'bssid'> & { readonly bssid?: MacAddress }): AccessPoint {
    const bssid = options.bssid ?? ((FIRST_BSSID + this.accessPoints.length) as MacAddress);
    const ap = new AccessPoint(this.medium, { ...options, bssid });
    const port = this.lan.port(bssid, `ap${this.accessPoints.length + 1}`);
    port.attach({ onFrame: (frame) => ap.wired.send(frame), onLinkChange: () => {} });
    ap.wired.attach({ onFrame: (frame) => port.send(frame), onLinkChange: () => {} });
    this.accessPoints.push(ap);
    return ap;
  }

  /** A device, powered off; put its files on `device.flash`, then `start()`. The router keeps the next lease for it. */
  addDevice(options: DeviceOptions): Device {
    const n = this.devices.length;
    const name = options.name ?? `esp${n + 1}`;
    const profile = {
      mac: (DEFAULT_PROFILE.mac + n) as MacAddress,
      apMac: (DEFAULT_PROFILE.apMac + n) as MacAddress,
      ...options.profile,
    };
    const device = new Device({
      clock: this.clock,
      rng: this.rng.fork(`device/${name}`),
      trace: this.trace.node(name),
      name,
      medium: this.medium,
      modules: options.modules,
      profile,
      ...(options.position === undefined ? {} : { position: options.position }),
    });
    this.#router?.dhcp.reserve(profile.mac);
    this.devices.push(device);
    return device;
  }

  /** A phone in nobody's network. */
  addPhone({ name = `phone${this.phones.length + 1}`, ...options }: PhoneSetup = {}): Phone {
    const env = {
      clock: this.clock,
      rng: this.rng.fork(`phone/${name}`),
      trace: this.trace.node(name),
      medium: this.medium,
    };
    const phone = new Phone(name, env, {
      mac: (FIRST_PHONE_MAC + this.phones.length) as MacAddress,
      ...options,
    });
    this.phones.push(phone);
    return phone;
  }

  /** A phone's app tells the credentials of its network to whoever listens for them (smartconfig). */
  tellCredentials(ssid: string, password: string): void {
    for (const device of this.devices) device.wifi.smart.hear({ ssid, password });
  }

  /** A rule on the frames of the air. */
  addFault(options: FaultOptions): FaultRule {
    return this.medium.rules.add(options);
  }

  /** The access point has no power from `from` (virtual time) on, for that long. */
  addOutage(ap: AccessPoint, from: Micros, duration: Micros): void {
    const now = this.clock.now();
    this.clock.timer('outage begins', () => ap.setUp(false)).arm(us(from - now));
    this.clock.timer('outage ends', () => ap.setUp(true)).arm(us(from + duration - now));
  }

  /** Lets that much time pass. */
  runFor(duration: Micros): void {
    this.runUntil(() => false, duration);
  }

  /** Lets events happen until `done` answers true after one of them, `limit` at most. Tells whether it did. */
  runUntil(done: () => boolean, limit: Micros): boolean {
    const end = us(this.clock.now() + limit);
    while (this.#step(end)) if (done()) return true;
    this.clock.runUntil(end);
    return false;
  }

  /**
   * Lets time pass until nothing that ends by itself can wake any program (repeating timers, listeners and bound UDP
   * ports may remain), `limit` at most. Tells whether it came to rest.
   */
  runUntilIdle(limit: Micros): boolean {
    const idle = (): boolean => this.devices.every((device) => device.wakeSources().finite.length === 0);
    // A CPU comes to rest between events, too.
    return idle() || this.runUntil(idle, limit) || idle();
  }

  /** One event, unless the next lies behind `end`. */
  #step(end: Micros): boolean {
    const next = this.clock.nextAt;
    if (next === undefined || next > end) return false;
    this.#eventsAtOnce = next === this.clock.now() ? this.#eventsAtOnce + 1 : 0;
    try {
      if (this.#eventsAtOnce > STUCK_EVENTS) {
        const pending = this.clock.pending().slice(0, 5).join(', ');
        invariant(false, `${STUCK_EVENTS} events without any time passing; next are ${pending}`);
      }
      return this.clock.step();
    } catch (error) {
      throw faultReport(error, this.seed, this.clock.now(), this.#last);
    }
  }
}
