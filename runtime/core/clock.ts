/**
 * Virtual time: an integer count of microseconds and the timers that wait for it.
 * The only notion of time inside runtime/ and bindings/. Order of expiry is (time, arming order):
 * of two timers due at the same instant the one armed first fires first.
 */
import { invariant } from './invariant.ts';

declare const unit: unique symbol;

/** Microseconds of virtual time; always an integer (exact to 285 years in a double). */
export type Micros = number & { readonly [unit]: 'us' };

/** Microseconds, rounded to the nearest integer. */
export const us = (n: number): Micros => Math.round(n) as Micros;
/** Milliseconds as {@link Micros}. */
export const ms = (n: number): Micros => Math.round(n * 1000) as Micros;
/** Seconds as {@link Micros}. */
export const seconds = (n: number): Micros => Math.round(n * 1_000_000) as Micros;

/** A labelled alarm: created once by its owner, armed as often as needed. One expiry per arming. */
export interface Timer {
  readonly label: string;
  readonly armed: boolean;
  /** When it fires; meaningful only while armed. */
  readonly at: Micros;
  /** (Re)arms it `delay` from now; a negative delay counts as 0. */
  arm(delay: Micros): void;
  cancel(): void;
}

/** What a machine is handed instead of real time. */
export interface Clock {
  /** Microseconds since the world began. */
  now(): Micros;
  /** Creates an idle timer. `fire` runs with `now()` equal to the time it was armed for. */
  timer(label: string, fire: () => void): Timer;
}

class ClockTimer implements Timer {
  at = 0 as Micros;
  seq = 0;
  /** Position in the clock's heap, -1 while idle. */
  index = -1;
  readonly label: string;
  readonly fire: () => void;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, label: string, fire: () => void) {
    this.#clock = clock;
    this.label = label;
    this.fire = fire;
  }

  get armed(): boolean {
    return this.index >= 0;
  }

  arm(delay: Micros): void {
    this.#clock.schedule(this, delay);
  }

  cancel(): void {
    this.#clock.unschedule(this);
  }
}

const before = (a: ClockTimer, b: ClockTimer): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** The world's clock: a binary heap of armed timers. */
export class VirtualClock implements Clock {
  #now = 0 as Micros;
  #seq = 0;
  readonly #heap: ClockTimer[] = [];

  now(): Micros {
    return this.#now;
  }

  timer(label: string, fire: () => void): Timer {
    return new ClockTimer(this, label, fire);
  }

  /** Time of the next expiry, or undefined when no timer is armed. */
  get nextAt(): Micros | undefined {
    return this.#heap[0]?.at;
  }

  /** Armed timers in expiry order as `label@time-in-us`; timers are observable state. */
  pending(): string[] {
    return [...this.#heap].sort((a, b) => a.at - b.at || a.seq - b.seq).map((t) => `${t.label}@${t.at}`);
  }

  /** Fires the next timer. Returns false when none is armed. */
  step(): boolean {
    const next = this.#heap[0];
    if (next === undefined) return false;
    invariant(next.at >= this.#now, `timer ${next.label} lies in the past`);
    this.#remove(next);
    this.#now = next.at;
    next.fire();
    return true;
  }

  /** Fires everything due up to and including `at`, then stands at `at`. */
  runUntil(at: Micros): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= at; next = this.#heap[0]) this.step();
    if (at > this.#now) this.#now = at;
  }

  /** @internal Used by the timers this clock made. */
  schedule(timer: ClockTimer, delay: Micros): void {
    invariant(Number.isInteger(delay), `timer ${timer.label}: delay ${delay} is not an integer`);
    if (timer.index >= 0) this.#remove(timer);
    timer.at = (this.#now + Math.max(0, delay)) as Micros;
    timer.seq = this.#seq++;
    timer.index = this.#heap.length;
    this.#heap.push(timer);
    this.#siftUp(timer);
  }

  /** @internal Used by the timers this clock made. */
  unschedule(timer: ClockTimer): void {
    if (timer.index >= 0) this.#remove(timer);
  }

  #remove(timer: ClockTimer): void {
    const heap = this.#heap;
    const last = heap.pop() as ClockTimer;
    const hole = timer.index;
    timer.index = -1;
    if (last === timer) return;
    last.index = hole;
    heap[hole] = last;
    this.#siftUp(last);
    this.#siftDown(last);
  }

  #siftUp(timer: ClockTimer): void {
    const heap = this.#heap;
    while (timer.index > 0) {
      const parent = heap[(timer.index - 1) >> 1] as ClockTimer;
      if (!before(timer, parent)) return;
      this.#swap(timer, parent);
    }
  }

  #siftDown(timer: ClockTimer): void {
    const heap = this.#heap;
    for (;;) {
      const left = heap[2 * timer.index + 1];
      if (left === undefined) return;
      const right = heap[2 * timer.index + 2];
      const child = right !== undefined && before(right, left) ? right : left;
      if (!before(child, timer)) return;
      this.#swap(child, timer);
    }
  }

  #swap(a: ClockTimer, b: ClockTimer): void {
    const index = a.index;
    a.index = b.index;
    b.index = index;
    this.#heap[a.index] = a;
    this.#heap[b.index] = b;
  }
}
