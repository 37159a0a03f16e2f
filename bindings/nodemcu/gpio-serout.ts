/** `gpio.serout`: alternating levels with given delays, waiting for the end or in the background (gpio.c). */
import { type Micros, type Timer, us } from '../../runtime/core/index.ts';
import { type Device, type Level, PRIORITY, SOFT_WATCHDOG } from '../../runtime/device/index.ts';
import { LuaAbort, type LuaRef } from '../../runtime/vm/index.ts';

export interface Pattern {
  readonly pin: number;
  /** First level. */
  readonly level: Level;
  readonly delays: readonly Micros[];
  /** After the first round; the firmware counts them in 32 bits without a sign, so that no round at all is 2^32. */
  readonly repeats: number;
}

/** The shortest time after which the hardware timer fires (hw_timer.c). */
const SHORTEST_US = 10;

const other = (level: Level): Level => (level === 0 ? 1 : 0);

export class SerialOutput {
  readonly #device: Device;
  readonly #timer: Timer;
  #pattern: Pattern | undefined;
  #index = 0;
  #level: Level = 0;
  #repeatsLeft = 0;
  #done: LuaRef | undefined;

  constructor(device: Device) {
    this.#device = device;
    this.#timer = device.clock.timer('gpio.serout', () => this.#step());
  }

  /** Blocks for the whole pattern, at most until the watchdog bites. */
  play(pattern: Pattern): void {
    const { cpu, gpio } = this.#device;
    const idle = pattern.delays.every((delay) => delay === 0);
    let level = pattern.level;
    for (let round = 0; round <= pattern.repeats; round++) {
      for (const delay of pattern.delays) {
        gpio.write(pattern.pin, level);
        level = other(level);
        cpu.spend(delay);
      }
      if (idle && round > 0) cpu.spend(us(1));
      if (cpu.sinceFed > SOFT_WATCHDOG) throw new LuaAbort('watchdog', 'gpio.serout: too long a pattern');
    }
  }

  /** Plays in the background; a pattern under way is replaced and its callback forgotten. */
  start(pattern: Pattern, done: LuaRef | undefined): void {
    this.#done?.release();
    this.#done = done;
    this.#pattern = pattern;
    this.#index = 0;
    this.#level = pattern.level;
    this.#repeatsLeft = pattern.repeats;
    this.#step();
  }

  #step(): void {
    const pattern = this.#pattern;
    if (pattern === undefined) return;
    const delay = pattern.delays[this.#index];
    if (delay === undefined) {
      this.#pattern = undefined;
      this.#device.tasks.post(PRIORITY.LOW, () => this.#finish());
      return;
    }
    this.#device.gpio.write(pattern.pin, this.#level);
    this.#level = other(this.#level);
    this.#timer.arm(us(Math.max(delay, SHORTEST_US)));
    this.#index++;
    if (this.#repeatsLeft > 0 && this.#index >= pattern.delays.length) {
      this.#index = 0;
      this.#repeatsLeft--;
    }
  }

  #finish(): void {
    const done = this.#done;
    this.#done = undefined;
    if (done === undefined) return;
    this.#device.lua.pcallx(done);
    done.release();
  }
}
