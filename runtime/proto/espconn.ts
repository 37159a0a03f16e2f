/**
 * Espressif's connection layer as the firmware's modules see it (app/lwip/app/espconn.c, espconn_tcp.c): TCP clients
 * with one buffer under way each, whose ends are told by a task of their own. Several connections of one machine
 * share a layer. Servers, UDP and TLS stand beside it.
 */
import { EMPTY, type Rng } from '../core/index.ts';
import { ERR, type LwipErr, type Stack, type TcpPcb } from '../stack/index.ts';
import { IPV4_ANY, type Ipv4Address } from '../wire/index.ts';
import { type EspconnLink, type EspconnTimeout, joined, newLink, POLL_TICKS, writePart } from './espconn-link.ts';
import type { ProtoTimer } from './timer.ts';

/** espconn.h. */
export const ESPCONN = {
  OK: 0,
  MEM: -1,
  TIMEOUT: -3,
  RTE: -4,
  INPROGRESS: -5,
  MAXNUM: -7,
  ABRT: -8,
  RST: -9,
  CLSD: -10,
  CONN: -11,
  ARG: -12,
  IF: -14,
  ISCONN: -15,
  HANDSHAKE: -28,
  SSL_INVALID_DATA: -61,
} as const;

/** A result; numbers of lwIP pass through. */
export type EspconnErr = (typeof ESPCONN)[keyof typeof ESPCONN] | LwipErr;

/**
 * What the owner of a connection is told. Inside each, all calls are allowed. After `disconnected` or `failed` the
 * connection is free for another connect.
 */
export interface EspconnHandlers {
  connected?(): void;
  /** What arrived in one breath: usually a segment. Without this handler the window closes. */
  received?(data: Uint8Array): void;
  /** The peer has acknowledged a whole buffer of `send`. */
  sent?(): void;
  /** The end after our disconnect or the peer's FIN; at the instant our FIN leaves. */
  disconnected?(): void;
  /** reconnect_callback: the connection broke, or never came about. */
  failed?(code: EspconnErr): void;
}

/** Connections at a time; espconn_tcp_get_max_con (MEMP_NUM_TCP_PCB). */
const MAX_CONNECTIONS = 5;
/** espconn_port: local ports 1024 to 49999. */
const PORT_FIRST = 1024;
const PORT_END = 50_000;
/** Data that is not copied takes two buffers per segment in lwIP's queue, one of them for the header. */
const PBUFS_PER_SEGMENT = 2;
/** Closing connections at which the oldest is given up; espconn_kill_oldest_pcb. */
const MAX_CLOSING = 5;

type Link = EspconnLink<EspconnTcp>;

/** A message to the layer's task: the connection ended, well (undefined) or with a code. */
interface Signal {
  readonly link: Link;
  readonly code: EspconnErr | undefined;
}

/** A TCP client connection (struct espconn), to be connected as often as its owner likes. */
export class EspconnTcp {
  readonly #layer: Espconn;
  handlers: EspconnHandlers = {};
  /** 0: connect draws one. A port that is kept is used again. */
  localPort = 0;
  remoteAddr: Ipv4Address = IPV4_ANY;
  remotePort = 0;
  state: 'NONE' | 'WAIT' | 'CONNECT' | 'WRITE' | 'READ' | 'CLOSE' = 'NONE';
  /** Whether there is memory behind `proto.tcp`: ports, addresses and handlers. */
  allocated = true;

  constructor(layer: Espconn) {
    this.#layer = layer;
  }

  /** Frees what a connection needs; one that is still under way ends in a memory fault when it is answered. */
  release(): void {
    this.allocated = false;
    this.localPort = 0;
  }

  /**
   * Sends the SYN. RTE without a route, ISCONN when there are five connections already or one with the same local
   * port; nothing follows then.
   */
  connect(addr: Ipv4Address, port: number): EspconnErr {
    this.remoteAddr = addr;
    this.remotePort = port;
    return this.#layer.connect(this);
  }

  /**
   * Sends at once as much as fits, the rest as the peer acknowledges. One buffer at a time: MAXNUM until `sent`.
   * ARG when not connected or empty.
   */
  send(data: Uint8Array): EspconnErr {
    return this.#layer.send(this, data);
  }

  /** What arrives is still told, but the window closes until that ends (espconn_recv_hold, espconn_recv_unhold). */
  hold(on: boolean): void {
    this.#layer.hold(this, on);
  }

  /** Sends FIN behind what was sent; `disconnected` follows at once. INPROGRESS when closing, ARG when not connected. */
  disconnect(): EspconnErr {
    return this.#layer.disconnect(this);
  }
}

/** A connection to a server, plain or with TLS. */
export type EspconnConnection = Pick<EspconnTcp, keyof EspconnTcp>;

