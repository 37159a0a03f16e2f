/**
 * BMP085 and BMP180: temperature and pressure behind I2C, with the calibration of the data sheet's example (Bosch
 * BST-BMP085-DS000). Raw values are found by searching its compensation for what the world set. The world's conversion
 * takes no time: a result can be read at once.
 */
import { type I2cOptions, I2cRegisters } from './i2c-registers.ts';
import { search } from './search.ts';

export interface Bmp085Options extends I2cOptions {
  /** Degrees Celsius. */
  readonly temperature?: number;
  /** Hectopascal. */
  readonly pressure?: number;
}

/** AC1 … AC6, B1, B2, MB, MC, MD. */
const CALIBRATION = [408, -72, -14383, 32741, 32757, 23153, 6190, 4, -32768, -8711, 2868] as const;
const REGISTER = { CALIBRATION: 0xaa, ID: 0xd0, CONTROL: 0xf4, OUT: 0xf6 } as const;
const ID = 0x55;
const TEMPERATURE = 0x2e;
const PRESSURE = 0x34;

export class Bmp085 extends I2cRegisters {
  override readonly kind = 'bmp085';
  /** Degrees Celsius. */
  temperature: number;
  /** Hectopascal. */
  pressure: number;

  constructor(options: Bmp085Options = {}) {
    super({ ...options, address: options.address ?? 0x77 });
    this.temperature = options.temperature ?? 20;
    this.pressure = options.pressure ?? 1013.25;
    this.registers[REGISTER.ID] = ID;
    for (const [i, value] of CALIBRATION.entries()) {
      this.registers.set([(value >> 8) & 0xff, value & 0xff], REGISTER.CALIBRATION + 2 * i);
    }
  }

  protected override store(register: number, value: number): void {
    if (register !== REGISTER.CONTROL) return;
    super.store(register, value);
    const raw = search(0x10000, (t) => fine(t) >= this.temperature * 160);
    if (value === TEMPERATURE) this.registers.set([raw >> 8, raw & 0xff], REGISTER.OUT);
    else if ((value & 0x3f) === PRESSURE) this.#measurePressure(value >> 6, fine(raw));
  }

  #measurePressure(oversampling: number, b5: number): void {
    const raw = search(2 ** (16 + oversampling), (p) => pascal(p, b5, oversampling) >= this.pressure * 100);
    const wide = raw * 2 ** (8 - oversampling);
    this.registers.set([wide >> 16, (wide >> 8) & 0xff, wide & 0xff], REGISTER.OUT);
  }
}

const [AC1, AC2, AC3, AC4, AC5, AC6, B1, B2, , MC, MD] = CALIBRATION;

/** B5: tenths of a degree times 16. */
function fine(raw: number): number {
  const x1 = ((raw - AC6) * AC5) / 32768;
  return x1 + (MC * 2048) / (x1 + MD);
}

function pascal(raw: number, b5: number, oversampling: number): number {
  const b6 = b5 - 4000;
  const x3 = (B2 * ((b6 * b6) / 4096)) / 2048 + (AC2 * b6) / 2048;
  const b3 = ((AC1 * 4 + x3) * 2 ** oversampling + 2) / 4;
  const y3 = ((AC3 * b6) / 8192 + (B1 * ((b6 * b6) / 4096)) / 65536 + 2) / 4;
  const b4 = (AC4 * (y3 + 32768)) / 32768;
  const p = ((raw - b3) * (50000 / 2 ** oversampling) * 2) / b4;
  return p + (((p / 256) ** 2 * 3038) / 65536 + (-7357 * p) / 65536 + 3791) / 16;
}
