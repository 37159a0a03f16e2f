import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { defineModule, fn } from './lua.ts';

type Grb = readonly [green: number, red: number, blue: number];

export function hsvToGrb(hue: number, saturation: number, value: number): Grb {
  const sector = Math.trunc((hue % 360) / 60);
  const bottom = ((255 - saturation) * value) >> 8;
  const within = hue % 60;
  const rising = (Math.trunc(((value - bottom) * within) / 60) + bottom) & 255;
  const falling = (Math.trunc(((value - bottom) * (60 - within)) / 60) + bottom) & 255;
  const sectors: readonly Grb[] = [
    [rising, value, bottom],
    [value, falling, bottom],
    [value, bottom, rising],
    [falling, bottom, value],
    [bottom, rising, value],
    [bottom, value, falling],
  ];
  return sectors[sector] ?? [0, 0, 0];
}

/** Only for colours; grey has no hue. */
export function grbToHsv(green: number, red: number, blue: number): readonly [number, number, number] {
  const low = Math.min(green, red, blue);
  const high = Math.max(green, red, blue);
  const delta = high - low;
  const turn = (difference: number): number => Math.trunc((difference * 60) / delta);
  let hue = turn(red - green) + 240;
  if (red === high) hue = turn(green - blue);
  else if (green === high) hue = turn(blue - red) + 120;
  if (hue < 0) hue += 360;
  // The 8 keeps most colours stable there and back (color_utils.c).
  return [hue, Math.trunc((256 * delta - 8) / high) & 255, high];
}

export const color_utils = defineModule({ name: 'color_utils', lifetime: { since: '2.2' } }, () => {
  const hue = arg.integer({ min: 0, max: 360, error: 'should be a 0-360' });
  const byte = arg.integer({ min: 0, max: 255, error: 'should be 0-255' });
  return {
    functions: {
      hsv2grb: fn([hue, byte, byte], (h, s, v) => multi(...hsvToGrb(h, s, v))),
      hsv2grbw: fn([hue, byte, byte], (h, s, v) => {
        const grb = hsvToGrb(h, s, v);
        const white = Math.min(...grb);
        return multi(...grb.map((part) => part - white), white);
      }),
      // The firmware swaps green and red twice over here: what comes out is red, green, blue.
      colorWheel: fn([hue], (h) => {
        const [green, red, blue] = hsvToGrb(h, 255, 255);
        return multi(red, green, blue);
      }),
      grb2hsv: fn([arg.integer(), arg.integer(), arg.integer()], (green, red, blue, call: LuaCall) => {
        call.argCheck(green !== red || green !== blue, 1, 'greyscale value cannot be converted to hsv');
        return multi(...grbToHsv(green & 255, red & 255, blue & 255));
      }),
    },
  };
});