/** What the layer needs; the same as a ProtoEnv without the layer itself. */
export interface EspconnEnv {
  readonly stack: Stack;
  readonly rng: Rng;
  timer(label: string, fire: () => void): ProtoTimer;
  /** The firmware would read freed memory here; does not return on a device. */
  crash(what: string): void;
}

export class Espconn {
  readonly #env: EspconnEnv;
  readonly #stack: Stack;
  readonly #rng: Rng;
  /** The layer's task as a timer that is due at once, so that a device knows what is to come. One signal per run. */
  readonly #task: ProtoTimer;
  readonly #signals: Signal[] = [];
  readonly #links: Link[] = [];
  /** Connections with TLS, which count as well. */
  secureLinks = 0;

  constructor(env: EspconnEnv) {
    this.#env = env;
    this.#stack = env.stack;
    this.#rng = env.rng.fork('espconn');
    this.#task = env.timer('espconn', () => this.#runTask());
  }

  /** An idle TCP connection of this layer. */
  tcp(): EspconnTcp {
    return new EspconnTcp(this);
  }

  /** A local port that nobody uses (espconn_port). */
  port(): number {
    const { active, timeWait, listeners } = this.#stack.tcp;
    for (;;) {
      const drawn = this.#rng.below(PORT_END);
      const port = drawn < PORT_FIRST ? drawn + PORT_FIRST : drawn;
      if (![active, timeWait, listeners].some((list) => list.some((pcb) => pcb.localPort === port))) return port;
    }
  }

  /** @internal espconn_connect. */
  connect(conn: EspconnTcp): EspconnErr {
    if (this.#links.length + this.secureLinks >= MAX_CONNECTIONS) return ESPCONN.ISCONN;
    if (this.#links.some((link) => !link.conn.allocated)) {
      this.#env.crash('espconn_connect compares ports with those of a freed connection');
      return ESPCONN.ARG;
    }
    if (conn.localPort === 0) conn.localPort = this.port();
    if (this.#links.some((link) => link.conn.localPort === conn.localPort)) return ESPCONN.ISCONN;
    const pcb = this.#stack.tcp.newPcb();
    const link = newLink(conn, pcb, undefined);
    pcb.handlers = {
      connected: () => this.#onConnected(link),
      error: (code) => this.#onError(link, code),
    };
    pcb.bind(IPV4_ANY, conn.localPort);
    conn.state = 'WAIT';
    this.#links.push(link);
    const code = pcb.connect(conn.remoteAddr, conn.remotePort);
    if (code !== ERR.RTE) return code;
    pcb.handlers = {};
    pcb.close();
    this.#forget(link);
    return ESPCONN.RTE;
  }

  /** @internal espconn_tcp_accept: a server's connection, for which `conn` was made. */
  adopt(conn: EspconnTcp, pcb: TcpPcb, server: EspconnTimeout): void {
    const link = newLink(conn, pcb, server);
    this.#links.push(link);
    pcb.pollInterval = POLL_TICKS;
    this.#open(link);
  }

  /** @internal Is a connection under way from or at that port? */
  hasLocalPort(port: number): boolean {
    return this.#links.some(({ conn }) => conn.localPort === port);
  }

  /** @internal espconn_recv_hold, espconn_recv_unhold. */
  hold(conn: EspconnTcp, on: boolean): void {
    const link = this.#find(conn);
    if (link === undefined || on === (link.held !== undefined)) return;
    if (link.held !== undefined) link.pcb.recved(link.held);
    link.held = on ? 0 : undefined;
  }

  /** @internal espconn_sent. */
  send(conn: EspconnTcp, data: Uint8Array): EspconnErr {
    const link = this.#find(conn);
    if (link === undefined || data.length === 0) return ESPCONN.ARG;
    conn.state = 'WRITE';
    if (!link.connected) return ESPCONN.ARG;
    if (link.buffers.length > 0) return ESPCONN.MAXNUM;
    link.buffers.push({ unsent: data, unacked: data.length });
    return this.#write(link);
  }

  /** @internal espconn_disconnect. */
  disconnect(conn: EspconnTcp): EspconnErr {
    const link = this.#find(conn);
    if (link === undefined) return ESPCONN.ARG;
    if (conn.state === 'CLOSE') return ESPCONN.INPROGRESS;
    this.#close(link);
    return ESPCONN.OK;
  }

  #find(conn: EspconnTcp): Link | undefined {
    return this.#links.find((link) => link.conn === conn);
  }

  #forget(link: Link): void {
    const at = this.#links.indexOf(link);
    if (at >= 0) this.#links.splice(at, 1);
  }

