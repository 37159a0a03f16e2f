/**
 * BME280: temperature, pressure and humidity behind I2C (Bosch BST-BME280-DS002). Raw values are found by searching the
 * data sheet's own compensation for what the world set, so that any driver computes it back.
 */
import { type I2cOptions, I2cRegisters } from './i2c-registers.ts';
import { search } from './search.ts';

export interface Bme280Options extends I2cOptions {
  /** Degrees Celsius. */
  readonly temperature?: number;
  /** Hectopascal. */
  readonly pressure?: number;
  /** Percent. */
  readonly humidity?: number;
}

/** Calibration of one real sensor. */
const T = [27504, 26435, -1000] as const;
const P = [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000] as const;
const H = [75, 362, 0, 328, 50, 30] as const;

const REGISTER = { ID: 0xd0, RESET: 0xe0, CONTROL_HUM: 0xf2, STATUS: 0xf3, CONTROL: 0xf4, CONFIG: 0xf5, DATA: 0xf7 };
const CHIP_ID = 0x60;
const RESET_CODE = 0xb6;
const SKIPPED_20 = 0x80000;
const SKIPPED_16 = 0x8000;

export class Bme280 extends I2cRegisters {
  override readonly kind = 'bme280';
  /** Degrees Celsius. */
  temperature: number;
  /** Hectopascal. */
  pressure: number;
  /** Percent. */
  humidity: number;

  constructor(options: Bme280Options = {}) {
    super({ ...options, address: options.address ?? 0x76 });
    this.temperature = options.temperature ?? 20;
    this.pressure = options.pressure ?? 1013.25;
    this.humidity = options.humidity ?? 50;
    this.#powerOn();
  }

  override begin(reading: boolean): boolean {
    // In normal mode each read sees a fresh measurement.
    if (reading && this.#mode === 3) this.#measure();
    return super.begin(reading);
  }

  protected override store(register: number, value: number): void {
    if (register === REGISTER.RESET) {
      if (value === RESET_CODE) this.#powerOn();
      return;
    }
    if (register < REGISTER.CONTROL_HUM || register > REGISTER.CONFIG || register === REGISTER.STATUS) return;
    super.store(register, value);
    if (register !== REGISTER.CONTROL) return;
    if (this.#mode !== 0) this.#measure();
    // A forced measurement ends in sleep; both 1 and 2 ask for one.
    if (this.#mode === 1 || this.#mode === 2) this.registers[register] = value & 0xfc;
  }

  get #mode(): number {
    return (this.registers[REGISTER.CONTROL] ?? 0) & 3;
  }

  #powerOn(): void {
    const r = this.registers;
    r.fill(0);
    const put16 = (at: number, value: number): void => {
      r[at] = value & 0xff;
      r[at + 1] = (value >> 8) & 0xff;
    };
    T.forEach((value, i) => {
      put16(0x88 + 2 * i, value);
    });
    P.forEach((value, i) => {
      put16(0x8e + 2 * i, value);
    });
    const [h1, h2, h3, h4, h5, h6] = H;
    r[0xa1] = h1;
    put16(0xe1, h2);
    r.set([h3, h4 >> 4, (h4 & 0xf) | ((h5 & 0xf) << 4), h5 >> 4, h6], 0xe3);
    r[REGISTER.ID] = CHIP_ID;
    this.#put(SKIPPED_20, SKIPPED_20, SKIPPED_16);
  }

  #measure(): void {
    const control = this.registers[REGISTER.CONTROL] ?? 0;
    const fine = fineTemperature(this.temperature);
    const rawT = search(0x100000, (raw) => temperatureFine(raw) >= fine);
    const rawP = search(0x100000, (raw) => pressurePa(raw, fine) <= this.pressure * 100);
    const rawH = search(0x10000, (raw) => humidityPercent(raw, fine) >= this.humidity);
    this.#put(
      control >> 5 === 0 ? SKIPPED_20 : rawT,
      ((control >> 2) & 7) === 0 ? SKIPPED_20 : rawP,
      ((this.registers[REGISTER.CONTROL_HUM] ?? 0) & 7) === 0 ? SKIPPED_16 : rawH,
    );
  }

  #put(t: number, p: number, h: number): void {
    const split = (v: number): number[] => [v >> 12, (v >> 4) & 0xff, (v & 0xf) << 4];
    this.registers.set([...split(p), ...split(t), h >> 8, h & 0xff], REGISTER.DATA);
  }
}

const fineTemperature = (celsius: number): number => celsius * 5120;

/** Data sheet 4.2.3 in floating point; the other two take its result. */
function temperatureFine(raw: number): number {
  const a = (raw / 16384 - T[0] / 1024) * T[1];
  const b = (raw / 131072 - T[0] / 8192) ** 2 * T[2];
  return a + b;
}

function pressurePa(raw: number, fine: number): number {
  let a = fine / 2 - 64000;
  let b = (a * a * P[5]) / 32768 + a * P[4] * 2;
  b = b / 4 + P[3] * 65536;
  a = ((P[2] * a * a) / 524288 + P[1] * a) / 524288;
  a = (1 + a / 32768) * P[0];
  let p = ((1048576 - raw - b / 4096) * 6250) / a;
  p += ((P[8] * p * p) / 2147483648 + (p * P[7]) / 32768 + P[6]) / 16;
  return p;
}

function humidityPercent(raw: number, fine: number): number {
  const [h1, h2, h3, h4, h5, h6] = H;
  const t = fine - 76800;
  const a = raw - (h4 * 64 + (h5 / 16384) * t);
  const h = a * ((h2 / 65536) * (1 + (h6 / 67108864) * t * (1 + (h3 / 67108864) * t)));
  return h * (1 - (h1 * h) / 524288);
}
