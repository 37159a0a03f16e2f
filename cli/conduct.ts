/**
 * What is common to every way of running: types at the console when the device is ready for it, collects what is
 * shown, and knows what a look at the device says about the end of the run. Lets no time pass itself.
 */
import { type Device, type Micros, ms, seconds, us, type World } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import type { CaptureFile } from './capture.ts';
import { OutputBuffer } from './console.ts';
import { NamedLines } from './consoles.ts';
import type { Io } from './io.ts';
import { observe } from './observer.ts';
import type { Setup } from './setup.ts';
import type { TraceFile } from './trace-file.ts';
import { Typist } from './typist.ts';
import { type Outcome, Verdict } from './verdict.ts';

/** Ends are looked for after each piece of virtual time, so that where a run ends does not depend on the computer. */
export const SLICE = ms(10);
/** Without a frame on the LAN for so long, longer than any pause between retransmissions (96 s), a connection only waits. */
const QUIET = seconds(120);
/** After the end the last frames still arrive. */
export const SETTLE = seconds(1);

export interface WakeSources {
  readonly finite: readonly string[];
  readonly endless: readonly string[];
}

/** What is written while the world runs. */
export interface Files {
  readonly capture: CaptureFile | undefined;
  readonly trace?: TraceFile | undefined;
}

export class Conduct {
  readonly world: World;
  readonly device: Device;
  readonly verdict: Verdict;
  readonly output = new OutputBuffer();
  /** The end of the device time this run may use. */
  readonly bound: number;
  readonly #options: RunOptions;
  readonly #setup: Setup;
  readonly #typists: readonly Typist[];
  readonly #named: readonly NamedLines[];
  #lastFrame = 0 as Micros;

  /** `lines` are typed after boot. */
  constructor(options: RunOptions, setup: Setup, lines: readonly string[], files: Files, io: Io) {
    this.#options = options;
    this.world = setup.world;
    this.device = setup.device;
    this.#setup = setup;
    const { others = [] } = setup;
    const all = [{ device: setup.device, lines }, ...others];
    const devices = all.map(({ device }) => device);
    this.#typists = all.map(({ device, lines }) => new Typist(device, lines));
    this.verdict = new Verdict(devices, options);
    this.bound = Math.min(options.forUs ?? Number.POSITIVE_INFINITY, options.timeoutUs ?? Number.POSITIVE_INFINITY);
    this.#named = others.length === 0 ? [] : devices.map(({ name }) => new NamedLines(name, this.output));
    for (const [i, device] of devices.entries()) {
      if (Number.isFinite(this.bound)) device.cpu.horizon = us(this.bound);
      const console = this.#named[i] ?? this.output;
      device.events.on('uart', (port, bytes) => {
        // The byte that settles a run is the last one that is shown.
        if (port === 0) console.add(bytes);
      });
      if (options.explain) device.events.on('explain', (note) => io.err(`note: ${note}`));
    }
    observe(this.world, files.capture, files.trace);
    this.world.lan.tap((at) => {
      this.#lastFrame = at;
    });
  }

  /** Power on. */
  start(): void {
    this.device.start();
    for (const { device } of this.#setup.others ?? []) device.start();
  }

  /** No more is to come: what is left of the consoles goes to the output. */
  end(): void {
    for (const lines of this.#named) lines.end();
  }

  /** Looks at the device between two pieces of time: types if it can, tells whether the run is over. */
  look(): Outcome | undefined {
    for (const typist of this.#typists) typist.typeWhenIdle();
    return this.verdict.outcome(this.world.now) ?? this.#boundReached();
  }

  /** Undefined while the end cannot come by itself: still typing, or a time is given. */
  wakeSources(): WakeSources | undefined {
    if (!this.#typists.every(({ done }) => done) || this.#options.forUs !== undefined) return undefined;
    const { others = [], quietAt = 0 } = this.#setup;
    const sources = [this.device, ...others.map(({ device }) => device)].map((device) => device.wakeSources());
    const endless = sources.flatMap((of) => of.endless);
    const finite = sources.flatMap((of) => of.finite);
    if (this.world.now < quietAt) finite.push('faults');
    if (this.world.now - this.#lastFrame < QUIET) return { finite, endless };
    // A connection on which nothing moves does not end by itself.
    const isConnection = (source: string): boolean => source.startsWith('tcp ');
    return {
      finite: finite.filter((source) => !isConnection(source)),
      endless: [...finite.filter(isConnection), ...endless],
    };
  }

  /** What a run ends with that nothing can wake any more. */
  atRest(): Outcome {
    return this.verdict.atEnd('nothing can wake the script any more');
  }

  #boundReached(): Outcome | undefined {
    const { forUs = Number.POSITIVE_INFINITY, timeoutUs, timeoutExitCode } = this.#options;
    if (this.world.now < this.bound) return undefined;
    if (timeoutUs === undefined || forUs <= timeoutUs) return this.verdict.atEnd('the time is over');
    return this.verdict.timeout(timeoutExitCode, timeoutUs);
  }
}
