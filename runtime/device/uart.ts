/**
 * The two UARTs: bytes out with their device time, bytes in through a ring of 256. Line ends are the console's
 * business except for the translation that the firmware's character output does. No electrical model.
 */
import { type Clock, EMPTY, fromLatin1, type Micros, us } from '../core/index.ts';

const RX_RING = 256; // driver/uart.c RX_BUFF_SIZE
const TX_FIFO = 126; // bytes accepted before the CPU has to wait

export interface UartConfig {
  readonly baud: number;
  readonly dataBits: number;
  readonly parity: number;
  readonly stopBits: number;
}

export const DEFAULT_UART: UartConfig = { baud: 115200, dataBits: 8, parity: 0, stopBits: 1 };

export interface UartEnv {
  /** Device time: advances within a run. */
  readonly clock: Clock;
  /** Whether output costs time at the configured speed. */
  readonly timed: boolean;
  /** Makes the CPU wait; only called inside a run. */
  wait(time: Micros): void;
  readonly running: () => boolean;
  transmit(port: number, bytes: Uint8Array, at: Micros): void;
  /** Bytes are in the ring of UART0. */
  received(): void;
}

export class Uart {
  readonly #env: UartEnv;
  readonly #config: [UartConfig, UartConfig] = [DEFAULT_UART, DEFAULT_UART];
  readonly #sentAt: [Micros, Micros] = [0 as Micros, 0 as Micros];
  #ring: Uint8Array = EMPTY;

  constructor(env: UartEnv) {
    this.#env = env;
  }

  config(port: 0 | 1): UartConfig {
    return this.#config[port];
  }

  configure(port: 0 | 1, config: UartConfig): void {
    this.#config[port] = config;
  }

  /** Raw bytes out. */
  write(port: 0 | 1, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#env.transmit(port, bytes, this.#env.clock.now());
    if (!this.#env.timed || !this.#env.running()) return;
    const now = this.#env.clock.now();
    const byteUs = 10_000_000 / this.#config[port].baud;
    const done = us(Math.max(now, this.#sentAt[port]) + bytes.length * byteUs);
    this.#sentAt[port] = done;
    const backlog = Math.floor(done - now - TX_FIFO * byteUs);
    if (backlog > 0) this.#env.wait(us(backlog));
  }

  /** Console text on UART0: `\n` becomes CR LF, `\r` is dropped (uart0_putc). */
  writeText(text: string): void {
    this.write(0, fromLatin1(text.replaceAll('\r', '').replaceAll('\n', '\r\n')));
  }

  /** Bytes arrive at UART0, all at once. When the ring is full its oldest bytes are lost. */
  receive(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#ring.length + bytes.length);
    all.set(this.#ring);
    all.set(bytes, this.#ring.length);
    this.#ring = all.subarray(Math.max(0, all.length - RX_RING));
    this.#env.received();
  }

  /** Takes the oldest received byte. */
  take(): number | undefined {
    const byte = this.#ring[0];
    if (byte !== undefined) this.#ring = this.#ring.subarray(1);
    return byte;
  }

  reset(): void {
    this.#config[0] = DEFAULT_UART;
    this.#config[1] = DEFAULT_UART;
    this.#ring = EMPTY;
  }
}
