/** A colour display as Ucglib drives it: boxes of one colour through a window, clipped, rotated and scaled on the way. */
import type { OledLink } from './oled.ts';
import type { Plotter } from './shapes.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

const COMMAND = { SLEEP_OUT: 0x11, ON: 0x29, COLUMNS: 0x2a, ROWS: 0x2b, WRITE: 0x2c, FORMAT: 0x3a } as const;
const FORMAT_18 = 0x66;
/** Bytes sent at once. */
const CHUNK = 3 * 256;

interface Range {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class UcgScreen implements Plotter {
  scale = 1;
  /** The first draws, the second is behind solid text; all four are the corners of a gradient. */
  readonly colors: [Rgb, Rgb, Rgb, Rgb] = [
    [255, 255, 255],
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  readonly #link: OledLink | undefined;
  readonly #columns: number;
  readonly #rows: number;
  #rotation = 0;
  #clip: Range;

  constructor(link: OledLink | undefined, columns: number, rows: number) {
    this.#link = link;
    this.#columns = columns;
    this.#rows = rows;
    this.#clip = { x: 0, y: 0, width: columns, height: rows };
  }

  get width(): number {
    return (this.#rotation % 2 === 1 ? this.#rows : this.#columns) / this.scale;
  }

  get height(): number {
    return (this.#rotation % 2 === 1 ? this.#columns : this.#rows) / this.scale;
  }

  begin(): void {
    this.#link?.command(COMMAND.SLEEP_OUT);
    this.#send(COMMAND.FORMAT, [FORMAT_18]);
    this.#link?.command(COMMAND.ON);
  }

  setColor(index: number, color: Rgb): void {
    if (index >= 0 && index < 4) this.colors[index as 0 | 1 | 2 | 3] = color.map((v) => v & 0xff) as unknown as Rgb;
  }

  /** Black, with white as the colour to draw in. */
  clear(): void {
    this.clip();
    this.box(0, 0, this.width, this.height, [0, 0, 0]);
    this.colors[0] = [255, 255, 255];
  }

  /** Without a range everything. */
  clip(x = 0, y = 0, width = this.width, height = this.height): void {
    this.#clip = { x, y, width, height };
  }

  /** Clockwise by quarters. */
  rotate(quarters: number): void {
    this.#rotation = quarters;
    this.clip();
  }

  pixel(x: number, y: number): void {
    this.box(x, y, 1, 1);
  }

  box(x: number, y: number, width: number, height: number, color: Rgb = this.colors[0]): void {
    const clip = this.#clip;
    const [left, top] = [Math.max(x, clip.x, 0), Math.max(y, clip.y, 0)];
    const right = Math.min(x + width, clip.x + clip.width, this.width);
    const bottom = Math.min(y + height, clip.y + clip.height, this.height);
    if (left >= right || top >= bottom) return;
    this.#fill(left * this.scale, top * this.scale, (right - left) * this.scale, (bottom - top) * this.scale, color);
  }

  /** A line along an axis: to the right, down, to the left, up. */
  run(x: number, y: number, length: number, direction: number, colorAt: (i: number) => Rgb): void {
    const [dx, dy] = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ][direction & 3] as [number, number];
    for (let i = 0; i < length; i++) this.box(x + i * dx, y + i * dy, 1, 1, colorAt(i));
  }

  gradientLine(x: number, y: number, length: number, direction: number): void {
    const [from, to] = this.colors;
    this.run(x, y, length, direction, (i) => between(from, to, i, length));
  }

  gradientBox(x: number, y: number, width: number, height: number): void {
    const [upperLeft, upperRight, lowerLeft, lowerRight] = this.colors;
    for (let row = 0; row < height; row++) {
      const left = between(upperLeft, lowerLeft, row, height);
      const right = between(upperRight, lowerRight, row, height);
      this.run(x, y + row, width, 0, (i) => between(left, right, i, width));
    }
  }

  /** In pixels of the display as it is turned. */
  #fill(x: number, y: number, width: number, height: number, color: Rgb): void {
    const [w, h] = [this.#columns, this.#rows];
    const [column, row, columns, rows] = [
      [x, y, width, height],
      [w - y - height, x, height, width],
      [w - x - width, h - y - height, width, height],
      [y, h - x - width, height, width],
    ][this.#rotation] as [number, number, number, number];
    this.#send(COMMAND.COLUMNS, ends(column, columns));
    this.#send(COMMAND.ROWS, ends(row, rows));
    this.#link?.command(COMMAND.WRITE);
    const bytes = Uint8Array.from({ length: Math.min(CHUNK, columns * rows * 3) }, (_, i) => color[i % 3] ?? 0);
    for (let left = columns * rows * 3; left > 0; left -= CHUNK) this.#link?.data(bytes.subarray(0, left));
  }

  #send(command: number, bytes: readonly number[]): void {
    this.#link?.command(command);
    this.#link?.data(Uint8Array.from(bytes));
  }
}

/** First and last of so many, 16 bits each. */
const ends = (first: number, count: number): number[] => {
  const last = first + count - 1;
  return [first >> 8, first & 0xff, last >> 8, last & 0xff];
};

/** A colour on the way from one to another. */
const between = (from: Rgb, to: Rgb, i: number, steps: number): Rgb =>
  from.map((value, k) => Math.trunc(value + (((to[k] ?? 0) - value) * i) / Math.max(1, steps - 1))) as unknown as Rgb;
