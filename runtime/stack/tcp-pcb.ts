/**
 * The protocol control block: one TCP connection or listener with its state (RFC 9293 section 3.3.1), and the raw API
 * in lwIP's words. It holds data and checks its own transitions; what the calls do is in tcp-user.ts and tcp-out.ts.
 */
import { invariant, type Tracer } from '../core/index.ts';
import { formatIpv4, IPV4_ANY, type Ipv4Address } from '../wire/index.ts';
import { Congestion } from './congestion.ts';
import type { LwipErr } from './err.ts';
import type { StackOptions } from './opts.ts';
import { Reassembly } from './reassembly.ts';
import { RttEstimator } from './rtt.ts';
import { SegmentQueue } from './tcp-segment.ts';

/** RFC 9293 Figure 5. CLOSED is reachable from every state (RST, abort, time-out) and is not listed. */
export const TRANSITIONS = {
  // lwIP 1.4: a SYN for a listener makes a new block, the listener itself never leaves LISTEN.
  CLOSED: ['LISTEN', 'SYN-SENT', 'SYN-RECEIVED'],
  LISTEN: [],
  // lwIP 1.4 tcp_in.c: no simultaneous open, a SYN without ACK is ignored here.
  'SYN-SENT': ['ESTABLISHED'],
  'SYN-RECEIVED': ['ESTABLISHED', 'FIN-WAIT-1'],
  // lwIP 1.4 tcp.c tcp_close_shutdown: closing with unread data sends RST and waits in TIME-WAIT, from any state.
  ESTABLISHED: ['FIN-WAIT-1', 'CLOSE-WAIT', 'TIME-WAIT'],
  // To CLOSE-WAIT only when the owner closed as it was offered the connection (tcp-in.ts arrivesSynReceived).
  'FIN-WAIT-1': ['FIN-WAIT-2', 'CLOSING', 'CLOSE-WAIT', 'TIME-WAIT'],
  'FIN-WAIT-2': ['TIME-WAIT'],
  'CLOSE-WAIT': ['LAST-ACK', 'TIME-WAIT'],
  CLOSING: ['TIME-WAIT'],
  'LAST-ACK': ['TIME-WAIT'],
  'TIME-WAIT': [],
} as const satisfies Record<string, readonly string[]>;

export type TcpState = keyof typeof TRANSITIONS;

/** Nothing means ERR.OK. */
// biome-ignore lint/suspicious/noConfusingVoidType: most owners have no answer, and a callback without one is void.
export type Answer = LwipErr | undefined | void;

/**
 * What the owner of a connection is told. Inside every one of them all calls on every block are allowed, close and
 * abort of this block included. `ERR.ABRT` as an answer says: do not touch the block any further now.
 */
export interface TcpHandlers {
  /** Our SYN was answered. */
  connected?(pcb: TcpPcb): Answer;
  /** On a listener: false for a SYN that is to be refused as if nobody listened. */
  admits?(): boolean;
  /** On a listener: `pcb` is the new connection. Any error but ABRT aborts it. */
  accepted?(pcb: TcpPcb): Answer;
  /**
   * One call per segment of the peer, in order; undefined stands for its FIN. `more` says that the segments that
   * waited for this one follow in the same breath (lwIP hands them over as one chain). Any error but ABRT means
   * refused: the segment is offered again.
   */
  recv?(pcb: TcpPcb, data: Uint8Array | undefined, more: boolean): Answer;
  /** `length` bytes were acknowledged. */
  sent?(pcb: TcpPcb, length: number): Answer;
  /** The connection is gone: RST from the peer (before the block is freed), ABRT or CLSD (after). */
  error?(code: LwipErr): void;
  /** Every `pollInterval` slow ticks. */
  poll?(pcb: TcpPcb): Answer;
}

