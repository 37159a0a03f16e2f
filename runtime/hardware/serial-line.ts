/** Another device with a serial port (a GPS, a particle sensor) at two pins: says bytes in its own time, and hears. */
import { type Micros, type Timer, us } from '../core/index.ts';
import { UartDecoder } from './uart-decoder.ts';
import type { Board, Level, Part, PinWire } from './wire.ts';

export interface SerialLineOptions {
  readonly baud?: number;
  /** Where the device listens. */
  readonly to?: number;
  /** Where the device talks. */
  readonly from?: number;
}

export class SerialLine implements Part, PinWire {
  readonly kind = 'serial';
  readonly #options: SerialLineOptions;
  readonly #bitUs: number;
  readonly #decoder: UartDecoder;
  readonly #levels: Level[] = [];
  #board: Board | undefined;
  #timer: Timer | undefined;
  #begin = 0;
  #sent = 0;

  constructor(options: SerialLineOptions) {
    this.#options = options;
    this.#bitUs = 1e6 / (options.baud ?? 9600);
    this.#decoder = new UartDecoder(options.baud ?? 9600);
  }

  attach(board: Board): void {
    this.#board = board;
    this.#timer = board.clock.timer('serial', () => this.#next());
    if (this.#options.from !== undefined) board.connect(this.#options.from, this);
  }

  get pending(): boolean {
    return this.#levels.length > 0;
  }

  /** Says these bytes, after those it is still saying. */
  say(bytes: Iterable<number>): void {
    const idle = this.#levels.length === 0;
    for (const byte of bytes) {
      this.#levels.push(0);
      for (let i = 0; i < 8; i++) this.#levels.push(((byte >> i) & 1) as Level);
      this.#levels.push(1);
    }
    if (!idle || this.#board === undefined) return;
    this.#begin = this.#board.clock.now();
    this.#sent = 0;
    this.#next();
  }

  /** What it has heard by now, since the last question. */
  heard(): Uint8Array {
    return Uint8Array.from(this.#decoder.take(this.#board?.clock.now() ?? us(0)));
  }

  driven(_pin: number, level: Level, at: Micros): void {
    this.#decoder.edge(level, at);
  }

  #next(): void {
    const level = this.#levels.shift();
    if (level === undefined || this.#board === undefined) return;
    if (this.#options.to !== undefined) this.#board.apply(this.#options.to, level);
    this.#sent++;
    this.#timer?.arm(us(this.#begin + this.#sent * this.#bitUs - this.#board.clock.now()));
  }
}
