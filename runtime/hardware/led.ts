/** A light-emitting diode at a pin. */
import type { Micros } from '../core/index.ts';
import type { Board, Level, Part, PinWire } from './wire.ts';

export interface LedOptions {
  readonly pin: number;
  /** Level at which it shines; by default 1. The blue LED of most boards (pin 4) shines at 0. */
  readonly active?: Level;
}

export class Led implements Part, PinWire {
  readonly kind = 'led';
  readonly pin: number;
  readonly #active: Level;
  /** Share of the time the pin is high. */
  #high = 1;
  /** How often it went on. */
  flashes = 0;

  constructor(options: LedOptions) {
    this.pin = options.pin;
    this.#active = options.active ?? 1;
    // A pin that nobody drives does not light it.
    this.#high = this.#active === 1 ? 0 : 1;
  }

  attach(board: Board): void {
    board.connect(this.pin, this);
  }

  /** 0 … 1. */
  get brightness(): number {
    return this.#active === 1 ? this.#high : 1 - this.#high;
  }

  driven(_pin: number, level: Level): void {
    this.#set(level);
  }

  modulated(_pin: number, _frequency: number, duty: number, _at: Micros): void {
    this.#set(duty);
  }

  look(): string {
    const { brightness } = this;
    const light = brightness === 0 ? 'off' : brightness === 1 ? 'on' : `on at ${Math.round(brightness * 100)} %`;
    return `${light}, went on ${this.flashes} ${this.flashes === 1 ? 'time' : 'times'}`;
  }

  #set(high: number): void {
    const before = this.brightness;
    this.#high = high;
    if (before === 0 && this.brightness > 0) this.flashes++;
  }
}
