/**
 * The far side of the router: what the LAN sends to machines beyond it, taken off the packets and shown to whoever
 * stands for the rest of the world (the gateway of bridge/), and his answers put into packets again. Decides nothing.
 */
import type { Clock } from '../core/index.ts';
import { ERR, type LwipErr, type TcpOffer, type TcpPcb, type Uplink } from '../stack/index.ts';
import {
  type DnsMessage,
  dnsMessage,
  emitDns,
  emitIcmp,
  emitIpv4,
  emitUdp,
  ICMP_PORT_UNREACHABLE,
  type IcmpEcho,
  type Ipv4,
  type Ipv4Address,
  PROTO_ICMP,
  PROTO_UDP,
  RCODE_NXDOMAIN,
  RCODE_SERVFAIL,
  type Udp,
} from '../wire/index.ts';
import type { Host } from './host.ts';
import { HostStream } from './host-stream.ts';

/** One end of a conversation. */
export interface Endpoint {
  readonly addr: Ipv4Address;
  readonly port: number;
}

/** An echo request on its way. */
export interface Ping {
  readonly from: Ipv4Address;
  readonly to: Ipv4Address;
  readonly id: number;
  readonly seq: number;
  readonly data: Uint8Array;
}

/** The rest of the world. Every call may be answered at any later time, or never. */
export interface Outer {
  /** False: nobody is there, the device gets RST. */
  connection(offer: ConnectionOffer): boolean;
  /** False: nobody is there, the device gets ICMP port unreachable. */
  datagram(from: Endpoint, to: Endpoint, data: Uint8Array): boolean;
  ping(ping: Ping): void;
  /** A name that the world does not know. */
  query(query: NameQuery): void;
}

/** Somebody on the LAN wants a connection to `to`; his SYN has no answer yet. */
export class ConnectionOffer {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly #clock: Clock;
  readonly #host: Host;
  readonly #offer: TcpOffer;

  constructor(clock: Clock, host: Host, offer: TcpOffer) {
    this.#clock = clock;
    this.#host = host;
    this.#offer = offer;
    this.from = { addr: offer.remoteAddr, port: offer.remotePort };
    this.to = { addr: offer.localAddr, port: offer.localPort };
  }

  /** SYN-ACK. `done` gets the connection once it is open, undefined when it never will be. */
  accept(done: (stream: HostStream | undefined) => void): void {
    const pcb = this.#host.stack.tcp.accept(this.#offer, {
      accepted: (connection: TcpPcb): LwipErr => {
        done(new HostStream(this.#clock, connection));
        return connection.freed ? ERR.ABRT : ERR.OK;
      },
      error: () => done(undefined),
    });
    if (pcb === undefined) done(undefined);
  }

  /** RST. */
  refuse(): void {
    this.#host.stack.tcp.refuse(this.#offer);
  }

  /** Silence, as of a firewall or a machine that is not there. */
  ignore(): void {
    this.#host.stack.tcp.forget(this.#offer);
  }
}

/** A question of the LAN that waits for its answer. */
export class NameQuery {
  /** As it came: to be handed to another server. */
  readonly message: Uint8Array;
  readonly #query: DnsMessage;
  readonly #send: (answer: Uint8Array) => void;

  constructor(query: DnsMessage, message: Uint8Array, send: (answer: Uint8Array) => void) {
    this.message = message;
    this.#query = query;
    this.#send = send;
  }

  /** In lower case, without the last dot. */
  get name(): string {
    return (this.#query.questions[0]?.name ?? '').toLowerCase().replace(/\.$/, '');
  }

  /** `A`, `AAAA`, `TXT`, … */
  get type(): string {
    return this.#query.questions[0]?.type ?? '';
  }

  /** An empty list: the name exists, but not with this type. */
  answer(addresses: readonly Ipv4Address[], ttlSeconds: number): void {
    const name = this.#query.questions[0]?.name ?? '';
    this.#reply({ answers: addresses.map((data) => ({ name, type: 'A', ttl: ttlSeconds, data })) });
  }

  fail(reason: 'no such name' | 'no answer'): void {
    this.#reply({ rcode: reason === 'no such name' ? RCODE_NXDOMAIN : RCODE_SERVFAIL });
  }

  /** What another server answered to {@link message}. */
  relay(answer: Uint8Array): void {
    this.#send(answer);
  }

  #reply(fields: Partial<DnsMessage>): void {
    const { id, questions, recursionDesired } = this.#query;
    this.#send(
      emitDns(dnsMessage({ id, response: true, recursionDesired, recursionAvailable: true, questions, ...fields })),
    );
  }
}

export class Wan implements Uplink {
  readonly #clock: Clock;
  readonly #host: Host;
  readonly #outer: Outer;

  /** `host` is the router: its stack becomes the gateway of the LAN. */
  constructor(clock: Clock, host: Host, outer: Outer) {
    this.#clock = clock;
    this.#host = host;
    this.#outer = outer;
    host.stack.uplink = this;
  }

  /** A datagram from beyond to somebody on the LAN. */
  send(from: Endpoint, to: Endpoint, data: Uint8Array): void {
    this.#output(PROTO_UDP, from.addr, to.addr, emitUdp(datagram(from, to, data), from.addr, to.addr));
  }

  /** The answer to a datagram: nobody listens there. */
  unreachable(from: Endpoint, to: Endpoint, data: Uint8Array): void {
    const payload = emitUdp(datagram(from, to, data), from.addr, to.addr);
    const packet = emitIpv4({ ...BARE_PACKET, protocol: PROTO_UDP, src: from.addr, dst: to.addr, payload });
    // RFC 792: the header and the first eight bytes.
    const original = packet.subarray(0, packet.length - payload.length + 8);
    const message = emitIcmp({ type: 'unreachable', code: ICMP_PORT_UNREACHABLE, original });
    this.#output(PROTO_ICMP, to.addr, from.addr, message);
  }

  pong({ from, to, id, seq, data }: Ping): void {
    this.#output(PROTO_ICMP, to, from, emitIcmp({ type: 'echo-reply', id, seq, data }));
  }

  offer(offer: TcpOffer): boolean {
    return this.#outer.connection(new ConnectionOffer(this.#clock, this.#host, offer));
  }

  datagram({ src, dst }: Ipv4, { srcPort, dstPort, payload }: Udp): boolean {
    const from = { addr: src, port: srcPort };
    const to = { addr: dst, port: dstPort };
    if (!this.#outer.datagram(from, to, payload)) this.unreachable(from, to, payload);
    return true;
  }

  echo({ src, dst }: Ipv4, { id, seq, data }: IcmpEcho): boolean {
    this.#outer.ping({ from: src, to: dst, id, seq, data });
    return true;
  }

  #output(protocol: number, src: Ipv4Address, dst: Ipv4Address, payload: Uint8Array): void {
    this.#host.stack.ip.output({ protocol, src, dst, ttl: this.#host.stack.opts.ipTtl, payload });
  }
}

const datagram = (from: Endpoint, to: Endpoint, payload: Uint8Array): Udp => ({
  srcPort: from.port,
  dstPort: to.port,
  payload,
});

const BARE_PACKET: Omit<Ipv4, 'protocol' | 'src' | 'dst' | 'payload'> = {
  tos: 0,
  id: 0,
  flags: { df: false, mf: false },
  fragOffset: 0,
  ttl: 64,
  options: new Uint8Array(0),
};
