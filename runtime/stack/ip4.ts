/**
 * IPv4 (ip.c): which packets are ours, which interface a packet leaves through, and what it looks like then.
 * Not here: forwarding, and options beyond carrying them.
 */
import { type Clock, EMPTY, once, u16 } from '../core/index.ts';
import {
  DHCP_CLIENT_PORT,
  emitIpv4,
  formatIpv4,
  IPV4_ANY,
  IPV4_HLEN,
  type Ipv4,
  type Ipv4Address,
  ipv4Length,
  isMulticastIpv4,
  PROTO_UDP,
  parseIpv4Packet,
  parseIpv4Unmeasured,
} from '../wire/index.ts';
import { ERR, type LwipErr } from './err.ts';
import { Reassembler } from './ip4-reass.ts';
import type { Netif } from './netif.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';

/** A packet on its way up. */
export interface IpInput {
  readonly netif: Netif;
  readonly packet: Ipv4;
  /** The packet as it came, header and padding included; of a reassembled one, as if it had come whole. */
  readonly bytes: Uint8Array;
  /** Sent to a broadcast or multicast address: not to be answered with an error. */
  readonly toMany: boolean;
}

/** The parts of a packet the upper layer decides. Without `src` it is the address of the interface. */
export interface IpOutput {
  readonly protocol: number;
  readonly dst: Ipv4Address;
  readonly src?: Ipv4Address;
  readonly ttl: number;
  readonly tos?: number;
  readonly options?: Uint8Array;
  readonly payload: Uint8Array;
}

export interface Ip4Env {
  readonly drops: DropCounters;
  readonly opts: StackOptions;
  /** Newest first, as netif_list. */
  netifList(): readonly Netif[];
  route(dst: Ipv4Address): Netif | undefined;
  transmit(netif: Netif, packet: Uint8Array, dst: Ipv4Address): LwipErr;
  isMember(netif: Netif, group: Ipv4Address): boolean;
  /** A packet for a machine beyond the networks of the interfaces that this stack takes all the same. */
  forwards(packet: Ipv4): boolean;
  /** Hands a packet to its protocol. */
  deliver(input: IpInput): void;
}

const MAX_PAYLOAD = 0xffff - IPV4_HLEN;
const decode = once(parseIpv4Packet);
const decodeUnmeasured = once(parseIpv4Unmeasured);
const WHOLE = { df: false, mf: false };

export class Ip4 {
  readonly #env: Ip4Env;
  readonly #reassembler: Reassembler | undefined;
  #nextId = 0;

  constructor(env: Ip4Env, clock: Clock) {
    this.#env = env;
    if (env.opts.ipReassembly) this.#reassembler = new Reassembler(clock, env.opts, env.drops);
  }

  shutdown(): void {
    this.#reassembler?.clear();
  }

  /** A packet as this stack takes it apart. */
  read(bytes: Uint8Array): ReturnType<typeof decode> {
    return this.#env.opts.ipTrustsHeaderLengths ? decodeUnmeasured(bytes) : decode(bytes);
  }

  /** ip_input. */
  input(netif: Netif, bytes: Uint8Array): void {
    const { drops } = this.#env;
    const parsed = this.read(bytes);
    if (!parsed.ok) {
      drops.drop('ip4', parsed.error);
      return;
    }
    const packet = parsed.value;
    const { src, dst } = packet;
    if (!this.#isOurs(netif, packet)) {
      if (!isForDhcpClient(packet)) {
        drops.drop('ip4', 'not-ours');
        return;
      }
    } else if (src !== IPV4_ANY && (netif.isBroadcast(src) || isMulticastIpv4(src))) {
      drops.drop('ip4', 'bad-source', () => formatIpv4(src));
      return;
    }
    const toMany = isMulticastIpv4(dst) || netif.isBroadcast(dst);
    if (!packet.flags.mf && packet.fragOffset === 0) {
      this.#env.deliver({ netif, packet, bytes, toMany });
      return;
    }
    if (this.#reassembler === undefined) {
      drops.drop('ip4', 'fragment');
      return;
    }
    const whole = this.#reassembler.add(packet);
    if (whole !== undefined) this.#env.deliver({ netif, packet: whole, bytes: emitIpv4(whole), toMany });
  }

  /** ip_output: through the interface the route names. */
  output(request: IpOutput): LwipErr {
    const netif = this.#env.route(request.dst);
    if (netif === undefined) {
      this.#env.drops.drop('ip4', 'no-route', () => formatIpv4(request.dst));
      return ERR.RTE;
    }
    return this.outputIf(netif, request);
  }

  /** ip_output_if: through `netif`, up or not. */
  outputIf(netif: Netif, request: IpOutput): LwipErr {
    if (request.payload.length > MAX_PAYLOAD) return ERR.BUF;
    const id = this.#nextId;
    this.#nextId = (id + 1) & 0xffff;
    return this.resend(netif, {
      tos: request.tos ?? 0,
      id,
      flags: WHOLE,
      fragOffset: 0,
      ttl: request.ttl,
      protocol: request.protocol,
      src: request.src === undefined || request.src === IPV4_ANY ? netif.addr : request.src,
      dst: request.dst,
      options: request.options ?? EMPTY,
      payload: request.payload,
    });
  }

  /** ip_output_if with IP_HDRINCL: header and all are given, right or wrong. */
  sendAsIs(netif: Netif, packet: Uint8Array, dst: Ipv4Address): LwipErr {
    return this.#env.transmit(netif, packet, dst);
  }

  /** Sends a packet whose header is given, identification and all. */
  resend(netif: Netif, packet: Ipv4): LwipErr {
    const { ipFragmentation, ipMtu } = this.#env.opts;
    // lwIP with IP_FRAG 0: what is too large goes to the driver as it is.
    if (!ipFragmentation || ipv4Length(packet) <= ipMtu) {
      return this.#env.transmit(netif, emitIpv4(packet), packet.dst);
    }
    const step = (ipMtu - IPV4_HLEN - packet.options.length) & ~7;
    let result: LwipErr = ERR.OK;
    for (let at = 0; at < packet.payload.length && result === ERR.OK; at += step) {
      const payload = packet.payload.subarray(at, at + step);
      const mf = at + payload.length < packet.payload.length;
      const fragment = { ...packet, flags: { df: false, mf }, fragOffset: at, payload };
      result = this.#env.transmit(netif, emitIpv4(fragment), packet.dst);
    }
    return result;
  }

  /** Is the destination one of our addresses, on whichever interface, a broadcast of one, or a group of this one? */
  #isOurs(netif: Netif, packet: Ipv4): boolean {
    const { dst } = packet;
    if (isMulticastIpv4(dst)) return this.#env.isMember(netif, dst);
    const accepts = (n: Netif): boolean => n.usable && (dst === n.addr || n.isBroadcast(dst));
    return accepts(netif) || this.#env.netifList().some(accepts) || this.#env.forwards(packet);
  }
}

/** IP_ACCEPT_LINK_LAYER_ADDRESSING: a client without address is sent its lease on the hardware address alone. */
const isForDhcpClient = ({ protocol, payload, fragOffset }: Ipv4): boolean =>
  protocol === PROTO_UDP && fragOffset === 0 && payload.length >= 4 && u16(payload, 2) === DHCP_CLIENT_PORT;
