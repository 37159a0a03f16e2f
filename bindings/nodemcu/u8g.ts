/**
 * `u8g` of release 1.5: the picture loop `firstPage() repeat … until nextPage() == false`, in which each pass draws
 * everything and an eighth of it is kept. Firmware: app/modules/u8g.c of 1.5.4.1
 */
import { PIN_COUNT } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { fontConstants, otherFonts } from './fonts.ts';
import { classSpec, defineModule, fn, type LuaEntry, luaClass, raw, todo } from './lua.ts';
import { MonoCanvas, type Rotation } from './mono-canvas.ts';
import { DRAW_CONSTANTS, monoMethods } from './mono-methods.ts';
import { I2cLink, Oled, type OledLink, SpiLink } from './oled.ts';
import { box, latin1Codes } from './shapes.ts';

const SIZE = { width: 128, height: 64 } as const;
const PAGES = 8;
const MODE = { MODE_BW: 1, MODE_GRAY2BIT: 2 } as const;
/** A factor of 64 is a line of ascent and descent. */
const LINE_SPACING = 64;

/** A canvas whose pixels may be twice as large. */
class Canvas extends MonoCanvas {
  scale = 1;

  override pixel(x: number, y: number): void {
    if (this.scale === 1) super.pixel(x, y);
    else for (const dy of [0, 1]) for (const dx of [0, 1]) super.pixel(2 * x + dx, 2 * y + dy);
  }

  get scaledWidth(): number {
    return this.width / this.scale;
  }

  get scaledHeight(): number {
    return this.height / this.scale;
  }
}

class Display {
  readonly canvas = new Canvas(SIZE.width, SIZE.height);
  readonly oled: Oled;
  lineSpacing = LINE_SPACING;
  #page = 0;

  constructor(link: OledLink) {
    this.oled = new Oled(link, SIZE.width, SIZE.height);
    this.canvas.transparentText = true;
    this.begin();
  }

  begin(): void {
    this.oled.setUp();
    this.oled.power(true);
  }

  firstPage(): void {
    this.#page = 0;
    this.canvas.clear();
  }

  /** Sends what was drawn into the page; false after the last one. */
  nextPage(): boolean {
    if (this.#page >= PAGES) return false;
    this.oled.page(this.#page, this.canvas.page(this.#page));
    this.canvas.clear();
    this.#page++;
    return this.#page < PAGES;
  }
}

const DISPLAY = luaClass<Display>('u8g.display');
const self = arg.self(DISPLAY);
const int = arg.integer();

const text = (direction: number): LuaEntry =>
  fn([self, int, int, arg.text], ({ canvas }, x, y, string) => canvas.text(x, y, latin1Codes(string), direction));
const turn = (rotation: Rotation): LuaEntry =>
  fn([self], ({ canvas }) => {
    canvas.rotation = rotation;
  });
const color = (to: number): LuaEntry =>
  fn([self], ({ canvas }) => {
    canvas.color = to;
  });

/** Rows of whole bytes, bit 7 on the left. */
function bitmap(canvas: Canvas, x: number, y: number, count: number, height: number, bytes: Uint8Array): void {
  for (let row = 0; row < height; row++)
    for (let column = 0; column < count * 8; column++)
      if ((((bytes[row * count + (column >> 3)] ?? 0) << (column & 7)) & 0x80) !== 0)
        box(canvas, x + column, y + row, 1, 1);
}

const METHODS: Readonly<Record<string, LuaEntry>> = {
  ...monoMethods(DISPLAY),
  begin: fn([self], (display) => display.begin()),
  drawBitmap: fn([self, int, int, int, int, arg.bytes], ({ canvas }, x, y, count, height, bytes) =>
    bitmap(canvas, x, y, count, height, bytes),
  ),
  drawStr: text(0),
  drawStr90: text(1),
  drawStr180: text(2),
  drawStr270: text(3),
  drawXBM: fn([self, int, int, int, int, arg.bytes], ({ canvas }, x, y, width, height, bytes) =>
    canvas.xbm(x, y, width, height, bytes, true),
  ),
  firstPage: fn([self], (display) => display.firstPage()),
  getColorIndex: fn([self], ({ canvas }) => canvas.color),
  getFontAscent: fn([self], ({ canvas }) => canvas.ascent),
  getFontDescent: fn([self], ({ canvas }) => canvas.descent),
  getFontLineSpacing: fn([self], ({ canvas, lineSpacing }) =>
    Math.trunc(((canvas.ascent - canvas.descent) * lineSpacing) / LINE_SPACING),
  ),
  getHeight: fn([self], ({ canvas }) => canvas.scaledHeight),
  getMode: fn([self], () => MODE.MODE_BW),
  getStrWidth: fn([self, arg.text], ({ canvas }, string) => canvas.textWidth(latin1Codes(string))),
  getWidth: fn([self], ({ canvas }) => canvas.scaledWidth),
  nextPage: fn([self], (display) => display.nextPage()),
  setContrast: fn([self, int], ({ oled }, value) => oled.contrast(value)),
  setColorIndex: fn([self, int], ({ canvas }, value) => {
    canvas.color = value === 0 ? 0 : 1;
  }),
  setDefaultBackgroundColor: color(0),
  setDefaultForegroundColor: color(1),
  setFontLineSpacingFactor: fn([self, int], (display, factor) => {
    display.lineSpacing = factor & 0xff;
  }),
  setRot90: turn(1),
  setRot180: turn(2),
  setRot270: turn(3),
  setScale2x2: fn([self], ({ canvas }) => {
    canvas.scale = 2;
  }),
  sleepOff: fn([self], ({ oled }) => oled.power(true)),
  sleepOn: fn([self], ({ oled }) => oled.power(false)),
  undoRotation: turn(0),
  undoScale: fn([self], ({ canvas }) => {
    canvas.scale = 1;
  }),
};

/** A pin that the library takes: D0 cannot be one. */
function pinAt(call: LuaCall, n: number, what: string): number {
  const pin = call.checkInteger(n);
  return pin === 0 ? call.error(`${what} pin required`) : pin % PIN_COUNT;
}

/** u8glib: all characters, ASCII only, digits only. */
const FONT_TAILS = ['', 'r', 'n'] as const;

export const u8g = defineModule({ name: 'u8g', lifetime: { until: '1.5', left: 2017 } }, (device) => {
  const i2cDisplay = raw((call) => {
    const address = call.checkInteger(1);
    call.optInteger(2, 0);
    if (address === 0) call.error('i2c address required');
    return call.newHost(DISPLAY, new Display(new I2cLink(device, address & 0x7f)));
  });
  const spiDisplay = raw((call) => {
    const [cs, dc] = [pinAt(call, 1, 'CS'), pinAt(call, 2, 'D/C')];
    return call.newHost(DISPLAY, new Display(new SpiLink(device, { cs, dc })));
  });
  return {
    constants: { ...fontConstants(FONT_TAILS, otherFonts(FONT_TAILS)), ...DRAW_CONSTANTS, ...MODE },
    functions: {
      ssd1306_128x64_i2c: i2cDisplay,
      ssd1306_128x64_hw_spi: spiDisplay,
      fb_rle: todo('u8g.fb_rle'),
    },
    classes: [classSpec(DISPLAY, METHODS)],
  };
});
