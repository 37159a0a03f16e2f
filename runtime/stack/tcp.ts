/**
 * TCP of one stack (RFC 9293 as lwIP 1.4 and the firmware have it): the lists of connections, and the timer that runs
 * only while there are any. This is the room's face towards stack.ts; the work is done in the tcp-….ts files.
 */
import type { Micros } from '../core/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import type { StackOptions } from './opts.ts';
import type { DropCounters } from './stats.ts';
import { TcpCalls } from './tcp-calls.ts';
import type { TcpContext, TcpEnv } from './tcp-context.ts';
import { segmentArrives } from './tcp-in.ts';
import type { TcpOffer } from './tcp-incoming.ts';
import { accept, forget, refuse } from './tcp-offer.ts';
import type { TcpHandlers, TcpPcb } from './tcp-pcb.ts';
import type { TcpTicker } from './tcp-ticker.ts';
import { abort, allocate } from './tcp-user.ts';

export interface TcpCounts {
  readonly segmentsIn: number;
  readonly segmentsOut: number;
  readonly retransmitted: number;
  readonly resetsOut: number;
}

export class TcpLayer {
  readonly #ctx: TcpContext;
  readonly #ticker: TcpTicker;

  constructor(env: TcpEnv, opts: StackOptions) {
    const { ctx, ticker } = new TcpCalls(env, opts);
    this.#ctx = ctx;
    this.#ticker = ticker;
  }

  /** A block that is not connected; when memory is short another connection pays for it. */
  newPcb(): TcpPcb {
    this.#ticker.sync();
    return allocate(this.#ctx);
  }

  /** A segment from IP: the packet's payload and addresses. */
  input(bytes: Uint8Array, src: Ipv4Address, dst: Ipv4Address): void {
    this.#ticker.sync();
    segmentArrives(this.#ctx, bytes, src, dst);
    if (this.#ctx.active.length > 0) this.#ticker.start();
    this.#ticker.wake();
  }

  /** Answers the SYN of an offer; `handlers.accepted` follows with the peer's ACK, `error` without it. Undefined when the peer has withdrawn. */
  accept(offer: TcpOffer, handlers: TcpHandlers): TcpPcb | undefined {
    this.#ticker.sync();
    const pcb = accept(this.#ctx, offer, handlers);
    if (this.#ctx.active.length > 0) this.#ticker.start();
    this.#ticker.wake();
    return pcb;
  }

  /** Answers an offer by RST. */
  refuse(offer: TcpOffer): void {
    refuse(this.#ctx, offer);
  }

  /** Leaves an offer unanswered; the peer's next SYN is a new one. */
  forget(offer: TcpOffer): void {
    forget(this.#ctx, offer);
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
    this.#ticker.sync();
    return this.#ctx.ticks;
  }

  /** To be called by every timer of lwIP's own that is served before TCP's when both fall on one instant. */
  expectTick(): void {
    this.#ticker.expectTick();
  }

  /** Puts a slow tick `delay` from now, and the others on the grid that makes; fast ticks lie on it and half-way between. */
  setTickPhase(delay: Micros): void {
    this.#ticker.setPhase(delay);
  }

  /**
   * An interface lost the address `old`: connections from it are aborted, newest first, and listeners on it move to
   * `next` (netif.c netif_set_ipaddr).
   */
  onAddressChange(old: Ipv4Address, next?: Ipv4Address): void {
    this.#ticker.sync();
    for (const pcb of [...this.#ctx.active]) if (pcb.localAddr === old) abort(this.#ctx, pcb);
    this.#ticker.wake();
    if (next === undefined || old === 0) return;
    for (const pcb of this.#ctx.listeners) if (pcb.localAddr === old) pcb.localAddr = next;
  }

  /** The machine stops: the timer is cancelled and every block freed; nothing is sent and nobody is told. */
  shutdown(): void {
    this.#ticker.stop();
    const { active, timeWait, listeners, bound, offers } = this.#ctx;
    for (const pcb of [...active, ...timeWait, ...listeners, ...bound]) this.#ctx.release(pcb);
    offers.length = 0;
  }

  /** One line per block in the manner of netstat. */
  describe(): string[] {
    const { active, timeWait, listeners } = this.#ctx;
    return [...listeners, ...active, ...timeWait].map(
      (pcb) => `tcp ${pcb.state} ${pcb.ends} rcvWnd=${pcb.rcvWnd} sndBuf=${pcb.sndBuf} queued=${pcb.sndQueueLen}`,
    );
  }
}
