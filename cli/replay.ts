/** `mcubox replay FILE`: a recorded run once more, without the outside, as fast as it goes. */
import { resolve } from 'node:path';
import { NOBODY, Player } from '../bridge/host/index.ts';
import { Bridge, type BridgeSpec, Door } from '../bridge/index.ts';
import { setFlashImage, us, type World } from '../runtime/index.ts';
import { parseCommandLine, type RunOptions } from './args.ts';
import { CaptureFile } from './capture.ts';
import { Conduct } from './conduct.ts';
import type { Io } from './io.ts';
import { openKeyboard } from './keyboard.ts';
import { Looker } from './looker.ts';
import { breathe } from './pace.ts';
import { type Kept, type Recording, readRecording, Sums } from './record.ts';
import { ALONE, concluded, created, refuse } from './run.ts';
import { type Setup, setUp } from './setup.ts';
import type { Parsed } from './values.ts';
import type { Outcome } from './verdict.ts';
import { setUpWorld } from './world-setup.ts';

/** Virtual time between two looks at output and signals. */
const PIECE_US = 100_000;
const FAILED = 1;

/** Resolves to the exit code: that of the recorded run, or 1 when the repetition differs from it. */
export async function replayFile(path: string, pcap: string | undefined, io: Io): Promise<number> {
  const recording = readRecording(path);
  if (!recording.ok) return refuse(io, recording.message);
  const { argv, devices, world } = recording.value.head;
  const parsed = parseCommandLine(['run', ...argv]);
  if (!parsed.ok) return refuse(io, `the recorded command line is not understood: ${parsed.message}`);
  const [kept] = devices;
  if (parsed.value.kind !== 'run' || kept === undefined) return refuse(io, `${path} does not hold a run`);
  const again = setUpAgain(parsed.value.options, kept, devices, world);
  if (!again.ok) return refuse(io, again.message);
  const { options, setup } = again.value;
  if (pcap !== undefined && resolve(pcap) === resolve(path))
    return refuse(io, `--pcap would write over ${path}, which is read`);
  const capture = created(pcap, (name) => new CaptureFile(name));
  const conduct = new Conduct(options, setup, kept.lines, { capture }, io);
  return concluded(io, [capture], () => new Replay(conduct, options.bridge ?? ALONE, recording.value, io).run());
}

/** The world of the recording before power-on. */
function setUpAgain(
  options: RunOptions,
  kept: Kept,
  devices: readonly Kept[],
  world: string | undefined,
): Parsed<{ readonly options: RunOptions; readonly setup: Setup }> {
  if (world !== undefined) {
    const setup = setUpWorld(options, options.world?.path ?? '', world, devices);
    return setup.ok
      ? { ok: true, value: { options: setup.options, setup } }
      : { ok: false, message: setup.messages.join('; ') };
  }
  const setup = setUp(options, []);
  if (!setup.ok) return setup;
  setFlashImage(setup.value.device, kept.flash);
  return { ok: true, value: { options, setup: setup.value } };
}

class Replay {
  readonly #conduct: Conduct;
  readonly #world: World;
  readonly #recording: Recording;
  readonly #io: Io;
  readonly #door: Door;
  readonly #player: Player;
  readonly #looker: Looker;
  readonly #sums = new Sums();
  #interrupted = false;

  constructor(conduct: Conduct, spec: BridgeSpec, recording: Recording, io: Io) {
    this.#conduct = conduct;
    this.#world = conduct.world;
    this.#recording = recording;
    this.#io = io;
    this.#door = new Door(this.#world, NOBODY);
    this.#world.lan.tap((at, frame) => this.#sums.frame(at, frame));
    // The bridge orders while it is made: the recording has to stand ready.
    this.#player = new Player(this.#door, [...recording.before, ...recording.after]);
    const bridge = new Bridge(this.#world, conduct.device, this.#door, spec, (line) => io.err(line));
    openKeyboard(this.#door, this.#world, conduct.device);
    this.#looker = new Looker(conduct, bridge.wakes);
  }

  async run(): Promise<Outcome> {
    const stop = this.#io.onInterrupt(() => {
      this.#interrupted = true;
    });
    try {
      while (this.#player.played < this.#recording.before.length && this.#player.nextAt !== undefined)
        this.#player.step();
      this.#conduct.start();
      this.#looker.start();
      await this.#play();
      this.#conduct.end();
      await this.#flush();
      return this.#outcome();
    } finally {
      stop();
    }
  }

  async #play(): Promise<void> {
    const end = this.#recording.tail?.at ?? this.#recording.after.at(-1)?.at ?? 0;
    while (!this.#looker.over && !this.#interrupted && this.#player.difference === undefined) {
      const next = this.#player.nextAt ?? end;
      const piece = Math.min(next - this.#world.now, PIECE_US);
      if (this.#world.runUntil(() => this.#looker.over, us(Math.max(0, piece)))) break;
      // What the world ordered on the way has moved the player on.
      const { nextAt } = this.#player;
      if (nextAt === undefined && this.#world.now >= end) break;
      if (nextAt !== undefined && nextAt <= this.#world.now) this.#player.step();
      if (piece === PIECE_US) {
        if (!(await this.#flush())) return;
        await breathe();
      }
    }
  }

  #outcome(): Outcome {
    const { difference } = this.#player;
    if (difference !== undefined)
      return {
        code: FAILED,
        message: `the replay went another way at ${(difference.at / 1e6).toFixed(6)} s: ${difference.text}`,
      };
    const { tail, head } = this.#recording;
    if (this.#interrupted) return this.#conduct.verdict.atEnd('interrupted');
    const outcome = this.#looker.outcome ?? this.#conduct.verdict.atEnd('interrupted');
    if (tail === undefined) return { code: outcome.code, message: 'the recording broke off here' };
    const sums = this.#sums.take();
    const same = sums.console === tail.console && sums.lan === tail.lan;
    if (same) this.#io.err('console and capture are those of the recording, byte for byte');
    else return { code: FAILED, message: `the replay differs from the recording, made by mcubox ${head.version}` };
    return outcome;
  }

  async #flush(): Promise<boolean> {
    const bytes = this.#conduct.output.take();
    this.#sums.console(bytes);
    return bytes.length === 0 || this.#io.out(bytes);
  }
}
