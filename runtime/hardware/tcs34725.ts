/** TCS34725: red, green, blue and clear light as counts behind I2C (TAOS135). The world sets the counts themselves. */
import { type I2cOptions, I2cRegisters } from './i2c-registers.ts';

export interface Tcs34725Options extends I2cOptions {
  readonly red?: number;
  readonly green?: number;
  readonly blue?: number;
  readonly clear?: number;
}

const REGISTER = { ENABLE: 0x00, ID: 0x12, STATUS: 0x13, DATA: 0x14 } as const;
const ID = 0x44;
const VALID = 0x01;
const CONVERTING = 0x03;

export class Tcs34725 extends I2cRegisters {
  override readonly kind = 'tcs34725';
  red: number;
  green: number;
  blue: number;
  clear: number;

  constructor(options: Tcs34725Options = {}) {
    super({ ...options, address: options.address ?? 0x29 });
    this.red = options.red ?? 100;
    this.green = options.green ?? 100;
    this.blue = options.blue ?? 100;
    this.clear = options.clear ?? this.red + this.green + this.blue;
    this.registers[REGISTER.ID] = ID;
  }

  protected override load(command: number): number {
    const register = command & 0x1f;
    const on = ((this.registers[REGISTER.ENABLE] ?? 0) & CONVERTING) === CONVERTING;
    if (register === REGISTER.STATUS) return on ? VALID : 0;
    const count = [this.clear, this.red, this.green, this.blue][(register - REGISTER.DATA) >> 1];
    if (register < REGISTER.DATA || count === undefined) return super.load(register);
    if (!on) return 0;
    const word = Math.max(0, Math.min(0xffff, Math.round(count)));
    return register % 2 === 0 ? word & 0xff : word >> 8;
  }

  protected override store(command: number, value: number): void {
    super.store(command & 0x1f, value);
  }
}
