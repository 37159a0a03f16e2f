/** The DHCP server of the soft access point (lwip/app/dhcpserver.c): its range, its answers, its socket. */
import { type Clock, seconds, type Timer } from '../core/index.ts';
import type { Netif, Stack, UdpPcb } from '../stack/index.ts';
import {
  BOOTREPLY,
  DHCP_ACK,
  DHCP_CLIENT_PORT,
  DHCP_DISCOVER,
  DHCP_NAK,
  DHCP_OFFER,
  DHCP_RELEASE,
  DHCP_REQUEST,
  DHCP_SERVER_PORT,
  type Dhcp,
  type DhcpOptions,
  emitDhcp,
  IPV4_ANY,
  IPV4_BROADCAST,
  type Ipv4Address,
  ipv4,
  type MacAddress,
  parseDhcp,
  putIpv4,
} from '../wire/index.ts';
import { ApLeases, type Grant, type LeaseRange } from './ap-leases.ts';

const LEASE_MINUTES = 120; // DHCPS_LEASE_TIME_DEF
const RANGE_MAX = 100; // DHCPS_MAX_LEASE
const HALF_NETWORK = 0x80;
const MINUTE = seconds(60);

/** What every offer carries besides: interface MTU 576, no router discovery, and a vendor option as Windows takes it. */
const OPTION_MTU = 26;
const OPTION_BROADCAST = 28;
const OPTION_ROUTER_DISCOVERY = 31;
const OPTION_VENDOR = 43;

export interface ApDhcpEnv {
  readonly clock: Clock;
  readonly stack: Stack;
  readonly netif: Netif;
  /** A station was given this address; 0.0.0.0 takes it away. */
  assigned(mac: MacAddress, addr: Ipv4Address): void;
}

export class ApDhcp {
  readonly #env: ApDhcpEnv;
  readonly #leases = new ApLeases(LEASE_MINUTES);
  readonly #minute: Timer;
  /** As set by the script; undefined for the default one. */
  #wanted: LeaseRange | undefined;
  #range: LeaseRange = { first: IPV4_ANY, last: IPV4_ANY };
  #pcb: UdpPcb | undefined;

  constructor(env: ApDhcpEnv) {
    this.#env = env;
    this.#minute = env.clock.timer('ap.dhcp', () => this.#onMinute());
  }

  get running(): boolean {
    return this.#pcb !== undefined;
  }

  /** The addresses to give from the next start on, with the interface's own network and without its own address. */
  setRange(range: LeaseRange): boolean {
    if (this.running || !this.#isUsable(range)) return false;
    this.#wanted = range;
    return true;
  }

  start(): void {
    this.stop();
    const { stack, netif } = this.#env;
    if (this.#wanted !== undefined && !this.#isUsable(this.#wanted)) this.#wanted = undefined;
    this.#range = this.#wanted ?? this.#defaultRange();
    const pcb = stack.udp.newPcb();
    pcb.internal = true;
    pcb.bind(IPV4_ANY, DHCP_SERVER_PORT);
    pcb.recv = (bytes) => this.#onMessage(bytes);
    stack.udp.serveDhcp(netif, pcb);
    this.#pcb = pcb;
  }

  /** Forgets who has what. */
  stop(): void {
    if (this.#pcb === undefined) return;
    this.#env.stack.udp.serveDhcp(this.#env.netif, undefined);
    this.#pcb.remove();
    this.#pcb = undefined;
    this.#leases.clear();
    this.#minute.cancel();
  }

  stationLeft(mac: MacAddress): void {
    this.#leases.leave(mac, false);
  }

  #isUsable({ first, last }: LeaseRange): boolean {
    const { addr } = this.#env.netif;
    if (first <= addr && addr <= last) return false;
    return first >>> 8 === addr >>> 8 && last >>> 8 === addr >>> 8 && last - first <= RANGE_MAX;
  }

  /** A hundred addresses behind the own one, or before it in the upper half of the network. */
  #defaultRange(): LeaseRange {
    const { addr } = this.#env.netif;
    const host = addr & 0xff;
    const first = (addr - host + (host >= HALF_NETWORK ? host - RANGE_MAX : host + 1)) as Ipv4Address;
    return { first, last: (first + RANGE_MAX - 1) as Ipv4Address };
  }

  #onMessage(bytes: Uint8Array): void {
    const parsed = parseDhcp(bytes);
    if (!parsed.ok) return;
    const request = parsed.value;
    const grant = this.#leases.update(request.chaddr, request.ciaddr, this.#range);
    if (!this.#minute.armed) this.#minute.arm(MINUTE);
    switch (request.options.messageType) {
      case DHCP_DISCOVER:
        this.#answer(request, DHCP_OFFER, grant.addr);
        return;
      case DHCP_REQUEST:
        if (!granted(request, grant)) {
          this.#answer(request, DHCP_NAK, grant.addr);
          return;
        }
        this.#answer(request, DHCP_ACK, grant.addr);
        this.#env.assigned(request.chaddr, grant.addr);
        return;
      case DHCP_RELEASE:
        this.#leases.leave(request.chaddr, true);
        this.#env.assigned(request.chaddr, IPV4_ANY);
        return;
      default:
        return;
    }
  }

  /** Always to everybody. */
  #answer(request: Dhcp, messageType: number, yiaddr: Ipv4Address): void {
    const { netif } = this.#env;
    const options: DhcpOptions =
      messageType === DHCP_NAK ? { messageType, other: new Map() } : { messageType, ...this.#offer() };
    const message = emitDhcp({
      op: BOOTREPLY,
      xid: request.xid,
      secs: 0,
      broadcast: true,
      ciaddr: IPV4_ANY,
      yiaddr,
      siaddr: IPV4_ANY,
      giaddr: IPV4_ANY,
      chaddr: request.chaddr,
      sname: '',
      file: '',
      options,
    });
    this.#pcb?.sendToIf(message, IPV4_BROADCAST, DHCP_CLIENT_PORT, netif);
  }

  #offer(): Omit<DhcpOptions, 'messageType'> {
    const { addr, gateway } = this.#env.netif;
    return {
      subnetMask: ipv4(255, 255, 255, 0),
      leaseTime: LEASE_MINUTES * 60,
      serverId: addr,
      routers: [gateway],
      dnsServers: [addr],
      other: new Map([
        [OPTION_BROADCAST, addressBytes(((addr | 0xff) >>> 0) as Ipv4Address)],
        [OPTION_MTU, Uint8Array.of(2, 64)],
        [OPTION_ROUTER_DISCOVERY, Uint8Array.of(0)],
        [OPTION_VENDOR, Uint8Array.of(1, 4, 0, 0, 0, 2)],
      ]),
    };
  }

  #onMinute(): void {
    this.#leases.tick();
    if (this.#leases.size > 0) this.#minute.arm(MINUTE);
  }
}

function addressBytes(addr: Ipv4Address): Uint8Array {
  const out = new Uint8Array(4);
  putIpv4(out, 0, addr);
  return out;
}

/** Asked for what it would get, or renewed what it has. */
const granted = ({ options: { requestedIp } }: Dhcp, { addr, known }: Grant): boolean =>
  requestedIp === undefined ? known : requestedIp === addr;
