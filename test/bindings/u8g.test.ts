import t from 'tap';
import { Ssd1306 } from '../../runtime/hardware/index.ts';
import { Esp } from '../helpers/esp.ts';

function make() {
  const esp = new Esp({ profile: { firmware: '1.5' } });
  const part = esp.device.hardware.attach(new Ssd1306());
  esp.lua('i2c.setup(0, 1, 2, i2c.SLOW) d = u8g.ssd1306_128x64_i2c(0x3c) d:setFont(u8g.font_6x10)');
  const show = (code: string): string[] =>
    esp.lua(
      `local passes = 0 d:firstPage() repeat passes = passes + 1 ${code} until d:nextPage() == false print(passes)`,
    );
  const corner = (width: number, height: number): string[] =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => (part.pixel(x, y) ? '#' : '.')).join(''),
    );
  return { esp, part, show, corner };
}

t.test('the picture loop draws all of it eight times', async (t) => {
  const { part, show, corner } = make();
  t.same(show('d:drawStr(0, 7, "Ag") d:drawPixel(127, 63)'), ['8']);
  t.same(corner(12, 9), [
    '..#.........',
    '.#.#........',
    '#...#..####.',
    '#...#.#...#.',
    '#####.#...#.',
    '#...#..####.',
    '#...#.....#.',
    '......#...#.',
    '.......###..',
  ]);
  t.ok(part.pixel(127, 63));
});

t.test('scale, rotation, bitmaps and colours', async (t) => {
  const { esp, part, show, corner } = make();
  show('d:setScale2x2() d:drawPixel(1, 0) d:undoScale() d:drawBitmap(8, 0, 1, 2, "\\160\\64")');
  t.same(corner(12, 2), ['..##....#.#.', '..##.....#..']);
  show('d:setRot180() d:drawPixel(0, 0) d:undoRotation()');
  t.ok(part.pixel(127, 63));
  show('d:drawBox(0, 0, 4, 1) d:setColorIndex(0) d:drawPixel(1, 0) d:setDefaultForegroundColor()');
  t.same(corner(5, 1), ['#.##.']);
  t.same(
    esp.lua(
      'print(d:getWidth(), d:getHeight(), d:getMode(), d:getStrWidth("Ag"), d:getFontAscent(), d:getFontDescent())',
    ),
    ['128\t64\t1\t11\t7\t-2'],
  );
  t.same(esp.lua('print(d:getFontLineSpacing()) d:sleepOn()'), ['9']);
  t.notOk(part.on);
});

t.test('errors', async (t) => {
  const { esp } = make();
  t.equal(esp.error('u8g.ssd1306_128x64_i2c(0)'), 'i2c address required');
  t.equal(esp.error('u8g.ssd1306_128x64_hw_spi(8, 0)'), 'D/C pin required');
  t.equal(esp.error('d:setFont(u8g.font_none)'), "bad argument #1 to 'setFont' (invalid font)");
  esp.lua('d:setFont(u8g.font_helvR24) d:setFont(u8g.font_helvB08r) d:setFont(u8g.font_profont22n)');
  t.same(
    esp.lua('d:setFont(u8g.font_helvR24) print(d:getFontAscent() > 12)'),
    ['true'],
    'a build has the fonts it needs',
  );
});
