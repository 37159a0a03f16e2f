import type { LuaCall } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { type BitmapFont, fontConstants, fontNamed } from './fonts.ts';
import { approximated, classSpec, defineModule, fn, type LuaEntry, luaClass, raw } from './lua.ts';
import { DRAW_CONSTANTS } from './mono-methods.ts';
import { SpiLink } from './oled.ts';
import * as shapes from './shapes.ts';
import { type Rgb, UcgScreen } from './ucg-screen.ts';

const FONT_MODE = { FONT_MODE_TRANSPARENT: 0, FONT_MODE_SOLID: 1 } as const;
/** Fonts of the default configuration (include/ucg_config.h) that are not of the X11 family. */
const OTHER_FONTS = [
  'font_helvB08_hr',
  'font_helvB10_hr',
  'font_helvB12_hr',
  'font_helvB18_hr',
  'font_ncenB24_tr',
  'font_ncenR12_tr',
  'font_ncenR14_hr',
] as const;

class Display {
  readonly screen: UcgScreen;
  font: BitmapFont | undefined;
  solid = false;
  /** How far the baseline is below the reference point of text. */
  reference: (font: BitmapFont) => number = () => 0;
  printX = 0;
  printY = 0;
  printDirection = 0;

  constructor(screen: UcgScreen) {
    this.screen = screen;
  }

  text(x: number, y: number, direction: number, codes: readonly number[]): number {
    const { font, screen } = this;
    if (font === undefined) return 0;
    const down = this.reference(font);
    const [dx, dy] = [
      [0, down],
      [-down, 0],
      [0, -down],
      [down, 0],
    ][direction & 3] as [number, number];
    const unset = { pixel: (px: number, py: number) => screen.box(px, py, 1, 1, screen.colors[1]) };
    const ink = { set: screen, ...(this.solid ? { unset } : {}) };
    return shapes.drawText(ink, font, codes, [x + dx, y + dy], direction & 3);
  }

  print(codes: readonly number[]): void {
    const passed = this.text(this.printX, this.printY, this.printDirection, codes);
    const [dx, dy] = [
      [passed, 0],
      [0, passed],
      [-passed, 0],
      [0, -passed],
    ][this.printDirection & 3] as [number, number];
    this.printX += dx;
    this.printY += dy;
  }
}

const DISPLAY = luaClass<Display>('ucg.display');
const self = arg.self(DISPLAY);
const int = arg.integer();

type Draw = (screen: UcgScreen, ...numbers: number[]) => void;

const draw = (count: number, run: Draw): LuaEntry =>
  fn([self, ...Array.from({ length: count }, () => int)], (display, ...rest) =>
    run((display as Display).screen, ...(rest.slice(0, count) as number[])),
  );
const plain = (run: (display: Display) => void): LuaEntry => fn([self], run);
const reference = (down: (font: BitmapFont) => number): LuaEntry =>
  plain((display) => {
    display.reference = down;
  });

const points = (screen: UcgScreen, ...xy: number[]): void =>
  shapes.polygon(
    screen,
    Array.from({ length: xy.length / 2 }, (_, i) => [xy[2 * i] ?? 0, xy[2 * i + 1] ?? 0] as const),
  );
const HOW_POLYGON = 'pixels on the edges may differ';

/** The colour's index comes last when it is given. */
const setColor = raw((call: LuaCall) => {
  const { screen } = call.checkHost(1, DISPLAY);
  const [a, b, c] = [call.checkInteger(2), call.checkInteger(3), call.checkInteger(4)];
  const d = call.optInteger(5, -1);
  if (d < 0) screen.setColor(0, [a, b, c]);
  else screen.setColor(a, [b, c, d]);
});

