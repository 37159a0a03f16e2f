/**
 * The drawing algorithms of u8glib, U8g2 and Ucglib, which are the same: midpoint circles, Bresenham lines, text from tight
 * glyph boxes. They only say which pixels; clipping and colours are the caller's. Triangles are filled by scan lines.
 */
import type { BitmapFont, Glyph } from './fonts.ts';

/** Something that takes pixels in its current colour. */
export interface Plotter {
  pixel(x: number, y: number): void;
  /** For those who draw boxes faster than pixel by pixel. */
  box?(x: number, y: number, width: number, height: number): void;
}

/** Quarters of circles and ellipses. */
export const DRAW = { UPPER_RIGHT: 1, UPPER_LEFT: 2, LOWER_LEFT: 4, LOWER_RIGHT: 8, ALL: 15 } as const;

export function box(to: Plotter, x: number, y: number, width: number, height: number): void {
  if (to.box !== undefined) to.box(x, y, width, height);
  else
    for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) to.pixel(x + column, y + row);
}

export const hline = (to: Plotter, x: number, y: number, width: number): void => box(to, x, y, width, 1);
export const vline = (to: Plotter, x: number, y: number, height: number): void => box(to, x, y, 1, height);

export function frame(to: Plotter, x: number, y: number, width: number, height: number): void {
  hline(to, x, y, width);
  if (height < 2) return;
  vline(to, x, y + 1, height - 2);
  vline(to, x + width - 1, y + 1, height - 2);
  hline(to, x, y + height - 1, width);
}

export function line(to: Plotter, x1: number, y1: number, x2: number, y2: number): void {
  const steep = Math.abs(y2 - y1) > Math.abs(x2 - x1);
  let [a1, b1, a2, b2] = steep ? [y1, x1, y2, x2] : [x1, y1, x2, y2];
  if (a1 > a2) [a1, b1, a2, b2] = [a2, b2, a1, b1];
  const da = a2 - a1;
  const db = Math.abs(b2 - b1);
  const step = b2 > b1 ? 1 : -1;
  let error = da >> 1;
  let b = b1;
  for (let a = a1; a <= a2; a++) {
    if (steep) to.pixel(b, a);
    else to.pixel(a, b);
    error -= db;
    if (error < 0) {
      b += step;
      error += da;
    }
  }
}

/** One step of a curve around a centre, in the quarters that are asked for. */
type Section = (x: number, y: number, quarter: { readonly right: boolean; readonly upper: boolean }) => void;

function quarters(option: number, each: (right: boolean, upper: boolean) => void): void {
  if ((option & DRAW.UPPER_RIGHT) !== 0) each(true, true);
  if ((option & DRAW.UPPER_LEFT) !== 0) each(false, true);
  if ((option & DRAW.LOWER_RIGHT) !== 0) each(true, false);
  if ((option & DRAW.LOWER_LEFT) !== 0) each(false, false);
}

function circleSteps(radius: number, option: number, section: Section): void {
  let f = 1 - radius;
  let dx = 1;
  let dy = -2 * radius;
  let x = 0;
  let y = radius;
  const both = (): void =>
    quarters(option, (right, upper) => {
      section(x, y, { right, upper });
      section(y, x, { right, upper });
    });
  both();
  while (x < y) {
    if (f >= 0) {
      y--;
      dy += 2;
      f += dy;
    }
    x++;
    dx += 2;
    f += dx;
    both();
  }
}

function ellipseSteps(rx: number, ry: number, option: number, section: Section): void {
  const twiceX = 2 * rx * rx;
  const twiceY = 2 * ry * ry;
  const plot = (x: number, y: number): void => quarters(option, (right, upper) => section(x, y, { right, upper }));
  let [x, y, error] = [rx, 0, 0];
  let [xChange, yChange] = [(1 - 2 * rx) * ry * ry, rx * rx];
  let [stopX, stopY] = [twiceY * rx, 0];
  while (stopX >= stopY) {
    plot(x, y);
    y++;
    stopY += twiceX;
    error += yChange;
    yChange += twiceX;
    if (2 * error + xChange > 0) {
      x--;
      stopX -= twiceY;
      error += xChange;
      xChange += twiceY;
    }
  }
  [x, y, error] = [0, ry, 0];
  [xChange, yChange] = [ry * ry, (1 - 2 * ry) * rx * rx];
  [stopX, stopY] = [0, twiceX * ry];
  while (stopX <= stopY) {
    plot(x, y);
    x++;
    stopX += twiceY;
    error += xChange;
    xChange += twiceY;
    if (2 * error + yChange > 0) {
      y--;
      stopY -= twiceX;
      error += yChange;
      yChange += twiceX;
    }
  }
}

const outline =
  (to: Plotter, x0: number, y0: number): Section =>
  (x, y, { right, upper }) =>
    to.pixel(right ? x0 + x : x0 - x, upper ? y0 - y : y0 + y);

/** Columns from the curve to the horizontal through the centre. */
const filled =
  (to: Plotter, x0: number, y0: number): Section =>
  (x, y, { right, upper }) =>
    vline(to, right ? x0 + x : x0 - x, upper ? y0 - y : y0, y + 1);

