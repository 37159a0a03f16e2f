/** XPT2046: the converter of a resistive touch screen on the SPI bus; its pen pin is low while it is touched. */
import type { Board, Part, SpiTarget } from './wire.ts';

export interface Xpt2046Options {
  readonly cs: number;
  /** The pen interrupt. */
  readonly irq: number;
  /** Of the two axes, 0 … 4095; without both it is not touched. */
  readonly x?: number;
  readonly y?: number;
}

const START = 0x80;
/** Bits 6 to 4 of the control byte. */
const CHANNEL = { X: 1, Y: 5 } as const;

export class Xpt2046 implements Part, SpiTarget {
  readonly kind = 'xpt2046';
  readonly select: number;
  /** As the converter gives them. */
  x: number;
  y: number;
  touched: boolean;
  readonly #irq: number;
  /** What the next bytes are. */
  #answer: number[] = [];

  constructor(options: Xpt2046Options) {
    this.select = options.cs;
    this.#irq = options.irq;
    this.x = options.x ?? 0;
    this.y = options.y ?? 0;
    this.touched = options.x !== undefined && options.y !== undefined;
  }

  attach(board: Board): void {
    board.joinSpi(this);
    board.connect(this.#irq, { level: () => (this.touched ? 0 : 1) });
  }

  /** A busy bit and twelve bits follow a control byte. Axes are named as drivers name them. */
  exchange(out: Uint8Array): Uint8Array {
    return out.map((byte) => {
      const now = this.#answer.shift() ?? 0;
      if ((byte & START) !== 0) {
        const channel = (byte >> 4) & 7;
        const value = channel === CHANNEL.X ? this.x : channel === CHANNEL.Y ? this.y : 0;
        this.#answer = [(value >> 5) & 0x7f, (value << 3) & 0xff];
      }
      return now;
    });
  }
}
