/**
 * The one CPU of the chip: runs events to completion, never two at once, and turns executed Lua instructions into
 * device time. While it is busy everything else waits; frames, timers and tasks find it through {@link Cpu.run}.
 * Not a model of instructions below Lua: firmware code itself costs nothing.
 */
import { type Clock, invariant, type Micros, ms, seconds, type Timer, us, type Waker } from '../core/index.ts';
import { LuaAbort, type LuaHost } from '../vm/index.ts';

/** Time without returning to the SDK after which the soft watchdog resets (spec/modules.md 1.5). */
export const SOFT_WATCHDOG = ms(3200);
/** Device time of one VM instruction where a device does not charge for them; only for the watchdog's budget. */
const NOMINAL_INSTRUCTION_US = 2.5;
/** A run that feeds the watchdog for so long is taken for one that never ends. */
const LONGEST_RUN = seconds(600);

/** The part of a Lua state that the CPU meters. */
export type Meter = Pick<LuaHost, 'instructions' | 'budget'>;

export interface CpuEnv {
  readonly clock: Clock;
  /** Microseconds of device time per Lua instruction; 0 makes computing free. */
  readonly instructionUs: number;
  /** A run ended by panic, watchdog or halt; called while still inside the run. */
  onAbort(abort: LuaAbort): void;
  /** A run goes on and on; it is ended with a 'halt' after this. */
  onEndless(): void;
  /** Work of low urgency: runs one task and tells whether it found one. Called when no event waits. */
  runTask(): boolean;
}

export class Cpu {
  /** Time as the program sees it, and timers whose expiry waits for the CPU. All of them die at a reset. */
  readonly clock: Clock;
  /** What the current run is due to; undefined between runs and at boot. */
  waker: Waker | undefined = undefined;
  /** Nobody looks beyond this moment of device time: a run that is still busy then is ended. */
  horizon: Micros | undefined = undefined;
  readonly #env: CpuEnv;
  /** The world's. */
  readonly #clock: Clock;
  /** Instructions until the watchdog bites. */
  readonly #allowance: number;
  readonly #wake: Timer;
  readonly #armed = new Set<CpuTimer>();
  #queue: { readonly event: () => void; readonly waker: Waker | undefined }[] = [];
  #epoch = 0;
  #running = false;
  #halted = false;
  #tasksWaiting = false;
  #startedAt = 0 as Micros;
  #freeAt = 0 as Micros;
  #spentUs = 0;
  #meter: Meter | undefined;
  #meterBase = 0;
  #fedAt = 0 as Micros;

  constructor(env: CpuEnv) {
    this.#env = env;
    this.#clock = env.clock;
    this.#allowance = Math.floor(SOFT_WATCHDOG / (env.instructionUs || NOMINAL_INSTRUCTION_US));
    this.#wake = env.clock.timer('cpu', () => this.#next());
    this.clock = {
      now: () => us(env.clock.now() + this.lag),
      timer: (label, fire) => new CpuTimer(this, env.clock, label, fire),
    };
  }

  /** Device time used so far by the current run; 0 between runs. */
  get lag(): Micros {
    return this.#running ? us(this.#spentUs + this.#instructions() * this.#env.instructionUs) : (0 as Micros);
  }

  get running(): boolean {
    return this.#running;
  }

  /** True while nothing runs and nothing waits for the CPU. */
  get idle(): boolean {
    return !this.#running && this.#queue.length === 0 && !this.#tasksWaiting && this.#freeAt <= this.#clock.now();
  }

  /** True when an event would be executed at once. */
  get free(): boolean {
    return !this.#halted && !this.#running && this.#freeAt <= this.#clock.now() && this.#queue.length === 0;
  }

