/**
 * One machine's TCP/IP stack, shaped like lwIP 1.4: owns the interfaces and the layers, takes frames apart on the way
 * up and finds the way out on the way down. The same class serves devices (ESP8266_OPTS) and plain hosts (HOST_OPTS).
 */
import { type Clock, type Link, type Micros, ms, once, type Rng, type Tracer } from '../core/index.ts';
import {
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  emitTcp,
  formatIpv4,
  formatMac,
  IPV4_HLEN,
  type Ipv4,
  type Ipv4Address,
  isGroupMac,
  isMulticastIpv4,
  PROTO_ICMP,
  PROTO_IGMP,
  PROTO_TCP,
  PROTO_UDP,
  parseEthernet,
  readIpv4,
  type Tcp,
  type Udp,
} from '../wire/index.ts';
import { DhcpClient } from './dhcp.ts';
import { type DhcpHost, DhcpNetif } from './dhcp-netif.ts';
import { DnsClient } from './dns.ts';
import type { LwipErr } from './err.ts';
import { EthArp, isArpReply } from './etharp.ts';
import { IcmpLayer } from './icmp.ts';
import { IgmpLayer } from './igmp.ts';
import { Ip4, type Ip4Env, type IpInput } from './ip4.ts';
import { Netif, type NetifEnv } from './netif.ts';
import type { StackOptions } from './opts.ts';
import { PingSender } from './ping.ts';
import { DropCounters } from './stats.ts';
import { TcpLayer } from './tcp.ts';
import { noticing } from './ticks.ts';
import { type UdpEnv, UdpLayer } from './udp.ts';
import type { Uplink } from './uplink.ts';

export interface StackEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
}

/** Times from now to the next tick of each cyclic timer; what is missing keeps its phase. */
export interface TickPhases {
  readonly arp?: Micros;
  readonly igmp?: Micros;
  readonly dns?: Micros;
  readonly dhcpFine?: Micros;
  readonly dhcpCoarse?: Micros;
}

/** A broadcast is taken apart once, by whichever stack gets it first. */
const decode = once(parseEthernet);
/** dhcp.c: the first message has the number after this one. */
const DHCP_XID = 0xabcd0000;
/** What a link is given when its stack is gone. */
const NOBODY = { onFrame: () => {}, onLinkChange: () => {} };

export class Stack implements NetifEnv, Ip4Env, UdpEnv, DhcpHost {
  /** For timers that come before TCP's: of lwIP's cyclic timers those of longer intervals are served first. */
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly opts: StackOptions;
  readonly drops: DropCounters;
  readonly arp: EthArp;
  readonly ip: Ip4;
  readonly icmp: IcmpLayer;
  readonly igmp: IgmpLayer;
  readonly udp: UdpLayer;
  readonly tcp: TcpLayer;
  readonly dns: DnsClient;
  readonly ping: PingSender;
  /** Newest first, as netif_list. */
  #netifs: Netif[] = [];
  #phases: TickPhases = {};
  #phasesSetAt: Micros;
  #xid = DHCP_XID;

  /** Where packets go that no interface's network holds; the first interface unless set. */
  defaultNetif: Netif | undefined;
  /** Makes this stack the gateway of its networks. */
  uplink: Uplink | undefined = undefined;

