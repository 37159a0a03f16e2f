import t from 'tap';
import { PixelStrip } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('bytes are clocked out between a start and end frames', async (t) => {
  const esp = new Esp();
  const strip = esp.device.hardware.attach(new PixelStrip('apa102', { leds: 1 }));
  let bits = '';
  let data = 1;
  esp.device.events.on('pin', (pin, level) => {
    if (pin === 1) data = level;
    else if (pin === 2 && level === 1) bits += data;
  });
  esp.lua('apa102.write(1, 2, "\\31\\1\\2\\3rest")');
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  t.same(bytes.slice(0, 8), [0, 0, 0, 0, 0xff, 1, 2, 3]);
  t.equal(bytes.length, 4 + 8 + 4);
  t.same(strip.colors, ['030201']);
  esp.lua('apa102.write(1, 2, pixbuf.newBuffer(1, 4):fill(0, 9, 8, 7))');
  t.same(strip.colors, ['070809']);
});

t.test('the bits that begin a frame stay set in a buffer', async (t) => {
  t.same(new Esp().lua('b = pixbuf.newBuffer(1, 4) b:fill(3, 9, 8, 7) apa102.write(1, 2, b) print(b:get(1))'), [
    '227\t9\t8\t7',
  ]);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['apa102.write(13, 2, "")', 'gpio 13 does not exist'],
    ['apa102.write(1, 13, "")', 'gpio 13 does not exist'],
    ['apa102.write(1, 2)', "bad argument #3 to 'write' (String or pixbuf expected)"],
    ['apa102.write(1, 2, pixbuf.newBuffer(1, 3))', "bad argument #3 to 'write' (Pixbuf not 4-channel)"],
  ]);
});
