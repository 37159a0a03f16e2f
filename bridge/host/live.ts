/**
 * A world tied to the wall clock: sleeps until its next event is due, lets real events in at the virtual time they
 * happen at, and knows how late it is. Falling behind it works without a pause; far behind it lets the time go.
 */
import { type Micros, us, type World } from '../../runtime/index.ts';

/** The relation of the two clocks. */
export interface Pace {
  /** Virtual seconds per real second. */
  readonly rate: number;
  /** Where virtual time should stand by now. */
  due(): number;
  /** From now on virtual time should stand at `virtualUs` at this moment. */
  restart(virtualUs: number): void;
}

export interface LiveHooks {
  /** The run has ended; asked after every event. */
  over(): boolean;
  /** After each piece of time: output, for example. */
  turn(): void;
}

/** How late the events of the world were, in microseconds of wall time. */
export interface Lateness {
  readonly worst: number;
  readonly mean: number;
  /** Pieces of time over which this was measured. */
  readonly turns: number;
  /** Virtual time that was let go because the computer was too slow, or asleep. */
  readonly forgiven: number;
}

/** Longest time at a stretch without a look at sockets and signals, in milliseconds of wall time. */
const BREATH_MS = 5;
/** Virtual time between two looks at the wall clock. */
const SLICE_US = 1000;
/** Further behind than this the world does not run after the wall clock any more. */
const HOPELESS_US = 1_000_000;
/** A sleep that cannot be relied on to be shorter: below it the event loop goes round without sleeping. */
const TIMER_MS = 1;
/** Longest sleep in milliseconds, so that the loop notices a clock that jumped. */
const LONGEST_SLEEP_MS = 1000;

export class LiveWorld {
  readonly #world: World;
  readonly #pace: Pace;
  readonly #hooks: LiveHooks;
  #timeout: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #done: ((error?: unknown) => void) | undefined;
  #inside = false;
  #worst = 0;
  #recent = 0;
  #sum = 0;
  #turns = 0;
  #forgiven = 0;

  constructor(world: World, pace: Pace, hooks: LiveHooks) {
    this.#world = world;
    this.#pace = pace;
    this.#hooks = hooks;
  }

  get lateness(): Lateness {
    const mean = this.#turns === 0 ? 0 : this.#sum / this.#turns;
    return { worst: this.#worst, mean, turns: this.#turns, forgiven: this.#forgiven };
  }

  /** The worst lateness since the last call, in microseconds. */
  recentlyLate(): number {
    const recent = this.#recent;
    this.#recent = 0;
    return recent;
  }

  /** Lets time pass until the run is over. Rejects with what escaped an event. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#done = (error) => {
        this.#done = undefined;
        clearTimeout(this.#timeout);
        clearImmediate(this.#immediate);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#turn(() => {});
    });
  }

  /** Something real happens: lets time come up to now, then `event` in. Nothing happens before and after the run. */
  enter(event: () => void): void {
    if (this.#done === undefined) return;
    // An order that answers at once would end up inside an event of the world.
    if (this.#inside) setImmediate(() => this.enter(event));
    else this.#turn(event);
  }

  /** The end of the run may have come. */
  wake(): void {
    this.enter(() => {});
  }

  #turn(event: () => void): void {
    this.#inside = true;
    try {
      if (this.#advance()) event();
      this.#hooks.turn();
    } catch (error) {
      this.#done?.(error ?? new Error('unknown'));
      return;
    } finally {
      this.#inside = false;
    }
    if (this.#hooks.over()) this.#done?.();
    else this.#sleep();
  }

  /** As far as the wall clock has come and breath allows; all that is due at the time it stops at has happened. False: the run is over. */
  #advance(): boolean {
    const world = this.#world;
    const over = (): boolean => this.#hooks.over();
    if (over()) return false;
    this.#measure(world.clock.nextAt);
    const until = performance.now() + BREATH_MS;
    let due = this.#pace.due();
    do {
      if (world.runUntil(over, us(Math.max(0, Math.min(SLICE_US, due - world.now))))) return false;
      due = this.#pace.due();
    } while (world.now < due && performance.now() < until);
    this.#catchUp(due - world.now);
    return !over();
  }

  /** How much later than wanted the first event of this turn happens. */
  #measure(next: Micros | undefined): void {
    if (next === undefined) return;
    const late = (this.#pace.due() - next) / this.#pace.rate;
    if (late < 0) return;
    this.#worst = Math.max(this.#worst, late);
    this.#recent = Math.max(this.#recent, late);
    this.#sum += late;
    this.#turns++;
  }

  #catchUp(behind: number): void {
    if (behind / this.#pace.rate < HOPELESS_US) return;
    this.#forgiven += behind;
    this.#pace.restart(this.#world.now);
  }

  #sleep(): void {
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
    const { nextAt } = this.#world.clock;
    const ahead =
      nextAt === undefined ? Number.POSITIVE_INFINITY : (nextAt - this.#pace.due()) / this.#pace.rate / 1000;
    const again = (): void => this.#turn(() => {});
    // Node's timers count whole milliseconds: the rest of the way is gone by turns of the event loop.
    if (ahead < TIMER_MS) this.#immediate = setImmediate(again);
    else this.#timeout = setTimeout(again, Math.min(LONGEST_SLEEP_MS, Math.floor(ahead)));
  }
}
