/**
 * What the parts of TCP share: environment, options, the four lists of blocks, the slow-tick counter, and which block
 * is being served. Lists are newest first; an arriving segment moves its block to the front (tcp_in.c tcp_input).
 */
import type { Clock, Micros, Rng, Tracer } from '../core/index.ts';
import type { Ipv4Address, MacAddress, Tcp } from '../wire/index.ts';
import type { LwipErr } from './err.ts';
import type { StackOptions } from './opts.ts';
import { DropCounters } from './stats.ts';
import type { TcpOffer } from './tcp-incoming.ts';
import { TcpPcb, type TcpUserCalls } from './tcp-pcb.ts';

/** What TCP needs of the stack around it. */
export interface TcpEnv {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
  /** Where drops are counted; the layer keeps its own count without it. */
  readonly drops?: DropCounters;
  /** lwIP (timers.c): a timer that is started counts from the last expiry of any of its timers, this long ago. */
  timerLag?(): Micros;
  /** The address packets to `dst` would leave with; undefined without a route. */
  routeSource(dst: Ipv4Address): Ipv4Address | undefined;
  /** A broadcast address of an interface, or 255.255.255.255. */
  isBroadcast(addr: Ipv4Address): boolean;
  /** Sends a segment in an IP packet. The payload stays ours: it may be sent again. */
  output(tcp: Tcp, src: Ipv4Address, dst: Ipv4Address, ttl: number): LwipErr;
  /** The hardware address that frames to `dst` go to; undefined while it is unknown. */
  neighbour?(dst: Ipv4Address): MacAddress | undefined;
  /** A gateway's: the address is not ours, so nobody here listens on it. */
  isForeign?(addr: Ipv4Address): boolean;
  /** A gateway's: a SYN that nobody here listens for. True: it will be answered, or is left alone on purpose. */
  offer?(offer: TcpOffer): boolean;
}

/** lwIP's first value, tcp.c tcp_next_iss. */
const FIRST_ISS = 6510;

export class TcpContext {
  readonly env: TcpEnv;
  readonly opts: StackOptions;
  readonly drops: DropCounters;
  readonly active: TcpPcb[] = [];
  readonly timeWait: TcpPcb[] = [];
  readonly listeners: TcpPcb[] = [];
  /** Bound, but neither listening nor connecting. */
  readonly bound: TcpPcb[] = [];
  /** SYNs that the owner of the stack has not answered yet. */
  readonly offers: TcpOffer[] = [];
  /** Slow ticks so far; stands still while no connection exists. At boot the timer runs once (timers.c sys_timeouts_init). */
  ticks = 1;
  /** The block whose segment is being processed: output on it waits until that is done. */
  inputPcb: TcpPcb | undefined = undefined;
  segmentsIn = 0;
  segmentsOut = 0;
  retransmitted = 0;
  resetsOut = 0;
  #iss = FIRST_ISS;
  readonly #calls: TcpUserCalls;

  constructor(env: TcpEnv, opts: StackOptions, calls: TcpUserCalls) {
    this.env = env;
    this.opts = opts;
    this.drops = env.drops ?? new DropCounters(env.trace);
    this.#calls = calls;
  }

  newPcb(): TcpPcb {
    const pcb = new TcpPcb(this.#calls, this.env.trace, this.opts, this.ticks, this.nextIss());
    this.env.trace.keep(pcb);
    return pcb;
  }

  /** Ticks since the last segment from the peer. */
  idleTicks(pcb: TcpPcb): number {
    return this.ticks - pcb.lastSeenTick;
  }

  inSlowTicks(delayMs: number): number {
    return Math.floor(delayMs / this.opts.tcpSlowMs);
  }

  addActive(pcb: TcpPcb): void {
    this.active.unshift(pcb);
  }

  /** From the active list to TIME-WAIT (RFC 9293 section 3.6.1). */
  enterTimeWait(pcb: TcpPcb): void {
    this.purge(pcb);
    remove(this.active, pcb);
    pcb.setState('TIME-WAIT');
    this.timeWait.unshift(pcb);
  }

  /** Takes the block out of every list; it is CLOSED and free from then on. */
  release(pcb: TcpPcb): void {
    this.purge(pcb);
    for (const list of [this.active, this.timeWait, this.listeners, this.bound]) remove(list, pcb);
    pcb.setState('CLOSED');
    pcb.freed = true;
  }

  /** Forgets everything queued and stops the retransmission timer (tcp.c tcp_pcb_purge). */
  purge(pcb: TcpPcb): void {
    if (pcb.state === 'CLOSED' || pcb.state === 'TIME-WAIT' || pcb.state === 'LISTEN') return;
    pcb.refused = [];
    pcb.reassembly.clear();
    pcb.unsent.clear();
    pcb.unacked.clear();
    pcb.unsentOversize = 0;
    pcb.rtime = undefined;
  }

  nextIss(): number {
    if (this.opts.tcpInitialSequence === 'random') return this.env.rng.u32();
    // lwIP 1.4 tcp.c tcp_next_iss: moves by the age of the tick counter; predictable, as in the firmware.
    this.#iss = (this.#iss + this.ticks) >>> 0;
    return this.#iss;
  }

  portInUse(port: number): boolean {
    return [this.listeners, this.bound, this.active, this.timeWait].some((list) =>
      list.some((pcb) => pcb.localPort === port),
    );
  }

  /** A random port no block uses (tcp.c tcp_new_port). */
  ephemeralPort(): number {
    const { tcpPortFirst, tcpPortLast } = this.opts;
    for (;;) {
      const port = tcpPortFirst + this.env.rng.below(tcpPortLast - tcpPortFirst + 1);
      if (!this.portInUse(port)) return port;
    }
  }
}

export function remove(list: TcpPcb[], pcb: TcpPcb): void {
  const at = list.indexOf(pcb);
  if (at >= 0) list.splice(at, 1);
}

/** Moves the block at `index` to the front. */
export function toFront(list: TcpPcb[], index: number): void {
  const [pcb] = list.splice(index, 1);
  if (pcb !== undefined) list.unshift(pcb);
}
