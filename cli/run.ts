/**
 * `mcubox run`: boots the device, types what is to be typed, lets time pass, and knows when it is over and how.
 * The console goes to stdout as the UART sends it; everything else is a line on stderr.
 */
import type { BridgeSpec } from '../bridge/index.ts';
import { flashImage, SimulatorFault, us, type World } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import { CaptureFile } from './capture.ts';
import { compileAll } from './compile.ts';
import { Conduct, SETTLE, SLICE } from './conduct.ts';
import { CannotWrite } from './file-error.ts';
import { FlashExport, leftOut, planFlash } from './flash.ts';
import { FlashStore, restoreFlash } from './flash-store.ts';
import { HeapReport } from './heap-report.ts';
import type { Io } from './io.ts';
import { KeyLogFile, logKeys } from './key-log.ts';
import type { Keyboard } from './keyboard.ts';
import { loadLfs } from './lfs.ts';
import { hintAtErrors } from './lint/hint.ts';
import { runLive } from './live-run.ts';
import { sameFile } from './output-clash.ts';
import { breathe, Pacer } from './pace.ts';
import { PartsReport } from './parts.ts';
import { linkMistake, Pty } from './pty.ts';
import { RecordFile } from './record.ts';
import { setUp } from './setup.ts';
import { TraceFile } from './trace-file.ts';
import { dofileLine, LONGEST_LINE } from './typist.ts';
import { VcdFile } from './vcd.ts';
import type { Outcome } from './verdict.ts';

const USAGE = 2;
const FAILED = 1;

/** Recorded, but nothing is attached. */
export const ALONE: BridgeSpec = { forwards: [], ports: [], dhcp: true };
/** How long to run at full speed before output and signals have their turn. */
const BREATH_MS = 20;

/** Runs and resolves to the exit code. `argv` is the command line that was understood as `options`. */
export async function run(
  options: RunOptions,
  argv: readonly string[],
  io: Io,
  keyboard: Keyboard | undefined = ptyOf(options, io),
): Promise<number> {
  const plan = planFlash(options);
  if (!plan.ok) return refuse(io, plan.message);
  const { script } = plan.value;
  const compiled = options.compile === true ? compileAll(plan.value.files, options) : undefined;
  for (const failure of compiled?.failures ?? []) io.err(failure);
  const files = [...plan.value.files, ...(compiled?.files ?? [])];
  const left = leftOut(plan.value);
  if (left !== undefined) io.err(left);
  const code = options.code.flatMap((text) => Buffer.from(text).toString('latin1').split(/\r?\n/));
  const long = code.find((line) => line.length > LONGEST_LINE);
  if (long !== undefined) return refuse(io, `-e: a line of the console has at most ${LONGEST_LINE} characters`);
  const setup = setUp(options, files);
  if (!setup.ok) return refuse(io, setup.message);
  const lines = script === undefined ? code : [dofileLine(script), ...code];
  const { device } = setup.value;
  if (options.flash !== undefined) {
    const loaded = restoreFlash(options.flash, options.blankWifi, device, files);
    if (!loaded.ok) return refuse(io, loaded.message);
  }
  if (options.lfs !== undefined) {
    const loaded = loadLfs(device, options.lfs);
    if (!loaded.ok) return refuse(io, loaded.message);
  }
  if (
    lines.length === 0 &&
    keyboard === undefined &&
    options.interactive !== true &&
    device.flash.read('init.lua') === undefined
  )
    io.err(
      `${options.path ?? 'the flash'} has no init.lua, so nothing runs; mcubox run FILE.lua runs a script after boot`,
    );
  const link = options.pty?.link === undefined ? undefined : linkMistake(options.pty.link);
  if (link !== undefined) return refuse(io, link);
  const clash = sameFile(options, [...files.map(({ host }) => host), options.lfs?.path]);
  if (clash !== undefined) return refuse(io, clash);
  const capture = created(options.pcap, (path) => new CaptureFile(path));
  const keys = created(options.keylog, (path) => new KeyLogFile(path));
  const trace = created(options.trace, (path) => new TraceFile(path));
  const record = created(
    options.record,
    (path) => new RecordFile(path, { argv, devices: [{ flash: flashImage(device), lines }] }),
  );
  const vcd = created(options.vcd, (path) => new VcdFile(path, device));
  const report = new PartsReport(device, options.parts ?? [], io);
  const exported = created(options.export, (path) => new FlashExport(path, device));
  const flash = created(options.flash, (path) => new FlashStore(path, device, (line) => io.err(line)));
  logKeys(device, capture, keys);
  hintAtErrors(device, (line) => io.err(line));
  const heap = options.heapProfile === true ? new HeapReport(device, io) : undefined;
  const conduct = new Conduct(options, setup.value, lines, { capture, trace }, io);
  return concluded(io, [flash, exported, heap, capture, keys, trace, record, vcd, report], () =>
    perform(options, conduct, record, keyboard, io),
  );
}

