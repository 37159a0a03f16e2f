/**
 * The 13 pins by NodeMCU number: what the program drives, what the world applies, and edges. An unconnected pin reads 1.
 * Levels only; no currents, no analogue voltages.
 */
import type { Micros } from '../core/index.ts';

export const PIN_COUNT = 13;

/** Modes of the firmware's gpio module. */
export const PIN_MODE = { INPUT: 0, OUTPUT: 1, INTERRUPT: 2, OPEN_DRAIN: 3 } as const;
export type PinMode = (typeof PIN_MODE)[keyof typeof PIN_MODE];
export type Level = 0 | 1;

export interface GpioEnv {
  now(): Micros;
  /** The level a pin is driven to changed; an undriven pin counts as 1. */
  driven(pin: number, level: Level, at: Micros): void;
}

interface Pin {
  mode: PinMode;
  out: Level;
  external: Level;
  /** Last reported driven level. */
  driven: Level;
  /** Told about level changes at the pin while it is set. */
  watcher: PinWatcher | undefined;
}

export interface PinWatcher {
  edge(level: Level): void;
}

export class Gpio {
  readonly #env: GpioEnv;
  readonly #pins: Pin[] = [];

  constructor(env: GpioEnv) {
    this.#env = env;
    for (let i = 0; i < PIN_COUNT; i++) {
      this.#pins.push({ mode: PIN_MODE.INPUT, out: 0, external: 1, driven: 1, watcher: undefined });
    }
  }

  mode(pin: number): PinMode {
    return this.#pin(pin).mode;
  }

  setMode(pin: number, mode: PinMode): void {
    const p = this.#pin(pin);
    p.mode = mode;
    this.#report(pin, p);
  }

  /** The output latch. */
  write(pin: number, level: Level): void {
    const p = this.#pin(pin);
    p.out = level;
    this.#report(pin, p);
  }

  /** The level at the pin. */
  read(pin: number): Level {
    const p = this.#pin(pin);
    if (p.mode === PIN_MODE.OUTPUT) return p.out;
    return p.mode === PIN_MODE.OPEN_DRAIN && p.out === 0 ? 0 : p.external;
  }

  /** The world applies a level. */
  setExternal(pin: number, level: Level): void {
    const p = this.#pin(pin);
    const before = this.read(pin);
    p.external = level;
    const after = this.read(pin);
    if (after !== before) p.watcher?.edge(after);
  }

  /** Edges at this pin go to `watcher`, one per pin; undefined ends it. */
  watch(pin: number, watcher: PinWatcher | undefined): void {
    this.#pin(pin).watcher = watcher;
  }

  /** Reset: all pins are inputs again, what the world applies stays. */
  reset(): void {
    for (const [i, p] of this.#pins.entries()) {
      p.mode = PIN_MODE.INPUT;
      p.out = 0;
      p.watcher = undefined;
      this.#report(i, p);
    }
  }

  #pin(pin: number): Pin {
    return this.#pins[pin] as Pin;
  }

  #report(pin: number, p: Pin): void {
    const level = p.mode === PIN_MODE.OUTPUT || (p.mode === PIN_MODE.OPEN_DRAIN && p.out === 0) ? p.out : 1;
    if (level === p.driven) return;
    p.driven = level;
    this.#env.driven(pin, level, this.#env.now());
  }
}
