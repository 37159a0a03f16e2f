/** What every line has on the side of the host computer. */
import type { Address, Arrival, Order } from '../index.ts';

/** Carries out orders about one line. */
export interface HostLine {
  order(order: Order): void;
  /** Lets go of the operating system's side, without a word to the world. */
  destroy(): void;
}

/** How a line tells the world. */
export interface HostEnv {
  arrive(arrival: Arrival): void;
  /** A stream for a listener: `take` gets the way to tell about it, or undefined when nobody wants it any more. */
  accepted(from: Address, take: (env: HostEnv) => HostLine): void;
}

/** The operating system's name for what went wrong, as Node has it. */
export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

/** Plain bytes over what Node hands out: a Buffer's `slice` is not that of a Uint8Array. */
export const plain = (buffer: Uint8Array): Uint8Array =>
  new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.length);
