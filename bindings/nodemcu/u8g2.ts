/** `u8g2`: a picture in memory, drawn into and sent to an SSD1306. Firmware: app/modules/u8g2.c */
import type { Device, LuaModule } from '../../runtime/device/index.ts';
import type { LuaCall } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { fontConstants } from './fonts.ts';
import { approximated, classSpec, defineModule, fn, type LuaEntry, type LuaResult, luaClass, raw } from './lua.ts';
import { MonoCanvas, type ReferenceHeight, type Rotation, type VerticalReference } from './mono-canvas.ts';
import { I2cLink, Oled, type OledLink, SpiLink } from './oled.ts';
import * as shapes from './shapes.ts';

const PAGE_ROWS = 8;
const SIZES = { '128x64_noname': [128, 64], '128x32_univision': [128, 32] } as const;
const ROTATIONS = { R0: 0, R1: 1, R2: 2, R3: 3, MIRROR: 4 } as const;
const FONT_TAILS = ['_tf', '_tr', '_tn', '_mf', '_mr', '_mn'] as const;
const OTHER_FONTS = [
  'font_unifont_t_symbols',
  'font_profont11_tr',
  'font_profont12_tr',
  'font_profont22_tr',
  'font_helvB08_tr',
  'font_helvR08_tr',
  'font_helvB10_tr',
  'font_helvB12_tr',
  'font_helvB14_tr',
  'font_ncenB08_tr',
  'font_ncenB10_tr',
  'font_ncenB14_tr',
] as const;

class Display {
  readonly canvas: MonoCanvas;
  readonly #oled: Oled;
  transparentBitmaps = false;

  constructor(oled: Oled) {
    this.#oled = oled;
    this.canvas = new MonoCanvas(oled.width, oled.height);
    oled.setUp();
    this.send();
    oled.power(true);
  }

  get oled(): Oled {
    return this.#oled;
  }

