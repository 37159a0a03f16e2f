/** The RTC's memory and wall clock: what survives every reset except power-off. */
import { type Clock, type Micros, us } from '../core/index.ts';

const RATE_UNITS = 2 ** 32;
const USER_SLOTS = 128; // 512 bytes of user memory, modules/rtcmem.c

export class Rtc {
  /** User memory, 32-bit words. */
  readonly memory = new Int32Array(USER_SLOTS);
  readonly #clock: Clock;
  /** What both clocks showed when time or rate were last set; undefined until the time was. */
  #base: { readonly unix: Micros; readonly device: Micros } | undefined;
  #rate = 0;
  #setAt: Micros | undefined;

  /** `clock` runs through resets and deep sleep. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Unix time in microseconds, or undefined when never set since power-on. */
  get unixTime(): Micros | undefined {
    if (this.#base === undefined) return undefined;
    const passed = this.#clock.now() - this.#base.device;
    return us(this.#base.unix + passed + Math.floor((passed * this.#rate) / RATE_UNITS));
  }

  /** How much faster than the crystal the clock runs, in units of 2^-32. */
  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    const unix = this.unixTime;
    if (unix !== undefined) this.#base = { unix, device: this.#clock.now() };
    this.#rate = rate;
  }

  /** Device time of the last setting; undefined when never set since power-on. */
  get setAt(): Micros | undefined {
    return this.#setAt;
  }

  setUnixTime(time: Micros): void {
    this.#setAt = this.#clock.now();
    this.#base = { unix: time, device: this.#clock.now() };
  }

  powerOff(): void {
    this.memory.fill(0);
    this.#base = undefined;
    this.#setAt = undefined;
    this.#rate = 0;
  }
}
