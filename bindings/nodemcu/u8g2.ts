import type { LuaCall } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { fontConstants } from './fonts.ts';
import { approximated, classSpec, defineModule, fn, type LuaEntry, type LuaResult, luaClass, raw } from './lua.ts';
import { MonoCanvas, type Rotation } from './mono-canvas.ts';
import { DRAW_CONSTANTS, monoMethods } from './mono-methods.ts';
import { I2cLink, Oled, type OledLink, SpiLink } from './oled.ts';
import { latin1Codes, utf8Codes } from './shapes.ts';

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

const setting = (run: (display: Display, value: number) => void): LuaEntry => fn([self, int], run);
const METHODS: Readonly<Record<string, LuaEntry>> = {
  ...monoMethods(DISPLAY),
  clearBuffer: fn([self], ({ canvas }) => canvas.clear()),
  drawGlyph: fn([self, int, int, int], ({ canvas }, x, y, code) => void canvas.text(x, y, [code])),
  drawStr: fn([self, int, int, arg.text], ({ canvas }, x, y, text) => void canvas.text(x, y, latin1Codes(text))),
  drawUTF8: fn([self, int, int, arg.text], ({ canvas }, x, y, text) => void canvas.text(x, y, utf8Codes(text))),
  drawXBM: fn([self, int, int, int, int, arg.bytes], ({ canvas, transparentBitmaps }, x, y, width, height, bytes) =>
    canvas.xbm(x, y, width, height, bytes, transparentBitmaps),
  ),
  getAscent: fn([self], ({ canvas }) => canvas.ascent),
  getDescent: fn([self], ({ canvas }) => canvas.descent),
  getStrWidth: fn([self, arg.text], ({ canvas }, text) => canvas.textWidth(latin1Codes(text))),
  getUTF8Width: fn([self, arg.text], ({ canvas }, text) => canvas.textWidth(utf8Codes(text))),
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
  setFontDirection: setting(({ canvas }, direction) => {
    canvas.direction = direction & 3;
  }),
  setFontMode: setting(({ canvas }, transparent) => {
    canvas.transparentText = transparent !== 0;
  }),
  setPowerSave: setting(({ oled }, on) => oled.power(on === 0)),
  updateDisplay: fn([self], (display) => display.send()),
  updateDisplayArea: fn([self, int, int, int, int], (display, x, y, width, height) =>
    display.sendArea(x, y, width, height),
  ),
};

/** lu8g2_display; what is shared with u8g comes last in its own order. */
const ORDER =
  'clearBuffer drawBox drawCircle drawDisc drawEllipse drawFilledEllipse drawFrame drawGlyph drawHLine ' +
  'drawLine drawPixel drawRBox drawRFrame drawStr drawTriangle drawUTF8 drawVLine drawXBM getAscent ' +
  'getDescent getStrWidth getUTF8Width sendBuffer setBitmapMode setContrast setDisplayRotation ' +
  'setDrawColor setFlipMode setFont setFontDirection setFontMode';

export const u8g2 = defineModule({ name: 'u8g2', lifetime: { since: '2.2' } }, (device) => {
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
  return {
    constants: {
      ...fontConstants(FONT_TAILS, OTHER_FONTS),
      ...DRAW_CONSTANTS,
      ...ROTATIONS,
    },
    functions: Object.fromEntries(displays) as Record<string, LuaEntry>,
    classes: [classSpec(DISPLAY, METHODS, ORDER)],
  };
});
