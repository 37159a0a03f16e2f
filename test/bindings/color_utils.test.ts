import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('colours there and back', async (t) => {
  t.same(
    new Esp().lua(
      'print(color_utils.hsv2grb(0, 255, 255)) print(color_utils.hsv2grb(120, 255, 128)) print(color_utils.hsv2grb(90, 100, 200))',
      'print(color_utils.hsv2grbw(90, 100, 200)) print(color_utils.colorWheel(240)) print(color_utils.grb2hsv(255, 0, 0)) print(color_utils.grb2hsv(10, 200, 90))',
    ),
    ['0\t255\t0', '128\t0\t0', '200\t160\t121', '79\t39\t0\t121', '0\t0\t255', '120\t255\t255', '335\t243\t200'],
  );
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['color_utils.hsv2grb(361, 0, 0)', "bad argument #1 to 'hsv2grb' (should be a 0-360)"],
    ['color_utils.hsv2grbw(0, 256, 0)', "bad argument #2 to 'hsv2grbw' (should be 0-255)"],
    ['color_utils.colorWheel(-1)', "bad argument #1 to 'colorWheel' (should be a 0-360)"],
    ['color_utils.grb2hsv(5, 5, 5)', "bad argument #1 to 'grb2hsv' (greyscale value cannot be converted to hsv)"],
  ]);
});
