/**
 * The pictures of ws2812_effects: each changes a buffer of green, red, blue (and white) once per call.
 * Firmware: app/modules/ws2812_effects.c
 */
import { grbToHsv, hsvToGrb } from './color_utils.ts';
import type { Pixels } from './pixels.ts';

export const EFFECTS = [
  'static',
  'blink',
  'gradient',
  'gradient_rgb',
  'random_color',
  'rainbow',
  'rainbow_cycle',
  'flicker',
  'fire',
  'fire_soft',
  'fire_intense',
  'halloween',
  'circus_combustus',
  'larson_scanner',
  'cycle',
  'color_wipe',
  'random_dot',
] as const;
export type Effect = (typeof EFFECTS)[number];

const BRIGHTEST = 255;
/** Random colours differ by at least so much of the wheel. */
const DISTANCE = 42;

type Color = readonly [green: number, red: number, blue: number];
const BLACK: Color = [0, 0, 0];

export class PixelEffects {
  readonly buffer: Pixels;
  /** Green, red, blue, white. */
  color: number[] = [0, 0, 0, 0];
  brightness = 100;
  /** Calls since the start. */
  calls = 0;
  step = 0;
  /** Bytes that a circular shift moves. */
  #shift = 0;
  #wheel = 0;
  readonly #below: (limit: number) => number;

  /** `below` gives a random whole number under its limit. */
  constructor(buffer: Pixels, below: (limit: number) => number) {
    this.buffer = buffer;
    this.#below = below;
  }

