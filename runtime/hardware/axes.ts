/**
 * Sensors of three axes behind I2C: the accelerometer ADXL345, the gyroscope L3G4200D and the compass HMC5883L. Their
 * registers give what the world set in the sensor's power-on range; other ranges are not known.
 */
import { type I2cOptions, I2cRegisters } from './i2c-registers.ts';

export interface AxesOptions extends I2cOptions {
  /** In g, degrees per second or gauss. */
  readonly x?: number;
  readonly y?: number;
  readonly z?: number;
}

interface Model {
  readonly address: number;
  /** Counts to the unit. */
  readonly scale: number;
  readonly data: number;
  /** In the order of the registers. */
  readonly order: readonly ('x' | 'y' | 'z')[];
  readonly littleEndian: boolean;
  /** First register and bytes of what identifies it. */
  readonly identity: readonly [number, readonly number[]];
}

/** 3.9 mg, 8.75 mdps and 1/390 gauss to the count (Analog Devices rev. E, ST 17116, Honeywell 900405). */
const MODELS = {
  adxl345: {
    address: 0x53,
    scale: 256,
    data: 0x32,
    order: ['x', 'y', 'z'],
    littleEndian: true,
    identity: [0x00, [0xe5]],
  },
  l3g4200d: {
    address: 0x69,
    scale: 1000 / 8.75,
    data: 0x28,
    order: ['x', 'y', 'z'],
    littleEndian: true,
    identity: [0x0f, [0xd3]],
  },
  hmc5883l: {
    address: 0x1e,
    scale: 390,
    data: 0x03,
    order: ['x', 'z', 'y'],
    littleEndian: false,
    identity: [0x0a, [0x48, 0x34, 0x33]],
  },
} as const satisfies Readonly<Record<string, Model>>;

export type AxesKind = keyof typeof MODELS;

/** Of the L3G4200D: the bit of a register's number that says go on. */
const INCREMENT = 0x80;

export class Axes extends I2cRegisters {
  override readonly kind: AxesKind;
  /** In g, degrees per second or gauss; what the next reading gives. */
  x: number;
  y: number;
  z: number;
  readonly #model: Model;

  constructor(kind: AxesKind, options: AxesOptions = {}) {
    super({ ...options, address: options.address ?? MODELS[kind].address });
    this.kind = kind;
    this.#model = MODELS[kind];
    this.x = options.x ?? 0;
    this.y = options.y ?? 0;
    this.z = options.z ?? (kind === 'adxl345' ? 1 : 0);
    const [at, bytes] = this.#model.identity;
    this.registers.set(bytes, at);
  }

  protected override load(register: number): number {
    const plain = this.kind === 'l3g4200d' ? register & ~INCREMENT : register;
    const { data, order, scale, littleEndian } = this.#model;
    const axis = order[(plain - data) >> 1];
    if (plain < data || axis === undefined) return super.load(plain);
    const value = Math.max(-32768, Math.min(32767, Math.round(this[axis] * scale)));
    const high = (plain - data) % 2 === (littleEndian ? 1 : 0);
    return (high ? value >> 8 : value) & 0xff;
  }

  protected override store(register: number, value: number): void {
    super.store(this.kind === 'l3g4200d' ? register & ~INCREMENT : register, value);
  }
}
