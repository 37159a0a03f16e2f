/** What a protocol engine is handed: the machine's stack, connections, chance and millisecond timers. */
import { type Clock, type Micros, ms, type Rng, type Timer } from '../core/index.ts';
import type { Stack } from '../stack/index.ts';
import { Espconn } from './espconn.ts';

/** os_timer: a device's `OsTimer` is one. */
export interface ProtoTimer {
  readonly armed: boolean;
  /** (Re)arms from now. */
  arm(periodMs: number, repeat: boolean): void;
  disarm(): void;
}

export interface ProtoEnv {
  readonly clock: Clock;
  /** The engines' own stream of chance; fork it by engine. */
  readonly rng: Rng;
  readonly stack: Stack;
  /** Shared by all engines of one machine and boot. */
  readonly espconn: Espconn;
  timer(label: string, fire: () => void): ProtoTimer;
  /** The firmware's code reads or writes memory here that is not its own. A device resets and this does not return. */
  crash(what: string): void;
}

/** An environment for a machine that is no device: timers straight from the stack's clock. */
export function protoEnv(stack: Stack, rng: Rng, crash: (what: string) => void): ProtoEnv {
  const { clock } = stack;
  return {
    clock,
    rng,
    stack,
    espconn: new Espconn(stack, rng.fork('espconn'), crash),
    timer: (label, fire) => new ClockTimer(clock, label, fire),
    crash,
  };
}

class ClockTimer implements ProtoTimer {
  readonly #timer: Timer;
  readonly #fire: () => void;
  /** 0 after a single shot. */
  #period = 0 as Micros;

  constructor(clock: Clock, label: string, fire: () => void) {
    this.#fire = fire;
    this.#timer = clock.timer(label, () => this.#expire());
  }

  get armed(): boolean {
    return this.#timer.armed;
  }

  arm(periodMs: number, repeat: boolean): void {
    this.#period = repeat ? ms(periodMs) : (0 as Micros);
    this.#timer.arm(ms(periodMs));
  }

  disarm(): void {
    this.#timer.cancel();
  }

  #expire(): void {
    if (this.#period > 0) this.#timer.arm(this.#period);
    this.#fire();
  }
}
