/** A stack on a bench: a wire that shows every frame as a line of text, and a peer that says what it is told. */
import { EMPTY, type Link, type LinkHandler, ms, Rng, SILENT, VirtualClock } from '../../runtime/core/index.ts';
import { ESP8266_OPTS, type Netif, Stack, type StackOptions } from '../../runtime/stack/index.ts';
import {
  type Arp,
  describeFrame,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  emitArp,
  emitEthernet,
  emitIpv4,
  emitUdp,
  type Ipv4,
  type Ipv4Address,
  isMulticastIpv4,
  MAC_BROADCAST,
  MAC_ZERO,
  type MacAddress,
  macBytes,
  multicastMac,
  PROTO_UDP,
  parseEthernet,
  parseIpv4,
  parseIpv4Packet,
  parseMac,
} from '../../runtime/wire/index.ts';

export const ip = (text: string): Ipv4Address => {
  const addr = parseIpv4(text);
  if (addr === undefined) throw new Error(`no address: ${text}`);
  return addr;
};

export const mac = (text: string): MacAddress => {
  const addr = parseMac(text);
  if (addr === undefined) throw new Error(`no hardware address: ${text}`);
  return addr;
};

export const OUR_MAC = mac('18:fe:34:01:02:03');
export const PEER_MAC = mac('02:00:00:00:00:0a');
export const ROUTER_MAC = mac('02:00:00:00:00:01');
export const US = ip('192.168.1.50');
export const PEER = ip('192.168.1.10');
export const ROUTER = ip('192.168.1.1');
export const NETMASK = ip('255.255.255.0');

/** Keeps what is sent; says what it is told. */
export class FakeLink implements Link {
  readonly hwaddr: Uint8Array;
  readonly sent: Uint8Array[] = [];
  up = true;
  #handler: LinkHandler | undefined;

  constructor(addr: MacAddress = OUR_MAC) {
    this.hwaddr = macBytes(addr);
  }

  send(frame: Uint8Array): void {
    if (this.up) this.sent.push(frame);
  }

  attach(handler: LinkHandler): void {
    this.#handler = handler;
  }

  deliver(frame: Uint8Array): void {
    this.#handler?.onFrame(frame);
  }

  setUp(up: boolean): void {
    this.up = up;
    this.#handler?.onLinkChange(up);
  }
}

export interface BenchOptions {
  readonly opts?: StackOptions;
  readonly seed?: number;
  /** Has the interface its address and is up? Yes, unless said otherwise. */
  readonly configured?: boolean;
  /** Are peer and router in the ARP table? Yes, unless said otherwise. */
  readonly neighbours?: boolean;
}

export class Bench {
  readonly clock = new VirtualClock();
  readonly link = new FakeLink();
  readonly stack: Stack;
  readonly netif: Netif;

  constructor({ opts = ESP8266_OPTS, seed = 1, configured = true, neighbours = true }: BenchOptions = {}) {
    this.stack = new Stack({ clock: this.clock, rng: new Rng(seed), trace: SILENT }, opts);
    this.netif = this.stack.addNetif('st', this.link);
    if (!configured) return;
    this.netif.setAddr(US, NETMASK, ROUTER);
    this.netif.setUp();
    if (neighbours) {
      this.stack.arp.insert(this.netif, PEER, PEER_MAC);
      this.stack.arp.insert(this.netif, ROUTER, ROUTER_MAC);
    }
    // The reports of the start are over.
    this.clock.runUntil(ms(1000));
    this.link.sent.length = 0;
  }

  /** Milliseconds of virtual time; a configured bench is ready at 1000. */
  get now(): number {
    return this.clock.now() / 1000;
  }

  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): void {
    this.clock.runUntil((this.clock.now() + ms(milliseconds)) as ReturnType<typeof ms>);
  }

  /** The frames sent since the last call, one line each. */
  said(): string[] {
    return this.taken().map(describeFrame);
  }

  /** The frames sent since the last call. */
  taken(): Uint8Array[] {
    return this.link.sent.splice(0);
  }

  /** IP packets among {@link taken}. */
  packets(): Ipv4[] {
    return this.taken().flatMap((frame) => {
      const parsed = parseEthernet(frame);
      if (!parsed.ok || parsed.value.etherType !== ETHERTYPE_IPV4) return [];
      const packet = parseIpv4Packet(parsed.value.payload);
      return packet.ok ? [packet.value] : [];
    });
  }

  hearArp(message: Partial<Arp>, dst: MacAddress = MAC_BROADCAST): void {
    const arp = { op: 1, senderMac: PEER_MAC, senderIp: PEER, targetMac: MAC_ZERO, targetIp: US, ...message };
    this.link.deliver(emitEthernet({ dst, src: arp.senderMac, etherType: ETHERTYPE_ARP, payload: emitArp(arp) }));
  }

  /** An IP packet from the peer to us, unless told otherwise. */
  hear(packet: Partial<Ipv4>, src: MacAddress = PEER_MAC, dst?: MacAddress): void {
    const whole: Ipv4 = {
      tos: 0,
      id: 1,
      flags: { df: false, mf: false },
      fragOffset: 0,
      ttl: 64,
      protocol: PROTO_UDP,
      src: PEER,
      dst: US,
      options: EMPTY,
      payload: EMPTY,
      ...packet,
    };
    const group = isMulticastIpv4(whole.dst) ? multicastMac(whole.dst) : undefined;
    const target = dst ?? group ?? (this.netif.isBroadcast(whole.dst) ? MAC_BROADCAST : OUR_MAC);
    this.link.deliver(emitEthernet({ dst: target, src, etherType: ETHERTYPE_IPV4, payload: emitIpv4(whole) }));
  }

  /** A datagram from the peer to us, unless told otherwise. */
  hearUdp(srcPort: number, dstPort: number, payload: Uint8Array, packet: Partial<Ipv4> = {}, src = PEER_MAC): void {
    const { src: from = PEER, dst = US } = packet;
    this.hear({ ...packet, payload: emitUdp({ srcPort, dstPort, payload }, from, dst) }, src);
  }
}
