/**
 * The cyclic timers of lwIP (timers.c) without idle ticks. Ticks lie on a fixed grid of time from the moment of
 * creation, as if the timer ran for ever, but an event exists only where the owner asked for one.
 */
import type { Clock, Micros, Timer } from '../core/index.ts';

/** `clock`, but `notice` comes before whatever its timers do. */
export const noticing = (clock: Clock, notice: () => void): Clock => ({
  now: () => clock.now(),
  timer: (label, fire) =>
    clock.timer(label, () => {
      notice();
      fire();
    }),
});

export class TickTimer {
  readonly #clock: Clock;
  readonly #interval: Micros;
  readonly #timer: Timer;
  readonly #onTick: () => void;
  /** A tick of the grid and its number. */
  #origin: Micros;
  #originCount = 0;
  /** Number of the tick that was asked for; meaningful while armed. */
  #due = 0;
  /** Number of the tick whose handler runs. */
  #running: number | undefined;

  constructor(clock: Clock, label: string, interval: Micros, onTick: () => void) {
    this.#clock = clock;
    this.#interval = interval;
    this.#onTick = onTick;
    this.#origin = clock.now();
    this.#timer = clock.timer(label, () => this.#fire());
  }

  /** Ticks passed so far. Inside the handler it is the number of that tick, even if the handler runs late. */
  get count(): number {
    if (this.#running !== undefined) return this.#running;
    return this.#originCount + Math.floor((this.#clock.now() - this.#origin) / this.#interval);
  }

  /** Time since the last tick of the grid. */
  get elapsed(): Micros {
    const passed = (this.#clock.now() - this.#origin) % this.#interval;
    return (passed < 0 ? passed + this.#interval : passed) as Micros;
  }

  get armed(): boolean {
    return this.#timer.armed;
  }

  /** Asks for the `ticks`-th tick after this instant (1 is the next), in place of what was asked before. */
  after(ticks: number): void {
    this.#due = this.count + ticks;
    this.#arm();
  }

  /** Takes one tick off what was asked for. */
  sooner(): void {
    this.#due--;
    this.#arm();
  }

  cancel(): void {
    this.#timer.cancel();
  }

  /**
   * Moves the grid: the next tick comes `delay` (up to one interval) from now; with 0 a tick has just been.
   * What was asked for keeps its number of ticks.
   */
  setPhase(delay: Micros): void {
    this.#originCount = this.count + 1;
    this.#origin = (this.#clock.now() + (delay === 0 ? this.#interval : delay)) as Micros;
    if (this.armed) this.#arm();
  }

  #arm(): void {
    const at = this.#origin + (this.#due - this.#originCount) * this.#interval;
    this.#timer.arm((at - this.#clock.now()) as Micros);
  }

  #fire(): void {
    this.#running = this.#due;
    try {
      this.#onTick();
    } finally {
      this.#running = undefined;
    }
  }
}
