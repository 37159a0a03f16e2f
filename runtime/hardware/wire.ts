/** What joins a part to the board: pins, the buses on them, and the board as a part sees it. */
import type { Clock, Micros } from '../core/index.ts';

export type Level = 0 | 1;

/** One end of a wire at a pin. Levels are a function of time, so that a program in a busy loop sees them change. */
export interface PinWire {
  /** The level the program drives changed; letting go counts as 1. */
  driven?(pin: number, level: Level, at: Micros): void;
  /** The program drives the pin with pulses; `duty` 0 … 1. */
  modulated?(pin: number, frequency: number, duty: number, at: Micros): void;
  /** What this end does to the line at that time: 0 pulls it down, 1 lets it go. */
  level?(pin: number, at: Micros): Level;
}

/** A device on an I2C bus. */
export interface I2cTarget {
  /** 7 bits. */
  readonly address: number;
  /** Addressed for reading or writing; false does not acknowledge. */
  begin?(reading: boolean): boolean;
  /** A byte arrives; false does not acknowledge. */
  write(byte: number): boolean;
  /** The next byte to send. */
  read(): number;
  /** STOP, or a new START. */
  end?(): void;
}

export interface I2cPins {
  readonly sda: number;
  readonly scl: number;
}

/** A device on the SPI bus, listening while its select pin is low. */
export interface SpiTarget {
  readonly select: number;
  /** Bytes go out and, at the same time, come in. */
  exchange(out: Uint8Array): Uint8Array;
}

/** Addressable LEDs: a line that takes colour bytes. */
export interface PixelTarget {
  /** `ws2812` (D4), `ws2812-2` (TX, dual mode), `apa102`, `ws2801` or `tm1829`. */
  readonly line: string;
  show(bytes: Uint8Array, at: Micros): void;
}

/** The board as a part sees it. */
export interface Board {
  /** The world's clock. */
  readonly clock: Clock;
  connect(pin: number, wire: PinWire): void;
  /** Applies a level to a pin, now in the world's time. */
  apply(pin: number, level: Level): void;
  /** Without pins the target is wired to whichever the program chooses. */
  joinI2c(target: I2cTarget, pins?: I2cPins): void;
  joinSpi(target: SpiTarget): void;
  joinPixels(target: PixelTarget): void;
}

export interface Part {
  /** As in the catalogue: `dht22`. */
  readonly kind: string;
  attach(board: Board): void;
  /** It will change something by itself. */
  readonly pending?: boolean;
  /** What there is to see at it, for people; parts without anything to see have none. */
  look?(): string;
  /** What a display shows, as a PNG file. */
  png?(): Uint8Array;
}
