/**
 * A plain computer on the LAN: a static address, a stack of its own with roomy numbers, and sockets for JavaScript.
 * Everything happens in clock events; there are no promises here (bridge/ has Node's kind of stream).
 */
import { type Clock, invariant, type Link, type Rng, type Tracer } from '../core/index.ts';
import {
  ERR,
  HOST_OPTS,
  type LwipErr,
  type Netif,
  Stack,
  type StackOptions,
  type TcpPcb,
  type UdpPcb,
} from '../stack/index.ts';
import { formatIpv4, IPV4_ANY, type Ipv4Address, parseIpv4 } from '../wire/index.ts';
import { HostStream } from './host-stream.ts';
import type { StreamHandler } from './stream.ts';

export interface HostEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
  readonly link: Link;
  /** Looks a name up in the world's own table, as /etc/hosts would. */
  resolve(name: string): Ipv4Address | undefined;
}

export interface HostOptions {
  readonly addr: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address;
  /** By default {@link HOST_OPTS}. */
  readonly stack?: StackOptions;
}

/** A port that accepts connections. */
export interface HostListener {
  readonly port: number;
  /** Accepts no more; open connections stay. */
  close(): void;
}

/** `onDatagram` gets the bytes and where they came from; `dst` tells broadcast and multicast apart. */
export type DatagramHandler = (bytes: Uint8Array, addr: Ipv4Address, port: number, dst: Ipv4Address) => void;

/** A UDP socket of a host, bound from the start. */
export class HostUdp {
  onDatagram: DatagramHandler | undefined;
  readonly #pcb: UdpPcb;

  constructor(pcb: UdpPcb) {
    this.#pcb = pcb;
    pcb.recv = (bytes, addr, port, dst) => this.onDatagram?.(bytes, addr, port, dst);
  }

  get port(): number {
    return this.#pcb.localPort;
  }

  /** An lwIP error number, 0 when the datagram left (or waits for ARP). */
  send(bytes: Uint8Array, addr: Ipv4Address, port: number): LwipErr {
    return this.#pcb.sendTo(bytes, addr, port);
  }

  close(): void {
    this.#pcb.remove();
  }
}

export class Host {
  readonly name: string;
  readonly stack: Stack;
  readonly netif: Netif;
  readonly #env: HostEnv;

  constructor(name: string, env: HostEnv, options: HostOptions) {
    this.name = name;
    this.#env = env;
    this.stack = new Stack({ clock: env.clock, rng: env.rng, trace: env.trace }, options.stack ?? HOST_OPTS);
    this.netif = this.stack.addNetif('en', env.link);
    this.netif.setAddr(options.addr, options.netmask, options.gateway);
    this.netif.setUp();
  }

  get addr(): Ipv4Address {
    return this.netif.addr;
  }

  /**
   * Accepts TCP connections; the callback sets `stream.handler`. The port must be free. While `open` answers false,
   * whoever asks is refused.
   */
  listen(port: number, onConnection: (stream: HostStream) => void, open?: () => boolean): HostListener {
    const pcb = this.stack.tcp.newPcb();
    // As servers do: a port with connections in TIME-WAIT may be listened on again.
    pcb.reuseAddr = true;
    const error = pcb.bind(IPV4_ANY, port) || pcb.listen();
    invariant(error === ERR.OK, `${this.name}: TCP port ${port} is taken (${error})`);
    pcb.handlers = {
      ...(open === undefined ? {} : { admits: open }),
      accepted: (connection: TcpPcb) => {
        onConnection(new HostStream(this.#env.clock, connection));
        return connection.freed ? ERR.ABRT : ERR.OK;
      },
    };
    return { port: pcb.localPort, close: () => pcb.close() };
  }

  /**
   * Opens a connection to an address, a dotted quad or a name of the world; `onOpen` or `onClose` of the handler follows.
   * By default from a random port; a port that is named must be free.
   */
  connect(target: Ipv4Address | string, port: number, handler: StreamHandler, localPort = 0): HostStream {
    const pcb = this.stack.tcp.newPcb();
    if (localPort !== 0) {
      const taken = pcb.bind(IPV4_ANY, localPort);
      invariant(taken === ERR.OK, `${this.name}: TCP port ${localPort} is taken (${taken})`);
    }
    const error = pcb.connect(this.resolve(target), port);
    invariant(error === ERR.OK, `${this.name}: cannot connect to ${target}:${port} (${error})`);
    const stream = new HostStream(this.#env.clock, pcb);
    stream.handler = handler;
    return stream;
  }

  /** No connection and no listener of this host has the port. */
  isFree(port: number): boolean {
    const { active, timeWait, listeners } = this.stack.tcp;
    return ![active, timeWait, listeners].some((list) => list.some((pcb) => pcb.localPort === port));
  }

  /** A UDP socket on a port, 0 for an ephemeral one. */
  udp(port: number, onDatagram?: DatagramHandler): HostUdp {
    const pcb = this.stack.udp.newPcb();
    const error = pcb.bind(IPV4_ANY, port);
    invariant(error === ERR.OK, `${this.name}: UDP port ${port} is taken (${error})`);
    const socket = new HostUdp(pcb);
    socket.onDatagram = onDatagram;
    return socket;
  }

  /** The address meant; an unknown name is a mistake of the caller. */
  resolve(target: Ipv4Address | string): Ipv4Address {
    if (typeof target === 'number') return target;
    const addr = parseIpv4(target) ?? this.#env.resolve(target);
    invariant(addr !== undefined, `${this.name}: no address for ${target}`);
    return addr;
  }

  toString(): string {
    return `${this.name} (${formatIpv4(this.addr)})`;
  }
}
