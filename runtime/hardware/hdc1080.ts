/** HDC1080: temperature and humidity in registers of 16 bits behind I2C (Texas Instruments SNAS672). */
import type { I2cOptions } from './i2c-registers.ts';
import type { Board, I2cPins, I2cTarget, Part } from './wire.ts';

export interface Hdc1080Options extends I2cOptions {
  /** Degrees Celsius. */
  readonly temperature?: number;
  /** Percent. */
  readonly humidity?: number;
}

const REGISTER = { TEMPERATURE: 0, HUMIDITY: 1, CONFIG: 2, MANUFACTURER: 0xfe, DEVICE: 0xff } as const;
const TEXAS_INSTRUMENTS = 0x5449;
const HDC1080 = 0x1050;

export class Hdc1080 implements I2cTarget, Part {
  readonly kind = 'hdc1080';
  readonly address: number;
  /** Degrees Celsius. */
  temperature: number;
  /** Percent. */
  humidity: number;
  config = 0x1000;
  readonly #pins: I2cPins | undefined;
  #written: number[] = [];
  #register = 0;
  #sent = 0;

  constructor(options: Hdc1080Options = {}) {
    this.address = options.address ?? 0x40;
    this.#pins = options.pins;
    this.temperature = options.temperature ?? 20;
    this.humidity = options.humidity ?? 50;
  }

  attach(board: Board): void {
    board.joinI2c(this, this.#pins);
  }

  begin(reading: boolean): boolean {
    if (reading) this.#sent = 0;
    else this.#written = [];
    return true;
  }

  write(byte: number): boolean {
    this.#written.push(byte);
    const [register = 0, high, low] = this.#written;
    this.#register = register;
    if (register === REGISTER.CONFIG && high !== undefined && low !== undefined) this.config = (high << 8) | low;
    return true;
  }

  /** After a measurement of temperature the humidity follows. */
  read(): number {
    const at = this.#sent++;
    const word = this.#value(this.#register === REGISTER.TEMPERATURE && at > 1 ? REGISTER.HUMIDITY : this.#register);
    return at % 2 === 0 ? word >> 8 : word & 0xff;
  }

  #value(register: number): number {
    const share = (value: number): number => Math.max(0, Math.min(0xfffc, Math.round(value * 65536))) & 0xfffc;
    if (register === REGISTER.TEMPERATURE) return share((this.temperature + 40) / 165);
    if (register === REGISTER.HUMIDITY) return share(this.humidity / 100);
    if (register === REGISTER.CONFIG) return this.config;
    if (register === REGISTER.MANUFACTURER) return TEXAS_INSTRUMENTS;
    return register === REGISTER.DEVICE ? HDC1080 : 0;
  }
}