  constructor(env: StackEnv, opts: StackOptions) {
    const { clock, rng, trace } = env;
    this.clock = noticing(clock, () => this.tcp.expectTick());
    this.trace = trace;
    this.opts = opts;
    const drops = new DropCounters(trace);
    this.drops = drops;
    this.#phasesSetAt = clock.now();
    this.arp = new EthArp(clock, opts, drops);
    this.ip = new Ip4(this, clock);
    this.icmp = new IcmpLayer(this.ip, opts, drops, (input, echo) => this.uplink?.echo(input.packet, echo) ?? false);
    this.igmp = new IgmpLayer({ clock, rng: rng.fork('igmp'), drops, opts, ip: this.ip, netifs: () => this.#netifs });
    this.udp = new UdpLayer(this);
    this.tcp = new TcpLayer(
      {
        clock,
        rng: rng.fork('tcp'),
        trace,
        drops,
        timerLag: () => this.timerLag,
        routeSource: (dst) => this.route(dst)?.addr,
        isBroadcast: (addr) => this.#netifs.some((netif) => netif.isBroadcast(addr)),
        output: (tcp, src, dst, ttl) => this.#outputTcp(tcp, src, dst, ttl),
        neighbour: (dst) => this.arp.neighbour(this.route(dst), dst),
        isForeign: (addr) => this.isForeign(addr),
        offer: (offer) => this.uplink?.offer(offer) ?? false,
      },
      opts,
    );
    this.ping = new PingSender({ clock: this.clock, icmp: this.icmp, timerLag: () => this.timerLag });
    this.dns = new DnsClient({ clock: this.clock, rng: rng.fork('dns'), opts, drops, udp: this.udp });
  }

  /**
   * lwIP's timers form one list that only advances when one of them expires (timers.c sys_timeout): what is started
   * in between counts from there. IGMP's tick is the one that comes most often.
   */
  get timerLag(): Micros {
    return this.igmp.sinceTick;
  }

  /** In the order they were added. */
  get netifs(): readonly Netif[] {
    return [...this.#netifs].reverse();
  }

  /** Attaches to `link`. The interface is down and without address; with IGMP it is in 224.0.0.1 at once. */
  addNetif(name: string, link: Link): Netif {
    const netif = new Netif(this, name, this.#netifs.length, link);
    this.#netifs.unshift(netif);
    this.defaultNetif ??= netif;
    this.igmp.start(netif);
    return netif;
  }

  /**
   * ip_route: the interface whose network holds `dst`; else, for no broadcast, the station (an addition of the
   * firmware); else the default interface. Only interfaces that are up count.
   */
  route(dst: Ipv4Address): Netif | undefined {
    const near = this.#netifs.find((netif) => netif.up && netif.isOnLink(dst));
    if (near !== undefined) return near;
    const station = this.#netifs.find((netif) => netif.name === 'st' && netif.up && !netif.isBroadcast(dst));
    return station ?? (this.defaultNetif?.up ? this.defaultNetif : undefined);
  }

  /** Sets the phases of the cyclic timers, those of DHCP clients yet to be started included. */
  setPhases(phases: TickPhases): void {
    this.#phases = phases;
    this.#phasesSetAt = this.clock.now();
    if (phases.arp !== undefined) this.arp.setPhase(phases.arp);
    if (phases.igmp !== undefined) this.igmp.setPhase(phases.igmp);
    if (phases.dns !== undefined) this.dns.setPhase(phases.dns);
    for (const netif of this.#netifs) if (netif.dhcp !== undefined) this.#setDhcpPhase(netif.dhcp);
  }

  /** Device reset: every timer is cancelled, links are let go, nothing is sent and nobody is told. */
  shutdown(): void {
    for (const netif of this.#netifs) {
      netif.detach();
      netif.link.attach(NOBODY);
    }
    this.tcp.shutdown();
    this.ping.shutdown();
    this.dns.shutdown();
    this.udp.shutdown();
    this.igmp.shutdown();
    this.ip.shutdown();
    this.arp.shutdown();
  }

  /** What may still make something happen for a script, one line each; connections in TIME-WAIT do not. */
  wakeSources(): string[] {
    return [
      ...this.tcp.listeners.map((pcb) => `tcp LISTEN :${pcb.localPort}`),
      ...this.tcp.active.map((pcb) => `tcp ${pcb.state} ${formatIpv4(pcb.remoteAddr)}:${pcb.remotePort}`),
      ...this.udp.pcbs.flatMap((pcb) => (pcb.internal ? [] : [`udp :${pcb.localPort}`])),
      ...this.dns.pending.map((name) => `dns ${name}`),
      ...this.icmp.listeners.map(() => 'ping'),
    ];
  }

  /** @internal Most of what is for everybody: requests of ARP, reports of IGMP, datagrams for a port that nobody has. */
  passesBy(bytes: Uint8Array): boolean {
    const parsed = decode(bytes);
    if (!parsed.ok || !isGroupMac(parsed.value.dst)) return false;
    const { etherType, payload } = parsed.value;
    if (etherType === ETHERTYPE_ARP) return !isArpReply(payload);
    const packet = etherType === ETHERTYPE_IPV4 ? this.ip.read(payload) : undefined;
    if (!packet?.ok) return true;
    return packet.value.protocol === PROTO_IGMP || this.udp.passesBy(packet.value);
  }

  /** @internal ethernet_input, behind the address filter every interface has. */
  input(netif: Netif, bytes: Uint8Array): void {
    const parsed = decode(bytes);
    if (!parsed.ok) {
      this.drops.drop('ethernet', parsed.error);
      return;
    }
    const { dst, src, etherType, payload } = parsed.value;
    if (!isGroupMac(dst) && dst !== netif.mac) {
      this.drops.drop('ethernet', 'not-ours', () => formatMac(dst));
      return;
    }
    switch (etherType) {
      case ETHERTYPE_ARP:
        this.arp.input(netif, payload);
        return;
      case ETHERTYPE_IPV4:
        // ETHARP_TRUST_IP_MAC: lwIP believes the header before it has checked it.
        if (payload.length >= IPV4_HLEN) this.arp.learnFromIp(netif, readIpv4(payload, 12), src);
        this.ip.input(netif, payload);
        return;
      default:
        this.drops.drop('ethernet', 'bad-type', () => etherType.toString(16));
        return;
    }
  }

  /** @internal The interface can be reached from now on. */
  announce(netif: Netif): void {
    this.arp.request(netif, netif.addr);
    this.igmp.reportAll(netif);
  }

  /** @internal */
  readdress(netif: Netif, next: Ipv4Address): void {
    this.tcp.onAddressChange(netif.addr, next);
  }

  /** @internal */
  newDhcpClient(netif: Netif): DhcpClient {
    const client = new DhcpClient(new DhcpNetif(this, netif));
    this.#setDhcpPhase(client);
    return client;
  }

  /** @internal The DHCP transaction number; with `next` a new one. */
  xid(next: boolean): number {
    if (next) this.#xid = (this.#xid + 1) >>> 0;
    return this.#xid;
  }

  /** The ticks of a client made later lie on the grid the phases were set for. */
  #setDhcpPhase(client: DhcpClient): void {
    const { dhcpFine, dhcpCoarse } = this.#phases;
    const { dhcpFineMs, dhcpCoarseMs } = this.opts;
    client.setPhase(this.#toGrid(dhcpFine, ms(dhcpFineMs)), this.#toGrid(dhcpCoarse, ms(dhcpCoarseMs)));
  }

  /** Time to the next tick of a grid that has a tick `phase` after the phases were set. */
  #toGrid(phase: Micros = 0 as Micros, interval: Micros): Micros {
    const passed = this.clock.now() - this.#phasesSetAt - phase;
    return (interval - (((passed % interval) + interval) % interval)) as Micros;
  }

  /** @internal With an uplink: an address that is none of ours and that stands for one machine. */
  isForeign(addr: Ipv4Address): boolean {
    if (this.uplink === undefined || isMulticastIpv4(addr)) return false;
    return !this.#netifs.some((netif) => netif.addr === addr || netif.isBroadcast(addr));
  }

  /** @internal A gateway takes what its neighbours send to a machine beyond them. */
  forwards({ src, dst }: Ipv4): boolean {
    const near = (addr: Ipv4Address): boolean => this.#netifs.some((netif) => netif.usable && netif.isOnLink(addr));
    return this.isForeign(dst) && near(src) && !near(dst);
  }

  /** @internal Newest first, as netif_list. */
  netifList(): readonly Netif[] {
    return this.#netifs;
  }

  /** @internal */
  transmit(netif: Netif, packet: Uint8Array, dst: Ipv4Address): LwipErr {
    return this.arp.output(netif, packet, dst);
  }

  /** @internal */
  isMember(netif: Netif, group: Ipv4Address): boolean {
    return this.igmp.isMember(netif, group);
  }

  /** @internal */
  foreign({ packet, toMany }: IpInput, datagram: Udp): boolean {
    return (!toMany && this.uplink?.datagram(packet, datagram)) ?? false;
  }

  /** @internal */
  deliver(input: IpInput): void {
    const { protocol, payload, src, dst } = input.packet;
    switch (protocol) {
      case PROTO_TCP:
        this.tcp.input(payload, src, dst);
        return;
      case PROTO_UDP:
        this.udp.input(input);
        return;
      case PROTO_ICMP:
        this.icmp.input(input);
        return;
      case PROTO_IGMP:
        this.igmp.input(input);
        return;
      default:
        this.drops.drop('ip4', 'bad-protocol', () => `${protocol}`);
        this.icmp.protocolUnreachable(input);
        return;
    }
  }

  /**
   * lwIP (tcp_out.c tcp_rst, tcp_send_empty_ack): a connection that has no address yet gets that of its way out on the
   * packet, but not in the checksum, which is wrong then.
   */
  #outputTcp(tcp: Tcp, src: Ipv4Address, dst: Ipv4Address, ttl: number): LwipErr {
    return this.ip.output({ protocol: PROTO_TCP, src, dst, ttl, payload: emitTcp(tcp, src, dst) });
  }
}
