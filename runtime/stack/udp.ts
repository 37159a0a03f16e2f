/** UDP (udp.c): binding, sending, and which socket a datagram belongs to. */
import { once, u16 } from '../core/index.ts';
import {
  DHCP_CLIENT_PORT,
  DHCP_SERVER_PORT,
  emitUdp,
  formatIpv4,
  IPV4_ANY,
  type Ipv4,
  type Ipv4Address,
  isMulticastIpv4,
  PROTO_UDP,
  parseUdp,
  parseUdpUnmeasured,
  UDP_HLEN,
  type Udp,
} from '../wire/index.ts';
import { ERR, type LwipErr } from './err.ts';
import type { IcmpLayer } from './icmp.ts';
import type { Ip4, IpInput } from './ip4.ts';
import type { Netif } from './netif.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';

/** Called for each datagram; `dst` is the address it was sent to, `netif` where it came in. */
export type UdpRecv = (data: Uint8Array, addr: Ipv4Address, port: number, dst: Ipv4Address, netif: Netif) => void;

export interface UdpEnv {
  readonly opts: StackOptions;
  readonly drops: DropCounters;
  route(dst: Ipv4Address): Netif | undefined;
  readonly ip: Pick<Ip4, 'outputIf'>;
  readonly icmp: Pick<IcmpLayer, 'portUnreachable'>;
  /** A gateway's: the address is not ours, so no socket here is meant. */
  isForeign(addr: Ipv4Address): boolean;
  /** A gateway's: a datagram that no socket here is for. True: it is taken care of. */
  foreign(input: IpInput, datagram: Udp): boolean;
}

const decode = once(({ payload, src, dst }: Ipv4) => parseUdp(payload, src, dst));
const decodeUnmeasured = once(({ payload, src, dst }: Ipv4) => parseUdpUnmeasured(payload, src, dst));

const bitOf = (port: number): number => 1 << (port & 31);

/** Length field of 16 bits, less both headers. */
const MAX_DATA = 0xffff - 8 - 20;

/** A socket, made by {@link UdpLayer.newPcb}. */
export class UdpPcb {
  readonly #layer: UdpLayer;
  localAddr = IPV4_ANY;
  localPort = 0;
  remoteAddr = IPV4_ANY;
  remotePort = 0;
  /** Takes datagrams of the remote end only. */
  connected = false;
  ttl: number;
  /** Belongs to the stack itself: never a reason for a script to wake. */
  internal = false;
  recv: UdpRecv | undefined;

  constructor(layer: UdpLayer, ttl: number) {
    this.#layer = layer;
    this.ttl = ttl;
  }

  /** Port 0 takes the lowest free one. ERR.USE when another socket has the port on an overlapping address. */
  bind(addr: Ipv4Address, port: number): LwipErr {
    return this.#layer.bind(this, addr, port);
  }

  /** Binds if necessary and fixes the remote end. */
  connect(addr: Ipv4Address, port: number): LwipErr {
    return this.#layer.connect(this, addr, port);
  }

  disconnect(): void {
    this.remoteAddr = IPV4_ANY;
    this.remotePort = 0;
    this.connected = false;
  }

  /**
   * Sends one datagram, binding first if necessary. ERR.RTE without a route or gateway, ERR.VAL when bound to an
   * address the outgoing interface does not have, ERR.MEM when it is longer than a packet can be.
   */
  sendTo(data: Uint8Array, addr: Ipv4Address, port: number): LwipErr {
    // lwIP: groups are routed by the socket's multicast interface, which nobody sets: 0.0.0.0, the default interface.
    const netif = this.#layer.env.route(isMulticastIpv4(addr) ? IPV4_ANY : addr);
    return netif === undefined ? ERR.RTE : this.sendToIf(data, addr, port, netif);
  }

  /** udp_sendto_if: through `netif`, up or not. */
  sendToIf(data: Uint8Array, addr: Ipv4Address, port: number, netif: Netif): LwipErr {
    return this.#layer.send(this, data, addr, port, netif);
  }

  /** Frees the port. */
  remove(): void {
    this.#layer.remove(this);
  }
}

export class UdpLayer {
  /** @internal */
  readonly env: UdpEnv;
  /** Bound sockets, newest first. */
  #pcbs: UdpPcb[] = [];
  /** Bit n: a port that ends with these five bits has been bound. */
  #everBound = 0;
  /** dhcps_pcb of an interface: the socket of its DHCP server. */
  readonly #dhcpServers = new Map<Netif, UdpPcb>();

  constructor(env: UdpEnv) {
    this.env = env;
  }

  get pcbs(): readonly UdpPcb[] {
    return this.#pcbs;
  }

  newPcb(): UdpPcb {
    return new UdpPcb(this, this.env.opts.ipTtl);
  }

