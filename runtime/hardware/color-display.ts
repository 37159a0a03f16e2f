/**
 * ILI9341 (240 by 320) and ST7735 (128 by 160): colour displays on the SPI bus with a pin for data or command. Knows the
 * window, 18 and 16 bit pixels, on and off; mounted so that memory reads from the upper left, whatever MADCTL says.
 */
import { png } from './png.ts';
import type { Board, Part } from './wire.ts';

export interface ColorDisplayOptions {
  readonly cs: number;
  readonly dc: number;
}

const SIZE = { ili9341: [240, 320], st7735: [128, 160] } as const;
const COMMAND = { RESET: 0x01, OFF: 0x28, ON: 0x29, COLUMNS: 0x2a, ROWS: 0x2b, WRITE: 0x2c, FORMAT: 0x3a } as const;
const FORMAT_16 = 5;

export class ColorDisplay implements Part {
  readonly kind: keyof typeof SIZE;
  readonly width: number;
  readonly height: number;
  /** Red, green, blue of each pixel, rows from the top. */
  readonly memory: Uint8Array;
  on = false;
  readonly #options: ColorDisplayOptions;
  #command = 0;
  #parameters: number[] = [];
  #columns: [number, number];
  #rows: [number, number];
  #column = 0;
  #row = 0;
  #bytesPerPixel = 3;

  constructor(kind: keyof typeof SIZE, options: ColorDisplayOptions) {
    this.kind = kind;
    this.#options = options;
    [this.width, this.height] = SIZE[kind];
    this.memory = new Uint8Array(this.width * this.height * 3);
    this.#columns = [0, this.width - 1];
    this.#rows = [0, this.height - 1];
  }

  attach(board: Board): void {
    let isData = true;
    board.connect(this.#options.dc, {
      driven: (_pin, level) => {
        isData = level === 1;
      },
    });
    board.joinSpi({
      select: this.#options.cs,
      exchange: (out) => {
        for (const byte of out) {
          if (isData) this.#data(byte);
          else this.#begin(byte);
        }
        return new Uint8Array(out.length).fill(0xff);
      },
    });
  }

  /** `rrggbb` */
  pixel(x: number, y: number): string {
    const at = (y * this.width + x) * 3;
    return [...this.memory.subarray(at, at + 3)].map((value) => value.toString(16).padStart(2, '0')).join('');
  }

  png(): Uint8Array {
    return png(this.width, this.height, this.memory, 3);
  }

  look(): string {
    const lit = this.memory.reduce(
      (n, value, i) =>
        i % 3 === 0 && (value | (this.memory[i + 1] ?? 0) | (this.memory[i + 2] ?? 0)) !== 0 ? n + 1 : n,
      0,
    );
    return `${this.on ? 'on' : 'off'}, ${lit} pixels not black`;
  }

  #begin(command: number): void {
    this.#command = command;
    this.#parameters = [];
    if (command === COMMAND.ON) this.on = true;
    else if (command === COMMAND.OFF || command === COMMAND.RESET) this.on = false;
    else if (command === COMMAND.WRITE) {
      this.#column = this.#columns[0];
      this.#row = this.#rows[0];
    }
  }

  #data(byte: number): void {
    this.#parameters.push(byte);
    if (this.#command === COMMAND.WRITE) {
      if (this.#parameters.length === this.#bytesPerPixel) this.#put();
    } else if (this.#command === COMMAND.FORMAT) {
      this.#bytesPerPixel = (byte & 7) === FORMAT_16 ? 2 : 3;
    } else if (this.#parameters.length === 4) this.#window();
  }

  #window(): void {
    const [a = 0, b = 0, c = 0, d = 0] = this.#parameters;
    if (this.#command === COMMAND.COLUMNS) this.#columns = [(a << 8) | b, (c << 8) | d];
    else if (this.#command === COMMAND.ROWS) this.#rows = [(a << 8) | b, (c << 8) | d];
  }

  #put(): void {
    const [a = 0, b = 0, c = 0] = this.#parameters;
    const rgb = this.#bytesPerPixel === 3 ? [a, b, c] : [a & 0xf8, ((a << 5) | (b >> 3)) & 0xfc, (b << 3) & 0xf8];
    this.#parameters = [];
    if (this.#column < this.width && this.#row < this.height)
      this.memory.set(rgb, (this.#row * this.width + this.#column) * 3);
    if (this.#column++ < this.#columns[1]) return;
    this.#column = this.#columns[0];
    this.#row = this.#row < this.#rows[1] ? this.#row + 1 : this.#rows[0];
  }
}
