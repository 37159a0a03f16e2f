/**
 * A network interface (netif.c): its addresses, the interface flag beside the state of the link, and its DHCP client.
 * What has to happen elsewhere in the stack when one of them changes is asked for through the environment.
 */
import type { Link, LinkHandler } from '../core/index.ts';
import { emitEthernet, IPV4_ANY, IPV4_BROADCAST, type Ipv4Address, type MacAddress, readMac } from '../wire/index.ts';
import type { DhcpClient } from './dhcp.ts';

export interface NetifEnv {
  input(netif: Netif, frame: Uint8Array): void;
  passesBy(frame: Uint8Array): boolean;
  /** The interface can be reached now: gratuitous ARP and group reports are due. */
  announce(netif: Netif): void;
  /** The address is about to change from `netif.addr` to `next`. */
  readdress(netif: Netif, next: Ipv4Address): void;
  newDhcpClient(netif: Netif): DhcpClient;
}

/** Addresses of an interface before a lease was granted, for {@link Netif.onLease}. */
export interface NetifAddresses {
  readonly addr: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address;
}

export class Netif implements LinkHandler {
  /** `st` station, `ap` softAP, `en` Ethernet. */
  readonly name: string;
  /** Counts the interfaces of a stack from 0. */
  readonly index: number;
  readonly link: Link;
  readonly #env: NetifEnv;
  #addr = IPV4_ANY;
  #netmask = IPV4_ANY;
  #gateway = IPV4_ANY;
  #up = false;
  #detached = false;
  #dhcp: DhcpClient | undefined;

  /** netif_status_callback: addresses or the interface flag changed. */
  onStatus: ((netif: Netif) => void) | undefined;
  /** A DHCP lease was granted or confirmed; `before` tells whether it brought new addresses. */
  onLease: ((netif: Netif, before: NetifAddresses) => void) | undefined;
  /** The link went up or down; the interface has reacted already. */
  onLink: ((netif: Netif, up: boolean) => void) | undefined;

  constructor(env: NetifEnv, name: string, index: number, link: Link) {
    this.#env = env;
    this.name = name;
    this.index = index;
    this.link = link;
    link.attach(this);
  }

  get mac(): MacAddress {
    return readMac(this.link.hwaddr, 0);
  }

  get addr(): Ipv4Address {
    return this.#addr;
  }

  get netmask(): Ipv4Address {
    return this.#netmask;
  }

  get gateway(): Ipv4Address {
    return this.#gateway;
  }

  /** The interface flag; says nothing about the link. */
  get up(): boolean {
    return this.#up;
  }

  /** Up and configured: takes what is sent to its address. */
  get usable(): boolean {
    return this.#up && this.#addr !== IPV4_ANY;
  }

  /** The client, also after it was stopped; undefined before the first start. */
  get dhcp(): DhcpClient | undefined {
    return this.#dhcp;
  }

  isOnLink(addr: Ipv4Address): boolean {
    return ((addr ^ this.#addr) & this.#netmask) === 0;
  }

  /** ip4_addr_isbroadcast: all ones, all zeros, or all ones in the host part of the network. */
  isBroadcast(addr: Ipv4Address): boolean {
    if (addr === IPV4_BROADCAST || addr === IPV4_ANY) return true;
    return addr !== this.#addr && this.isOnLink(addr) && (addr | this.#netmask) >>> 0 === IPV4_BROADCAST;
  }

  /** netif_set_up. Announces the address, even when it is 0.0.0.0; for DHCP the lease brings the interface up. */
  setUp(): void {
    if (this.#up) return;
    this.#up = true;
    this.onStatus?.(this);
    this.#announce();
  }

  /** netif_set_down. Addresses and connections stay; packets find no route. */
  setDown(): void {
    if (!this.#up) return;
    this.#up = false;
    this.onStatus?.(this);
  }

  /**
   * netif_set_addr. TCP connections of an address that changes are aborted, while they can still say so. As in lwIP a
   * change is not announced.
   */
  setAddr(addr: Ipv4Address, netmask: Ipv4Address, gateway: Ipv4Address): void {
    if (this.#changeAddr(addr, netmask, gateway)) this.onStatus?.(this);
  }

  /** Starts or restarts the DHCP client; `hostName` goes into option 12. */
  dhcpStart(hostName = ''): void {
    this.#dhcp ??= this.#env.newDhcpClient(this);
    this.#dhcp.start(hostName);
  }

  /** Stops the client; the addresses stay. */
  dhcpStop(): void {
    this.#dhcp?.stop();
  }

  /** dhcp_cleanup: stops and forgets the client and what it knew. */
  dhcpCleanup(): void {
    this.#dhcp?.stop();
    this.#dhcp = undefined;
  }

  /** dhcp_bind: the client's lease is confirmed. One call of `onStatus` tells addresses and flag together. */
  bindLease(addr: Ipv4Address, netmask: Ipv4Address, gateway: Ipv4Address): void {
    const before = { addr: this.#addr, netmask: this.#netmask, gateway: this.#gateway };
    const wasUp = this.#up;
    const changed = this.#changeAddr(addr, netmask, gateway);
    this.#up = true;
    if (changed || !wasUp) this.onStatus?.(this);
    if (!wasUp) this.#announce();
    this.onLease?.(this, before);
  }

  /** Sends one frame, whatever the interface flag says. */
  send(dst: MacAddress, etherType: number, payload: Uint8Array): void {
    if (this.#detached) return;
    this.link.send(emitEthernet({ dst, src: this.mac, etherType, payload }));
  }

  onFrame(frame: Uint8Array): void {
    if (!this.#detached) this.#env.input(this, frame);
  }

  passesBy(frame: Uint8Array): boolean {
    return this.#detached || this.#env.passesBy(frame);
  }

  /** netif_set_link_up and _down: a link that came back is announced, and a lease on it verified. */
  onLinkChange(up: boolean): void {
    if (this.#detached) return;
    if (up) {
      this.#dhcp?.networkChanged();
      this.#announce();
    }
    this.onLink?.(this, up);
  }

  /** Device reset: stops the client and neither sends nor hears anything from now on. */
  detach(): void {
    this.#detached = true;
    this.#dhcp?.stop();
    this.onStatus = undefined;
    this.onLease = undefined;
    this.onLink = undefined;
  }

  #announce(): void {
    if (this.#up && this.link.up) this.#env.announce(this);
  }

  #changeAddr(addr: Ipv4Address, netmask: Ipv4Address, gateway: Ipv4Address): boolean {
    const changed = addr !== this.#addr || netmask !== this.#netmask || gateway !== this.#gateway;
    if (addr !== this.#addr) this.#env.readdress(this, addr);
    this.#addr = addr;
    this.#netmask = netmask;
    this.#gateway = gateway;
    return changed;
  }
}
