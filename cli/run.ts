/**
 * `mcubox run`: boots the device, types what is to be typed, lets time pass, and knows when it is over and how.
 * The console goes to stdout as the UART sends it; everything else is a line on stderr.
 */
import { type Device, ms, SimulatorFault, seconds, us, type World } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import { CaptureFile } from './capture.ts';
import { OutputBuffer } from './console.ts';
import { planFlash } from './flash.ts';
import type { Io } from './io.ts';
import { breathe, Pacer } from './pace.ts';
import { type Setup, setUp } from './setup.ts';
import { dofileLine, LONGEST_LINE, Typist } from './typist.ts';
import { type Outcome, Verdict } from './verdict.ts';

const USAGE = 2;
const FAILED = 1;

/** Ends are looked for after each piece of virtual time, so that where a run ends does not depend on the computer. */
const SLICE = ms(10);
/** Without a frame on the LAN for so long, longer than any pause between retransmissions (96 s), a connection only waits. */
const QUIET = seconds(120);
/** After the end the last frames still arrive. */
const SETTLE = seconds(1);
/** How long to run at full speed before output and signals have their turn. */
const BREATH_MS = 20;

/** Runs and resolves to the exit code. */
export async function run(options: RunOptions, io: Io): Promise<number> {
  const plan = planFlash(options);
  if (!plan.ok) return refuse(io, plan.message);
  const { script, files } = plan.value;
  const code = options.code.flatMap((text) => Buffer.from(text).toString('latin1').split(/\r?\n/));
  const long = code.find((line) => line.length > LONGEST_LINE);
  if (long !== undefined) return refuse(io, `-e: a line of the console has at most ${LONGEST_LINE} characters`);
  const setup = setUp(options, files);
  if (!setup.ok) return refuse(io, setup.message);
  let capture: CaptureFile | undefined;
  try {
    if (options.pcap !== undefined) capture = new CaptureFile(options.pcap);
  } catch (error) {
    return refuse(io, `cannot write ${options.pcap}: ${(error as Error).message}`);
  }
  const lines = script === undefined ? code : [dofileLine(script), ...code];
  try {
    const { code, message } = await new Run(options, setup.value, lines, capture, io).run();
    if (message !== undefined) io.err(message);
    return code;
  } catch (error) {
    if (!(error instanceof SimulatorFault)) throw error;
    for (const line of `internal error, a bug of mcubox: ${error.message}`.split('\n')) io.err(line);
    return FAILED;
  } finally {
    capture?.close();
  }
}

function refuse(io: Io, message: string): number {
  io.err(message);
  return USAGE;
}

class Run {
  readonly #options: RunOptions;
  readonly #world: World;
  readonly #device: Device;
  readonly #io: Io;
  readonly #typist: Typist;
  readonly #verdict: Verdict;
  readonly #output = new OutputBuffer();
  /** The end of the device time this run may use. */
  readonly #bound: number;
  #lastFrame = 0;
  /** Between a reset and the start of the program, when the device names no source of wake-up. */
  #booting = true;
  #initChecked = false;
  #interrupted = false;
  #waitingTold = false;
  #pacer: Pacer | undefined;