export const circle = (to: Plotter, x: number, y: number, radius: number, option: number): void =>
  circleSteps(radius, option, outline(to, x, y));
export const disc = (to: Plotter, x: number, y: number, radius: number, option: number): void =>
  circleSteps(radius, option, filled(to, x, y));
export const ellipse = (to: Plotter, x: number, y: number, rx: number, ry: number, option: number): void =>
  ellipseSteps(rx, ry, option, outline(to, x, y));
export const filledEllipse = (to: Plotter, x: number, y: number, rx: number, ry: number, option: number): void =>
  ellipseSteps(rx, ry, option, filled(to, x, y));

type Corner = typeof circle;

function corners(to: Plotter, corner: Corner, x: number, y: number, width: number, height: number, r: number): void {
  const [right, lower] = [x + width - r - 1, y + height - r - 1];
  corner(to, x + r, y + r, r, DRAW.UPPER_LEFT);
  corner(to, right, y + r, r, DRAW.UPPER_RIGHT);
  corner(to, x + r, lower, r, DRAW.LOWER_LEFT);
  corner(to, right, lower, r, DRAW.LOWER_RIGHT);
}

/** A frame with round corners. */
export function roundFrame(to: Plotter, x: number, y: number, width: number, height: number, r: number): void {
  corners(to, circle, x, y, width, height, r);
  const [inner, high] = [width - 2 * r - 2, height - 2 * r - 2];
  if (inner > 0) for (const row of [y, y + height - 1]) hline(to, x + r + 1, row, inner);
  if (high > 0) for (const column of [x, x + width - 1]) vline(to, column, y + r + 1, high);
}

export function roundBox(to: Plotter, x: number, y: number, width: number, height: number, r: number): void {
  corners(to, disc, x, y, width, height, r);
  const [inner, high] = [width - 2 * r - 2, height - 2 * r - 2];
  if (inner > 0) for (const row of [y, y + height - r - 1]) box(to, x + r + 1, row, inner, r + 1);
  if (high > 0) box(to, x, y + r + 1, width, high);
}

export type Point = readonly [x: number, y: number];

/** A convex polygon, from its left to its right edge in every row. */
export function polygon(to: Plotter, points: readonly Point[]): void {
  const ys = points.map(([, y]) => y);
  for (let y = Math.min(...ys); y < Math.max(...ys); y++) {
    let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [i, [x1, y1]] of points.entries()) {
      const [x2, y2] = points[(i + 1) % points.length] ?? [x1, y1];
      if (y < Math.min(y1, y2) || y > Math.max(y1, y2)) continue;
      const x = y1 === y2 ? x1 : x1 + ((y - y1) * (x2 - x1)) / (y2 - y1);
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
    const begin = Math.round(left);
    hline(to, begin, y, Math.round(right) - begin);
  }
}

const turned = (direction: number, along: number, across: number): Point => {
  if (direction === 0) return [along, across];
  if (direction === 1) return [-across, along];
  return direction === 2 ? [-along, -across] : [across, -along];
};

/** How a glyph's set and unset pixels are drawn. */
export interface Ink {
  readonly set: Plotter;
  /** Absent: transparent. */
  readonly unset?: Plotter;
}

function drawGlyph(ink: Ink, glyph: Glyph, x: number, y: number, direction: number): void {
  for (let row = 0; row < glyph.height; row++) {
    for (let column = 0; column < glyph.width; column++) {
      const [dx, dy] = turned(direction, glyph.x + column, row + 1 - glyph.y - glyph.height - 1);
      const to = glyph.lit(column, row) ? ink.set : ink.unset;
      to?.pixel(x + dx, y + dy);
    }
  }
}

/** Text from codes with the pen at a baseline; returns how far the pen went. Codes without a glyph are left out. */
export function drawText(
  ink: Ink,
  font: BitmapFont,
  codes: readonly number[],
  [x, y]: Point,
  direction: number,
): number {
  let along = 0;
  for (const code of codes) {
    const glyph = font.glyph(code);
    if (glyph === undefined) continue;
    const [dx, dy] = turned(direction, along, 0);
    drawGlyph(ink, glyph, x + dx, y + dy, direction);
    along += glyph.advance;
  }
  return along;
}

/** From the pen to the last pixel of the last glyph. */
export function textWidth(font: BitmapFont, codes: readonly number[]): number {
  const glyphs = codes.flatMap((code) => font.glyph(code) ?? []);
  const last = glyphs.at(-1);
  const sum = glyphs.reduce((width, { advance }) => width + advance, 0);
  return last === undefined || last.width === 0 ? sum : sum - last.advance + last.x + last.width;
}

/** Code points of UTF-8 in a byte string; malformed bytes stand for themselves. */
export function utf8Codes(text: string): number[] {
  const out: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const first = text.charCodeAt(i);
    const more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let k = 0; k < more; k++) code = (code << 6) | (text.charCodeAt(++i) & 0x3f);
    out.push(code);
  }
  return out;
}

export const latin1Codes = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
