/** `mcubox run` with something real attached: by the wall clock, with sockets, until the device, the user or a limit ends it. */
import { HostDoor, type Lateness, LiveWorld } from '../bridge/host/index.ts';
import { Bridge, type BridgeSpec, type Line } from '../bridge/index.ts';
import { seconds } from '../runtime/index.ts';
import type { Conduct } from './conduct.ts';
import type { Io } from './io.ts';
import { type Feeder, type Keyboard, openKeyboard } from './keyboard.ts';
import { Looker } from './looker.ts';
import { Pacer } from './pace.ts';
import type { RecordFile } from './record.ts';
import type { Outcome } from './verdict.ts';

/** With something real attached, lateness above this is worth a line, at most so often (milliseconds of wall time). */
const LATE_US = 100_000;
const LATE_AGAIN_MS = 10_000;
const USAGE = 2;
/** Longer than any boot. */
const BOOT_LIMIT = seconds(1);

export interface LiveOptions {
  readonly spec: BridgeSpec;
  /** Virtual seconds per real second. */
  readonly rate: number;
  readonly record: RecordFile | undefined;
  /** Somebody who types. */
  readonly keyboard?: Keyboard | undefined;
}

/** Resolves to how it ended. */
export async function runLive(conduct: Conduct, options: LiveOptions, io: Io): Promise<Outcome> {
  return new LiveRun(conduct, options, io).run();
}

class LiveRun {
  readonly #conduct: Conduct;
  readonly #options: LiveOptions;
  readonly #io: Io;
  readonly #outside: HostDoor;
  readonly #bridge: Bridge;
  readonly #keys: Line;
  readonly #feeder: Feeder;
  readonly #looker: Looker;
  #live: LiveWorld | undefined;
  #interrupted: 'no' | 'by the user' | 'nobody reads' = 'no';
  /** Output is on its way. */
  #writing = false;
  /** What is still to be shown when all is over. */
  #last: Uint8Array = new Uint8Array(0);
  #lateToldAt = Number.NEGATIVE_INFINITY;

  constructor(conduct: Conduct, options: LiveOptions, io: Io) {
    this.#conduct = conduct;
    this.#options = options;
    this.#io = io;
    const { world, device } = conduct;
    this.#outside = new HostDoor(world, options.spec, (line) => io.err(line));
    const { door } = this.#outside;
    const { record } = options;
    if (record !== undefined) {
      door.tap = (crossing) => record.crossing(crossing);
      world.lan.tap((at, frame) => record.sums.frame(at, frame));
    }
    this.#bridge = new Bridge(world, device, door, options.spec, (line) => io.err(line));
    const { line, feeder } = openKeyboard(door, world, device);
    this.#keys = line;
    this.#feeder = feeder;
    this.#looker = new Looker(conduct, this.#bridge.wakes || options.keyboard !== undefined);
    if (options.keyboard?.show !== undefined)
      device.events.on('uart', (port, bytes) => {
        if (port === 0) options.keyboard?.show?.(bytes);
      });
  }

  async run(): Promise<Outcome> {
    const stop = this.#io.onInterrupt(() => this.#interrupt('by the user'));
    try {
      await this.#settled();
      const { failures } = this.#bridge.startup;
      if (failures.length > 0) return { code: USAGE, message: failures.join('; ') };
      if (this.#interrupted === 'no') await this.#runWorld();
      return this.#outcome();
    } finally {
      this.#outside.lines.close();
      this.#options.keyboard?.stop();
      stop();
      await this.#io.out(this.#last);
    }
  }

  /** Ports are bound and names looked up before the world begins. */
  async #settled(): Promise<void> {
    const { startup } = this.#bridge;
    if (startup.settled) return;
    await new Promise<void>((resolve) => {
      startup.onSettled = resolve;
    });
  }

  async #runWorld(): Promise<void> {
    const { world, device } = this.#conduct;
    const outside = this.#outside;
    this.#options.record?.start();
    this.#options.keyboard?.start(
      (data) => outside.enter(() => outside.door.arrive(this.#keys.id, { is: 'data', data: Uint8Array.from(data) })),
      () => this.#interrupt('by the user'),
      () => this.#feeder.busy || (!device.off && device.tasks.length > 0),
    );
    if (this.#bridge.wakes) this.#io.err('running in real time; Ctrl-C ends');
    this.#conduct.start();
    this.#looker.start();
    // Before its first program runs a device neither hears nor says anything: real time begins there.
    world.runUntil(() => !device.off || this.#over, BOOT_LIMIT);
    const pacer = new Pacer(this.#options.rate, world.now);
    this.#live = new LiveWorld(world, pacer, { over: () => this.#over, turn: () => this.#turn() });
    outside.live = this.#live;
    await this.#live.run();
    if (this.#bridge.wakes) this.#tellLateness(this.#live.lateness);
  }

  get #over(): boolean {
    return this.#looker.over || this.#interrupted !== 'no';
  }

  #outcome(): Outcome {
    this.#conduct.end();
    this.#last = this.#take();
    const outcome = this.#looker.outcome ?? this.#conduct.verdict.atEnd('interrupted');
    this.#options.record?.end(this.#conduct.world.now, outcome);
    return this.#interrupted === 'nobody reads' ? { code: 0 } : outcome;
  }

  #interrupt(why: 'by the user' | 'nobody reads'): void {
    this.#interrupted = why;
    this.#bridge.startup.onSettled();
    this.#live?.wake();
  }

  #turn(): void {
    this.#flush();
    if (!this.#bridge.wakes) return;
    const late = this.#live?.recentlyLate() ?? 0;
    if (late < LATE_US || performance.now() < this.#lateToldAt + LATE_AGAIN_MS) return;
    this.#lateToldAt = performance.now();
    this.#io.err(`${(late / 1000).toFixed(0)} ms late: the computer was busy`);
  }

  /** The console goes out while the world goes on; a slow reader gets larger pieces. */
  #flush(): void {
    if (this.#writing) return;
    const bytes = this.#take();
    if (bytes.length === 0) return;
    this.#writing = true;
    this.#io.out(bytes).then((read) => {
      this.#writing = false;
      if (!read) this.#interrupt('nobody reads');
    });
  }

  #take(): Uint8Array {
    const bytes = this.#conduct.output.take();
    this.#options.record?.sums.console(bytes);
    return bytes;
  }

  #tellLateness({ worst, mean, forgiven }: Lateness): void {
    if (worst < LATE_US) return;
    const lost = forgiven === 0 ? '' : `; ${(forgiven / 1e6).toFixed(1)} s were let go`;
    this.#io.err(
      `virtual time was up to ${(worst / 1000).toFixed(0)} ms late, ${(mean / 1000).toFixed(2)} ms on average${lost}`,
    );
  }
}