  /** An event for the program: executed at once when the CPU is free, else in order of arrival. `waker` says what it is. */
  run(event: () => void, waker?: Waker): void {
    if (this.#halted) return;
    if (this.free) {
      this.#execute(event, waker);
    } else {
      this.#queue.push({ event, waker });
      this.#wakeWhenFree();
    }
  }

  /** A task was posted: asks for {@link CpuEnv.runTask} as soon as no event is due. */
  taskPosted(): void {
    if (this.#halted) return;
    this.#tasksWaiting = true;
    this.#wakeWhenFree();
  }

  /** Busy waiting inside a run. Does not feed the watchdog. */
  spend(time: Micros): void {
    invariant(this.#running, 'only a running program can spend time');
    this.#spentUs += time;
  }

  /** Feeds the soft watchdog. Throws LuaAbort when a run has been busy for longer than anybody will wait. */
  feed(): void {
    this.#fedAt = this.clock.now();
    this.#grant();
    const last = this.horizon ?? us(this.#startedAt + LONGEST_RUN);
    if (this.lag === 0 || this.#fedAt < last) return;
    this.#env.onEndless();
    throw new LuaAbort('halt', 'the script does not return');
  }

  /** Device time since the watchdog was last fed. */
  get sinceFed(): Micros {
    return us(this.clock.now() - this.#fedAt);
  }

  /** From now on this Lua state's instructions are charged. */
  meter(meter: Meter | undefined): void {
    if (this.#running) this.#spentUs = this.lag;
    this.#meter = meter;
    this.#meterBase = meter?.instructions ?? 0;
    this.#grant();
  }

  /** Stops everything: waiting events are dropped and none is accepted until {@link restart}. */
  halt(): void {
    this.#halted = true;
    this.#epoch++;
    this.#queue = [];
    this.#tasksWaiting = false;
    this.#wake.cancel();
    for (const timer of [...this.#armed]) timer.cancel();
    this.meter(undefined);
  }

  /** Accepts events again, with a free CPU. */
  restart(): void {
    this.#halted = false;
    this.#freeAt = this.#clock.now();
  }

  /** Labels of the armed timers of the current boot. */
  pending(): string[] {
    return [...this.#armed].map((timer) => timer.label);
  }

  /** @internal */
  get epoch(): number {
    return this.#epoch;
  }

  /** @internal */
  track(timer: CpuTimer, armed: boolean): void {
    if (armed) this.#armed.add(timer);
    else this.#armed.delete(timer);
  }

  #instructions(): number {
    return this.#meter === undefined ? 0 : this.#meter.instructions - this.#meterBase;
  }

  #grant(): void {
    if (this.#meter !== undefined) this.#meter.budget = this.#allowance;
  }

  #execute(event: () => void, waker?: Waker): void {
    this.#running = true;
    this.waker = waker;
    this.#startedAt = this.#clock.now();
    this.#fedAt = this.#startedAt;
    this.#spentUs = 0;
    this.#meterBase = this.#meter?.instructions ?? 0;
    this.#grant();
    try {
      event();
    } catch (error) {
      if (!(error instanceof LuaAbort)) throw error;
      this.#env.onAbort(error);
    } finally {
      const used = this.lag;
      this.#running = false;
      this.waker = undefined;
      this.#freeAt = us(this.#startedAt + used);
      if (!this.#halted && (this.#queue.length > 0 || this.#tasksWaiting)) this.#wakeWhenFree();
    }
  }

  #wakeWhenFree(): void {
    if (this.#running || this.#wake.armed) return;
    this.#wake.arm(us(Math.max(0, this.#freeAt - this.#clock.now())));
  }

  #next(): void {
    const next = this.#queue.shift();
    if (next !== undefined) this.#execute(next.event, next.waker);
    else if (this.#tasksWaiting) this.#execute(() => this.#task());
  }

  #task(): void {
    this.#tasksWaiting = this.#env.runTask();
  }
}

/** A timer of the program: due at device time, fired when the CPU is free, dead after a reset. */
class CpuTimer implements Timer {
  readonly label: string;
  readonly #cpu: Cpu;
  readonly #epoch: number;
  readonly #timer: Timer;
  readonly #fire: () => void;
  /** Expired, waiting for the CPU; the number tells a cancelled expiry from a later one. */
  #due = false;
  #arming = 0;

  constructor(cpu: Cpu, clock: Clock, label: string, fire: () => void) {
    this.label = label;
    this.#cpu = cpu;
    this.#epoch = cpu.epoch;
    this.#fire = fire;
    this.#timer = clock.timer(label, () => this.#expire());
  }

  get armed(): boolean {
    return this.#timer.armed || this.#due;
  }

  get at(): Micros {
    return this.#timer.at;
  }

  arm(delay: Micros): void {
    if (this.#epoch !== this.#cpu.epoch) return;
    this.#due = false;
    this.#arming++;
    this.#timer.arm(us(Math.max(0, delay) + this.#cpu.lag));
    this.#cpu.track(this, true);
  }

  cancel(): void {
    this.#due = false;
    this.#arming++;
    this.#timer.cancel();
    this.#cpu.track(this, false);
  }

  #expire(): void {
    this.#due = true;
    const arming = this.#arming;
    this.#cpu.run(() => {
      if (!this.#due || arming !== this.#arming) return;
      this.#due = false;
      this.#cpu.track(this, false);
      this.#fire();
    }, this.label);
  }
}
