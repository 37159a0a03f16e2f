/** The millisecond timers of protocol engines. */
import { type Clock, type Micros, ms, type Timer } from '../core/index.ts';

/** os_timer: a device's `OsTimer` is one. */
export interface ProtoTimer {
  readonly armed: boolean;
  /** (Re)arms from now. */
  arm(periodMs: number, repeat: boolean): void;
  disarm(): void;
}

/** A timer straight from a clock, for machines that are no device. */
export class ClockTimer implements ProtoTimer {
  readonly #timer: Timer;
  readonly #fire: () => void;
  /** 0 after a single shot. */
  #period = 0 as Micros;

  constructor(clock: Clock, label: string, fire: () => void) {
    this.#fire = fire;
    this.#timer = clock.timer(label, () => this.#expire());
  }

  get armed(): boolean {
    return this.#timer.armed;
  }

  arm(periodMs: number, repeat: boolean): void {
    this.#period = repeat ? ms(periodMs) : (0 as Micros);
    this.#timer.arm(ms(periodMs));
  }

  disarm(): void {
    this.#timer.cancel();
  }

  #expire(): void {
    if (this.#period > 0) this.#timer.arm(this.#period);
    this.#fire();
  }
}
