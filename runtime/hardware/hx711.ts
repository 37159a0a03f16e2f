/**
 * HX711: a 24-bit converter for load cells (Avia Semiconductor). Ten samples a second; it sleeps while its clock is high,
 * and needs 400 ms to settle when it wakes. Gains and channels are not known: the value is what is read.
 */
import { type Micros, us } from '../core/index.ts';
import type { Board, Level, Part, PinWire } from './wire.ts';

export interface Hx711Options {
  readonly clock: number;
  readonly data: number;
  /** Signed, 24 bits. */
  readonly value?: number;
}

const BITS = 24;
const PERIOD_US = 100_000;
const SETTLE_US = 400_000;
const POWER_DOWN_US = 60;

export class Hx711 implements Part {
  readonly kind = 'hx711';
  /** What the next sample gives. */
  value: number;
  readonly #options: Hx711Options;
  #readyAt = 0;
  #pulses = 0;
  #sample = 0;
  #highSince = 0;

  constructor(options: Hx711Options) {
    this.#options = options;
    this.value = options.value ?? 0;
  }

  attach(board: Board): void {
    this.#readyAt = us(board.clock.now() + SETTLE_US);
    const clock: PinWire = { driven: (_pin, level, at) => this.#clock(level, at) };
    const data: PinWire = { level: (_pin, at) => this.#data(at) };
    board.connect(this.#options.clock, clock);
    board.connect(this.#options.data, data);
  }

  #clock(level: Level, at: Micros): void {
    if (level === 0) {
      if (at - this.#highSince <= POWER_DOWN_US) return;
      this.#pulses = 0;
      this.#readyAt = us(at + SETTLE_US);
      return;
    }
    this.#highSince = at;
    if (this.#pulses === 0 || this.#pulses > BITS) {
      // While it converts, pulses choose a gain or mean nothing.
      if (at < this.#readyAt) return;
      this.#pulses = 0;
    }
    if (this.#pulses === 0) this.#sample = Math.max(-0x800000, Math.min(0x7fffff, Math.round(this.value)));
    this.#pulses++;
    if (this.#pulses === BITS + 1) this.#readyAt = us(at + PERIOD_US);
  }

  #data(at: Micros): Level {
    if (this.#pulses >= 1 && this.#pulses <= BITS) return ((this.#sample >> (BITS - this.#pulses)) & 1) as Level;
    return at >= this.#readyAt ? 0 : 1;
  }
}
