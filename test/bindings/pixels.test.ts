import t from 'tap';
import { FADE_IN, FADE_OUT, Pixels, relative } from '../../bindings/nodemcu/pixels.ts';

function make(channels: number, ...values: number[]): Pixels {
  const pixels = new Pixels(values.length / channels, channels);
  pixels.values.set(values);
  return pixels;
}

t.test('positions count from either end and are kept inside', async (t) => {
  t.same(
    [1, 5, 9, 0, -1, -5, -9].map((position) => relative(position, 5)),
    [1, 5, 5, 1, 5, 1, 1],
  );
});

t.test('fading out divides, fading in multiplies and saturates', async (t) => {
  const pixels = make(3, 100, 51, 255);
  pixels.fade(2, FADE_OUT);
  t.same([...pixels.values], [50, 25, 127]);
  pixels.fade(3, FADE_IN);
  t.same([...pixels.values], [150, 75, 255]);
});

t.test('fading intensities in skips one byte more at each pixel', async (t) => {
  const out = make(4, 8, 1, 1, 1, 8, 1, 1, 1);
  out.fadeIntensity(2, FADE_OUT);
  t.same([...out.values], [4, 1, 1, 1, 4, 1, 1, 1]);
  out.fadeIntensity(2, FADE_IN);
  t.same([...out.values], [8, 1, 1, 1, 4, 2, 1, 1]);
});

t.test('mixing is a rounded, saturating sum', async (t) => {
  const pixels = make(1, 0, 0, 0);
  pixels.mix([
    { factor: 256, values: Uint8Array.of(100, 200, 1) },
    { factor: 128, values: Uint8Array.of(1, 200, 1) },
  ]);
  t.same([...pixels.values], [101, 255, 2]);
  pixels.mix([{ factor: -256, values: Uint8Array.of(1, 2, 3) }]);
  t.same([...pixels.values], [0, 0, 0]);
});

t.test('mixing with intensities chooses the smallest scale that suffices', async (t) => {
  const pixels = make(4, 0, 0, 0, 0);
  pixels.mixIntensity([{ factor: 256, values: Uint8Array.of(2, 100, 50, 0) }], 5);
  t.same([...pixels.values], [1, 200, 100, 0]);
  pixels.mixIntensity([{ factor: 256, values: Uint8Array.of(31, 255, 0, 0) }], 5);
  t.same([...pixels.values], [31, 255, 0, 0]);
  pixels.mixIntensity([{ factor: 0, values: Uint8Array.of(31, 255, 0, 0) }], 5);
  t.same([...pixels.values], [0, 0, 0, 0]);
});

t.test('shifting within a window', async (t) => {
  const pixels = make(1, 1, 2, 3, 4, 5);
  pixels.shift(1, true, 1, 3);
  t.same([...pixels.values], [1, 4, 2, 3, 5]);
  pixels.shift(-2, false, 0, 5);
  t.same([...pixels.values], [2, 3, 5, 0, 0]);
});

t.test('sums, with and without intensity', async (t) => {
  t.equal(make(4, 2, 1, 2, 3, 1, 4, 5, 6).power, 24);
  t.equal(make(4, 2, 1, 2, 3, 1, 4, 5, 6).intensityPower, 27);
  t.equal(make(2, 1, 2, 3, 4).toString(), '[(1,2),(3,4)]');
});