  /** All LEDs in the set colour. */
  fillColor(): void {
    const [green = 0, red = 0, blue = 0, white = 0] = this.color;
    this.buffer.fill([green, red, blue, white].map((part) => this.#dim(part)));
  }

  black(): void {
    this.buffer.values.fill(0);
  }

  blink(): void {
    if (this.calls % 2 === 1) this.fillColor();
    else this.black();
  }

  /** Between the colours of `spec`; through hues, or component by component. */
  gradient(spec: Uint8Array, throughHues: boolean): void {
    const { leds, channels } = this.buffer;
    const colors = Array.from({ length: Math.floor(spec.length / channels) }, (_, i): Color => {
      const [green = 0, red = 0, blue = 0] = spec.subarray(i * channels);
      return [green, red, blue];
    });
    const segments = colors.length - 1;
    const size = Math.floor(leds / segments);
    let at = 0;
    for (let k = 0; k < segments; k++) {
      const count = k === segments - 1 ? leds - size * (segments - 1) : size;
      const [from = BLACK, to = BLACK] = colors.slice(k, k + 2);
      for (let i = 0; i < count; i++) {
        // A segment of one LED divides by zero in the firmware; it shows its first colour here.
        const share = count > 1 ? { i, of: count - 1 } : { i: 0, of: 1 };
        this.#put(at++, (throughHues ? hueBetween : between)(from, to, share));
      }
    }
  }

  randomColor(): void {
    let distance = 0;
    let next = this.#wheel;
    while (distance < DISTANCE) {
      next = this.#below(360) & 0xff;
      // The firmware's abs negates only the first term, and all of this is kept in bytes.
      const one = (this.#wheel > next ? this.#wheel - next : -this.#wheel - next) & 0xff;
      distance = Math.min(one, (360 - one) & 0xff);
    }
    this.#wheel = next;
    this.#putAll(wheelColor(next));
  }

  rainbow(): void {
    this.#putAll(wheelColor(this.step));
    this.step = (this.step + 1) % 360;
  }

  rainbowCycle(repeats: number): void {
    const { leds } = this.buffer;
    for (let i = 0; i < leds; i++) {
      this.#put(i, wheelColor((Math.imul(Math.trunc((i * 360) / leds), repeats) % 360) & 0xffff));
    }
  }

  flicker(most: number): void {
    const [green = 0, red = 0, blue = 0] = this.color;
    for (let i = 0; i < this.buffer.leds; i++) {
      const less = this.#below(Math.max(1, most & 0xff));
      this.#put(i, [Math.max(0, green - less), Math.max(0, red - less), Math.max(0, blue - less)]);
    }
    this.step = (this.step + 1) % 256;
  }

  /** A repeating pattern of pairs. */
  pattern(...colors: readonly Color[]): void {
    for (let i = 0; i < this.buffer.leds; i++) this.#put(i, colors[(i >> 1) % colors.length] ?? BLACK);
  }

  halloween(): void {
    this.pattern([50, 255, 0], [0, 255, 130]);
  }

  circus(): void {
    this.pattern([0, 255, 0], [255, 255, 255], BLACK);
  }

  /** A dot that goes to and fro, in the colour's full brightness. */
  larsonScanner(): void {
    const { leds, values, channels } = this.buffer;
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) >> 2;
    const position = this.step < leds ? this.step : leds * 2 - this.step - 2;
    values.set(this.color.slice(0, 3), position * channels);
    this.#nextStep(leds * 2 - 2);
  }

  colorWipe(): void {
    const { leds, values, channels } = this.buffer;
    const [green = 0, red = 0, blue = 0] = this.color;
    const shown = this.step >= leds ? BLACK : [green, red, blue].map((part) => this.#dim(part));
    values.set(shown, (this.step % leds) * channels);
    this.#nextStep(leds * 2);
  }

  randomDot(dots: number): void {
    const { leds, values, channels } = this.buffer;
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) >> 1;
    for (let i = 0; i < (dots & 0xff); i++) values.set(this.color.slice(0, channels), this.#below(leds) * channels);
    this.#nextStep(leds * 2 - 2);
  }

  /** How far {@link shift} moves each time, in LEDs. */
  prepareShift(leds: number): void {
    this.#shift = leds * this.buffer.channels;
  }

  shift(): void {
    const { length } = this.buffer.values;
    if (Math.abs(this.#shift) <= length) this.buffer.shift(this.#shift, true, 0, length);
  }

  #nextStep(count: number): void {
    this.step = count > 0 ? (this.step + 1) % count : 0;
  }

  #dim(part: number): number {
    return Math.trunc(((part & 0xff) * this.brightness) / BRIGHTEST);
  }

  #put(led: number, color: Color): void {
    const pixel = this.buffer.pixel(led);
    pixel.fill(0);
    pixel.set(color.map((part) => this.#dim(part)));
  }

  #putAll(color: Color): void {
    for (let i = 0; i < this.buffer.leds; i++) this.#put(i, color);
  }
}

/** A colour of the wheel as these effects read it: with green and red exchanged. */
function wheelColor(position: number): Color {
  const [green, red, blue] = hsvToGrb(position, 255, 255);
  return [red, green, blue];
}

interface Share {
  readonly i: number;
  readonly of: number;
}

const between = (from: Color, to: Color, { i, of }: Share): Color => {
  const part = (n: 0 | 1 | 2): number => from[n] + Math.trunc(((to[n] - from[n]) * i) / of);
  return [part(0), part(1), part(2)];
};

/** Along the shorter way round the wheel; saturation and value stay those of the first colour. */
function hueBetween(from: Color, to: Color, { i, of }: Share): Color {
  const [h1, s, v] = hsvOf(from);
  const [h2] = hsvOf(to);
  const down = h1 > h2 ? h1 - h2 : 360 + h1 - h2;
  const up = h1 > h2 ? 360 + h2 - h1 : h2 - h1;
  const hue = down > up ? h1 + (Math.trunc((up * i) / of) % 360) : h1 - Math.trunc((down * i) / of);
  return hsvToGrb((hue < 0 ? hue + 360 : hue > 359 ? hue - 360 : hue) & 0xffff, s, v);
}

/** The hue of grey is -1 in 16 bits. */
const GREY_HUE = 0xffff;

function hsvOf([green, red, blue]: Color): readonly [number, number, number] {
  return green === red && red === blue ? [GREY_HUE, 0, red] : grbToHsv(green, red, blue);
}
