/** What a protocol engine is handed: the machine's stack, connections, chance and millisecond timers. */
import type { Clock, Rng } from '../core/index.ts';
import type { Stack } from '../stack/index.ts';
import { Espconn } from './espconn.ts';
import { ClockTimer, type ProtoTimer } from './timer.ts';

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
  const timer = (label: string, fire: () => void): ProtoTimer => new ClockTimer(clock, label, fire);
  return { clock, rng, stack, espconn: new Espconn({ stack, rng, timer, crash }), timer, crash };
}
