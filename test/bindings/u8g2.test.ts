import t from 'tap';
import { Ssd1306 } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

function make(options: ConstructorParameters<typeof Ssd1306>[0] = {}) {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new Ssd1306(options));
  const lua = (code: string): string[] => esp.lua(code);
  lua('i2c.setup(0, 1, 2, i2c.SLOW) d = u8g2.ssd1306_i2c_128x64_noname(0, 0x3c) d:setFont(u8g2.font_6x10_tf)');
  return { esp, part, lua };
}

/** A corner of the picture, `#` for what shines. */
const corner = (part: Ssd1306, width: number, height: number, x = 0, y = 0): string[] =>
  Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => (part.pixel(x + column, y + row) ? '#' : '.')).join(''),
  );

t.test('a new display is on and dark, and shows what is drawn when it is sent', async (t) => {
  const { part, lua } = make();
  t.ok(part.on);
  lua('d:drawPixel(0, 0) d:drawHLine(2, 0, 3) d:drawVLine(6, 0, 2)');
  t.same(corner(part, 8, 2), ['........', '........']);
  lua('d:sendBuffer()');
  t.same(corner(part, 8, 2), ['#.###.#.', '......#.']);
});

t.test('text stands on its baseline in the real glyphs of the font', async (t) => {
  const { part, lua } = make();
  lua('d:drawStr(0, 7, "Ag") d:sendBuffer()');
  t.same(corner(part, 12, 9), [
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
  t.same(lua('print(d:getStrWidth("Ag"), d:getAscent(), d:getDescent())'), ['11\t7\t-2']);
  t.same(lua('print(d:getUTF8Width("\\194\\176C"), d:getStrWidth(""), d:getStrWidth("a "))'), ['11\t0\t12']);
});

t.test('colours clear, set and invert; text is opaque unless made transparent', async (t) => {
  const { part, lua } = make();
  lua(
    'd:drawBox(0, 0, 8, 2) d:setDrawColor(0) d:drawPixel(1, 0) d:setDrawColor(2) d:drawHLine(0, 1, 10) d:sendBuffer()',
  );
  t.same(corner(part, 10, 2), ['#.######..', '........##']);
  lua('d:clearBuffer() d:setDrawColor(1) d:drawBox(0, 0, 6, 8) d:drawStr(0, 7, "I") d:sendBuffer()');
  t.same(corner(part, 6, 2), ['######', '#.#.##']);
  lua('d:clearBuffer() d:setFontMode(1) d:drawBox(0, 0, 6, 8) d:drawStr(0, 7, "I") d:sendBuffer()');
  t.same(
    corner(part, 6, 8),
    Array.from({ length: 8 }, () => '######'),
  );
});

t.test('shapes', async (t) => {
  const { part, lua } = make();
  lua(
    'd:drawCircle(3, 3, 3) d:drawDisc(12, 3, 3, u8g2.DRAW_UPPER_LEFT) d:drawFrame(16, 0, 4, 4) d:drawLine(22, 0, 25, 6)',
  );
  lua('d:sendBuffer()');
  t.same(corner(part, 27, 7), [
    '..###......##...####..#....',
    '.#...#....###...#..#..#....',
    '#.....#..####...#..#...#...',
    '#.....#..####...####...#...',
    '#.....#.................#..',
    '.#...#..................#..',
    '..###....................#.',
  ]);
  lua('d:clearBuffer() d:drawRFrame(0, 0, 8, 6, 2) d:drawRBox(10, 0, 8, 6, 2) d:drawTriangle(20, 0, 20, 6, 26, 0)');
  lua('d:sendBuffer()');
  t.same(corner(part, 28, 6), [
    '.######....######...######..',
    '#......#..########..#####...',
    '#......#..########..####....',
    '#......#..########..###.....',
    '#......#..########..##......',
    '.######....######...#.......',
  ]);
  lua('d:clearBuffer() d:drawEllipse(8, 4, 8, 4) d:drawFilledEllipse(26, 4, 6, 4) d:sendBuffer()');
  t.same(corner(part, 34, 3), [
    '.....#######............#####.....',
    '..###.......###.......#########...',
    '.#.............#.....###########..',
  ]);
});

t.test('rotation turns the picture, and the display is then high', async (t) => {
  const { part, lua } = make();
  lua('d:setDisplayRotation(u8g2.R1) d:drawHLine(0, 0, 3) d:sendBuffer()');
  t.same(
    [0, 1, 2, 3].map((y) => part.pixel(127, y)),
    [true, true, true, false],
  );
  lua('d:clearBuffer() d:setDisplayRotation(u8g2.R2) d:drawPixel(0, 0) d:sendBuffer()');
  t.ok(part.pixel(127, 63));
});

t.test('bitmaps, parts of the picture, and the switches of the display', async (t) => {
  const { part, lua } = make();
  lua('d:drawXBM(0, 0, 10, 2, "\\5\\2\\255\\1") d:updateDisplayArea(0, 0, 2, 1)');
  t.same(corner(part, 10, 2), ['#.#......#', '#########.']);
  lua('d:setPowerSave(1)');
  t.notOk(part.on);
  lua('d:setPowerSave(0) d:setFlipMode(1)');
  t.ok(part.pixel(127, 63), 'upside down');
});

t.test('the same display on the SPI bus', async (t) => {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new Ssd1306({ spi: { cs: 8, dc: 4 } }));
  esp.lua('spi.setup(1, spi.MASTER, spi.CPOL_LOW, spi.CPHA_LOW, 8, 8)');
  esp.lua('d = u8g2.ssd1306_128x64_noname(1, 8, 4, 0) d:drawPixel(5, 0) d:sendBuffer()');
  t.ok(part.on);
  t.same(corner(part, 7, 1), ['.....#.']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['u8g2.ssd1306_i2c_128x64_noname()', 'wrong args'],
    ['u8g2.ssd1306_i2c_128x64_noname(0, 128)', "bad argument #2 to 'ssd1306_i2c_128x64_noname' (invalid i2c address)"],
  ]);
  const { esp } = make();
  t.equal(esp.error('d:setFont(nil)'), "bad argument #1 to 'setFont' (invalid font)");
  t.equal(esp.error('d:drawPixel(1)'), "bad argument #2 to 'drawPixel' (number expected, got no value)");
});
