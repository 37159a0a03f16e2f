/** The place a DHCP client works in: one interface, UDP port 68 on it, and the stack's resolver and ARP. */
import { type Clock, concat, type Tracer } from '../core/index.ts';
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT, IPV4_ANY, type Ipv4Address, type MacAddress } from '../wire/index.ts';
import type { DhcpEnv } from './dhcp.ts';
import type { DnsClient } from './dns.ts';
import type { EthArp } from './etharp.ts';
import type { Netif } from './netif.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';
import type { UdpLayer, UdpPcb } from './udp.ts';

/** sizeof(struct dhcp_msg) of dhcp.h: every message is as long, also one whose options would need more. */
const MESSAGE_LENGTH = 308;

/** What of the stack all clients share. */
export interface DhcpHost {
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly opts: StackOptions;
  readonly drops: DropCounters;
  readonly arp: EthArp;
  readonly udp: UdpLayer;
  readonly dns: DnsClient;
  /** The number of the last transaction, or a new one. */
  xid(next: boolean): number;
}

export class DhcpNetif implements DhcpEnv {
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly opts: StackOptions;
  readonly drops: DropCounters;
  readonly #host: DhcpHost;
  readonly #netif: Netif;
  #pcb: UdpPcb | undefined;

  constructor(host: DhcpHost, netif: Netif) {
    this.clock = host.clock;
    this.trace = host.trace;
    this.opts = host.opts;
    this.drops = host.drops;
    this.#host = host;
    this.#netif = netif;
  }

  mac(): MacAddress {
    return this.#netif.mac;
  }

  address(): Ipv4Address {
    return this.#netif.addr;
  }

  xid(next: boolean): number {
    return this.#host.xid(next);
  }

  /** The socket sends and keeps scripts off the port; what arrives there is handed over by the UDP layer. */
  occupyPort(occupy: boolean): void {
    this.#pcb?.remove();
    this.#pcb = undefined;
    if (!occupy) return;
    this.#pcb = this.#host.udp.newPcb();
    this.#pcb.internal = true;
    this.#pcb.bind(IPV4_ANY, DHCP_CLIENT_PORT);
  }

  send(message: Uint8Array, dst: Ipv4Address): void {
    const sized = concat(message, new Uint8Array(MESSAGE_LENGTH)).subarray(0, MESSAGE_LENGTH);
    this.#pcb?.sendToIf(sized, dst, DHCP_SERVER_PORT, this.#netif);
  }

  probe(addr: Ipv4Address): void {
    this.#host.arp.query(this.#netif, addr);
  }

  bind(addr: Ipv4Address, netmask: Ipv4Address, gateway: Ipv4Address): void {
    this.#netif.bindLease(addr, netmask, gateway);
  }

  setDown(): void {
    this.#netif.setDown();
  }

  unbind(): void {
    this.#netif.setDown();
    this.#netif.setAddr(IPV4_ANY, IPV4_ANY, IPV4_ANY);
  }

  setDnsServer(index: number, addr: Ipv4Address): void {
    this.#host.dns.setServer(index, addr);
  }
}
