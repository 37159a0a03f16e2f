/**
 * The 13 pins by NodeMCU number: what the program drives, what the world applies, and edges. An unconnected pin reads 1,
 * but D8, which every board pulls down so that the chip starts from its flash.
 * Levels only; no currents, no analogue voltages.
 */
import type { Micros } from '../core/index.ts';
import type { Level, PinWire } from '../hardware/index.ts';

export type { Level };

export const PIN_COUNT = 13;
/** GPIO15, with a resistor to ground. */
const PULLED_DOWN = 8;

/** Modes of the firmware's gpio module. */
export const PIN_MODE = { INPUT: 0, OUTPUT: 1, INTERRUPT: 2, OPEN_DRAIN: 3 } as const;
export type PinMode = (typeof PIN_MODE)[keyof typeof PIN_MODE];

export interface GpioEnv {
  now(): Micros;
  /** The level a pin is driven to changed; an undriven pin counts as 1. */
  driven(pin: number, level: Level, at: Micros): void;
  /** Pulses on a pin began, changed or, with frequency 0, ended. */
  modulated?(pin: number, frequency: number, duty: number, at: Micros): void;
}

interface Pin {
  mode: PinMode;
  out: Level;
  external: Level;
  /** Last reported driven level. */
  driven: Level;
  /** Told about level changes at the pin while it is set. */
  watcher: PinWatcher | undefined;
  /** What the pin is wired to besides the level that is applied to it. */
  wires: PinWire[];
  /** Pulses in place of the output latch. */
  pulses: Pulses | undefined;
}

export interface PinWatcher {
  edge(level: Level): void;
}

/** A repeating pattern: high for the first part of each period. */
export interface Pulses {
  readonly frequency: number;
  /** 0 … 1. */
  readonly duty: number;
}

export class Gpio {
  readonly #env: GpioEnv;
  readonly #pins: Pin[] = [];

  constructor(env: GpioEnv) {
    this.#env = env;
    for (let i = 0; i < PIN_COUNT; i++) {
      this.#pins.push({
        mode: PIN_MODE.INPUT,
        out: 0,
        external: i === PULLED_DOWN ? 0 : 1,
        driven: 1,
        watcher: undefined,
        wires: [],
        pulses: undefined,
      });
    }
  }

  mode(pin: number): PinMode {
    return this.#pin(pin).mode;
  }

  setMode(pin: number, mode: PinMode): void {
    const p = this.#pin(pin);
    p.mode = mode;
    this.modulate(pin, undefined);
    this.#report(pin, p);
  }

  /** Lets go of the pin (GPIO_DIS_OUTPUT). */
  release(pin: number): void {
    const p = this.#pin(pin);
    p.mode = PIN_MODE.INPUT;
    this.#report(pin, p);
  }

  /** Pulses on an output, until its mode is set or `undefined` ends them; the levels in between are not reported. */
  modulate(pin: number, pulses: Pulses | undefined): void {
    const p = this.#pin(pin);
    if (p.pulses === undefined && pulses === undefined) return;
    p.pulses = pulses;
    const at = this.#env.now();
    const { frequency, duty } = pulses ?? { frequency: 0, duty: p.driven };
    for (const wire of p.wires) {
      if (pulses === undefined) wire.driven?.(pin, p.driven, at);
      else wire.modulated?.(pin, frequency, duty, at);
    }
    this.#env.modulated?.(pin, frequency, duty, at);
  }

  /** The pulses on a pin. */
  pulses(pin: number): Pulses | undefined {
    return this.#pin(pin).pulses;
  }

  /** Wires something to a pin for good; the level of a wire is stronger than the board's resistor. */
  connect(pin: number, wire: PinWire): void {
    const p = this.#pin(pin);
    if (pin === PULLED_DOWN && wire.level !== undefined && p.wires.length === 0) p.external = 1;
    p.wires.push(wire);
  }

  /** Drives a level (GPIO_OUTPUT_SET): an input becomes an output by it, an open drain stays one. */
  write(pin: number, level: Level): void {
    this.#latch(pin, level, true);
  }

  /** The output latch alone (GPIO_OUT_W1TS): what an input drives as soon as it becomes an output. */
  latch(pin: number, level: Level): void {
    this.#latch(pin, level, false);
  }

  #latch(pin: number, level: Level, enable: boolean): void {
    const p = this.#pin(pin);
    const before = p.watcher === undefined ? level : this.read(pin);
    if (enable && p.mode !== PIN_MODE.OPEN_DRAIN) p.mode = PIN_MODE.OUTPUT;
    p.out = level;
    this.#report(pin, p);
    if (p.watcher === undefined) return;
    const after = this.read(pin);
    if (after !== before) p.watcher.edge(after);
  }

  /** The level at the pin. */
  read(pin: number): Level {
    const p = this.#pin(pin);
    if (p.pulses !== undefined) return phase(p.pulses, this.#env.now());
    if (p.mode === PIN_MODE.OUTPUT) return p.out;
    if (p.external === 0 || (p.mode === PIN_MODE.OPEN_DRAIN && p.out === 0)) return 0;
    for (const wire of p.wires) if (wire.level?.(pin, this.#env.now()) === 0) return 0;
    return 1;
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
      this.modulate(i, undefined);
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
    const at = this.#env.now();
    for (const wire of p.wires) wire.driven?.(pin, level, at);
    this.#env.driven(pin, level, at);
  }
}

/** The level of a pattern that began with the world. */
const phase = ({ frequency, duty }: Pulses, at: Micros): Level => (((at / 1e6) * frequency) % 1 < duty ? 1 : 0);
