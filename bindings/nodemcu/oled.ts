/** The SSD1306 as the display libraries drive it: set up, switched, and filled page by page over I2C or SPI. */
import { us } from '../../runtime/core/index.ts';
import { type Device, PIN_MODE } from '../../runtime/device/index.ts';
import { I2cMaster } from './i2c-master.ts';

/** Bytes of a data transfer on I2C. */
const CHUNK = 24;
const CONTROL = { command: 0x00, data: 0x40 } as const;
/** SPI at 80 MHz / 8, of which the libraries know nothing else. */
const SPI_BYTE_US = 0.8;

export interface OledLink {
  command(...bytes: readonly number[]): void;
  data(bytes: Uint8Array): void;
}

/** The bus must have been set up by the script. */
export class I2cLink implements OledLink {
  readonly #bus: I2cMaster;
  readonly #address: number;

  constructor(device: Device, address: number) {
    this.#bus = I2cMaster.of(device);
    this.#address = address;
  }

  command(...bytes: readonly number[]): void {
    this.#send(CONTROL.command, bytes);
  }

  data(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += CHUNK) this.#send(CONTROL.data, bytes.subarray(at, at + CHUNK));
  }

  #send(control: number, bytes: Iterable<number>): void {
    this.#bus.start();
    this.#bus.address(this.#address, false);
    this.#bus.write(control);
    for (const byte of bytes) this.#bus.write(byte);
    this.#bus.stop();
  }
}

export interface SpiPins {
  readonly cs: number;
  readonly dc: number;
  readonly reset?: number;
}

export class SpiLink implements OledLink {
  readonly #device: Device;
  readonly #pins: SpiPins;

  constructor(device: Device, pins: SpiPins) {
    this.#device = device;
    this.#pins = pins;
    for (const pin of Object.values(pins)) {
      device.gpio.setMode(pin, PIN_MODE.OUTPUT);
      device.gpio.write(pin, 1);
    }
  }

  command(...bytes: readonly number[]): void {
    this.#send(0, Uint8Array.from(bytes));
  }

  data(bytes: Uint8Array): void {
    this.#send(1, bytes);
  }

  #send(dc: 0 | 1, bytes: Uint8Array): void {
    const { gpio, hardware, cpu } = this.#device;
    gpio.write(this.#pins.dc, dc);
    gpio.write(this.#pins.cs, 0);
    hardware.exchangeSpi(bytes);
    cpu.spend(us(Math.ceil(bytes.length * SPI_BYTE_US)));
    gpio.write(this.#pins.cs, 1);
  }
}

export class Oled {
  readonly width: number;
  readonly height: number;
  readonly #link: OledLink | undefined;

  /** Without a link nothing is connected. */
  constructor(link: OledLink | undefined, width: number, height: number) {
    this.#link = link;
    this.width = width;
    this.height = height;
  }

  /** Everything as after power-on, dark and off. */
  setUp(): void {
    const pins = this.height === 32 ? 0x02 : 0x12;
    this.#command(0xae, 0xd5, 0x80, 0xa8, this.height - 1, 0xd3, 0x00, 0x40, 0x8d, 0x14, 0x20, 0x00, 0xa1, 0xc8);
    this.#command(0xda, pins, 0x81, 0xcf, 0xd9, 0xf1, 0xdb, 0x40, 0x2e, 0xa4, 0xa6);
  }

  power(on: boolean): void {
    this.#command(on ? 0xaf : 0xae);
  }

  contrast(value: number): void {
    this.#command(0x81, value & 0xff);
  }

  flip(upsideDown: boolean): void {
    this.#command(...(upsideDown ? [0xa0, 0xc0] : [0xa1, 0xc8]));
  }

  page(n: number, bytes: Uint8Array, column = 0): void {
    this.#command(0x40, 0x10 | (column >> 4), column & 15, 0xb0 | n);
    this.#link?.data(bytes);
  }

  #command(...bytes: readonly number[]): void {
    this.#link?.command(...bytes);
  }
}