/** The user calls of RFC 9293 section 3.9.1, implemented by the layer. */
export interface TcpUserCalls {
  bind(pcb: TcpPcb, addr: Ipv4Address, port: number): LwipErr;
  listen(pcb: TcpPcb): LwipErr;
  connect(pcb: TcpPcb, addr: Ipv4Address, port: number): LwipErr;
  write(pcb: TcpPcb, data: Uint8Array): LwipErr;
  output(pcb: TcpPcb): LwipErr;
  recved(pcb: TcpPcb, length: number): void;
  requestAck(pcb: TcpPcb): void;
  close(pcb: TcpPcb): LwipErr;
  shutdown(pcb: TcpPcb, receive: boolean, send: boolean): LwipErr;
  abort(pcb: TcpPcb): void;
  /** Keep-alive or poll settings changed: the timer may sleep too long. */
  timersChanged(): void;
}

export class TcpPcb {
  readonly #calls: TcpUserCalls;
  readonly #trace: Tracer;
  #state: TcpState = 'CLOSED';
  /** Given back to the layer: every further call on the block is refused and does nothing. */
  freed = false;

  #handlers: TcpHandlers = {};
  #keepAlive = false;
  /** Whose `accepted` is called when the handshake completes; set on passively opened connections. */
  listenerHandlers: TcpHandlers | undefined = undefined;

  localAddr: Ipv4Address = IPV4_ANY;
  localPort = 0;
  remoteAddr: Ipv4Address = IPV4_ANY;
  remotePort = 0;
  ttl: number;
  /** Socket option SO_REUSEADDR; connections inherit it from their listener. */
  reuseAddr = false;
  /** To be set before `keepAlive`. */
  keepIdleMs: number;
  keepIntvlMs: number;
  keepCount: number;
  /** Turns the Nagle algorithm off. */
  noDelay = false;
  /** In slow ticks; 0 and 1 both mean every tick. */
  pollInterval = 0;

  // Send sequence variables.
  iss: number;
  /** lwIP's lastack. */
  sndUna: number;
  sndNxt: number;
  /** Sequence number of the next byte to be queued (lwIP's snd_lbb). */
  sndLbb: number;
  sndWnd = 0;
  sndWl1 = 0;
  sndWl2: number;
  /** Largest segment the peer takes. */
  mss: number;
  /** Bytes that may still be queued. */
  sndBuf: number;
  /** Segments queued, unsent and unacknowledged. */
  sndQueueLen = 0;
  readonly unsent = new SegmentQueue();
  readonly unacked = new SegmentQueue();
  /** Room for more data in the last unsent segment. */
  unsentOversize = 0;
  /** A FIN was queued as a segment of its own (TF_FIN). */
  finQueued = false;
  /** A write was refused for want of space: the next output skips Nagle (TF_NAGLEMEMERR). */
  writeRefused = false;
  /** Bytes newly acknowledged by the last processed segment; keeps its value until another acknowledges something. */
  acked = 0;

  // Receive sequence variables.
  irs = 0;
  rcvNxt = 0;
  rcvWnd: number;
  /** The window we announce, and the highest right edge announced so far. */
  rcvAnnWnd: number;
  rcvAnnRightEdge = 0;
  readonly reassembly = new Reassembly();
  /** Segments the owner refused, to be offered again. */
  refused: Uint8Array[] = [];
  /** An ACK is owed at the next fast tick (TF_ACK_DELAY), or with the next output (TF_ACK_NOW). */
  ackDelayed = false;
  ackDue = false;
  /** The owner takes no more data: it closed (TF_RXCLOSED). */
  rxClosed = false;

  // Timers, all counted in slow ticks.
  readonly rtt: RttEstimator;
  readonly congestion = new Congestion();
  /** Age of the oldest unacknowledged segment; undefined while nothing is in flight. */
  rtime: number | undefined = undefined;
  retransmits = 0;
  /** Index into the persist table plus one; 0 while the peer's window is open. */
  persistBackoff = 0;
  persistCount = 0;
  /** Slow tick of the last segment from the peer. */
  lastSeenTick: number;
  keepProbesSent = 0;
  pollCount = 0;

