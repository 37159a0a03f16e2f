/** What the displays of u8glib and U8g2 have in common: shapes, fonts, and where text stands. */
import type { LuaCall, LuaClass } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { approximated, fn, type LuaEntry, raw } from './lua.ts';
import type { MonoCanvas, ReferenceHeight, VerticalReference } from './mono-canvas.ts';
import * as shapes from './shapes.ts';

type Draw = (canvas: MonoCanvas, ...numbers: number[]) => void;

const int = arg.integer();
const integers = (count: number) => Array.from({ length: count }, () => int);

/** Of a class whose objects have a canvas. */
export function monoMethods<T extends { readonly canvas: MonoCanvas }>(
  cls: LuaClass<T>,
): Readonly<Record<string, LuaEntry>> {
  const self = arg.self(cls);

  /** A method with so many integers. */
  const draw = (count: number, run: Draw): LuaEntry =>
    fn([self, ...integers(count)], (display, ...rest) =>
      run((display as T).canvas, ...(rest.slice(0, count) as number[])),
    );
  /** The same with the quarters to draw at the end. */
  const arc = (count: number, run: Draw): LuaEntry =>
    fn([self, ...integers(count), arg.or(int, shapes.DRAW.ALL)], (display, ...rest) =>
      run((display as T).canvas, ...(rest.slice(0, count + 1) as number[])),
    );
  const reference = (to: VerticalReference): LuaEntry =>
    fn([self], ({ canvas }) => {
      canvas.reference = to;
    });
  const heights = (of: ReferenceHeight): LuaEntry =>
    fn([self], ({ canvas }) => {
      canvas.heights = of;
    });

  return {
    drawBox: draw(4, shapes.box as Draw),
    drawCircle: arc(3, shapes.circle as Draw),
    drawDisc: arc(3, shapes.disc as Draw),
    drawEllipse: arc(4, shapes.ellipse as Draw),
    drawFilledEllipse: arc(4, shapes.filledEllipse as Draw),
    drawFrame: draw(4, shapes.frame as Draw),
    drawHLine: draw(3, shapes.hline as Draw),
    drawLine: draw(4, shapes.line as Draw),
    drawPixel: draw(2, (canvas, x = 0, y = 0) => canvas.pixel(x, y)),
    drawRBox: draw(5, shapes.roundBox as Draw),
    drawRFrame: draw(5, shapes.roundFrame as Draw),
    drawTriangle: approximated(
      'pixels on the edges may differ',
      draw(6, (canvas, x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0) =>
        shapes.polygon(canvas, [
          [x0, y0],
          [x1, y1],
          [x2, y2],
        ]),
      ),
    ),
    drawVLine: draw(3, shapes.vline as Draw),
    setFont: approximated(
      'fonts of the X11 family are the real ones, another is the nearest of them',
      raw((call: LuaCall) => {
        const { canvas } = call.checkHost(1, cls);
        call.argCheck(canvas.setFont(call.type(2) === 'string' ? call.checkText(2) : ''), 2, 'invalid font');
      }),
    ),
    setFontPosBaseline: reference('baseline'),
    setFontPosBottom: reference('bottom'),
    setFontPosTop: reference('top'),
    setFontPosCenter: reference('center'),
    setFontRefHeightAll: heights('all'),
    setFontRefHeightExtendedText: heights('extended'),
    setFontRefHeightText: heights('text'),
  };
}

/** The quarters of circles as constants of a module. */
export const DRAW_CONSTANTS = {
  DRAW_UPPER_RIGHT: shapes.DRAW.UPPER_RIGHT,
  DRAW_UPPER_LEFT: shapes.DRAW.UPPER_LEFT,
  DRAW_LOWER_RIGHT: shapes.DRAW.LOWER_RIGHT,
  DRAW_LOWER_LEFT: shapes.DRAW.LOWER_LEFT,
  DRAW_ALL: shapes.DRAW.ALL,
} as const;
