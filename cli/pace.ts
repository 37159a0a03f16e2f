/** Ties virtual time to the wall clock. The only place of the command where real time counts. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/** Longest sleep, so that Ctrl-C is noticed soon. */
const LONGEST_SLEEP_MS = 50;

export class Pacer {
  /** Virtual seconds per real second. */
  readonly rate: number;
  #wallStart: number;
  #virtualStart: number;

  /** Starts now, with virtual time `virtualUs`. */
  constructor(rate: number, virtualUs: number) {
    this.rate = rate;
    this.#wallStart = performance.now();
    this.#virtualStart = virtualUs;
  }

  /** Where virtual time should stand by now, in microseconds. */
  due(): number {
    return Math.floor(this.#virtualStart + (performance.now() - this.#wallStart) * 1000 * this.rate);
  }

  /** Virtual time is late by too much to run after it: from now on it counts from `virtualUs`. */
  restart(virtualUs: number): void {
    this.#wallStart = performance.now();
    this.#virtualStart = virtualUs;
  }

  /** Waits for a virtual time that lies ahead, but not longer than a moment. */
  async sleepUntil(virtualUs: number): Promise<void> {
    const waitMs = (virtualUs - this.due()) / 1000 / this.rate;
    await setTimeout(Math.min(LONGEST_SLEEP_MS, Math.max(1, waitMs)));
  }
}

/** Lets signals and output have their turn. */
export const breathe = (): Promise<void> => setImmediate();
