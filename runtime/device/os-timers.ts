/**
 * The SDK's software timers (os_timer): millisecond periods in one list ordered by due time. Due timers run before any
 * task; a repeating timer that could not run catches up tick by tick, in its place in the list.
 */
import { type Clock, type Micros, ms, type Timer, us, type Waker } from '../core/index.ts';

export class OsTimers {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #list: OsTimer[] = [];
  readonly #cpu: { waker: Waker | undefined };

  /**
   * `clock` is the device's: its timers wait for the CPU. One boot's timers; a reset makes new ones. What runs on the
   * `cpu` is due to its `waker`.
   */
  constructor(clock: Clock, cpu: { waker: Waker | undefined } = { waker: undefined }) {
    this.#clock = clock;
    this.#cpu = cpu;
    this.#timer = clock.timer('os_timer', () => this.#handle());
  }

  timer(label: string, fire: () => void): OsTimer {
    return new OsTimer(this, this.#clock, label, fire);
  }

  /** Armed timers, next first. */
  get armed(): readonly OsTimer[] {
    return this.#list;
  }

  /** @internal What the current run is due to. */
  get waker(): Waker | undefined {
    return this.#cpu.waker;
  }

  /** @internal */
  insert(timer: OsTimer): void {
    this.remove(timer);
    const at = this.#list.findIndex((other) => other.due > timer.due);
    this.#list.splice(at < 0 ? this.#list.length : at, 0, timer);
    this.#arm();
  }

  /** @internal */
  remove(timer: OsTimer): void {
    const at = this.#list.indexOf(timer);
    if (at < 0) return;
    this.#list.splice(at, 1);
    this.#arm();
  }

  #arm(): void {
    const head = this.#list[0];
    if (head === undefined) this.#timer.cancel();
    else this.#timer.arm(us(head.due - this.#clock.now()));
  }

  /** One timer per run of the CPU, so that each callback has its own watchdog period. */
  #handle(): void {
    const head = this.#list[0];
    if (head !== undefined && head.due <= this.#clock.now()) {
      this.#cpu.waker = head.waker;
      head.expire();
    }
    this.#arm();
  }
}

/** One os_timer. */
export class OsTimer {
  readonly label: string;
  readonly #owner: OsTimers;
  readonly #clock: Clock;
  readonly #fire: () => void;
  /** The owner arms it again and again by itself. */
  recurring = false;
  #period = 0 as Micros;
  due = 0 as Micros;
  /** What its expiry is due to: itself, or without a delay whatever armed it. */
  waker: Waker | undefined;

  constructor(owner: OsTimers, clock: Clock, label: string, fire: () => void) {
    this.label = label;
    this.#owner = owner;
    this.#clock = clock;
    this.#fire = fire;
  }

  get armed(): boolean {
    return this.#owner.armed.includes(this);
  }

  get repeating(): boolean {
    return this.recurring || this.#period > 0;
  }

  /** (Re)arms from now. */
  arm(periodMs: number, repeat: boolean): void {
    const period = ms(periodMs);
    this.#period = repeat ? period : (0 as Micros);
    this.waker = period === 0 ? this.#owner.waker : this.label;
    this.due = us(this.#clock.now() + period);
    this.#owner.insert(this);
  }

  disarm(): void {
    this.#owner.remove(this);
  }

  /** @internal */
  expire(): void {
    if (this.#period > 0) {
      this.due = us(this.due + this.#period);
      this.#owner.insert(this);
    } else {
      this.#owner.remove(this);
    }
    this.#fire();
  }
}
