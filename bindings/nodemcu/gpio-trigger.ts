/** `gpio.trig`: the interrupt of one pin and its callback, merged and counted as gpio.c's task does. */
import { type Device, type Level, PRIORITY } from '../../runtime/device/index.ts';
import type { LuaRef } from '../../runtime/vm/index.ts';

export const TRIGGERS = ['none', 'up', 'down', 'both', 'low', 'high'] as const;
export type Trigger = (typeof TRIGGERS)[number];

export class PinTrigger {
  readonly #device: Device;
  readonly #pin: number;
  #callback: LuaRef | undefined;
  #type: Trigger = 'none';
  /** Edges since the last report; a task is posted while it is not 0. */
  #edges = 0;
  #posted = false;
  #level: Level = 0;
  #whenUs = 0;

  constructor(device: Device, pin: number) {
    this.#device = device;
    this.#pin = pin;
  }

  get hasCallback(): boolean {
    return this.#callback !== undefined;
  }

  setCallback(callback: LuaRef | undefined): void {
    this.#callback?.release();
    this.#callback = callback;
  }

  /** Starts watching for edges (or a level) and forgets those not reported yet. */
  select(type: Trigger): void {
    this.#type = type;
    this.#edges = 0;
    this.#device.gpio.watch(this.#pin, type === 'none' ? undefined : this);
    this.#checkLevel();
  }

  /** The pin's level changed. */
  edge(level: Level): void {
    const wanted = level === 1 ? ['up', 'both', 'high'] : ['down', 'both', 'low'];
    if (wanted.includes(this.#type)) this.#interrupt(level);
  }

  /** Level-triggered interrupts come again as long as the level stays. */
  #checkLevel(): void {
    const level = this.#device.gpio.read(this.#pin);
    if ((this.#type === 'low' && level === 0) || (this.#type === 'high' && level === 1)) this.#interrupt(level);
  }

  #interrupt(level: Level): void {
    this.#edges++;
    if (this.#posted) return;
    this.#level = level;
    this.#whenUs = this.#device.uptime % 2 ** 31;
    this.#posted = this.#device.tasks.post(PRIORITY.HIGH, () => this.#report(), 'pin');
  }

  #report(): void {
    this.#posted = false;
    const count = this.#edges;
    this.#edges = 0;
    if (this.#callback === undefined || count === 0) return;
    const values = [this.#level, this.#whenUs, count];
    this.#device.lua.pcallx(this.#callback, values.slice(0, this.#device.era.trigArguments));
    if (this.#type === 'low' || this.#type === 'high') this.#checkLevel();
  }
}
