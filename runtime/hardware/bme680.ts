/**
 * BME680: temperature, pressure, humidity and the resistance of a gas sensor behind I2C (Bosch BST-BME680-DS001). Raw values
 * are found by searching the data sheet's compensation for what the world set. A forced measurement is ready at once.
 */
import { type I2cOptions, I2cRegisters } from './i2c-registers.ts';
import { search } from './search.ts';

export interface Bme680Options extends I2cOptions {
  /** Degrees Celsius. */
  readonly temperature?: number;
  /** Hectopascal. */
  readonly pressure?: number;
  /** Percent. */
  readonly humidity?: number;
  /** Ohm. */
  readonly gas?: number;
}

/** Calibration of one real sensor. */
const T = [26041, 26469, 3] as const;
const P = [36673, -10515, 88, 7310, -129, 30, 46, -3177, -2379, 30] as const;
const H = [798, 1008, 0, 45, 20, 120, -100] as const;
const GH = [187, -5969, 18] as const;
const HEAT_RANGE = 1;
const HEAT_VALUE = 44;
const REGISTER = { HEAT_VALUE: 0x00, HEAT_RANGE: 0x02, FIELD: 0x1d, CONTROL: 0x74, ID: 0xd0 } as const;
const CHIP_ID = 0x61;
const NEW_DATA = 0x80;
const GAS_VALID = 0x30;
const RANGES = 16;
/** Ohm of the middle of the first range; each range halves it (data sheet 3.4.1, without its small corrections). */
const GAS_SPAN = 8e6;

export class Bme680 extends I2cRegisters {
  override readonly kind = 'bme680';
  /** Degrees Celsius. */
  temperature: number;
  /** Hectopascal. */
  pressure: number;
  /** Percent. */
  humidity: number;
  /** Ohm. */
  gas: number;

  constructor(options: Bme680Options = {}) {
    super({ ...options, address: options.address ?? 0x76 });
    this.temperature = options.temperature ?? 20;
    this.pressure = options.pressure ?? 1013.25;
    this.humidity = options.humidity ?? 50;
    this.gas = options.gas ?? 50_000;
    this.registers.set(coefficients().subarray(0, 25), 0x89);
    this.registers.set(coefficients().subarray(25), 0xe1);
    this.registers[REGISTER.HEAT_VALUE] = HEAT_VALUE;
    this.registers[REGISTER.HEAT_RANGE] = HEAT_RANGE << 4;
    this.registers[REGISTER.ID] = CHIP_ID;
  }

  protected override store(register: number, value: number): void {
    if (register < 0x50 || register > 0x75) return;
    const forced = register === REGISTER.CONTROL && (value & 3) === 1;
    super.store(register, forced ? value & 0xfc : value);
    if (forced) this.#measure();
  }

  #measure(): void {
    const t = search(0x100000, (raw) => fine(raw) >= this.temperature * 5120);
    const p = search(0x100000, (raw) => pascal(raw, fine(t)) <= this.pressure * 100);
    const h = search(0x10000, (raw) => percent(raw, fine(t)) >= this.humidity);
    const [gas, range] = gasRaw(this.gas);
    const split = (v: number): number[] => [v >> 12, (v >> 4) & 0xff, (v & 0xf) << 4];
    const field = [NEW_DATA, 0, ...split(p), ...split(t), h >> 8, h & 0xff, 0, 0, 0];
    this.registers.set([...field, gas >> 2, ((gas & 3) << 6) | GAS_VALID | range], REGISTER.FIELD);
  }
}

/** The 41 bytes as the two ranges of registers have them. */
function coefficients(): Uint8Array {
  const bytes = new Uint8Array(41);
  const put16 = (at: number, value: number): void => bytes.set([value & 0xff, (value >> 8) & 0xff], at);
  const [h1, h2] = H;
  put16(1, T[1]);
  bytes[3] = T[2];
  for (const [at, i] of [
    [5, 0],
    [7, 1],
    [11, 3],
    [13, 4],
    [19, 7],
    [21, 8],
  ] as const)
    put16(at, P[i]);
  bytes.set([P[2]], 9);
  bytes.set([P[6], P[5]], 15);
  bytes.set([P[9]], 23);
  bytes.set([h2 >> 4, ((h2 & 15) << 4) | (h1 & 15), h1 >> 4, ...H.slice(2)], 25);
  put16(33, T[0]);
  put16(35, GH[1]);
  bytes.set([GH[0], GH[2]], 37);
  return bytes;
}

function fine(raw: number): number {
  return (raw / 16384 - T[0] / 1024) * T[1] + (raw / 131072 - T[0] / 8192) ** 2 * T[2] * 16;
}

function pascal(raw: number, t: number): number {
  let a = t / 2 - 64000;
  let b = a * a * (P[5] / 131072) + a * P[4] * 2;
  b = b / 4 + P[3] * 65536;
  a = ((P[2] * a * a) / 16384 + P[1] * a) / 524288;
  a = (1 + a / 32768) * P[0];
  const p = ((1048576 - raw - b / 4096) * 6250) / a;
  return p + ((P[8] * p * p) / 2147483648 + p * (P[7] / 32768) + (p / 256) ** 3 * (P[9] / 131072) + P[6] * 128) / 16;
}

function percent(raw: number, t: number): number {
  const celsius = t / 5120;
  const a = raw - (H[0] * 16 + (H[2] / 2) * celsius);
  const b = a * ((H[1] / 262144) * (1 + (H[3] / 16384) * celsius + (H[4] / 1048576) * celsius * celsius));
  return b + (H[5] / 16384 + (H[6] / 2097152) * celsius) * b * b;
}

/** Ten bits and a range that stand for a resistance. */
function gasRaw(ohm: number): readonly [number, number] {
  for (let range = 0; range < RANGES; range++) {
    const raw = Math.round(512 + 1340 * (GAS_SPAN / (2 ** range * ohm) - 1));
    if (raw >= 0 && raw < 1024) return [raw, range];
  }
  return [0, 0];
}
