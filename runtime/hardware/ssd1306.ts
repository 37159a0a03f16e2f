/**
 * SSD1306: a monochrome OLED of 128 by 64 behind I2C or SPI (Solomon Systech rev 1.1). Knows what decides about the picture:
 * addressing, remapping, inversion, on and off. No scrolling, no contrast in the picture.
 */
import type { I2cOptions } from './i2c-registers.ts';
import { png } from './png.ts';
import type { Board, I2cPins, I2cTarget, Part } from './wire.ts';

export interface Ssd1306Options extends I2cOptions {
  /** Wired to the SPI bus instead, with these pins for selection and for data or command. */
  readonly spi?: { readonly cs: number; readonly dc: number };
  readonly width?: number;
  readonly height?: number;
}

const COLUMNS = 128;
const PAGES = 8;
/** Commands with parameters: how many. */
const PARAMETERS: ReadonlyMap<number, number> = new Map([
  [0x20, 1],
  [0x21, 2],
  [0x22, 2],
  [0x26, 6],
  [0x27, 6],
  [0x29, 5],
  [0x2a, 5],
  [0x81, 1],
  [0x8d, 1],
  [0xa3, 2],
  [0xa8, 1],
  [0xd3, 1],
  [0xd5, 1],
  [0xd9, 1],
  [0xda, 1],
  [0xdb, 1],
]);

export class Ssd1306 implements I2cTarget, Part {
  readonly kind = 'ssd1306';
  readonly address: number;
  readonly width: number;
  readonly height: number;
  /** The display's memory: pages of eight rows, one byte per column, bit 0 on top. */
  readonly memory = new Uint8Array(COLUMNS * PAGES);
  on = false;
  inverted = false;
  readonly #pins: I2cPins | undefined;
  readonly #spi: Ssd1306Options['spi'];
  #allOn = false;
  #mirrored = false;
  #flipped = false;
  #startLine = 0;
  #offset = 0;
  /** 0 horizontal, 1 vertical, 2 page. */
  #mode = 2;
  #column = 0;
  #page = 0;
  #columns: [number, number] = [0, COLUMNS - 1];
  #pages: [number, number] = [0, PAGES - 1];
  /** What the next byte on the bus is. */
  #next: 'control' | 'command' | 'data' = 'control';
  #once = false;
  #command: number[] = [];

  constructor(options: Ssd1306Options = {}) {
    this.address = options.address ?? 0x3c;
    this.width = options.width ?? 128;
    this.height = options.height ?? 64;
    this.#pins = options.pins;
    this.#spi = options.spi;
  }

  attach(board: Board): void {
    if (this.#spi === undefined) board.joinI2c(this, this.#pins);
    else this.#joinSpi(board, this.#spi.cs, this.#spi.dc);
  }

  #joinSpi(board: Board, cs: number, dc: number): void {
    let isData = true;
    board.connect(dc, {
      driven: (_pin, level) => {
        isData = level === 1;
      },
    });
    board.joinSpi({
      select: cs,
      exchange: (out) => {
        for (const byte of out) {
          if (isData) this.#data(byte);
          else this.#commandByte(byte);
        }
        return new Uint8Array(out.length).fill(0xff);
      },
    });
  }

  begin(): boolean {
    this.#next = 'control';
    return true;
  }

  write(byte: number): boolean {
    if (this.#next === 'control') {
      this.#next = (byte & 0x40) === 0 ? 'command' : 'data';
      this.#once = (byte & 0x80) !== 0;
      return true;
    }
    if (this.#next === 'data') this.#data(byte);
    else this.#commandByte(byte);
    if (this.#once) this.#next = 'control';
    return true;
  }

  /** The status byte: bit 6 while the display is off. */
  read(): number {
    return this.on ? 0 : 0x40;
  }

  /** Whether a pixel shines, as one looks at the display. */
  pixel(x: number, y: number): boolean {
    if (!this.on) return false;
    if (this.#allOn) return true;
    // Modules are mounted so that the picture is upright with both directions remapped.
    const column = this.#mirrored ? x : COLUMNS - 1 - x;
    const row = ((this.#flipped ? y : this.height - 1 - y) + this.#startLine + this.#offset) % (PAGES * 8);
    const lit = (((this.memory[(row >> 3) * COLUMNS + column] ?? 0) >> (row & 7)) & 1) === 1;
    return lit !== this.inverted;
  }

  /** 255 where a pixel shines, rows from the top. */
  get picture(): Uint8Array {
    const out = new Uint8Array(this.width * this.height);
    for (let i = 0; i < out.length; i++) out[i] = this.pixel(i % this.width, Math.floor(i / this.width)) ? 255 : 0;
    return out;
  }

  png(): Uint8Array {
    return png(this.width, this.height, this.picture);
  }

  /** Two rows per line of text. */
  look(): string {
    const lines: string[] = [];
    for (let y = 0; y < this.height; y += 2) {
      let line = '';
      for (let x = 0; x < this.width; x++) {
        line += (this.pixel(x, y) ? ['▀', '█'] : [' ', '▄'])[this.pixel(x, y + 1) ? 1 : 0];
      }
      lines.push(line.trimEnd());
    }
    return `${this.on ? 'on' : 'off'}\n${lines.join('\n')}`.trimEnd();
  }

  #data(byte: number): void {
    this.memory[this.#page * COLUMNS + this.#column] = byte;
    if (this.#mode === 1) {
      if (!this.#advancePage()) this.#advanceColumn();
    } else if (this.#mode === 0) {
      if (!this.#advanceColumn()) this.#advancePage();
    } else this.#column = (this.#column + 1) % COLUMNS;
  }

  /** False when it wrapped. */
  #advanceColumn(): boolean {
    const [first, last] = this.#columns;
    const wraps = this.#column >= last;
    this.#column = wraps ? first : this.#column + 1;
    return !wraps;
  }

  #advancePage(): boolean {
    const [first, last] = this.#pages;
    const wraps = this.#page >= last;
    this.#page = wraps ? first : this.#page + 1;
    return !wraps;
  }

  #commandByte(byte: number): void {
    this.#command.push(byte);
    const [code = 0, a = 0, b = 0] = this.#command;
    if (this.#command.length <= (PARAMETERS.get(code) ?? 0)) return;
    this.#command = [];
    this.#execute(code, a, b);
  }

  #execute(code: number, a: number, b: number): void {
    if (code <= 0x0f) this.#column = (this.#column & 0x70) | code;
    else if (code <= 0x1f) this.#column = (this.#column & 0x0f) | ((code & 7) << 4);
    else if (code >= 0x40 && code <= 0x7f) this.#startLine = code & 0x3f;
    else if (code >= 0xb0 && code <= 0xb7) this.#page = code & 7;
    else if (code === 0x20) this.#mode = a & 3;
    else if (code === 0x21) {
      this.#columns = [a & 0x7f, b & 0x7f];
      this.#column = a & 0x7f;
    } else if (code === 0x22) {
      this.#pages = [a & 7, b & 7];
      this.#page = a & 7;
    } else if (code === 0xd3) this.#offset = a & 0x3f;
    else this.#switch(code);
  }

  #switch(code: number): void {
    if (code === 0xa0 || code === 0xa1) this.#mirrored = code === 0xa1;
    else if (code === 0xa4 || code === 0xa5) this.#allOn = code === 0xa5;
    else if (code === 0xa6 || code === 0xa7) this.inverted = code === 0xa7;
    else if (code === 0xae || code === 0xaf) this.on = code === 0xaf;
    else if (code === 0xc0 || code === 0xc8) this.#flipped = code === 0xc8;
  }
}