  /** @internal */
  bind(pcb: UdpPcb, addr: Ipv4Address, port: number): LwipErr {
    const clash = this.#pcbs.some(
      (other) =>
        other !== pcb &&
        other.localPort === port &&
        (other.localAddr === IPV4_ANY || addr === IPV4_ANY || other.localAddr === addr),
    );
    if (clash) return ERR.USE;
    pcb.localAddr = addr;
    const chosen = port === 0 ? this.#freePort() : port;
    if (chosen === undefined) return ERR.USE;
    pcb.localPort = chosen;
    this.#everBound |= bitOf(chosen);
    this.#list(pcb);
    return ERR.OK;
  }

  /** @internal */
  connect(pcb: UdpPcb, addr: Ipv4Address, port: number): LwipErr {
    if (pcb.localPort === 0) {
      const bound = this.bind(pcb, pcb.localAddr, 0);
      if (bound !== ERR.OK) return bound;
    }
    pcb.remoteAddr = addr;
    pcb.remotePort = port;
    pcb.connected = true;
    this.#list(pcb);
    return ERR.OK;
  }

  /** @internal */
  send(pcb: UdpPcb, data: Uint8Array, dst: Ipv4Address, dstPort: number, netif: Netif): LwipErr {
    if (pcb.localPort === 0) {
      const bound = this.bind(pcb, pcb.localAddr, 0);
      if (bound !== ERR.OK) return bound;
    }
    if (data.length > MAX_DATA) return ERR.MEM;
    if (pcb.localAddr !== IPV4_ANY && pcb.localAddr !== netif.addr) return ERR.VAL;
    const payload = emitUdp({ srcPort: pcb.localPort, dstPort, payload: data }, netif.addr, dst);
    return this.env.ip.outputIf(netif, { protocol: PROTO_UDP, src: netif.addr, dst, ttl: pcb.ttl, payload });
  }

  /** @internal */
  remove(pcb: UdpPcb): void {
    this.#pcbs = this.#pcbs.filter((p) => p !== pcb);
  }

  shutdown(): void {
    for (const pcb of this.#pcbs) pcb.recv = undefined;
    this.#pcbs = [];
    this.#dhcpServers.clear();
  }

  /** Whether no socket here could get a packet, and not DHCP either; only a whole one tells. */
  passesBy({ protocol, flags, fragOffset, payload }: Ipv4): boolean {
    if (protocol !== PROTO_UDP || flags.mf || fragOffset > 0 || payload.length < UDP_HLEN) return false;
    const port = u16(payload, 2);
    return port !== DHCP_CLIENT_PORT && !this.#has(port);
  }

  /** udp_input. */
  input(input: IpInput): void {
    const { netif, packet } = input;
    const parsed = this.env.opts.udpIgnoresLength ? decodeUnmeasured(packet) : decode(packet);
    if (!parsed.ok) {
      this.env.drops.drop('udp', parsed.error);
      return;
    }
    const datagram = parsed.value;
    const { srcPort, dstPort } = datagram;
    if (dstPort === DHCP_CLIENT_PORT && srcPort === DHCP_SERVER_PORT && netif.dhcp?.running) {
      netif.dhcp.onMessage(datagram.payload);
      return;
    }
    const pcb = this.#receiver(input, datagram);
    if (pcb !== undefined) {
      if (pcb.recv === undefined) {
        this.env.drops.drop('udp', 'no-receiver', () => `:${dstPort}`);
        return;
      }
      pcb.recv(datagram.payload, packet.src, srcPort, packet.dst, netif);
      return;
    }
    if (this.env.foreign(input, datagram)) return;
    this.env.drops.drop('udp', 'closed-port', () => `${formatIpv4(packet.src)} to :${dstPort}`);
    if (packet.dst === netif.addr) this.env.icmp.portUnreachable(input);
  }

  /** Lets `pcb` (bound to port 67) hear the DHCP clients of an interface that reserves the port; undefined ends it. */
  serveDhcp(netif: Netif, pcb: UdpPcb | undefined): void {
    if (pcb === undefined) this.#dhcpServers.delete(netif);
    else this.#dhcpServers.set(netif, pcb);
  }

  #receiver(input: IpInput, datagram: Udp): UdpPcb | undefined {
    const { srcPort, dstPort } = datagram;
    if (!this.#has(dstPort) || this.env.isForeign(input.packet.dst)) return undefined;
    const reserved = dstPort === DHCP_CLIENT_PORT || dstPort === DHCP_SERVER_PORT;
    if (!reserved || !this.env.opts.udpReservesDhcpPorts) return this.#match(input, datagram);
    const server = dstPort === DHCP_SERVER_PORT && srcPort === DHCP_CLIENT_PORT && this.#dhcpServers.get(input.netif);
    if (!server) return undefined;
    return server.localAddr === IPV4_ANY || server.localAddr === input.packet.dst ? server : undefined;
  }

  #match({ netif, packet: { src, dst } }: IpInput, { srcPort, dstPort }: Udp): UdpPcb | undefined {
    const broadcast = netif.isBroadcast(dst);
    const multicast = isMulticastIpv4(dst);
    const local = this.#pcbs.filter(
      (pcb) =>
        pcb.localPort === dstPort && (broadcast || multicast || pcb.localAddr === IPV4_ANY || pcb.localAddr === dst),
    );
    const perfect = local.find(
      (pcb) => pcb.remotePort === srcPort && (pcb.remoteAddr === IPV4_ANY || pcb.remoteAddr === src),
    );
    if (perfect === undefined) return local.find((pcb) => !pcb.connected);
    this.remove(perfect);
    this.#list(perfect);
    return perfect;
  }

  #has(port: number): boolean {
    return (this.#everBound & bitOf(port)) !== 0 && this.#pcbs.some((pcb) => pcb.localPort === port);
  }

  #list(pcb: UdpPcb): void {
    if (!this.#pcbs.includes(pcb)) this.#pcbs.unshift(pcb);
  }

  /** The lowest free port; lwIP never takes the last of the range. */
  #freePort(): number | undefined {
    const used = new Set(this.#pcbs.map((pcb) => pcb.localPort));
    for (let port = this.env.opts.udpPortFirst; port < this.env.opts.udpPortLast; port++) {
      if (!used.has(port)) return port;
    }
    return undefined;
  }
}
