/**
 * The one timer of TCP (lwIP 1.4 timers.c tcpip_tcp_timer): fast ticks on a grid of time, every few of them slow, only
 * while connections exist. Ticks at which nothing can happen are counted, but no event is made for them.
 */
import { type Micros, ms, type Timer } from '../core/index.ts';
import type { TcpContext } from './tcp-context.ts';
import { fastTick, quietSlowTicks, slowTick } from './tcp-timers.ts';

export class TcpTicker {
  readonly #ctx: TcpContext;
  readonly #timer: Timer;
  readonly #interval: Micros;
  /** Fast ticks per slow tick. */
  readonly #slowEvery: number;
  #running = false;
  /** Time and number of one tick of the grid; a tick whose number `slowEvery` divides is slow. */
  #origin = 0;
  #originIndex = 0;
  /** Set by `setPhase`: the grid stands. Without it every run of the timer begins a grid of its own. */
  #fixed = false;
  /** Number of the last tick that is accounted for. */
  #seen = 0;
  /** Number of the tick the timer is armed for. */
  #due: number | undefined = undefined;
  /** Armed over several ticks: what else was armed for that instant meanwhile goes first, as in lwIP's list. */
  #slept = false;

  constructor(ctx: TcpContext) {
    this.#ctx = ctx;
    this.#interval = ms(ctx.opts.tcpFastMs);
    this.#slowEvery = Math.round(ctx.opts.tcpSlowMs / ctx.opts.tcpFastMs);
    this.#timer = ctx.env.clock.timer('tcp', () => this.#fire());
  }

  /** A connection exists: ticks come from now on. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    if (!this.#fixed) {
      const now = this.#ctx.env.clock.now();
      const sinceTick = now - this.#origin - (this.#seen - this.#originIndex) * this.#interval;
      this.#origin = now - Math.min(sinceTick, this.#ctx.env.timerLag?.() ?? 0);
      this.#originIndex = this.#seen;
    }
    this.#seen = this.#index();
    this.#arm(this.#seen + 1);
  }

  /** Counts the ticks that passed without an event; to be called before anything looks at the tick counter. */
  sync(): void {
    if (!this.#running) return;
    // A tick that is due has still to be served, however late.
    this.#skipTo(this.#due === undefined ? this.#index() : Math.min(this.#index(), this.#due - 1));
  }

  /** Something changed: the next tick must be served. */
  wake(): void {
    if (!this.#running) return;
    this.sync();
    const next = this.#seen + 1;
    if (this.#due !== next) this.#arm(next);
  }

  /** Another timer of lwIP's list is served, all of which go before TCP's: a tick of this very instant is still to come. */
  expectTick(): void {
    const index = this.#index();
    if (!this.#running || index <= this.#seen || (this.#due !== undefined && this.#due <= index)) return;
    if (this.#timeOf(index) !== this.#ctx.env.clock.now()) return;
    this.#skipTo(index - 1);
    this.#arm(index);
  }

  /** Puts a slow tick `delay` from now, and the grid with it. */
  setPhase(delay: Micros): void {
    this.sync();
    this.#fixed = true;
    this.#origin = this.#ctx.env.clock.now() + delay;
    this.#originIndex = 0;
    this.#seen = this.#index();
    if (this.#running) this.#arm(this.#seen + 1);
  }

  stop(): void {
    this.#running = false;
    this.#sleep();
  }

  #index(): number {
    return this.#originIndex + Math.floor((this.#ctx.env.clock.now() - this.#origin) / this.#interval);
  }

  #slowUpTo(index: number): number {
    return Math.floor(index / this.#slowEvery);
  }

  #arm(index: number): void {
    this.#due = index;
    this.#slept = index > this.#seen + 1;
    this.#timer.arm((this.#timeOf(index) - this.#ctx.env.clock.now()) as Micros);
  }

  #timeOf(index: number): number {
    return this.#origin + (index - this.#originIndex) * this.#interval;
  }

  #sleep(): void {
    this.#due = undefined;
    this.#timer.cancel();
  }

  #skipTo(index: number): void {
    this.#ctx.ticks += this.#slowUpTo(index) - this.#slowUpTo(this.#seen);
    this.#seen = index;
  }

  /** A machine that computed for long serves late; the ticks it missed meanwhile are lost, as with a real timer. */
  #fire(): void {
    if (this.#slept) {
      this.#slept = false;
      this.#timer.arm(0 as Micros);
      return;
    }
    const ctx = this.#ctx;
    const due = this.#due as number;
    this.#due = undefined;
    this.#skipTo(due - 1);
    const index = Math.max(due, this.#index());
    const slow = this.#slowUpTo(index) > this.#slowUpTo(this.#seen);
    this.#seen = index;
    fastTick(ctx);
    if (slow) slowTick(ctx);
    if (ctx.active.length === 0 && ctx.timeWait.length === 0) this.stop();
    else this.#armNext();
  }

  #armNext(): void {
    const quiet = quietSlowTicks(this.#ctx);
    if (quiet === 0) this.#arm(this.#seen + 1);
    else if (quiet < Number.POSITIVE_INFINITY) this.#arm((this.#slowUpTo(this.#seen) + quiet + 1) * this.#slowEvery);
    else this.#sleep();
  }
}
