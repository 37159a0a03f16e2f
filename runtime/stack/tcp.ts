/**
 * TCP of one stack (RFC 9293 as lwIP 1.4 and the firmware have it): the lists of connections, and the timer that runs
 * only while there are any. This is the room's face towards stack.ts; the work is done in the tcp-….ts files.
 */
import { type Micros, ms, type Timer } from '../core/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';
import { TcpCalls } from './tcp-calls.ts';
import type { TcpContext, TcpEnv } from './tcp-context.ts';
import { segmentArrives } from './tcp-in.ts';
import type { TcpPcb } from './tcp-pcb.ts';
import { fastTick, slowTick } from './tcp-timers.ts';
import { abort, allocate } from './tcp-user.ts';

export interface TcpCounts {
  readonly segmentsIn: number;
  readonly segmentsOut: number;
  readonly retransmitted: number;
  readonly resetsOut: number;
}

export class TcpLayer {
  readonly #ctx: TcpContext;
  readonly #timer: Timer;
  readonly #fast: Micros;
  /** Fast ticks per slow tick. */
  readonly #slowEvery: number;
  /** Fast ticks so far; a slow tick falls on every `slowEvery`th. */
  #fastTicks = 0;
  /** A slow tick of the grid that was asked for; without one the grid begins with the first connection. */
  #grid: Micros | undefined = undefined;

  constructor(env: TcpEnv, opts: StackOptions) {
    this.#ctx = new TcpCalls(env, opts, () => this.#start()).ctx;
    this.#fast = ms(opts.tcpFastMs);
    this.#slowEvery = Math.round(opts.tcpSlowMs / opts.tcpFastMs);
    this.#timer = env.clock.timer('tcp', () => this.#tick());
  }

  /** A block that is not connected; when memory is short another connection pays for it. */
  newPcb(): TcpPcb {
    return allocate(this.#ctx);
  }

  /** A segment from IP: the packet's payload and addresses. */
  input(bytes: Uint8Array, src: Ipv4Address, dst: Ipv4Address): void {
    segmentArrives(this.#ctx, bytes, src, dst);
  }

  /** Connections except TIME-WAIT, newest first; one that got a segment moves to the front. */
  get active(): readonly TcpPcb[] {
    return this.#ctx.active;
  }

  get timeWait(): readonly TcpPcb[] {
    return this.#ctx.timeWait;
  }

  get listeners(): readonly TcpPcb[] {
    return this.#ctx.listeners;
  }

  get counts(): TcpCounts {
    const { segmentsIn, segmentsOut, retransmitted, resetsOut } = this.#ctx;
    return { segmentsIn, segmentsOut, retransmitted, resetsOut };
  }

  /** Segments thrown away, by reason. */
  get drops(): DropCounters {
    return this.#ctx.drops;
  }

  /** Slow ticks so far, the unit of all of TCP's times. */
  get ticks(): number {
    return this.#ctx.ticks;
  }

  /** Puts a slow tick `delay` from now, and the others on the grid that makes; fast ticks lie on it and half-way between. */
  setTickPhase(delay: Micros): void {
    this.#grid = (this.#ctx.env.clock.now() + delay) as Micros;
    if (this.#timer.armed) this.#arm();
  }

  /**
   * An interface lost the address `old`: connections from it are aborted, newest first, and listeners on it move to
   * `next` (netif.c netif_set_ipaddr).
   */
  onAddressChange(old: Ipv4Address, next?: Ipv4Address): void {
    for (const pcb of [...this.#ctx.active]) if (pcb.localAddr === old) abort(this.#ctx, pcb);
    if (next === undefined || old === 0) return;
    for (const pcb of this.#ctx.listeners) if (pcb.localAddr === old) pcb.localAddr = next;
  }

  /** The machine stops: the timer is cancelled and every block freed; nothing is sent and nobody is told. */
  shutdown(): void {
    this.#timer.cancel();
    const { active, timeWait, listeners, bound } = this.#ctx;
    for (const pcb of [...active, ...timeWait, ...listeners, ...bound]) this.#ctx.release(pcb);
  }

  /** One line per block in the manner of netstat. */
  describe(): string[] {
    const { active, timeWait, listeners } = this.#ctx;
    return [...listeners, ...active, ...timeWait].map(
      (pcb) => `tcp ${pcb.state} ${pcb.ends} rcvWnd=${pcb.rcvWnd} sndBuf=${pcb.sndBuf} queued=${pcb.sndQueueLen}`,
    );
  }

  #start(): void {
    if (!this.#timer.armed) this.#arm(this.#ctx.env.timerLag?.() ?? (0 as Micros));
  }

  #arm(lag = 0 as Micros): void {
    this.#timer.arm(this.#grid === undefined ? ((this.#fast - lag) as Micros) : this.#toGrid(this.#grid));
  }

  /** Time to the next grid point; sets the count so that slow ticks fall on the grid. */
  #toGrid(grid: Micros): Micros {
    const passed = this.#ctx.env.clock.now() - grid;
    const point = Math.floor(passed / this.#fast) + 1;
    this.#fastTicks = point - 1;
    return (point * this.#fast - passed) as Micros;
  }

  #tick(): void {
    fastTick(this.#ctx);
    this.#fastTicks++;
    if (this.#fastTicks % this.#slowEvery === 0) slowTick(this.#ctx);
    if (this.#ctx.active.length > 0 || this.#ctx.timeWait.length > 0) this.#arm();
  }
}
