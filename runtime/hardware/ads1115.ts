/**
 * ADS1115 and ADS1015: four analogue inputs behind I2C (Texas Instruments SBAS444, SBAS473). A conversion is ready at
 * once; the alert pin is not wired.
 */
import type { I2cOptions } from './i2c-registers.ts';
import type { Board, I2cPins, I2cTarget, Part } from './wire.ts';

const REGISTER = { CONVERSION: 0, CONFIG: 1, LOW: 2, HIGH: 3 } as const;
const POWER_ON = [0, 0x8583, 0x8000, 0x7fff] as const;
const READY = 0x8000;
const GENERAL_CALL = 0;
const RESET = 0x06;
/** Positive and negative input by the config's multiplexer bits; 4 is ground. */
const INPUTS = [
  [0, 1],
  [0, 3],
  [1, 3],
  [2, 3],
  [0, 4],
  [1, 4],
  [2, 4],
  [3, 4],
] as const;
/** Full scale by the config's gain bits. */
const FULL_V = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256] as const;

export class Ads1115 implements I2cTarget, Part {
  readonly kind: 'ads1115' | 'ads1015';
  readonly address: number;
  /** At the inputs A0 to A3. */
  readonly volts: [number, number, number, number] = [0, 0, 0, 0];
  readonly #pins: I2cPins | undefined;
  #registers: number[] = [...POWER_ON];
  #written: number[] = [];
  #pointer = 0;
  #sent = 0;

  constructor(kind: 'ads1115' | 'ads1015' = 'ads1115', options: I2cOptions = {}) {
    this.kind = kind;
    this.address = options.address ?? 0x48;
    this.#pins = options.pins;
  }

  attach(board: Board): void {
    board.joinI2c(this, this.#pins);
    const general: I2cTarget = {
      address: GENERAL_CALL,
      write: (byte) => {
        if (byte === RESET) this.#registers = [...POWER_ON];
        return true;
      },
      read: () => 0xff,
    };
    board.joinI2c(general, this.#pins);
  }

  begin(reading: boolean): boolean {
    if (reading) this.#sent = 0;
    else this.#written = [];
    return true;
  }

  write(byte: number): boolean {
    this.#written.push(byte);
    const [pointer = 0, high, low] = this.#written;
    this.#pointer = pointer & 3;
    if (high === undefined || low === undefined) return true;
    const value = (high << 8) | low;
    this.#registers[this.#pointer] = this.#pointer === REGISTER.CONFIG ? value | READY : value;
    if (this.#pointer === REGISTER.CONFIG) this.#convert();
    return true;
  }

  read(): number {
    if (this.#pointer === REGISTER.CONVERSION && this.#sent === 0 && this.#continuous) this.#convert();
    const word = this.#registers[this.#pointer] ?? 0;
    return this.#sent++ % 2 === 0 ? word >> 8 : word & 0xff;
  }

  get #continuous(): boolean {
    return ((this.#registers[REGISTER.CONFIG] ?? 0) & 0x0100) === 0;
  }

  #convert(): void {
    const config = this.#registers[REGISTER.CONFIG] ?? 0;
    const [plus, minus] = INPUTS[(config >> 12) & 7] ?? [0, 4];
    const full = FULL_V[(config >> 9) & 7] ?? 6.144;
    const volt = (input: number): number => this.volts[input] ?? 0;
    const counts = Math.round(((volt(plus) - volt(minus)) / full) * 32768);
    const limited = Math.max(-32768, Math.min(32767, counts)) & 0xffff;
    this.#registers[REGISTER.CONVERSION] = this.kind === 'ads1015' ? limited & 0xfff0 : limited;
  }
}