  /** espconn_client_connect. */
  #onConnected(link: Link): LwipErr {
    const { conn, pcb } = link;
    if (!conn.allocated) {
      this.#env.crash('the peer accepts a connection whose memory was freed meanwhile');
      pcb.abort();
      return ERR.ABRT;
    }
    this.#open(link);
    conn.handlers.connected?.();
    return ERR.OK;
  }

  #open(link: Link): void {
    const { conn, pcb } = link;
    conn.state = 'CONNECT';
    link.connected = true;
    pcb.handlers = {
      recv: (_pcb, data, more) => this.#onReceived(link, data, more),
      sent: (_pcb, length) => this.#onSent(link, length),
      error: (code) => this.#onError(link, code),
      ...(link.server === undefined ? {} : { poll: () => this.#onPoll(link, link.server?.timeoutPolls ?? 0) }),
    };
    pcb.noDelay = true;
  }

  /** espconn_server_poll. */
  #onPoll(link: Link, timeoutPolls: number): LwipErr {
    if (link.pcb.state !== 'ESTABLISHED' || (timeoutPolls > 0 && ++link.idlePolls >= timeoutPolls)) this.#close(link);
    return ERR.OK;
  }

  /** espconn_client_recv: the window opens before the owner sees the data. */
  #onReceived(link: Link, data: Uint8Array | undefined, more: boolean): LwipErr {
    const { conn, pcb } = link;
    if (data === undefined) {
      this.#close(link);
      return ERR.OK;
    }
    const chain = joined(link.chain, data);
    link.chain = more ? chain : EMPTY;
    link.idlePolls = 0;
    if (more || conn.handlers.received === undefined) return ERR.OK;
    if (link.held === undefined) pcb.recved(chain.length);
    else link.held += chain.length;
    conn.state = 'READ';
    conn.handlers.received(chain);
    if (pcb.state === 'ESTABLISHED') conn.state = 'CONNECT';
    return ERR.OK;
  }

  /** espconn_client_sent: more of the buffer goes out first, then buffers that are through are reported. */
  #onSent(link: Link, length: number): LwipErr {
    link.idlePolls = 0;
    this.#write(link);
    let rest = length;
    for (let first = link.buffers[0]; first !== undefined; first = link.buffers[0]) {
      const taken = Math.min(rest, first.unacked);
      first.unacked -= taken;
      rest -= taken;
      if (first.unacked > 0) break;
      link.buffers.shift();
      link.conn.state = 'CONNECT';
      link.conn.handlers.sent?.();
    }
    return ERR.OK;
  }

  /** espconn_client_err: what lwIP only calls aborted gets a name by the connection's last state. */
  #onError(link: Link, code: LwipErr): void {
    const { tcpMaxRetransmits } = this.#stack.opts;
    const timedOut = link.connected && link.pcb.retransmits >= tcpMaxRetransmits;
    const aborted = timedOut ? ESPCONN.TIMEOUT : ESPCONN.CONN;
    link.conn.state = 'CLOSE';
    this.#post({ link, code: code === ERR.ABRT ? aborted : code });
  }

  /** espconn_client_close. Without room for the FIN nothing happens, and nobody tries again. */
  #close(link: Link): void {
    const { conn, pcb } = link;
    if (pcb.close() !== ERR.OK) return;
    pcb.handlers = {};
    conn.state = 'CLOSE';
    this.#post({ link, code: undefined });
  }

  /** espconn_tcp_write. */
  #write(link: Link): EspconnErr {
    const { pcb, buffers } = link;
    const most = Math.floor(this.#stack.opts.tcpSendQueue / PBUFS_PER_SEGMENT);
    if (pcb.sndQueueLen >= most) return ESPCONN.MEM;
    for (;;) {
      const buffer = buffers.find((b) => b.unsent.length > 0);
      if (buffer === undefined || pcb.sndBuf === 0) return ESPCONN.OK;
      const code = writePart(pcb, buffer, most);
      if (code !== ERR.OK) return code;
    }
  }

  #post(signal: Signal): void {
    this.#signals.push(signal);
    if (!this.#task.armed) this.#task.arm(0, false);
  }

  #runTask(): void {
    const signal = this.#signals.shift();
    if (signal === undefined) return;
    if (this.#signals.length > 0) this.#task.arm(0, false);
    const { link, code } = signal;
    this.#forget(link);
    this.#killOldest();
    link.buffers.length = 0;
    if (!link.conn.allocated) return;
    if (code === undefined) link.conn.handlers.disconnected?.();
    else link.conn.handlers.failed?.(code);
  }

  /** espconn_kill_oldest_pcb. */
  #killOldest(): void {
    const { timeWait } = this.#stack.tcp;
    if (timeWait.length >= MAX_CLOSING) timeWait.at(-1)?.abort();
  }
}
