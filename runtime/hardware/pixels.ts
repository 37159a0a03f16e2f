/** A strip of addressable LEDs (WS2812, APA102, WS2801, TM1829): keeps the colours it was told last. */
import type { Board, Part, PixelTarget } from './wire.ts';

export interface PixelStripOptions {
  readonly leds?: number;
  /** Bytes of one LED: 3 (G R B), or 4 (G R B W). */
  readonly channels?: 3 | 4;
  /** `ws2812` is D4, `ws2812-2` TX in dual mode. */
  readonly line?: 'ws2812' | 'ws2812-2';
}

export type PixelKind = 'ws2812' | 'apa102' | 'ws2801' | 'tm1829';

export class PixelStrip implements Part, PixelTarget {
  readonly kind: PixelKind;
  readonly line: string;
  readonly #leds: number;
  readonly #channels: number;
  readonly #bytes: Uint8Array;
  /** How many times it was written to. */
  frames = 0;

  constructor(kind: PixelKind, options: PixelStripOptions = {}) {
    this.kind = kind;
    this.line = kind === 'ws2812' ? (options.line ?? kind) : kind;
    this.#leds = options.leds ?? 8;
    this.#channels = kind === 'apa102' ? 4 : (options.channels ?? 3);
    this.#bytes = new Uint8Array(this.#leds * this.#channels);
  }

  attach(board: Board): void {
    board.joinPixels(this);
  }

  show(bytes: Uint8Array): void {
    this.#bytes.set(bytes.subarray(0, this.#bytes.length));
    this.frames++;
  }

  /** `rrggbb` of each LED; brightness of APA102 and the white of four channels left out. */
  get colors(): string[] {
    return Array.from({ length: this.#leds }, (_, i) => {
      const led = this.#bytes.subarray(i * this.#channels, (i + 1) * this.#channels);
      const [a = 0, b = 0, c = 0, d = 0] = led;
      const rgb = this.kind === 'apa102' ? [d, c, b] : this.kind === 'ws2812' ? [b, a, c] : [a, b, c];
      return rgb.map((value) => value.toString(16).padStart(2, '0')).join('');
    });
  }

  look(): string {
    return this.colors.map((color) => `#${color}`).join(' ');
  }
}
