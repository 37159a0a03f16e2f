/**
 * The end of a run that is tied to the wall clock, looked for by a timer of the world itself: so it comes at the same
 * virtual time when the run is repeated without the outside.
 */
import { type Timer, us } from '../runtime/index.ts';
import { type Conduct, SETTLE, SLICE } from './conduct.ts';
import type { Outcome } from './verdict.ts';

export class Looker {
  readonly #conduct: Conduct;
  readonly #timer: Timer;
  /** Whether something outside may wake a script that sleeps. */
  readonly #wakes: boolean;
  #restsSince: number | undefined;
  #outcome: Outcome | undefined;

  constructor(conduct: Conduct, wakes: boolean) {
    this.#conduct = conduct;
    this.#wakes = wakes;
    this.#timer = conduct.world.clock.timer('cli.look', () => this.#look());
  }

  /** Begins to look, right after power-on. */
  start(): void {
    this.#timer.arm(SLICE);
  }

  /** To be asked after every event. */
  get over(): boolean {
    return this.#outcome !== undefined || this.#conduct.verdict.known;
  }

  /** Undefined when the run did not end by itself. */
  get outcome(): Outcome | undefined {
    return this.#outcome ?? this.#conduct.verdict.outcome(this.#conduct.world.now);
  }

  #look(): void {
    this.#outcome = this.#conduct.look() ?? this.#rest();
    if (this.#outcome !== undefined) return;
    const { bound, world } = this.#conduct;
    this.#timer.arm(us(Math.min(SLICE, Math.max(0, bound - world.now))));
  }

  #rest(): Outcome | undefined {
    const { world } = this.#conduct;
    const sources = this.#wakes ? undefined : this.#conduct.wakeSources();
    if (sources === undefined || sources.finite.length > 0 || sources.endless.length > 0) {
      this.#restsSince = undefined;
      return undefined;
    }
    this.#restsSince ??= world.now;
    return world.now >= this.#restsSince + SETTLE ? this.#conduct.atRest() : undefined;
  }
}
