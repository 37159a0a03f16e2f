import t from 'tap';
import { ColorDisplay } from '../../runtime/hardware/index.ts';
import { Esp } from '../helpers/esp.ts';

function make() {
  const esp = new Esp();
  const part = esp.device.hardware.attach(new ColorDisplay('st7735', { cs: 8, dc: 4 }));
  esp.lua('spi.setup(1, spi.MASTER, spi.CPOL_LOW, spi.CPHA_LOW, 8, 8) d = ucg.st7735_18x128x160_hw_spi(1, 8, 4)');
  esp.lua('d:begin(ucg.FONT_MODE_TRANSPARENT) d:clearScreen() d:setFont(ucg.font_7x13B_tr)');
  const row = (y: number, width: number, x = 0): string =>
    Array.from({ length: width }, (_, i) => (part.pixel(x + i, y) === '000000' ? '.' : '#')).join('');
  return { esp, part, row };
}

t.test('shapes and text appear at once, in the colour that is set', async (t) => {
  const { esp, part, row } = make();
  t.ok(part.on);
  esp.lua('d:setColor(255, 128, 4) d:drawBox(1, 0, 3, 2) d:drawPixel(6, 1)');
  t.equal(row(1, 8), '.###..#.');
  t.equal(part.pixel(1, 1), 'ff8004');
  t.same(esp.lua('print(d:drawString(0, 20, 0, "Hi"), d:getStrWidth("Hi"), d:getFontAscent())'), ['14\t13\t9']);
  t.match(row(19, 14), /#/);
});

t.test('print goes on where it ended', async (t) => {
  const { esp, row } = make();
  esp.lua('d:setPrintPos(0, 20) d:print("I") d:print("I")');
  t.equal(row(19, 7), row(19, 7, 7));
});

t.test('gradients run from colour to colour', async (t) => {
  const { esp, part } = make();
  esp.lua('d:setColor(0, 0, 0, 0) d:setColor(1, 200, 100, 0) d:drawGradientLine(0, 0, 5, 0)');
  t.same(
    [0, 2, 4].map((x) => part.pixel(x, 0)),
    ['000000', '643200', 'c86400'],
  );
  esp.lua('d:draw90Line(0, 3, 3, 1, 1)');
  t.same(
    [3, 4, 5, 6].map((y) => part.pixel(0, y)),
    ['c86400', 'c86400', 'c86400', '000000'],
  );
});

t.test('clipping, rotation and scale', async (t) => {
  const { esp, part, row } = make();
  esp.lua('d:setClipRange(2, 0, 2, 1) d:drawHLine(0, 0, 9) d:setMaxClipRange()');
  t.equal(row(0, 6), '..##..');
  esp.lua('d:setRotate90() d:drawPixel(0, 0)');
  t.equal(part.pixel(127, 0), 'ffffff');
  t.same(esp.lua('print(d:getWidth(), d:getHeight())'), ['160\t128']);
  esp.lua('d:undoRotate() d:setScale2x2() d:drawPixel(5, 5) d:undoScale()');
  t.equal(row(11, 13), '..........##.');
});

t.test('errors', async (t) => {
  const { esp } = make();
  t.equal(esp.error('d:setFont(ucg.font_none)'), "bad argument #1 to 'setFont' (font data expected)");
});
