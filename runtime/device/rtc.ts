/** The RTC's memory and wall clock: what survives every reset except power-off. */
import { type Clock, type Micros, us } from '../core/index.ts';

const USER_SLOTS = 128; // 512 bytes of user memory, modules/rtcmem.c

export class Rtc {
  /** User memory, 32-bit words. */
  readonly memory = new Int32Array(USER_SLOTS);
  /** Rate correction as a script set it, in units of 2^-32; nothing drifts here. */
  rate = 0;
  readonly #clock: Clock;
  /** Unix time minus device time in microseconds; undefined until the clock was set. */
  #offset: Micros | undefined;
  #setAt: Micros | undefined;

  /** `clock` runs through resets and deep sleep. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Unix time in microseconds, or undefined when never set since power-on. */
  get unixTime(): Micros | undefined {
    return this.#offset === undefined ? undefined : us(this.#clock.now() + this.#offset);
  }

  /** Device time of the last setting; undefined when never set since power-on. */
  get setAt(): Micros | undefined {
    return this.#setAt;
  }

  setUnixTime(time: Micros): void {
    this.#setAt = this.#clock.now();
    this.#offset = us(time - this.#clock.now());
  }

  powerOff(): void {
    this.memory.fill(0);
    this.#offset = undefined;
    this.#setAt = undefined;
    this.rate = 0;
  }
}
