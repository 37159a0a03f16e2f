/** Bytes that somebody types at a device while it runs: handed over no faster than the line's speed, so none is lost. */
import type { Door, Line } from '../bridge/index.ts';
import { type Device, type Timer, us, type World } from '../runtime/index.ts';

/** Where somebody types: a terminal, a pseudo terminal. */
export interface Keyboard {
  /** Begins to call back; `quit` when the typist is done. `busy`: something typed has not reached the device yet. */
  start(typed: (bytes: Uint8Array) => void, quit: () => void, busy: () => boolean): void;
  /** What the device says, if it is to be shown there too. */
  show?(bytes: Uint8Array): void;
  stop(): void;
}

/** Half of the device's ring of 256 bytes at a time. */
const PIECE = 128;
/** 8N1. */
const BITS_PER_BYTE = 10;

/** A line of the door for what is typed: so it is recorded like everything else that comes from outside. */
export function openKeyboard(
  door: Door,
  world: World,
  device: Device,
): { readonly line: Line; readonly feeder: Feeder } {
  const feeder = new Feeder(world, device);
  const line = door.open({ do: 'type' }, (arrival) => {
    if (arrival.is === 'data') feeder.feed(arrival.data);
  });
  return { line, feeder };
}

export class Feeder {
  readonly #device: Device;
  readonly #timer: Timer;
  #queue: Uint8Array = new Uint8Array(0);

  constructor(world: World, device: Device) {
    this.#device = device;
    this.#timer = world.clock.timer('keyboard', () => this.#next());
  }

  /** Not everything has reached the device yet. */
  get busy(): boolean {
    return this.#timer.armed;
  }

  /** Bytes are typed. */
  feed(bytes: Uint8Array): void {
    this.#queue = new Uint8Array(Buffer.concat([this.#queue, bytes]));
    if (!this.#timer.armed) this.#next();
  }

  #next(): void {
    const piece = this.#queue.slice(0, PIECE);
    if (piece.length === 0) return;
    this.#queue = this.#queue.subarray(piece.length);
    this.#device.receive(piece);
    this.#timer.arm(us((piece.length * BITS_PER_BYTE * 1e6) / this.#device.uart.config(0).baud));
  }
}
