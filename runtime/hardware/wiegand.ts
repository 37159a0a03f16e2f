/** A card reader or keypad with the Wiegand interface: bits as low pulses on one of two lines. */
import { type Timer, us } from '../core/index.ts';
import type { Board, Part } from './wire.ts';

export interface WiegandOptions {
  readonly d0: number;
  readonly d1: number;
  /** A card of 24 bits that is presented by itself. */
  readonly card?: number;
  /** When, in microseconds of the world's time. */
  readonly at?: number;
}

const PULSE_US = 50;
const PERIOD_US = 2000;
const AFTER_US = 1_000_000;

const odd = (value: number): number => {
  let bits = 0;
  for (let rest = value; rest > 0; rest >>>= 1) bits ^= rest & 1;
  return bits;
};

export class Wiegand implements Part {
  readonly kind = 'wiegand';
  readonly #options: WiegandOptions;
  #board: Board | undefined;
  #timer: Timer | undefined;
  #bits: number[] = [];
  #low: number | undefined;

  constructor(options: WiegandOptions) {
    this.#options = options;
  }

  attach(board: Board): void {
    this.#board = board;
    this.#timer = board.clock.timer('wiegand', () => this.#next());
    const { card, at = AFTER_US } = this.#options;
    if (card === undefined) return;
    this.#bits = cardBits(card);
    this.#timer.arm(us(Math.max(0, at - board.clock.now())));
  }

  get pending(): boolean {
    return this.#bits.length > 0 || this.#low !== undefined;
  }

  /** A card of 24 bits with its two parities. */
  present(card: number): void {
    this.#send(cardBits(card));
  }

  /** A key of a keypad, 0 … 15. */
  press(key: number): void {
    this.#send([3, 2, 1, 0].map((bit) => (key >> bit) & 1));
  }

  #send(bits: readonly number[]): void {
    const idle = !this.pending;
    this.#bits.push(...bits);
    if (idle) this.#next();
  }

  #next(): void {
    if (this.#board === undefined) return;
    if (this.#low !== undefined) {
      this.#board.apply(this.#low, 1);
      this.#low = undefined;
      if (this.#bits.length > 0) this.#timer?.arm(us(PERIOD_US - PULSE_US));
      return;
    }
    const bit = this.#bits.shift();
    if (bit === undefined) return;
    this.#low = bit === 0 ? this.#options.d0 : this.#options.d1;
    this.#board.apply(this.#low, 0);
    this.#timer?.arm(us(PULSE_US));
  }
}

/** Even parity of the first half, the number, odd parity of the second half. */
function cardBits(card: number): number[] {
  const number = Array.from({ length: 24 }, (_, i) => (card >> (23 - i)) & 1);
  return [odd((card >> 12) & 0xfff), ...number, 1 - odd(card & 0xfff)];
}
