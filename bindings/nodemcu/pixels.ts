/** The memory of a pixel buffer and what can be done to it without Lua. Firmware: app/modules/pixbuf.c */

export const FADE_IN = 0;
export const FADE_OUT = 1;
export const SHIFT_LOGICAL = 0;
export const SHIFT_CIRCULAR = 1;

/** Refused by the firmware as "size limits exeeded". */
export const LEDS_MAX = 8192;
export const CHANNELS_MAX = 32;

/** A position from 1, or from the end when negative, kept inside (posrelat). */
export function relative(position: number, length: number): number {
  const absolute = position < 0 ? position + length + 1 : position;
  return Math.min(Math.max(absolute, 1), length);
}

export interface MixSource {
  /** 256 is once. */
  readonly factor: number;
  readonly values: Uint8Array;
}

const clamp = (value: number): number => Math.min(255, Math.max(0, value));

export class Pixels {
  readonly leds: number;
  readonly channels: number;
  readonly values: Uint8Array;

  constructor(leds: number, channels: number) {
    this.leds = leds;
    this.channels = channels;
    this.values = new Uint8Array(leds * channels);
  }

  equals(other: Pixels): boolean {
    return (
      this.leds === other.leds &&
      this.channels === other.channels &&
      this.values.every((value, i) => value === other.values[i])
    );
  }

  pixel(index: number): Uint8Array {
    return this.values.subarray(index * this.channels, (index + 1) * this.channels);
  }

  fade(by: number, direction: number): void {
    for (let i = 0; i < this.values.length; i++) this.#fadeAt(i, by, direction);
  }

  /** Only the first byte of each pixel. Fading in advances one byte more each time, as the firmware does. */
  fadeIntensity(by: number, direction: number): void {
    const step = direction === FADE_OUT ? this.channels : this.channels + 1;
    for (let i = 0; i < this.leds; i++) if (i * step < this.values.length) this.#fadeAt(i * step, by, direction);
  }

  #fadeAt(i: number, by: number, direction: number): void {
    const value = this.values[i] ?? 0;
    this.values[i] = direction === FADE_OUT ? Math.trunc(value / by) : Math.min(255, Math.imul(value, by));
  }

  fill(color: readonly number[]): void {
    for (let i = 0; i < this.values.length; i++) this.values[i] = color[i % this.channels] ?? 0;
  }

  /** Weighted sum, channel by channel, rounded. */
  mix(sources: readonly MixSource[]): void {
    for (let i = 0; i < this.values.length; i++) {
      const sum = sources.reduce((total, { factor, values }) => (total + Math.imul(values[i] ?? 0, factor)) | 0, 0);
      this.values[i] = clamp(Math.trunc((sum + 128) / 256));
    }
  }

  /** Weighted sum of pixels whose first byte scales the other three; the smallest sufficient scale is chosen. */
  mixIntensity(sources: readonly MixSource[], bits: number): void {
    const most = (1 << bits) - 1;
    for (let p = 0; p < this.leds; p++) {
      const sums = [1, 2, 3].map((c) =>
        sources.reduce(
          (sum, { factor, values }) => (sum + Math.imul((values[4 * p + c] ?? 0) * (values[4 * p] ?? 0), factor)) | 0,
          0,
        ),
      );
      // The largest is compared unsigned: a negative sum counts as very large.
      const largest = sums.reduce((max, sum) => Math.max(max, sum >>> 0), 0);
      if (largest === 0) {
        this.values.fill(0, 4 * p, 4 * p + 4);
        return;
      }
      const scale = largest <= 0x10000 ? 1 : largest >= most * 0x10000 ? most : (largest >>> 16) + 1;
      this.values[4 * p] = scale;
      for (const [c, sum] of sums.entries()) {
        const value = Math.floor(((sum + 256 * scale - 127) >>> 0) / (256 * scale));
        this.values[4 * p + c + 1] = clamp(value | 0);
      }
    }
  }

  get power(): number {
    return this.values.reduce((sum, value) => sum + value, 0);
  }

  /** With the first byte of each pixel as the factor of the others. */
  get intensityPower(): number {
    let total = 0;
    for (let i = 0; i < this.leds; i++) {
      const [intensity = 0, ...rest] = this.pixel(i);
      for (const value of rest) total += intensity * value;
    }
    return total;
  }

  /** Moves `count` bytes to the right (left when negative) within a window of bytes. */
  shift(count: number, circular: boolean, offset: number, window: number): void {
    const part = this.values.subarray(offset, offset + window);
    const before = Uint8Array.from(part);
    for (let i = 0; i < window; i++) {
      const from = i - count;
      const inside = from >= 0 && from < window;
      part[i] = inside ? (before[from] ?? 0) : circular ? (before[(from + window) % window] ?? 0) : 0;
    }
  }

  toString(): string {
    const pixels = Array.from({ length: this.leds }, (_, i) => `(${[...this.pixel(i)].join(',')})`);
    return `[${pixels.join(',')}]`;
  }
}
