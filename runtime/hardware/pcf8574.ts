/** PCF8574: eight input and output lines behind I2C (NXP data sheet); a line written 1 is an input that the world may pull down. */
import type { I2cOptions } from './i2c-registers.ts';
import type { Board, I2cPins, I2cTarget, Part } from './wire.ts';

export class Pcf8574 implements I2cTarget, Part {
  readonly kind = 'pcf8574';
  readonly address: number;
  readonly #pins: I2cPins | undefined;
  /** What was written last; 1 on all lines after power-on. */
  outputs = 0xff;
  /** Lines the world leaves high are 1. */
  inputs = 0xff;

  constructor(options: I2cOptions = {}) {
    this.address = options.address ?? 0x20;
    this.#pins = options.pins;
  }

  attach(board: Board): void {
    board.joinI2c(this, this.#pins);
  }

  write(byte: number): boolean {
    this.outputs = byte;
    return true;
  }

  read(): number {
    return this.outputs & this.inputs;
  }

  look(): string {
    return `outputs ${this.outputs.toString(2).padStart(8, '0')}`;
  }
}
