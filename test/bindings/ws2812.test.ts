import t from 'tap';
import { PixelStrip } from '../../runtime/hardware/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('strings and buffers reach the strip and whoever listens', async (t) => {
  const esp = new Esp();
  const strip = esp.device.hardware.attach(new PixelStrip('ws2812', { leds: 2 }));
  const seen: string[] = [];
  esp.device.events.on('pixels', (line, bytes) => seen.push(`${line} ${bytes.join(' ')}`));
  esp.lua('ws2812.init() ws2812.write("\\0\\255\\0\\1\\2\\3")');
  t.same(strip.colors, ['ff0000', '020103']);
  esp.lua('ws2812.init(ws2812.MODE_DUAL) ws2812.write(ws2812.newBuffer(1, 3):fill(4, 5, 6), "\\7\\8\\9")');
  t.same(strip.colors, ['050406', '020103']);
  t.same(seen, ['ws2812 0 255 0 1 2 3', 'ws2812 4 5 6', 'ws2812-2 7 8 9']);
  t.same(esp.lua('ws2812.write(nil)'), []);
});

t.test('releases before 3.0 have the buffers in ws2812 only', async (t) => {
  const esp = new Esp({ profile: { firmware: '2.2' } });
  t.same(esp.lua('print(pixbuf, ws2812.newBuffer(1, 3):size(), ws2812.FADE_OUT)'), ['nil\t1\t1']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['ws2812.init(2)', "bad argument #1 to 'init' (ws2812.SINGLE or ws2812.DUAL expected)"],
    ['ws2812.write()', "bad argument #1 to 'write' (pixbuf or string expected)"],
    ['ws2812.write(1)', "bad argument #1 to 'write' (pixbuf or string expected)"],
    ['ws2812.write("", {})', "bad argument #2 to 'write' (pixbuf or string expected)"],
    ['ws2812.write(pixbuf.newBuffer(1, 2))', "bad argument #1 to 'write' (Bad pixbuf format)"],
    ['ws2812.write(tmr.create())', "bad argument #1 to 'write' (pixbuf.buf expected, got userdata)"],
    ['ws2812.newBuffer(0, 3)', "bad argument #1 to 'newBuffer' (should be a positive integer)"],
  ]);
});
