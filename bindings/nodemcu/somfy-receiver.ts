/** `somfy.listen`: frames of 80 bits in Manchester code, from the times between the edges of a receiver's pin (somfy.c). */
import { type Device, type Level, PIN_MODE, PRIORITY } from '../../runtime/device/index.ts';
import type { LuaRef } from '../../runtime/vm/index.ts';

const SYMBOL_US = 640;
const SOFT_SYNC_US = 4550;
const HARD_SYNCS = 4;
const BITS = 80;

/** Within 30 percent. */
const about = (time: number, expected: number): boolean => time > expected * 0.7 && time < expected * 1.3;

export class SomfyReceiver {
  readonly #device: Device;
  readonly #pin: number;
  readonly #callback: LuaRef;
  #lastAt = 0;
  #receiving = false;
  #hardSyncs = 0;
  #half = false;
  #bit: Level = 0;
  #bits = 0;
  #payload = new Uint8Array(BITS / 8);

  constructor(device: Device, pin: number, callback: LuaRef) {
    this.#device = device;
    this.#pin = pin;
    this.#callback = callback;
    device.gpio.setMode(pin, PIN_MODE.INTERRUPT);
    device.gpio.watch(pin, { edge: () => this.#edge() });
  }

  close(): void {
    this.#device.gpio.watch(this.#pin, undefined);
    this.#device.gpio.setMode(this.#pin, PIN_MODE.INPUT);
    this.#callback.release();
  }

  #edge(): void {
    const now = this.#device.uptime;
    const time = now - this.#lastAt;
    if (time < SYMBOL_US * 0.7) return;
    this.#lastAt = now;
    if (this.#receiving) this.#receive(time);
    else this.#synchronise(time);
  }

  #synchronise(time: number): void {
    if (about(time, 4 * SYMBOL_US)) this.#hardSyncs++;
    else if (about(time, SOFT_SYNC_US) && this.#hardSyncs >= HARD_SYNCS) {
      this.#receiving = true;
      this.#hardSyncs = 0;
      this.#half = false;
      this.#bit = 0;
      this.#bits = 0;
      this.#payload = new Uint8Array(BITS / 8);
    } else this.#hardSyncs = 0;
  }

  /** A whole symbol between edges changes the bit, two halves repeat it. */
  #receive(time: number): void {
    if (about(time, 2 * SYMBOL_US) && !this.#half) {
      this.#bit = this.#bit === 1 ? 0 : 1;
      this.#put();
    } else if (about(time, SYMBOL_US)) {
      if (this.#half) this.#put();
      this.#half = !this.#half;
    } else {
      this.#hardSyncs = 0;
      this.#receiving = false;
    }
    if (this.#bits < BITS) return;
    this.#receiving = false;
    this.#bits = 0;
    this.#device.tasks.post(PRIORITY.HIGH, () => this.#decode());
  }

  #put(): void {
    this.#payload[this.#bits >> 3] = (this.#payload[this.#bits >> 3] ?? 0) | (this.#bit << (7 - (this.#bits & 7)));
    this.#bits++;
  }

  #decode(): void {
    const frame = this.#payload.map((byte, i, all) => (i === 0 ? byte : byte ^ (all[i === 7 ? 0 : i - 1] ?? 0)));
    const sum = frame.subarray(0, 7).reduce((xor, byte) => xor ^ byte ^ (byte >> 4), 0) & 15;
    if (sum !== 0) return;
    const [, button = 0, code1 = 0, code2 = 0, a = 0, b = 0, c = 0] = frame;
    // The firmware joins the bytes of address and code with a logical or.
    const any = (...bytes: number[]): number => (bytes.some((byte) => byte !== 0) ? 1 : 0);
    this.#device.lua.pcallx(this.#callback, [any(a, b, c), button >> 4, any(code1, code2), frame.slice()]);
  }
}
