/** Where the program of a device is, for those who ask why a frame was sent or what ran last. */
import type { Cause, Clock, Micros, Tracer, Waker } from '../core/index.ts';
import type { LineHook, LuaHost, LuaPosition, LuaWatch } from '../vm/index.ts';
import type { Cpu } from './cpu.ts';

/** A call of a script's function by the firmware. */
export interface LuaRun {
  readonly at: Micros;
  /** Where the function begins, `init.lua:12`. */
  readonly line: string;
  /** Undefined where nothing more is known. */
  readonly waker: Waker | undefined;
}

export interface ProgramWatchEnv {
  readonly clock: Clock;
  readonly cpu: Cpu;
  readonly trace: Tracer;
  /** The state of the current boot. */
  lua(): LuaHost | undefined;
}

const shown = ({ source, line }: LuaPosition): string => `${source}:${line}`;

export class ProgramWatch implements LuaWatch {
  /** Told of each line that is reached, from the next boot on. */
  onLine: LineHook | undefined;
  readonly #env: ProgramWatchEnv;
  #running: LuaPosition | undefined;
  #last: { at: Micros; fn: LuaPosition; waker: Waker | undefined } | undefined;

  constructor(env: ProgramWatchEnv) {
    this.#env = env;
    env.trace.ask(() => this.cause());
  }

  /** The last function of a script that the firmware called. */
  get last(): LuaRun | undefined {
    if (this.#last === undefined) return undefined;
    const { at, fn, waker } = this.#last;
    return { at, line: shown(fn), waker };
  }

  /** Why something happens now; undefined while no script runs. */
  cause(): Cause | undefined {
    if (this.#running === undefined) return undefined;
    const line = this.#env.lua()?.position() ?? this.#running;
    return { line: shown(line), waker: this.#env.cpu.waker };
  }

  entered(fn: LuaPosition): void {
    const { clock, cpu, trace } = this.#env;
    this.#running = fn;
    // What is typed is no script.
    if (fn.source !== 'stdin' || this.#last === undefined) this.#last = { at: clock.now(), fn, waker: cpu.waker };
    if (trace.following) trace.emit('lua', 'entered', shown(fn), undefined, clock.now());
  }

  left(): void {
    const { clock, trace } = this.#env;
    if (trace.following && this.#running !== undefined)
      trace.emit('lua', 'left', shown(this.#running), undefined, clock.now());
    this.#running = undefined;
  }
}
