/** What the sensors of temperature and humidity on I2C have in common: a place on the bus, and the air around them. */
import type { I2cOptions } from './i2c-registers.ts';
import type { Board, I2cPins, I2cTarget, Part } from './wire.ts';

export interface ClimateOptions extends I2cOptions {
  /** Degrees Celsius. */
  readonly temperature?: number;
  /** Percent. */
  readonly humidity?: number;
}

export abstract class Climate implements I2cTarget, Part {
  abstract readonly kind: string;
  readonly address: number;
  /** Degrees Celsius. */
  temperature: number;
  /** Percent. */
  humidity: number;
  readonly #pins: I2cPins | undefined;

  constructor(address: number, options: ClimateOptions) {
    this.address = options.address ?? address;
    this.#pins = options.pins;
    this.temperature = options.temperature ?? 20;
    this.humidity = options.humidity ?? 50;
  }

  attach(board: Board): void {
    board.joinI2c(this, this.#pins);
  }

  abstract begin(reading: boolean): boolean;
  abstract write(byte: number): boolean;
  abstract read(): number;
}