  /** Made by the layer only. `tick` is the current slow tick, `iss` an initial sequence number. */
  constructor(calls: TcpUserCalls, trace: Tracer, opts: StackOptions, tick: number, iss: number) {
    this.#calls = calls;
    this.#trace = trace;
    this.iss = iss;
    this.sndUna = iss;
    this.sndNxt = iss;
    this.sndLbb = iss;
    this.sndWl2 = iss;
    this.ttl = opts.ipTtl;
    this.keepIdleMs = opts.tcpKeepIdleMs;
    this.keepIntvlMs = opts.tcpKeepIntervalMs;
    this.keepCount = opts.tcpKeepCount;
    this.mss = Math.min(opts.tcpMss, opts.tcpDefaultMss);
    this.sndBuf = opts.tcpSendBuffer;
    this.rcvWnd = opts.tcpWindow;
    this.rcvAnnWnd = opts.tcpWindow;
    this.rtt = new RttEstimator(Math.floor(opts.tcpInitialRtoMs / opts.tcpSlowMs));
    this.lastSeenTick = tick;
  }

  get state(): TcpState {
    return this.#state;
  }

  /** @internal The only way a state changes. Entering the present state again changes nothing. */
  setState(next: TcpState): void {
    const from = this.#state;
    if (next === from) return;
    const arrows: readonly TcpState[] = TRANSITIONS[from];
    invariant(next === 'CLOSED' || arrows.includes(next), `TCP ${this.ends}: no arrow from ${from} to ${next}`);
    this.#state = next;
    if (this.#trace.on) this.#trace.emit('stack/tcp', 'moved', `${this.ends} ${from} -> ${next}`);
  }

  get handlers(): TcpHandlers {
    return this.#handlers;
  }

  /** Replaces all of them at once. */
  set handlers(handlers: TcpHandlers) {
    this.#handlers = handlers;
    this.#calls.timersChanged();
  }

  /** Socket option SO_KEEPALIVE; connections inherit it from their listener. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  set keepAlive(on: boolean) {
    this.#keepAlive = on;
    this.#calls.timersChanged();
  }

  /** `192.168.1.50:1024>192.168.1.10:80` */
  get ends(): string {
    return `${formatIpv4(this.localAddr)}:${this.localPort}>${formatIpv4(this.remoteAddr)}:${this.remotePort}`;
  }

  /**
   * Reserves a local address (0.0.0.0 for any) and port (0 for an ephemeral one).
   * ISCONN unless CLOSED; USE when the port is taken.
   */
  bind(addr: Ipv4Address, port: number): LwipErr {
    return this.#calls.bind(this, addr, port);
  }

  /** Turns a bound block into a listener. MEM when address and port have one already, ISCONN unless CLOSED. */
  listen(): LwipErr {
    return this.#calls.listen(this);
  }

  /** Sends the SYN. ISCONN unless CLOSED; RTE without a route (nothing happens then, ever); USE for a doubled connection. */
  connect(addr: Ipv4Address, port: number): LwipErr {
    return this.#calls.connect(this, addr, port);
  }

  /** Queues a copy of `data`, all or nothing, and sends nothing. CONN in a wrong state, MEM when it does not fit. */
  write(data: Uint8Array): LwipErr {
    return this.#calls.write(this, data);
  }

  /** Sends what the windows and Nagle allow; inside a callback of this block that waits for its end. */
  output(): LwipErr {
    return this.#calls.output(this);
  }

  /** The owner has consumed `length` bytes: the window opens, and is announced when that is worth a segment. */
  recved(length: number): void {
    this.#calls.recved(this, length);
  }

  /** Marks an ACK to go out with the next output, without causing one (TF_ACK_NOW as net.c net_unhold sets it). */
  requestAck(): void {
    this.#calls.requestAck(this);
  }

  /**
   * Frees a listener or unconnected block; otherwise sends FIN behind the queued data, or RST when received data was
   * not consumed. An error (MEM: no room for the FIN) leaves the block as it was.
   */
  close(): LwipErr {
    return this.#calls.close(this);
  }

  /** Closes one direction; `send` queues the FIN whether or not data was consumed. CONN for a listener. */
  shutdown(receive: boolean, send: boolean): LwipErr {
    return this.#calls.shutdown(this, receive, send);
  }

  /** RST to the peer, `error(ABRT)` to the owner, and the block is gone. */
  abort(): void {
    this.#calls.abort(this);
  }
}
