/**
 * TSL2561: light in two channels, visible with infrared and infrared alone (TAOS059). The world sets lux; the channels
 * are what daylight of that strength gives, an eighth of it infrared. A reading is ready as soon as it is powered.
 */
import { type I2cOptions, I2cRegisters } from './i2c-registers.ts';

export interface Tsl2561Options extends I2cOptions {
  readonly lux?: number;
}

const REGISTER = { CONTROL: 0, TIMING: 1, ID: 0x0a, CHANNEL0: 0x0c } as const;
const ID = 0x50;
const POWERED = 3;
/** Milliseconds of integration. */
const TIME_MS = [13.7, 101, 402] as const;
/** Largest count by integration time. */
const FULL = [5047, 37_177, 65_535] as const;
const INFRARED = 1 / 8;
/** Lux of one count of channel 0 at 402 ms and 16 times gain, with that share of infrared (data sheet, T package). */
const LUX_PER_COUNT = 0.0304 - 0.0272 * INFRARED;

export class Tsl2561 extends I2cRegisters {
  override readonly kind = 'tsl2561';
  lux: number;

  constructor(options: Tsl2561Options = {}) {
    super({ ...options, address: options.address ?? 0x39 });
    this.lux = options.lux ?? 300;
    this.registers[REGISTER.TIMING] = 2;
    this.registers[REGISTER.ID] = ID;
  }

  protected override load(command: number): number {
    const register = command & 0x0f;
    if (register < REGISTER.CHANNEL0) return super.load(register);
    const at = register - REGISTER.CHANNEL0;
    const count = this.#count(at < 2 ? 1 : INFRARED);
    return at % 2 === 0 ? count & 0xff : count >> 8;
  }

  protected override store(command: number, value: number): void {
    super.store(command & 0x0f, value);
  }

  #count(share: number): number {
    const timing = this.registers[REGISTER.TIMING] ?? 0;
    if (((this.registers[REGISTER.CONTROL] ?? 0) & POWERED) !== POWERED) return 0;
    const time = timing & 3;
    const gain = (timing & 0x10) === 0 ? 1 / 16 : 1;
    const counts = (this.lux / LUX_PER_COUNT) * share * gain * ((TIME_MS[time] ?? 402) / 402);
    return Math.min(FULL[time] ?? 65_535, Math.round(counts));
  }
}
