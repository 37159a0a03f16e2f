/**
 * One rotary encoder with its push button as the firmware's interrupt sees it: a position that follows the two phases, and
 * a short queue of what changed. Firmware: app/driver/rotary.c
 */
import { type Device, type Level, PIN_MODE, type PinWatcher } from '../../runtime/device/index.ts';

const QUEUE = 8;
const DEBOUNCE_US = 10_000;
/** The button's state stands in the sign of the position. */
export const PRESSED = 0x8000_0000 | 0;
const POSITION = 0x7fff_ffff;
/** Added where an edge was missed. */
const MISSED = 1_000_000;

export interface RotaryPins {
  readonly a: number;
  readonly b: number;
  readonly press: number | undefined;
}

export interface RotaryEvent {
  /** Bits of position and {@link PRESSED}. */
  readonly status: number;
  readonly at: number;
}

export class RotarySwitch implements PinWatcher {
  readonly #device: Device;
  readonly #pins: RotaryPins;
  /** Something is in the queue. */
  readonly #changed: () => void;
  readonly #queue: RotaryEvent[] = [];
  #last: RotaryEvent = { status: 0, at: 0 };
  #beforeLast = 0;
  #lastPressChange = 0;

  constructor(device: Device, pins: RotaryPins, changed: () => void) {
    this.#device = device;
    this.#pins = pins;
    this.#changed = changed;
    for (const pin of this.#all) {
      device.gpio.setMode(pin, PIN_MODE.INTERRUPT);
      device.gpio.watch(pin, this);
    }
  }

  get #all(): number[] {
    const { a, b, press } = this.#pins;
    return press === undefined ? [a, b] : [a, b, press];
  }

  get status(): number {
    return this.#last.status;
  }

  get hasEvents(): boolean {
    return this.#queue.length > 0;
  }

  next(): RotaryEvent | undefined {
    return this.#queue.shift();
  }

  close(): void {
    for (const pin of this.#all) {
      this.#device.gpio.watch(pin, undefined);
      this.#device.gpio.setMode(pin, PIN_MODE.INPUT);
    }
  }

  edge(_level: Level): void {
    const { gpio } = this.#device;
    const { a, b, press } = this.#pins;
    const now = this.#device.uptime % 2 ** 32;
    const before = this.#last.status;
    let button = before & PRESSED;
    if (now - this.#lastPressChange > DEBOUNCE_US) {
      // Without a button its bit mask is empty and reads as pressed.
      button = press === undefined || gpio.read(press) === 0 ? PRESSED : 0;
      if (button !== (before & PRESSED)) this.#lastPressChange = now;
    }
    // 0 and 3 where both are high and low apart, one step per edge.
    const quarter = (gpio.read(b) === 1 ? 3 : 2) ^ (gpio.read(a) === 1 ? 3 : 0);
    const step = [0, 1, MISSED, -1][(quarter - before) & 3] ?? 0;
    this.#enqueue(button | ((before + step) & POSITION), now);
  }

  #enqueue(status: number, at: number): void {
    const before = this.#last.status;
    if (status === before) return;
    const buttonMoved = ((before ^ status) & PRESSED) !== 0 || ((before ^ this.#beforeLast) & PRESSED) !== 0;
    const event = { status, at };
    if ((this.#queue.length === 0 || buttonMoved) && this.#queue.length < QUEUE - 1) {
      this.#beforeLast = before;
      this.#queue.push(event);
      this.#changed();
    } else if (this.#queue.length > 0) {
      this.#queue[this.#queue.length - 1] = event;
    }
    this.#last = event;
  }
}
