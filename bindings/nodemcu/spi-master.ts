/**
 * The SPI peripheral of the chip: a transaction of command, address, data out, pause and data in, with 64 bytes of buffer
 * for both directions. Firmware: app/driver/spi.c
 */
import { us } from '../../runtime/core/index.ts';
import { type Device, PIN_MODE } from '../../runtime/device/index.ts';

const BUFFER_BITS = 512;
/** D8 is the peripheral's own select line unless a script makes it an output. */
const SELECT_PIN = 8;
const CLOCK_MHZ = 80;

export interface SpiTransaction {
  readonly command?: readonly [bits: number, data: number];
  readonly address?: readonly [bits: number, data: number];
  readonly mosiBits?: number;
  readonly dummyBits?: number;
  /** Negative: data comes in while it goes out. */
  readonly misoBits?: number;
}

export class SpiMaster {
  readonly #device: Device;
  readonly #buffer = new Uint8Array(BUFFER_BITS);
  clockDivider = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  /** Writes bits into the buffer, most significant first; what does not fit is lost. */
  put(offset: number, bits: number, data: number): void {
    if (offset < 0 || bits > 32) return;
    for (let i = 0; i < bits && offset + i < BUFFER_BITS; i++) {
      this.#buffer[offset + i] = (data >>> (bits - 1 - i)) & 1;
    }
  }

  putBytes(bytes: Uint8Array): void {
    for (const [i, byte] of bytes.entries()) this.put(i * 8, 8, byte);
  }

  get(offset: number, bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) value = (value << 1) | (this.#buffer[offset + i] ?? 0);
    return value;
  }

  getBytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, (_, i) => this.get(i * 8, 8));
  }

  run({ command = [0, 0], address = [0, 0], mosiBits = 0, dummyBits = 0, misoBits = 0 }: SpiTransaction): void {
    const out: number[] = [];
    for (const [bits, data] of [command, address]) {
      for (let i = bits - 1; i >= 0; i--) out.push((data >>> i) & 1);
    }
    const begin = out.length;
    for (let i = 0; i < mosiBits; i++) out.push(this.#buffer[i] ?? 0);
    const silence = misoBits > 0 ? dummyBits + misoBits : dummyBits;
    for (let i = 0; i < silence; i++) out.push(0);
    const came = this.#exchange(out);
    if (misoBits < 0) this.#buffer.set(came.slice(begin, begin + mosiBits));
    else if (misoBits > 0) this.#buffer.set(came.slice(-misoBits));
  }

  #exchange(bits: readonly number[]): number[] {
    const { gpio, hardware, cpu } = this.#device;
    const bytes = new Uint8Array(Math.ceil(bits.length / 8));
    for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (7 - (i & 7)));
    const own = gpio.mode(SELECT_PIN) === PIN_MODE.OUTPUT ? undefined : SELECT_PIN;
    const came = hardware.exchangeSpi(bytes, own);
    cpu.spend(us((bits.length * Math.max(1, this.clockDivider)) / CLOCK_MHZ));
    return bits.map((_, i) => ((came[i >> 3] ?? 0xff) >> (7 - (i & 7))) & 1);
  }
}
