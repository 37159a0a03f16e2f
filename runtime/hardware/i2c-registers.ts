/** An I2C device that is a map of registers: the first byte written sets the pointer, further bytes are stored or read from there on. */
import type { Board, I2cPins, I2cTarget, Part } from './wire.ts';

export interface I2cOptions {
  readonly address?: number;
  /** Pins it is wired to; by default those the program chooses. */
  readonly pins?: I2cPins;
}

export class I2cRegisters implements I2cTarget, Part {
  readonly kind: string = 'i2c';
  readonly address: number;
  readonly registers = new Uint8Array(256);
  readonly #pins: I2cPins | undefined;
  #pointer = 0;
  #expectsPointer = false;

  constructor(options: I2cOptions & { readonly address: number }) {
    this.address = options.address;
    this.#pins = options.pins;
  }

  attach(board: Board): void {
    board.joinI2c(this, this.#pins);
  }

  begin(reading: boolean): boolean {
    this.#expectsPointer = !reading;
    return true;
  }

  write(byte: number): boolean {
    if (this.#expectsPointer) {
      this.#pointer = byte;
      this.#expectsPointer = false;
    } else {
      this.store(this.#pointer, byte);
      this.#pointer = (this.#pointer + 1) & 0xff;
    }
    return true;
  }

  read(): number {
    const value = this.load(this.#pointer);
    this.#pointer = (this.#pointer + 1) & 0xff;
    return value;
  }

  /** What reading a register gives; devices with more than memory refine it. */
  protected load(register: number): number {
    return this.registers[register] ?? 0;
  }

  protected store(register: number, value: number): void {
    this.registers[register] = value;
  }
}