const METHODS: Readonly<Record<string, LuaEntry>> = {
  begin: fn([self, int], (display, mode) => {
    display.solid = mode === FONT_MODE.FONT_MODE_SOLID;
    display.screen.begin();
  }),
  clearScreen: plain(({ screen }) => screen.clear()),
  draw90Line: draw(5, (screen, x = 0, y = 0, length = 0, direction = 0, color = 0) =>
    screen.run(x, y, length, direction, () => screen.colors[color & 3] as Rgb),
  ),
  drawBox: draw(4, (screen, x = 0, y = 0, width = 0, height = 0) => screen.box(x, y, width, height)),
  drawCircle: draw(4, shapes.circle as Draw),
  drawDisc: draw(4, shapes.disc as Draw),
  drawFrame: draw(4, shapes.frame as Draw),
  drawGlyph: fn([self, int, int, int, arg.text], (display, x, y, direction, text) =>
    display.text(x, y, direction, [text.charCodeAt(0) || 0]),
  ),
  drawGradientBox: draw(4, (screen, x = 0, y = 0, width = 0, height = 0) => screen.gradientBox(x, y, width, height)),
  drawGradientLine: draw(4, (screen, x = 0, y = 0, length = 0, direction = 0) =>
    screen.gradientLine(x, y, length, direction),
  ),
  drawHLine: draw(3, shapes.hline as Draw),
  drawLine: draw(4, shapes.line as Draw),
  drawPixel: draw(2, (screen, x = 0, y = 0) => screen.pixel(x, y)),
  drawRBox: draw(5, shapes.roundBox as Draw),
  drawRFrame: draw(5, shapes.roundFrame as Draw),
  drawString: fn([self, int, int, int, arg.text], (display, x, y, direction, text) =>
    display.text(x, y, direction, shapes.latin1Codes(text)),
  ),
  drawTetragon: approximated(HOW_POLYGON, draw(8, points)),
  drawTriangle: approximated(HOW_POLYGON, draw(6, points)),
  drawVLine: draw(3, shapes.vline as Draw),
  getFontAscent: fn([self], ({ font }) => font?.ascent ?? 0),
  getFontDescent: fn([self], ({ font }) => font?.descent ?? 0),
  getHeight: fn([self], ({ screen }) => screen.height),
  getStrWidth: fn([self, arg.text], ({ font }, text) =>
    font === undefined ? 0 : shapes.textWidth(font, shapes.latin1Codes(text)),
  ),
  getWidth: fn([self], ({ screen }) => screen.width),
  print: fn([self, arg.text], (display, text) => display.print(shapes.latin1Codes(text))),
  setClipRange: draw(4, (screen, x = 0, y = 0, width = 0, height = 0) => screen.clip(x, y, width, height)),
  setColor,
  setFont: approximated(
    'fonts of the X11 family are the real ones, another is the nearest of them',
    raw((call: LuaCall) => {
      const display = call.checkHost(1, DISPLAY);
      const font = call.type(2) === 'string' ? fontNamed(call.checkText(2)) : undefined;
      display.font = font ?? call.argError(2, 'font data expected');
    }),
  ),
  setFontMode: fn([self, int], (display, mode) => {
    display.solid = mode === FONT_MODE.FONT_MODE_SOLID;
  }),
  setFontPosBaseline: reference(() => 0),
  setFontPosBottom: reference(({ descent }) => descent),
  setFontPosCenter: reference(({ ascent, descent }) => Math.trunc((ascent - descent) / 2) + descent),
  setFontPosTop: reference(({ ascent }) => ascent + 1),
  setMaxClipRange: plain(({ screen }) => screen.clip()),
  setPrintDir: fn([self, int], (display, direction) => {
    display.printDirection = direction;
  }),
  setPrintPos: fn([self, int, int], (display, x, y) => {
    display.printX = x;
    display.printY = y;
  }),
  setRotate90: plain(({ screen }) => screen.rotate(1)),
  setRotate180: plain(({ screen }) => screen.rotate(2)),
  setRotate270: plain(({ screen }) => screen.rotate(3)),
  setScale2x2: plain(({ screen }) => {
    screen.scale = 2;
  }),
  undoClipRange: plain(({ screen }) => screen.clip()),
  undoRotate: plain(({ screen }) => screen.rotate(0)),
  undoScale: plain(({ screen }) => {
    screen.scale = 1;
  }),
};

export const ucg = defineModule({ name: 'ucg' }, (device) => {
  /** Without the number of a bus the arguments begin with nothing, and no display is connected. */
  const display = (width: number, height: number): LuaEntry =>
    raw((call) => {
      let link: SpiLink | undefined;
      if (call.type(1) === 'number') {
        call.checkInteger(1);
        const [cs, dc, reset] = [call.checkInteger(2), call.checkInteger(3), call.optInteger(4, -1)];
        link = new SpiLink(device, { cs, dc, ...(reset < 0 ? {} : { reset }) });
      }
      return call.newHost(DISPLAY, new Display(new UcgScreen(link, width, height)));
    });
  return {
    constants: { ...fontConstants(['_tr', '_tf', '_hr', '_mr'], OTHER_FONTS), ...DRAW_CONSTANTS, ...FONT_MODE },
    functions: { ili9341_18x240x320_hw_spi: display(240, 320), st7735_18x128x160_hw_spi: display(128, 160) },
    classes: [classSpec(DISPLAY, METHODS)],
  };
});
