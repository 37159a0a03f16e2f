import t from 'tap';
import { PixelStrip } from '../../runtime/hardware/pixels.ts';

t.test('colours arrive in the order of the chip', async (t) => {
  const strip = new PixelStrip('ws2812', { leds: 2 });
  strip.show(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  t.same(strip.colors, ['020103', '050406']);
  const bright = new PixelStrip('apa102', { leds: 1 });
  bright.show(Uint8Array.of(0xff, 3, 2, 1));
  t.equal(bright.look(), '#010203');
});

t.test('LEDs beyond what was sent keep their colour', async (t) => {
  const strip = new PixelStrip('ws2812', { leds: 2, channels: 4 });
  strip.show(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  strip.show(Uint8Array.of(0, 0, 0, 0));
  t.same(strip.colors, ['000000', '060507']);
  t.equal(strip.frames, 2);
});
