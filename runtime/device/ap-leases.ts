/**
 * Who has which address of the soft access point's network, with the rules of the firmware's DHCP server
 * (lwip/app/dhcpserver.c): the lowest address that nobody else has, also for a client that already had another one.
 */
import { IPV4_ANY, IPV4_BROADCAST, type Ipv4Address, type MacAddress } from '../wire/index.ts';

/** MAX_STATION_NUM: with so many the oldest goes at the next minute. */
const LEASES_MAX = 8;

interface Lease {
  mac: MacAddress;
  addr: Ipv4Address;
  minutes: number;
  /** Named by the client itself rather than given to it; does not run out. */
  fixed: boolean;
  /** False: its station has left, and others may take the address. */
  online: boolean;
}

export interface LeaseRange {
  readonly first: Ipv4Address;
  readonly last: Ipv4Address;
}

/** An address for a client, 0.0.0.0 when there is none; `known`: the client had just this one and renews it. */
export interface Grant {
  readonly addr: Ipv4Address;
  readonly known: boolean;
}

const NONE: Grant = { addr: IPV4_ANY, known: false };

export class ApLeases {
  /** Length of a lease in minutes. */
  readonly minutes: number;
  #leases: Lease[] = [];

  constructor(minutes: number) {
    this.minutes = minutes;
  }

  get size(): number {
    return this.#leases.length;
  }

  /** A client was heard; `current` is the address it says it has, 0.0.0.0 for none. */
  update(mac: MacAddress, current: Ipv4Address, range: LeaseRange): Grant {
    if (current === IPV4_BROADCAST) return NONE;
    const own = this.#leases.find((lease) => lease.mac === mac);
    if (current === IPV4_ANY) return this.#give(mac, own, this.#lowestFree(mac, range), false);
    const holder = this.#leases.find((lease) => lease.addr === current);
    if (holder !== undefined && holder !== own && holder.online) return NONE;
    if (holder !== undefined && holder !== own) this.#drop(holder);
    const known = holder !== undefined && holder === own;
    return { ...this.#give(mac, own, current, !known), known };
  }

  /** A station left the network; `force`: it gave its address back. */
  leave(mac: MacAddress, force: boolean): void {
    const lease = this.#leases.find((candidate) => candidate.mac === mac);
    if (lease === undefined) return;
    if (force || lease.fixed) this.#drop(lease);
    else lease.online = false;
  }

  /** dhcps_coarse_tmr: a minute has passed. */
  tick(): void {
    for (const lease of [...this.#leases]) if (!lease.fixed && --lease.minutes <= 0) this.#drop(lease);
    if (this.#leases.length < LEASES_MAX) return;
    const [, ...others] = this.#leases;
    const oldest = others.reduce((a, b) => (b.minutes < a.minutes ? b : a));
    this.#drop(oldest);
  }

  clear(): void {
    this.#leases = [];
  }

  #give(mac: MacAddress, own: Lease | undefined, addr: Ipv4Address | undefined, fixed: boolean): Grant {
    if (addr === undefined) return NONE;
    if (own !== undefined) this.#drop(own);
    this.#leases.push({ mac, addr, minutes: this.minutes, fixed, online: true });
    this.#leases.sort((a, b) => a.addr - b.addr);
    return { addr, known: false };
  }

  #lowestFree(mac: MacAddress, { first, last }: LeaseRange): Ipv4Address | undefined {
    for (let addr = first; addr <= last; addr = (addr + 1) as Ipv4Address)
      if (!this.#leases.some((lease) => lease.addr === addr && lease.mac !== mac)) return addr;
    return undefined;
  }

  #drop(lease: Lease): void {
    this.#leases = this.#leases.filter((other) => other !== lease);
  }
}
