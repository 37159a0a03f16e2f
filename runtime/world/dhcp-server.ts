/**
 * The address book of the router: a DHCP server without sockets (RFC 2131 section 4.3). A message goes in, the answer
 * and where to send it come out. Authoritative for its network, so a client with a foreign address gets a NAK.
 * Not here: relays (giaddr), BOOTP clients, probing an address by ping before it is offered.
 */
import type { Clock } from '../core/index.ts';
import {
  BOOTREPLY,
  BOOTREQUEST,
  DHCP_ACK,
  DHCP_DECLINE,
  DHCP_DISCOVER,
  DHCP_INFORM,
  DHCP_NAK,
  DHCP_OFFER,
  DHCP_RELEASE,
  DHCP_REQUEST,
  type Dhcp,
  type DhcpOptions,
  IPV4_ANY,
  IPV4_BROADCAST,
  type Ipv4Address,
  MAC_BROADCAST,
  type MacAddress,
} from '../wire/index.ts';

/** An offer is kept for the client this long; RFC 2131 leaves it to the server. */
const OFFER_SECONDS = 60;
/** An address that somebody else was seen to use is left alone this long. */
const DECLINE_SECONDS = 600;
/** A day, as home routers do. T1 and T2 are the defaults of RFC 2131 section 4.4.5: a half and seven eighths of it. */
export const LEASE_SECONDS = 86_400;

export interface DhcpConfig {
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly firstLease: Ipv4Address;
  readonly lastLease: Ipv4Address;
}

/** One address in somebody's hands. */
export interface Lease {
  readonly address: Ipv4Address;
  /** Undefined: declined, nobody may have it for a while. */
  readonly mac: MacAddress | undefined;
  readonly hostName: string;
  readonly state: 'offered' | 'bound' | 'declined';
  /** Microseconds of virtual time. */
  readonly until: number;
}

export interface DhcpReply {
  readonly message: Dhcp;
  readonly dstAddr: Ipv4Address;
  readonly dstMac: MacAddress;
}

export class DhcpServer {
  /** False: asked, but never answers. */
  enabled = true;
  /** Length of the leases given from now on. */
  leaseSeconds = LEASE_SECONDS;
  readonly #clock: Clock;
  readonly #config: DhcpConfig;
  readonly #leases = new Map<Ipv4Address, Lease>();
  readonly #reserved = new Map<MacAddress, Ipv4Address>();
  readonly #reservedBy = new Map<Ipv4Address, MacAddress>();

  constructor(clock: Clock, config: DhcpConfig) {
    this.#clock = clock;
    this.#config = config;
  }

