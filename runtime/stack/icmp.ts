/**
 * ICMP (icmp.c) and the raw ICMP sockets behind net.ping (raw.c): answers echo requests, reports unreachable ports and
 * protocols, hands echo replies to listeners. Errors of others are dropped: TCP and UDP of lwIP ignore them.
 */
import { concat, put8, put16, u16 } from '../core/index.ts';
import {
  checksum,
  dissectIcmp,
  emitIcmp,
  emitIpv4,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_PORT_UNREACHABLE,
  ICMP_PROTOCOL_UNREACHABLE,
  type IcmpEcho,
  IPV4_HLEN,
  type Ipv4,
  type Ipv4Address,
  PROTO_ICMP,
  parseIcmp,
} from '../wire/index.ts';
import type { LwipErr } from './err.ts';
import type { Ip4, IpInput } from './ip4.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';

/** A raw socket that waits for echo replies. */
export interface EchoListener {
  /** `true` keeps the reply from the listeners registered earlier. */
  onEchoReply(from: Ipv4Address, id: number, seq: number, data: Uint8Array): boolean;
}

/** A gateway's: an echo request for another machine. True: it is taken care of. */
export type ForeignEcho = (input: IpInput, echo: IcmpEcho) => boolean;

/** Bytes of the causing packet behind its header that an error quotes (ICMP_DEST_UNREACH_DATASIZE). */
const QUOTED_DATA = 8;

export class IcmpLayer {
  readonly #ip: Ip4;
  readonly #opts: StackOptions;
  readonly #drops: DropCounters;
  readonly #foreign: ForeignEcho;
  /** Newest first; one that ate a reply moves to the front, as lwIP's raw_pcbs. */
  #listeners: EchoListener[] = [];

  constructor(ip: Ip4, opts: StackOptions, drops: DropCounters, foreign: ForeignEcho = () => false) {
    this.#ip = ip;
    this.#opts = opts;
    this.#drops = drops;
    this.#foreign = foreign;
  }

  register(listener: EchoListener): void {
    this.#listeners.unshift(listener);
  }

  unregister(listener: EchoListener): void {
    this.#listeners = this.#listeners.filter((l) => l !== listener);
  }

  get listeners(): readonly EchoListener[] {
    return this.#listeners;
  }

  /** Sends an echo request; ERR.RTE without a route. */
  sendEcho(dst: Ipv4Address, id: number, seq: number, data: Uint8Array, ttl: number = this.#opts.ipTtl): LwipErr {
    return this.#ip.output({
      protocol: PROTO_ICMP,
      dst,
      ttl,
      payload: emitIcmp({ type: 'echo-request', id, seq, data }),
    });
  }

  input(input: IpInput): void {
    const { payload } = input.packet;
    const read = dissectIcmp(payload);
    const unchecked = this.#opts.icmpStyle === 'lwip' && read.ok && read.value.type === 'echo-reply';
    const parsed = unchecked ? read : parseIcmp(payload);
    if (!parsed.ok) {
      this.#drops.drop('icmp', parsed.error);
      return;
    }
    const message = parsed.value;
    if (message.type === 'echo-request') {
      this.#answer(input, message);
      return;
    }
    if (message.type === 'echo-reply') {
      this.#onReply(input.packet.src, message);
      return;
    }
    this.#drops.drop('icmp', message.type === 'other' ? 'bad-type' : message.type);
  }

  portUnreachable(input: IpInput): void {
    this.#unreachable(input, ICMP_PORT_UNREACHABLE);
  }

  protocolUnreachable(input: IpInput): void {
    this.#unreachable(input, ICMP_PROTOCOL_UNREACHABLE);
  }

  /** lwIP turns the packet round: identification, TOS, flags and options stay the asker's (icmp_input). */
  #answer(input: IpInput, echo: IcmpEcho): void {
    const { netif, packet, toMany } = input;
    const { id, seq, data } = echo;
    if (toMany && !this.#opts.icmpAnswersBroadcast) {
      this.#drops.drop('icmp', 'echo-to-many');
      return;
    }
    if (!toMany && packet.dst !== netif.addr && this.#foreign(input, echo)) return;
    if (this.#listeners.length > 0 && this.#opts.icmpDeafWhilePinging) {
      this.#drops.drop('icmp', 'echo-while-pinging');
      return;
    }
    const src = toMany ? netif.addr : packet.dst;
    const turned = { ...packet, src, dst: packet.src, ttl: this.#opts.ipTtl };
    if (this.#opts.icmpStyle === 'lwip') this.#ip.sendAsIs(netif, turnRound(turned), packet.src);
    else this.#ip.resend(netif, { ...turned, payload: emitIcmp({ type: 'echo-reply', id, seq, data }) });
  }

  #onReply(from: Ipv4Address, { id, seq, data }: IcmpEcho): void {
    for (const listener of [...this.#listeners]) {
      if (!listener.onEchoReply(from, id, seq, data)) continue;
      if (this.#listeners.includes(listener)) {
        this.unregister(listener);
        this.register(listener);
      }
      return;
    }
  }

  #unreachable({ packet, bytes, toMany }: IpInput, code: number): void {
    if (toMany) return;
    const headerLength = IPV4_HLEN + packet.options.length;
    // lwIP quotes what lies behind a shorter packet in its memory: its padding, and here zeros after that.
    const original =
      this.#opts.icmpStyle === 'lwip'
        ? concat(bytes, new Uint8Array(QUOTED_DATA)).subarray(0, IPV4_HLEN + QUOTED_DATA)
        : concat(bytes.subarray(0, headerLength), packet.payload.subarray(0, QUOTED_DATA));
    this.#ip.output({
      protocol: PROTO_ICMP,
      dst: packet.src,
      ttl: this.#opts.ipTtl,
      payload: emitIcmp({ type: 'unreachable', code, original }),
    });
  }
}

/** The request with type 0 and new addresses; icmp_input adjusts its checksum as little-endian memory holds it. */
function turnRound(packet: Ipv4): Uint8Array {
  const bytes = emitIpv4(packet);
  put16(bytes, 10, 0);
  put16(bytes, 10, checksum(bytes.subarray(0, IPV4_HLEN)));
  const at = IPV4_HLEN + packet.options.length;
  put8(bytes, at, ICMP_ECHO_REPLY);
  const before = u16(bytes, at + 2);
  const swapped = ((before & 0xff) << 8) | (before >> 8);
  const after = swapped + ICMP_ECHO_REQUEST + (swapped >= 0xffff - ICMP_ECHO_REQUEST ? 1 : 0);
  put16(bytes, at + 2, ((after & 0xff) << 8) | ((after >> 8) & 0xff));
  return bytes;
}
