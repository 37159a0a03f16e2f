/**
 * What became of a run, read off the device's own events and its console: an expectation met, a text that must not
 * appear, or the first failure of the script. A failure counts only after the device has had time to print about it.
 */
import { Device, formatTime, type Micros, ms } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import { TextWatch } from './console.ts';
import type { Watch } from './values.ts';

export interface Outcome {
  readonly code: number;
  /** One line for stderr; undefined when there is nothing to say. */
  readonly message?: string;
}

/** Longer than any error text takes at 115200 baud, shorter than the restart that follows it (2 s). */
const GRACE = ms(250);

/** Of one device's console. */
interface Watches {
  readonly expect: TextWatch | undefined;
  readonly fail: TextWatch | undefined;
}

export class Verdict {
  readonly #clock: Device['clock'];
  readonly #seed: number;
  readonly #expect: Watch | undefined;
  #outcome: Outcome | undefined;
  #failure: { readonly message: string; readonly at: Micros } | undefined;

  /** With several devices an expectation is met by any of them, and a failure has the name of its device in front. */
  constructor(
    devices: Device | readonly Device[],
    { expect, fail, seed, interactive }: Pick<RunOptions, 'expect' | 'fail' | 'seed' | 'interactive'>,
  ) {
    const all = devices instanceof Device ? [devices] : devices;
    const [first] = all;
    this.#clock = (first as Device).clock;
    this.#seed = seed;
    this.#expect = expect;
    for (const device of all) {
      const watches = {
        expect: expect === undefined ? undefined : new TextWatch(expect),
        fail: fail === undefined ? undefined : new TextWatch(fail),
      };
      device.events.on('uart', (port, bytes) => {
        if (port === 0) this.#onConsole(watches, bytes);
      });
      // Who types at the console may err, and goes on.
      if (!interactive) this.#listen(device, all.length > 1 ? `${device.name}: ` : '');
    }
  }

  #listen(device: Device, who: string): void {
    device.events.on('scriptError', (message, at) => this.#failed(`${who}script error: ${firstLine(message)}`, at));
    device.events.on('crash', (reason, message, at) => {
      if (reason === 'panic') this.#failed(`${who}panic: ${firstLine(message)}`, at);
      if (reason === 'watchdog') this.#failed(`${who}watchdog reset: the script kept the CPU busy for too long`, at);
      if (reason === 'endless') {
        this.#failed(
          `${who}the script has kept the CPU for ten minutes and does not return; --for ends it earlier`,
          at,
        );
        this.#settle();
      }
      if (reason === 'exception') this.#failed(`${who}memory fault in the firmware: ${message}`, at);
    });
    // Nothing of the next boot belongs to this run's failure.
    device.events.on('reset', () => this.#settle());
  }

  /** Undefined while the run may go on. */
  outcome(now: Micros): Outcome | undefined {
    if (this.#failure !== undefined && now >= this.#failure.at + GRACE) this.#settle();
    return this.#outcome;
  }

  /** True as soon as {@link outcome} is known, without looking at the time. */
  get known(): boolean {
    return this.#outcome !== undefined;
  }

  /** How a run ends that nothing else has ended: an expectation is unmet by then. */
  atEnd(why: string): Outcome {
    if (this.#failure !== undefined) this.#settle();
    if (this.#outcome !== undefined) return this.#outcome;
    if (this.#expect === undefined) return { code: 0 };
    return { code: 1, message: this.#note(`${why}, and the console never printed '${this.#expect.text}'`) };
  }

  /** What a timeout says. */
  timeout(code: number, limitUs: number): Outcome {
    const unmet =
      this.#expect === undefined ? 'the run had not ended' : `the console had not printed '${this.#expect.text}'`;
    return { code, message: this.#note(`timeout: after ${limitUs / 1e6} s ${unmet}`) };
  }

  #onConsole({ expect, fail }: Watches, bytes: Uint8Array): void {
    fail?.feed(bytes);
    expect?.feed(bytes);
    if (this.#outcome === undefined) {
      if (fail?.seen) this.#outcome = { code: 1, message: this.#note(`the console printed '${fail.text}'`) };
      else if (expect?.seen) this.#outcome = { code: 0 };
    }
  }

  #failed(what: string, at: Micros): void {
    this.#failure ??= { message: this.#note(what, at), at };
  }

  #settle(): void {
    if (this.#failure !== undefined) this.#outcome ??= { code: 1, message: this.#failure.message };
  }

  /** Every failure tells how to see it again. */
  #note(text: string, at: Micros = this.#clock.now()): string {
    return `${text} (at ${formatTime(at).slice(0, -3)} s, seed ${this.#seed})`;
  }
}

/** Of a device's text, which is bytes. */
const firstLine = (text: string): string => Buffer.from(text.split('\n', 1)[0] as string, 'latin1').toString();