/** Lets the world run: by itself, or tied to the wall clock where something real is attached. */
export function perform(
  options: RunOptions,
  conduct: Conduct,
  record: RecordFile | undefined,
  keyboard: Keyboard | undefined,
  io: Io,
): Promise<Outcome> {
  const spec = options.bridge ?? (record === undefined && keyboard === undefined ? undefined : ALONE);
  if (spec === undefined) return new Run(options, conduct, io).run();
  const rate = options.pace ?? 1;
  return runLive(conduct, { spec, rate: Number.isFinite(rate) ? rate : 1, record, keyboard }, io);
}

/** The pseudo terminal of `--serial pty`. */
const ptyOf = ({ pty }: RunOptions, io: Io): Keyboard | undefined =>
  pty === undefined ? undefined : new Pty(pty.link, (line) => io.err(line));

/** A file that the user wants written, if he does. */
export const created = <T>(path: string | undefined, create: (path: string) => T): T | undefined =>
  path === undefined ? undefined : create(path);

/** The exit code of `action`, its last words said and its files closed. */
export async function concluded(
  io: Io,
  files: readonly ({ close(): void } | undefined)[],
  action: () => Promise<Outcome>,
): Promise<number> {
  const [result] = await Promise.allSettled([codeOf(action, io)]);
  const whole = closeAll(files, io);
  if (result.status === 'rejected') throw result.reason;
  return result.value === 0 && !whole ? USAGE : result.value;
}

async function codeOf(action: () => Promise<Outcome>, io: Io): Promise<number> {
  try {
    const { code, message } = await action();
    if (message !== undefined) io.err(message);
    return code;
  } catch (error) {
    if (!(error instanceof SimulatorFault)) throw error;
    for (const line of `internal error, a bug of mcubox: ${error.message}`.split('\n')) io.err(line);
    return FAILED;
  }
}

/** Each whatever becomes of the others; false when something is not in its file. */
function closeAll(files: readonly ({ close(): void } | undefined)[], io: Io): boolean {
  let whole = true;
  for (const file of files) {
    try {
      file?.close();
    } catch (error) {
      if (!(error instanceof CannotWrite)) throw error;
      io.err(error.message);
      whole = false;
    }
  }
  return whole;
}

export function refuse(io: Io, message: string): number {
  io.err(message);
  return USAGE;
}

/** A world of its own: as fast as it goes, or by the wall clock where that is asked for or only time is waited for. */
class Run {
  readonly #options: RunOptions;
  readonly #conduct: Conduct;
  readonly #world: World;
  readonly #io: Io;
  #interrupted = false;
  #waitingTold = false;
  #pacer: Pacer | undefined;

  constructor(options: RunOptions, conduct: Conduct, io: Io) {
    this.#options = options;
    this.#conduct = conduct;
    this.#world = conduct.world;
    this.#io = io;
  }

  async run(): Promise<Outcome> {
    const stop = this.#io.onInterrupt(() => {
      this.#interrupted = true;
    });
    try {
      if (this.#options.pace !== undefined && Number.isFinite(this.#options.pace))
        this.#pacer = new Pacer(this.#options.pace, this.#world.now);
      this.#conduct.start();
      return await this.#loop();
    } finally {
      this.#conduct.end();
      await this.#flush();
      stop();
    }
  }

  async #loop(): Promise<Outcome> {
    for (;;) {
      const outcome = this.#pacer === undefined ? this.#sprint() : await this.#walk(this.#pacer);
      if (outcome !== undefined) return outcome;
      if (!(await this.#flush())) return { code: 0 };
      if (this.#interrupted) return this.#conduct.verdict.atEnd('interrupted');
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
    const next = Math.min(this.#world.clock.nextAt ?? Number.POSITIVE_INFINITY, this.#conduct.bound);
    if (next > pacer.due()) {
      await pacer.sleepUntil(next);
      return undefined;
    }
    return this.#advance(Math.min(SLICE, pacer.due() - now));
  }

  /** Lets so much virtual time pass and looks what has become of the run. */
  #advance(duration: number): Outcome | undefined {
    const left = this.#conduct.bound - this.#world.now;
    this.#world.runUntil(() => this.#conduct.verdict.known, us(Math.max(0, Math.min(duration, left))));
    return this.#conduct.look() ?? this.#rest();
  }

  /** The end when nothing can wake a script any more; real time when only the outside could. */
  #rest(): Outcome | undefined {
    const sources = this.#conduct.wakeSources();
    if (sources === undefined) return undefined;
    const { finite, endless } = sources;
    // A script that only polled for something goes on at full speed once it has it.
    if (endless.length === 0 && this.#options.pace === undefined) this.#pacer = undefined;
    if (finite.length > 0) return undefined;
    if (endless.length === 0) {
      this.#world.runFor(SETTLE);
      return this.#conduct.atRest();
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

  async #flush(): Promise<boolean> {
    const bytes = this.#conduct.output.take();
    return bytes.length === 0 || this.#io.out(bytes);
  }
}

/** `udp :5007 and 2 more` */
function summary(sources: readonly string[]): string {
  const [first, ...rest] = sources;
  return rest.length === 0 ? `${first}` : `${first} and ${rest.length} more`;
}
