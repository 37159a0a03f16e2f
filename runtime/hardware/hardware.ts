/** What is wired to one device: parts, I2C buses, the SPI bus and strips of LEDs. Stays across resets of the chip. */
import type { Clock, Micros } from '../core/index.ts';
import { I2cBus } from './i2c-bus.ts';
import type { Board, I2cPins, I2cTarget, Level, Part, PinWire, PixelTarget, SpiTarget } from './wire.ts';

/** The pins of the chip, from outside. */
export interface ChipPins {
  connect(pin: number, wire: PinWire): void;
  setExternal(pin: number, level: Level): void;
  /** The level at a pin. */
  read(pin: number): Level;
}

export class Hardware implements Board {
  readonly clock: Clock;
  readonly #pins: ChipPins;
  readonly #parts: Part[] = [];
  readonly #buses: I2cBus[] = [];
  /** Targets that are on every bus. */
  readonly #anywhere: I2cTarget[] = [];
  readonly #spi: SpiTarget[] = [];
  readonly #strips: PixelTarget[] = [];

  /** `clock` is the world's. */
  constructor(clock: Clock, pins: ChipPins) {
    this.clock = clock;
    this.#pins = pins;
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** Parts that will do something by themselves, by name. */
  get pending(): string[] {
    return this.#parts.filter((part) => part.pending === true).map(({ kind }) => kind);
  }

  /** Wires a part to the board. */
  attach<P extends Part>(part: P): P {
    this.#parts.push(part);
    part.attach(this);
    return part;
  }

  connect(pin: number, wire: PinWire): void {
    this.#pins.connect(pin, wire);
  }

  apply(pin: number, level: Level): void {
    this.#pins.setExternal(pin, level);
  }

  joinI2c(target: I2cTarget, pins?: I2cPins): void {
    if (pins !== undefined) this.#bus(pins).join(target);
    else {
      this.#anywhere.push(target);
      for (const bus of this.#buses) bus.join(target);
    }
  }

  joinSpi(target: SpiTarget): void {
    this.#spi.push(target);
  }

  joinPixels(target: PixelTarget): void {
    this.#strips.push(target);
  }

  /** The program has chosen the pins of its I2C bus. */
  openI2c(pins: I2cPins): void {
    this.#bus(pins);
  }

  /** Bytes of the SPI peripheral, which itself selects `own`; without a selected target the line in stays high. */
  exchangeSpi(out: Uint8Array, own?: number): Uint8Array {
    const target = this.#spi.find(({ select }) => select === own || this.#pins.read(select) === 0);
    return target?.exchange(out) ?? new Uint8Array(out.length).fill(0xff);
  }

  showPixels(line: string, bytes: Uint8Array, at: Micros): void {
    for (const strip of this.#strips) if (strip.line === line) strip.show(bytes, at);
  }

  #bus({ sda, scl }: I2cPins): I2cBus {
    const known = this.#buses.find((bus) => bus.sda === sda && bus.scl === scl);
    if (known !== undefined) return known;
    const bus = new I2cBus(sda, scl);
    this.#buses.push(bus);
    for (const target of this.#anywhere) bus.join(target);
    this.#pins.connect(sda, bus);
    this.#pins.connect(scl, bus);
    return bus;
  }
}