  /** Unexpired leases and offers by address. */
  leases(): Lease[] {
    const now = this.#clock.now();
    return [...this.#leases.values()].filter((l) => l.until > now).sort((a, b) => a.address - b.address);
  }

  /** Keeps the lowest address that is neither reserved nor leased for one client; undefined when the pool is used up. */
  reserve(mac: MacAddress): Ipv4Address | undefined {
    const known = this.#reserved.get(mac);
    if (known !== undefined) return known;
    const address = this.#lowestFree(mac);
    if (address === undefined) return undefined;
    this.#reserved.set(mac, address);
    this.#reservedBy.set(address, mac);
    return address;
  }

  /** A computer has this address by itself: nobody else gets it, whether it is in the pool or not. */
  keep(mac: MacAddress, address: Ipv4Address): void {
    this.#reserved.set(mac, address);
    this.#reservedBy.set(address, mac);
  }

  /** Forgets every lease: a router that lost its memory. Clients that renew get a NAK. */
  forget(): void {
    this.#leases.clear();
  }

  handle(request: Dhcp): DhcpReply | undefined {
    if (!this.enabled || request.op !== BOOTREQUEST) return undefined;
    const { messageType, serverId } = request.options;
    const elsewhere = serverId !== undefined && serverId !== this.#config.address;
    switch (messageType) {
      case DHCP_DISCOVER:
        return this.#discover(request);
      case DHCP_REQUEST:
        // Section 4.3.2: a REQUEST naming another server declines our offer.
        if (!elsewhere) return this.#request(request);
        this.#drop(request.chaddr);
        return undefined;
      case DHCP_DECLINE:
        if (!elsewhere) this.#decline(request);
        return undefined;
      case DHCP_RELEASE:
        if (this.#leases.get(request.ciaddr)?.mac === request.chaddr) this.#leases.delete(request.ciaddr);
        return undefined;
      case DHCP_INFORM:
        return this.#answer(request, DHCP_ACK, IPV4_ANY, this.#network());
      default:
        return undefined;
    }
  }

  #discover(request: Dhcp): DhcpReply | undefined {
    const address = this.#choose(request.chaddr, request.options.requestedIp);
    if (address === undefined) return undefined;
    const lease = this.#leases.get(address);
    // A client that asks again keeps what it holds until the new offer is taken.
    if (lease === undefined || lease.state !== 'bound' || !this.#holds(address, request.chaddr))
      this.#put(request, address, 'offered', OFFER_SECONDS);
    return this.#answer(request, DHCP_OFFER, address, this.#leaseOptions());
  }

  /** Section 4.3.2, by the state of the client: SELECTING and INIT-REBOOT ask in option 50, RENEWING and REBINDING in ciaddr. */
  #request(request: Dhcp): DhcpReply | undefined {
    const { serverId, requestedIp } = request.options;
    const wanted = request.ciaddr !== IPV4_ANY ? request.ciaddr : requestedIp;
    if (wanted === undefined) return undefined;
    // INIT-REBOOT: an address of ours that nobody else holds may be taken again, although we know of no lease.
    const rebooting = serverId === undefined && request.ciaddr === IPV4_ANY;
    const granted = this.#holds(wanted, request.chaddr) || (rebooting && this.#isFree(wanted, request.chaddr));
    if (!granted) return this.#nak(request, this.#inPool(wanted) ? 'address not leased to you' : 'wrong network');
    this.#drop(request.chaddr);
    this.#put(request, wanted, 'bound', this.leaseSeconds);
    return this.#answer(request, DHCP_ACK, wanted, this.#leaseOptions());
  }

  #decline(request: Dhcp): void {
    const address = request.options.requestedIp;
    if (address === undefined || !this.#holds(address, request.chaddr)) return;
    const until = this.#clock.now() + DECLINE_SECONDS * 1e6;
    this.#leases.set(address, { address, mac: undefined, hostName: '', state: 'declined', until });
  }

  /** Section 4.3.1: the current address, else the reserved one, else the one asked for, else the lowest free one. */
  #choose(mac: MacAddress, requested: Ipv4Address | undefined): Ipv4Address | undefined {
    for (const lease of this.leases()) if (lease.mac === mac) return lease.address;
    const reserved = this.#reserved.get(mac);
    if (reserved !== undefined && this.#isFree(reserved, mac)) return reserved;
    if (requested !== undefined && this.#isFree(requested, mac)) return requested;
    return this.#lowestFree(mac);
  }

  #lowestFree(mac: MacAddress): Ipv4Address | undefined {
    for (let a = this.#config.firstLease; a <= this.#config.lastLease; a = (a + 1) as Ipv4Address)
      if (this.#isFree(a, mac)) return a;
    return undefined;
  }

  #inPool(address: Ipv4Address): boolean {
    return address >= this.#config.firstLease && address <= this.#config.lastLease;
  }

  #isFree(address: Ipv4Address, mac: MacAddress): boolean {
    if (!this.#inPool(address)) return false;
    const owner = this.#reservedBy.get(address);
    if (owner !== undefined && owner !== mac) return false;
    const lease = this.#leases.get(address);
    return lease === undefined || lease.until <= this.#clock.now() || lease.mac === mac;
  }

  #holds(address: Ipv4Address, mac: MacAddress): boolean {
    const lease = this.#leases.get(address);
    return lease !== undefined && lease.mac === mac && lease.until > this.#clock.now();
  }

  #drop(mac: MacAddress): void {
    for (const [address, lease] of this.#leases) if (lease.mac === mac) this.#leases.delete(address);
  }

  #put(request: Dhcp, address: Ipv4Address, state: Lease['state'], seconds: number): void {
    const hostName = request.options.hostName ?? '';
    const until = this.#clock.now() + seconds * 1e6;
    this.#leases.set(address, { address, mac: request.chaddr, hostName, state, until });
  }

  #network(): Omit<DhcpOptions, 'other'> {
    const { address, netmask } = this.#config;
    return { subnetMask: netmask, routers: [address], dnsServers: [address] };
  }

  #leaseOptions(): Omit<DhcpOptions, 'other'> {
    return {
      leaseTime: this.leaseSeconds,
      renewalTime: Math.floor(this.leaseSeconds / 2),
      rebindingTime: Math.floor((this.leaseSeconds * 7) / 8),
      ...this.#network(),
    };
  }

  #nak(request: Dhcp, message: string): DhcpReply {
    // Section 4.3.2: a NAK goes to everybody, the client may have lost its address.
    const reply = this.#answer(request, DHCP_NAK, IPV4_ANY, { message });
    return { ...reply, dstAddr: IPV4_BROADCAST, dstMac: MAC_BROADCAST };
  }

  /** Section 4.1: to ciaddr when the client has one, to everybody when it asks for that, else straight to its new address. */
  #answer(request: Dhcp, messageType: number, yiaddr: Ipv4Address, options: Omit<DhcpOptions, 'other'>): DhcpReply {
    const message: Dhcp = {
      op: BOOTREPLY,
      xid: request.xid,
      secs: 0,
      broadcast: request.broadcast,
      ciaddr: messageType === DHCP_ACK ? request.ciaddr : IPV4_ANY,
      yiaddr,
      siaddr: IPV4_ANY,
      giaddr: request.giaddr,
      chaddr: request.chaddr,
      sname: '',
      file: '',
      options: { messageType, serverId: this.#config.address, ...options, other: new Map() },
    };
    if (request.ciaddr !== IPV4_ANY) return { message, dstAddr: request.ciaddr, dstMac: request.chaddr };
    if (request.broadcast) return { message, dstAddr: IPV4_BROADCAST, dstMac: MAC_BROADCAST };
    return { message, dstAddr: yiaddr, dstMac: request.chaddr };
  }
}
