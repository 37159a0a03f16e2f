/** DS18B20, a thermometer on a 1-Wire bus (Maxim data sheet 19-7487): conversion, scratchpad, resolution, alarm. */
import { type Micros, us } from '../core/index.ts';
import { crc8, OneWireDevice } from './one-wire.ts';
import type { Level } from './wire.ts';

export interface Ds18b20Options {
  readonly pin: number;
  /** Degrees Celsius. */
  readonly temperature?: number;
  /** Six bytes of serial number. */
  readonly serial?: number;
  /** It takes its power from the line: then it cannot tell that it is busy. */
  readonly parasite?: boolean;
}

const FAMILY = 0x28;
const COMMAND = { CONVERT: 0x44, WRITE: 0x4e, READ: 0xbe, COPY: 0x48, RECALL: 0xb8, POWER: 0xb4 } as const;
/** Of a conversion with 12 bits; each bit less halves it. */
const CONVERSION_US = 750_000;
const POWER_ON_RAW = 0x0550; // 85 degrees

export class Ds18b20 extends OneWireDevice {
  override readonly kind = 'ds18b20';
  /** Degrees Celsius; what the next conversion gives. */
  temperature: number;
  readonly #parasite: boolean;
  #raw = POWER_ON_RAW;
  #pending: number | undefined;
  #readyAt = 0 as Micros;
  /** Alarm high, alarm low, configuration. */
  #settings = [0x4b, 0x46, 0x7f];
  #saved = [0x4b, 0x46, 0x7f];
  /** The command before was a conversion: until a reset, reading tells whether it goes on. */
  #watched = false;
  /** Bytes still to come after a write command. */
  #toWrite = 0;

  constructor(options: Ds18b20Options) {
    super(options.pin, FAMILY, options.serial ?? 0x0000_0123_4567);
    this.temperature = options.temperature ?? 20;
    this.#parasite = options.parasite ?? false;
  }

  protected override restart(): void {
    this.#toWrite = 0;
    this.#watched = false;
  }

  protected override idleBit(at: Micros): Level {
    return this.#watched && !this.#parasite && at < this.#readyAt ? 0 : 1;
  }

  protected override alarmed(at: Micros): boolean {
    this.#settle(at);
    const whole = this.#raw >> 4;
    const [high = 0, low = 0] = this.#settings;
    return whole >= (high << 24) >> 24 || whole <= (low << 24) >> 24;
  }

  protected override command(byte: number, at: Micros): void {
    if (this.#toWrite > 0) {
      this.#settings[3 - this.#toWrite] = this.#toWrite === 1 ? (byte & 0x60) | 0x1f : byte;
      this.#toWrite--;
    } else if (byte === COMMAND.CONVERT) this.#convert(at);
    else if (byte === COMMAND.READ) this.send(this.#scratchpad(at));
    else if (byte === COMMAND.WRITE) this.#toWrite = 3;
    else if (byte === COMMAND.COPY) this.#saved = [...this.#settings];
    else if (byte === COMMAND.RECALL) this.#settings = [...this.#saved];
    else if (byte === COMMAND.POWER) this.send(this.#parasite ? [0] : [0xff]);
  }

  /** Bits of resolution, 9 to 12. */
  get resolution(): number {
    return 9 + (((this.#settings[2] ?? 0) >> 5) & 3);
  }

  #convert(at: Micros): void {
    this.#settle(at);
    const unused = 12 - this.resolution;
    const raw = Math.round(Math.min(125, Math.max(-55, this.temperature)) * 16);
    this.#pending = (raw >> unused) << unused;
    this.#watched = true;
    this.#readyAt = us(at + CONVERSION_US / 2 ** unused);
  }

  #settle(at: Micros): void {
    if (this.#pending === undefined || at < this.#readyAt) return;
    this.#raw = this.#pending;
    this.#pending = undefined;
  }

  #scratchpad(at: Micros): number[] {
    this.#settle(at);
    const bytes = [this.#raw & 0xff, (this.#raw >> 8) & 0xff, ...this.#settings, 0xff, 0x0c, 0x10];
    return [...bytes, crc8(bytes)];
  }
}