  constructor(options: RunOptions, setup: Setup, lines: readonly string[], capture: CaptureFile | undefined, io: Io) {
    this.#options = options;
    this.#world = setup.world;
    this.#device = setup.device;
    this.#io = io;
    this.#typist = new Typist(this.#device, lines);
    this.#verdict = new Verdict(this.#device, options);
    this.#bound = Math.min(options.forUs ?? Number.POSITIVE_INFINITY, options.timeoutUs ?? Number.POSITIVE_INFINITY);
    this.#device.events.on('uart', (port, bytes) => {
      // The byte that settles a run is the last one that is shown.
      if (port === 0) this.#output.add(bytes);
    });
    this.#device.events.on('reset', () => {
      this.#booting = true;
    });
    if (options.explain) this.#device.events.on('explain', (note) => io.err(`note: ${note}`));
    this.#world.lan.tap((at, frame) => {
      this.#lastFrame = at;
      capture?.frame(at, frame);
    });
  }

  async run(): Promise<Outcome> {
    const stop = this.#io.onInterrupt(() => {
      this.#interrupted = true;
    });
    try {
      if (this.#options.pace !== undefined && Number.isFinite(this.#options.pace))
        this.#pacer = new Pacer(this.#options.pace, this.#world.now);
      this.#device.start();
      return await this.#loop();
    } finally {
      await this.#flush();
      stop();
    }
  }

  async #loop(): Promise<Outcome> {
    for (;;) {
      const outcome = this.#pacer === undefined ? this.#sprint() : await this.#walk(this.#pacer);
      if (outcome !== undefined) return outcome;
      if (!(await this.#flush())) return { code: 0 };
      if (this.#interrupted) return this.#verdict.atEnd('interrupted');
      await breathe();
    }
  }

  /** As fast as it goes, for a moment of real time. */
  #sprint(): Outcome | undefined {
    const until = performance.now() + BREATH_MS;
    while (performance.now() < until && this.#pacer === undefined) {
      const next = this.#world.clock.nextAt ?? this.#world.now;
      const outcome = this.#advance(Math.max(SLICE, next - this.#world.now));
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  /** As far as the wall clock has come, then a nap until something is due. */
  async #walk(pacer: Pacer): Promise<Outcome | undefined> {
    const { now } = this.#world;
    const next = Math.min(this.#world.clock.nextAt ?? Number.POSITIVE_INFINITY, this.#bound);
    if (next > pacer.due()) {
      await pacer.sleepUntil(next);
      return undefined;
    }
    return this.#advance(Math.min(SLICE, pacer.due() - now));
  }

  /** Lets so much virtual time pass and looks what has become of the run. */
  #advance(duration: number): Outcome | undefined {
    const left = this.#bound - this.#world.now;
    this.#world.runUntil(() => this.#verdict.known, us(Math.max(0, Math.min(duration, left))));
    if (!this.#device.off) this.#onRunning();
    return this.#verdict.outcome(this.#world.now) ?? this.#boundReached() ?? this.#rest();
  }

  #onRunning(): void {
    this.#booting = false;
    this.#checkInit();
    this.#typist.typeWhenIdle();
  }

  #boundReached(): Outcome | undefined {
    const { now } = this.#world;
    const { forUs = Number.POSITIVE_INFINITY, timeoutUs, timeoutExitCode } = this.#options;
    if (now < this.#bound) return undefined;
    if (timeoutUs === undefined || forUs <= timeoutUs) return this.#verdict.atEnd('the time is over');
    return this.#verdict.timeout(timeoutExitCode, timeoutUs);
  }

  /** The end when nothing can wake a script any more; real time when only the outside could. */
  #rest(): Outcome | undefined {
    if (this.#booting || !this.#typist.done || this.#options.forUs !== undefined) return undefined;
    const { finite, endless } = this.#wakeSources();
    // A script that only polled for something goes on at full speed once it has it.
    if (endless.length === 0 && this.#options.pace === undefined) this.#pacer = undefined;
    if (finite.length > 0) return undefined;
    if (endless.length === 0) {
      this.#world.runFor(SETTLE);
      return this.#verdict.atEnd('nothing can wake the script any more');
    }
    const { expect, fail, timeoutUs, pace } = this.#options;
    const bounded = expect !== undefined || fail !== undefined || timeoutUs !== undefined;
    if (!bounded && pace === undefined && this.#pacer === undefined) {
      this.#pacer = new Pacer(1, this.#world.now);
      if (!this.#waitingTold) this.#io.err(`waiting for ${summary(endless)}; going on in real time, Ctrl-C ends`);
      this.#waitingTold = true;
    }
    return undefined;
  }

  /** As the device names them, but a connection on which nothing moves does not end by itself. */
  #wakeSources(): { finite: readonly string[]; endless: readonly string[] } {
    const { finite, endless } = this.#device.wakeSources();
    if (this.#world.now - this.#lastFrame < QUIET) return { finite, endless };
    const isConnection = (source: string): boolean => source.startsWith('tcp ');
    return {
      finite: finite.filter((source) => !isConnection(source)),
      endless: [...finite.filter(isConnection), ...endless],
    };
  }

  /** A syntax error of init.lua is only a line on the console; to a run it is a failure. */
  #checkInit(): void {
    if (this.#initChecked) return;
    this.#initChecked = true;
    const source = this.#device.flash.read('init.lua');
    if (source === undefined) return;
    const loaded = this.#device.lua.load(source, '@init.lua');
    if (loaded.ok) loaded.chunk.release();
    else this.#verdict.scriptError(loaded.message, this.#world.now);
  }

  async #flush(): Promise<boolean> {
    const bytes = this.#output.take();
    return bytes.length === 0 || this.#io.out(bytes);
  }
}

/** `udp :5007 and 2 more` */
function summary(sources: readonly string[]): string {
  const [first, ...rest] = sources;
  return rest.length === 0 ? `${first}` : `${first} and ${rest.length} more`;
}