  send(): void {
    for (let page = 0; page < this.#oled.height / PAGE_ROWS; page++) this.#oled.page(page, this.canvas.page(page));
  }

  /** A rectangle of tiles of 8 by 8 pixels. */
  sendArea(x: number, y: number, width: number, height: number): void {
    for (let page = y; page < y + height && page < this.#oled.height / PAGE_ROWS; page++)
      this.#oled.page(page, this.canvas.page(page).subarray(x * 8, (x + width) * 8), x * 8);
  }
}

const DISPLAY = luaClass<Display>('u8g2.display');
const self = arg.self(DISPLAY);
const int = arg.integer();
const option = arg.or(int, shapes.DRAW.ALL);

type Draw = (canvas: MonoCanvas, ...numbers: number[]) => void;

/** A method with so many integers. */
const draw = (count: number, run: Draw): LuaEntry =>
  fn([self, ...Array.from({ length: count }, () => int)], (display, ...rest) =>
    run((display as Display).canvas, ...(rest.slice(0, count) as number[])),
  );

const arc = (count: number, run: Draw): LuaEntry =>
  fn([self, ...Array.from({ length: count }, () => int), option], (display, ...rest) =>
    run((display as Display).canvas, ...(rest.slice(0, count + 1) as number[])),
  );

const setting = (run: (display: Display, value: number) => void): LuaEntry => fn([self, int], run);
const reference = (to: VerticalReference): LuaEntry =>
  fn([self], ({ canvas }) => {
    canvas.reference = to;
  });
const heights = (of: ReferenceHeight): LuaEntry =>
  fn([self], ({ canvas }) => {
    canvas.heights = of;
  });

const HOW_FONT = 'fonts of the X11 family are the real ones, another is the nearest of them';
const HOW_TRIANGLE = 'pixels on the edges may differ';

const METHODS: Readonly<Record<string, LuaEntry>> = {
  clearBuffer: fn([self], ({ canvas }) => canvas.clear()),
  drawBox: draw(4, shapes.box as Draw),
  drawCircle: arc(3, shapes.circle as Draw),
  drawDisc: arc(3, shapes.disc as Draw),
  drawEllipse: arc(4, shapes.ellipse as Draw),
  drawFilledEllipse: arc(4, shapes.filledEllipse as Draw),
  drawFrame: draw(4, shapes.frame as Draw),
  drawGlyph: draw(3, (canvas, x = 0, y = 0, code = 0) => void canvas.text(x, y, [code])),
  drawHLine: draw(3, shapes.hline as Draw),
  drawLine: draw(4, shapes.line as Draw),
  drawPixel: draw(2, (canvas, x = 0, y = 0) => canvas.pixel(x, y)),
  drawRBox: draw(5, shapes.roundBox as Draw),
  drawRFrame: draw(5, shapes.roundFrame as Draw),
  drawStr: fn([self, int, int, arg.text], ({ canvas }, x, y, text) => void canvas.text(x, y, shapes.latin1Codes(text))),
  drawTriangle: approximated(
    HOW_TRIANGLE,
    draw(6, (canvas, x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0) =>
      shapes.polygon(canvas, [
        [x0, y0],
        [x1, y1],
        [x2, y2],
      ]),
    ),
  ),
  drawUTF8: fn([self, int, int, arg.text], ({ canvas }, x, y, text) => void canvas.text(x, y, shapes.utf8Codes(text))),
  drawVLine: draw(3, shapes.vline as Draw),
  drawXBM: fn([self, int, int, int, int, arg.bytes], ({ canvas, transparentBitmaps }, x, y, width, height, bytes) =>
    canvas.xbm(x, y, width, height, bytes, transparentBitmaps),
  ),
  getAscent: fn([self], ({ canvas }) => canvas.ascent),
  getDescent: fn([self], ({ canvas }) => canvas.descent),
  getStrWidth: fn([self, arg.text], ({ canvas }, text) => canvas.textWidth(shapes.latin1Codes(text))),
  getUTF8Width: fn([self, arg.text], ({ canvas }, text) => canvas.textWidth(shapes.utf8Codes(text))),
  sendBuffer: fn([self], (display) => display.send()),
  setBitmapMode: setting((display, transparent) => {
    display.transparentBitmaps = transparent !== 0;
  }),
  setContrast: setting(({ oled }, value) => oled.contrast(value)),
  setDisplayRotation: fn([self, int], ({ canvas }, rotation) => {
    canvas.rotation = (rotation >= 0 && rotation <= ROTATIONS.MIRROR ? rotation : 0) as Rotation;
  }),
  setDrawColor: setting(({ canvas }, color) => {
    canvas.color = color;
  }),
  setFlipMode: setting(({ oled }, on) => oled.flip(on !== 0)),
  setFont: approximated(
    HOW_FONT,
    raw((call: LuaCall) => {
      const { canvas } = call.checkHost(1, DISPLAY);
      call.argCheck(canvas.setFont(call.type(2) === 'string' ? call.checkText(2) : ''), 2, 'invalid font');
    }),
  ),
  setFontDirection: setting(({ canvas }, direction) => {
    canvas.direction = direction & 3;
  }),
  setFontMode: setting(({ canvas }, transparent) => {
    canvas.transparentText = transparent !== 0;
  }),
  setFontPosBaseline: reference('baseline'),
  setFontPosBottom: reference('bottom'),
  setFontPosTop: reference('top'),
  setFontPosCenter: reference('center'),
  setFontRefHeightAll: heights('all'),
  setFontRefHeightExtendedText: heights('extended'),
  setFontRefHeightText: heights('text'),
  setPowerSave: setting(({ oled }, on) => oled.power(on === 0)),
  updateDisplay: fn([self], (display) => display.send()),
  updateDisplayArea: fn([self, int, int, int, int], (display, x, y, width, height) =>
    display.sendArea(x, y, width, height),
  ),
};

export const u8g2 = (device: Device): LuaModule => {
  const made = (call: LuaCall, link: OledLink | undefined, [width, height]: readonly [number, number]): LuaResult =>
    call.newHost(DISPLAY, new Display(new Oled(link, width, height)));

  /** The address of a real display, or only a function that gets the picture. */
  const i2cDisplay = (size: readonly [number, number]): LuaEntry =>
    raw((call: LuaCall) => {
      if (call.type(1) !== 'number') {
        if (call.type(1) !== 'function') call.error('wrong args');
        return made(call, undefined, size);
      }
      call.checkInteger(1);
      const address = call.checkInteger(2);
      call.argCheck(address >= 0 && address <= 0x7f, 2, 'invalid i2c address');
      return made(call, new I2cLink(device, address), size);
    });
  const spiDisplay = (size: readonly [number, number]): LuaEntry =>
    raw((call) => {
      if (call.type(1) !== 'number') return made(call, undefined, size);
      call.checkInteger(1);
      const [cs, dc, reset] = [call.checkInteger(2), call.checkInteger(3), call.optInteger(4, -1)];
      return made(call, new SpiLink(device, { cs, dc, ...(reset < 0 ? {} : { reset }) }), size);
    });

  const how = 'a function for the picture is not called';
  const displays = Object.entries(SIZES).flatMap(([name, size]) => [
    [`ssd1306_i2c_${name}`, approximated(how, i2cDisplay(size))],
    [`ssd1306_${name}`, approximated(how, spiDisplay(size))],
  ]);
  const { DRAW } = shapes;
  return defineModule({
    name: 'u8g2',
    lifetime: { since: '2.2' },
    constants: {
      ...fontConstants(FONT_TAILS, OTHER_FONTS),
      DRAW_UPPER_RIGHT: DRAW.UPPER_RIGHT,
      DRAW_UPPER_LEFT: DRAW.UPPER_LEFT,
      DRAW_LOWER_RIGHT: DRAW.LOWER_RIGHT,
      DRAW_LOWER_LEFT: DRAW.LOWER_LEFT,
      DRAW_ALL: DRAW.ALL,
      ...ROTATIONS,
    },
    functions: Object.fromEntries(displays) as Record<string, LuaEntry>,
    classes: [classSpec(DISPLAY, METHODS)],
  });
};
