/**
 * Bitmap fonts of the display modules: glyphs with their tight boxes and the heights that text is placed by. Of the X11
 * fonts the glyphs are the real ones; another font of the libraries is shown with the X11 font that is next in height.
 */
import { GLYPHS, type GlyphTable } from './glyphs.ts';

export interface Glyph {
  readonly advance: number;
  /** The box of its pixels: left edge from the pen, lower edge above the baseline, size. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether a pixel of the box is set, from its upper left corner. */
  lit(column: number, row: number): boolean;
}

type FontName = keyof typeof GLYPHS;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const FIRST = 32;
const LAST = 126;
const LATIN_FIRST = 160;

function decode(base64: string): Uint8Array {
  const out = new Uint8Array(Math.floor((base64.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const c of base64) {
    bits = ((bits << 6) | ALPHABET.indexOf(c)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out[at++] = (bits >> held) & 0xff;
  }
  return out;
}

export class BitmapFont {
  readonly name: FontName;
  readonly #table: GlyphTable;
  readonly #bits: Uint8Array;
  readonly #glyphs = new Map<number, Glyph | undefined>();

  constructor(name: FontName) {
    this.name = name;
    this.#table = GLYPHS[name];
    this.#bits = decode(this.#table.bits);
  }

  /** Upper edge of `A` above the baseline. */
  get ascent(): number {
    return this.#top(0x41);
  }

  /** Lower edge of `g`, negative. */
  get descent(): number {
    return this.glyph(0x67)?.y ?? 0;
  }

  /** The same of `(`, for text with brackets. */
  get extendedAscent(): number {
    return Math.max(this.ascent, this.#top(0x28));
  }

  get extendedDescent(): number {
    return Math.min(this.descent, this.glyph(0x28)?.y ?? 0);
  }

  /** Of the whole cell. */
  get fullAscent(): number {
    return this.#table.height - this.#table.descent;
  }

  get fullDescent(): number {
    return -this.#table.descent;
  }

  glyph(code: number): Glyph | undefined {
    if (!this.#glyphs.has(code)) this.#glyphs.set(code, this.#make(code));
    return this.#glyphs.get(code);
  }

  #top(code: number): number {
    const glyph = this.glyph(code);
    return glyph === undefined ? 0 : glyph.y + glyph.height;
  }

  #make(code: number): Glyph | undefined {
    const latin = code >= LATIN_FIRST;
    const index = latin ? LAST - FIRST + 1 + code - LATIN_FIRST : code - FIRST;
    const { width, height, descent } = this.#table;
    const begin = index * width * height;
    if (code < FIRST || (code > LAST && !latin) || begin + width * height > this.#bits.length * 8) return undefined;
    const set = (column: number, row: number): boolean => {
      const bit = begin + row * width + column;
      return (((this.#bits[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
    };
    const columns: number[] = [];
    const rows: number[] = [];
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        if (set(column, row)) {
          columns.push(column);
          rows.push(row);
        }
    if (rows.length === 0) return { advance: width, x: 0, y: 0, width: 0, height: 0, lit: () => false };
    const [left, right] = [Math.min(...columns), Math.max(...columns)];
    const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
    return {
      advance: width,
      x: left,
      y: height - descent - bottom - 1,
      width: right - left + 1,
      height: bottom - top + 1,
      lit: (column, row) => set(left + column, top + row),
    };
  }
}

const cache = new Map<FontName, BitmapFont>();

function fontOf(name: FontName): BitmapFont {
  const known = cache.get(name) ?? new BitmapFont(name);
  cache.set(name, known);
  return known;
}

const names = Object.keys(GLYPHS) as FontName[];

/** Heights of capitals of the libraries' other fonts, by the beginning of the name. */
const CAPITALS: Readonly<Record<string, number>> = {
  chikita: 5,
  unifont: 10,
  profont10: 6,
  profont11: 7,
  profont12: 8,
  profont15: 9,
  profont17: 11,
  profont22: 14,
  profont29: 19,
  helvB08: 8,
  helvR08: 8,
  helvB10: 11,
  helvR10: 11,
  helvB12: 12,
  helvR12: 12,
  helvB14: 14,
  helvR14: 14,
  helvB18: 19,
  helvR18: 19,
  helvB24: 25,
  helvR24: 25,
  ncenB08: 8,
  ncenB10: 11,
  ncenR12: 12,
  ncenB14: 14,
  ncenR14: 14,
  ncenB24: 24,
};

/** The font of a constant such as `font_6x10_tf`; undefined when the libraries have no font of that name. */
export function fontNamed(constant: string): BitmapFont | undefined {
  const exact = /^font_(\d+x\d+B?)(?:r|n|_[tmh][frn])?$/.exec(constant)?.[1];
  if (exact !== undefined && Object.hasOwn(GLYPHS, exact)) return fontOf(exact as FontName);
  const capital = Object.entries(CAPITALS).find(([name]) => constant.startsWith(`font_${name}`))?.[1];
  if (capital === undefined) return undefined;
  const off = (name: FontName): number => Math.abs(fontOf(name).ascent - capital);
  return fontOf(names.reduce((best, name) => (off(name) < off(best) ? name : best)));
}

/** The libraries' other fonts, as builds name them that have them. */
export const otherFonts = (tails: readonly string[]): string[] =>
  Object.keys(CAPITALS).flatMap((name) => tails.map((tail) => `font_${name}${tail}`));

/** Constants of a display module: the names of its fonts, which also are their values. */
export const fontConstants = (tails: readonly string[], more: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    [...names.flatMap((name) => tails.map((tail) => `font_${name}${tail}`)), ...more].map((name) => [name, name]),
  );
