/** What a protocol engine is handed: the machine's stack, connections, chance and millisecond timers. */
import type { Clock, Rng } from '../core/index.ts';
import type { Stack } from '../stack/index.ts';
import { Espconn, type EspconnConnection } from './espconn.ts';
import type { EspconnSecure } from './espconn-secure.ts';
import { ClockTimer, type ProtoTimer } from './timer.ts';

export interface ProtoEnv {
  readonly clock: Clock;
  /** The engines' own stream of chance; fork it by engine. */
  readonly rng: Rng;
  readonly stack: Stack;
  /** Shared by all engines of one machine and boot. */
  readonly espconn: Espconn;
  /** The same for TLS; undefined for a build without it. */
  readonly secure: EspconnSecure | undefined;
  timer(label: string, fire: () => void): ProtoTimer;
  /** The firmware's code reads or writes memory here that is not its own. A device resets and this does not return. */
  crash(what: string): void;
}

/** An environment for a machine that is no device: timers straight from the stack's clock, no TLS. */
export function protoEnv(stack: Stack, rng: Rng, crash: (what: string) => void): ProtoEnv {
  const { clock } = stack;
  const timer = (label: string, fire: () => void): ProtoTimer => new ClockTimer(clock, label, fire);
  const espconn = new Espconn({ stack, rng, timer, crash });
  return { clock, rng, stack, espconn, secure: undefined, timer, crash };
}

/** An idle connection for that kind of address. A build without TLS takes a plain one for both. */
export const connectionFor = ({ espconn, secure }: ProtoEnv, isSecure: boolean): EspconnConnection =>
  isSecure && secure !== undefined ? secure.connection() : espconn.tcp();
