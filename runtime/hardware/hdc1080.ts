/** HDC1080: temperature and humidity in registers of 16 bits behind I2C (Texas Instruments SNAS672). */
import { Climate, type ClimateOptions } from './climate.ts';

const REGISTER = { TEMPERATURE: 0, HUMIDITY: 1, CONFIG: 2, MANUFACTURER: 0xfe, DEVICE: 0xff } as const;
const TEXAS_INSTRUMENTS = 0x5449;
const HDC1080 = 0x1050;

export class Hdc1080 extends Climate {
  readonly kind = 'hdc1080';
  config = 0x1000;
  #written: number[] = [];
  #register = 0;
  #sent = 0;

  constructor(options: ClimateOptions = {}) {
    super(0x40, options);
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
