/** The picture of a monochrome display as u8glib and U8g2 keep it: pages of eight rows, a draw colour, a rotation, text. */
import { type BitmapFont, fontNamed } from './fonts.ts';
import { drawText, type Ink, type Plotter, textWidth } from './shapes.ts';

/** Rotations clockwise by quarters; 4 is the mirror image. */
export type Rotation = 0 | 1 | 2 | 3 | 4;
export type VerticalReference = 'baseline' | 'bottom' | 'top' | 'center';
export type ReferenceHeight = 'text' | 'extended' | 'all';

export class MonoCanvas implements Plotter {
  /** One byte per column of a page, bit 0 on top. */
  readonly memory: Uint8Array;
  rotation: Rotation = 0;
  /** 0 clears, 1 sets, 2 inverts. */
  color = 1;
  font: BitmapFont | undefined;
  transparentText = false;
  /** Quarters clockwise. */
  direction = 0;
  reference: VerticalReference = 'baseline';
  #heights: ReferenceHeight = 'text';
  readonly #columns: number;
  readonly #rows: number;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    this.memory = new Uint8Array((columns * rows) / 8);
  }

  get width(): number {
    return this.rotation % 2 === 1 ? this.#rows : this.#columns;
  }

  get height(): number {
    return this.rotation % 2 === 1 ? this.#columns : this.#rows;
  }

  set heights(heights: ReferenceHeight) {
    this.#heights = heights;
  }

  clear(): void {
    this.memory.fill(0);
  }

  /** One page of the memory. */
  page(n: number): Uint8Array {
    return this.memory.subarray(n * this.#columns, (n + 1) * this.#columns);
  }

  pixel(x: number, y: number): void {
    this.#put(x, y, this.color);
  }

  #put(x: number, y: number, color: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const [w, h] = [this.#columns - 1, this.#rows - 1];
    const [column, row] = [
      [x, y],
      [w - y, x],
      [w - x, h - y],
      [y, h - x],
      [w - x, y],
    ][this.rotation] as [number, number];
    const at = (row >> 3) * this.#columns + column;
    const bit = 1 << (row & 7);
    const before = this.memory[at] ?? 0;
    this.memory[at] = color === 0 ? before & ~bit : color === 1 ? before | bit : before ^ bit;
  }

  /** Pixels in the opposite of the draw colour. */
  get background(): Plotter {
    const color = this.color === 0 ? 1 : 0;
    return { pixel: (x, y) => this.#put(x, y, color) };
  }

  /** False when there is no such font. */
  setFont(name: string): boolean {
    const font = fontNamed(name);
    if (font !== undefined) this.font = font;
    return font !== undefined;
  }

  get ascent(): number {
    if (this.font === undefined) return 0;
    if (this.#heights === 'text') return this.font.ascent;
    return this.#heights === 'extended' ? this.font.extendedAscent : this.font.fullAscent;
  }

  /** Negative. */
  get descent(): number {
    if (this.font === undefined) return 0;
    if (this.#heights === 'text') return this.font.descent;
    return this.#heights === 'extended' ? this.font.extendedDescent : this.font.fullDescent;
  }

  /** Returns how far the pen went. */
  text(x: number, y: number, codes: readonly number[], direction = this.direction): number {
    if (this.font === undefined) return 0;
    const ink: Ink = { set: this, ...(this.transparentText ? {} : { unset: this.background }) };
    const down = this.#toBaseline();
    const [dx, dy] = [
      [0, down],
      [-down, 0],
      [0, -down],
      [down, 0],
    ][direction & 3] as [number, number];
    return drawText(ink, this.font, codes, [x + dx, y + dy], direction & 3);
  }

  textWidth(codes: readonly number[]): number {
    return this.font === undefined ? 0 : textWidth(this.font, codes);
  }

  /** An X bitmap: rows of whole bytes, bit 0 on the left. */
  xbm(x: number, y: number, width: number, height: number, bytes: Uint8Array, transparent: boolean): void {
    const stride = Math.ceil(width / 8);
    const { background } = this;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const set = (((bytes[row * stride + (column >> 3)] ?? 0) >> (column & 7)) & 1) === 1;
        if (set) this.pixel(x + column, y + row);
        else if (!transparent) background.pixel(x + column, y + row);
      }
    }
  }

  /** From the reference point of the text down to its baseline. */
  #toBaseline(): number {
    if (this.reference === 'top') return this.ascent + 1;
    if (this.reference === 'bottom') return this.descent;
    return this.reference === 'center' ? Math.trunc((this.ascent - this.descent) / 2) + this.descent : 0;
  }
}
