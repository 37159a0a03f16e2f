/**
 * The firmware's software PWM: up to six pins, one frequency for all, duty of 1023 steps. A pin whose mode is set leaves it.
 * Firmware: app/driver/pwm.c, app/platform/platform.c
 */
import { type Device, PIN_MODE, type Pulses } from '../../runtime/device/index.ts';

export const DEPTH = 1023;
const CHANNELS = 6;
const FREQUENCY_MAX = 1000;
const FREQUENCY_DEFAULT = 500;

interface Channel {
  readonly pin: number;
  /** Set by the script, in force while started. */
  duty: number;
  /** In force. */
  active: number;
  pulses: Pulses | undefined;
}

export class PwmChannels {
  readonly #device: Device;
  #channels: Channel[] = [];
  #frequency = FREQUENCY_DEFAULT;

  constructor(device: Device) {
    this.#device = device;
  }

  get frequency(): number {
    return this.#frequency;
  }

  /** The duty a script has set; undefined when the pin is no channel. */
  duty(pin: number): number | undefined {
    return this.#find(pin)?.duty;
  }

  has(pin: number): boolean {
    return this.#find(pin) !== undefined;
  }

  /** False when all channels are taken. */
  add(pin: number, frequency: number, duty: number): boolean {
    this.#device.gpio.setMode(pin, PIN_MODE.OUTPUT);
    this.#prune();
    if (this.#channels.length >= CHANNELS) return false;
    this.#device.gpio.write(pin, 0);
    this.#channels.push({ pin, duty, active: 0, pulses: undefined });
    this.setFrequency(frequency);
    return true;
  }

  /** The script's 32-bit number becomes 16 bits before it is limited. */
  setFrequency(frequency: number): void {
    this.#prune();
    this.#frequency = Math.min(FREQUENCY_MAX, Math.max(1, frequency & 0xffff));
    for (const channel of this.#channels) this.#apply(channel);
  }

  /** What the duty became, 0 for a pin that is no channel. */
  setDuty(pin: number, duty: number): number {
    const channel = this.#find(pin);
    if (channel === undefined) return 0;
    channel.duty = Math.min(DEPTH, duty & 0xffff);
    this.#activate(channel, channel.duty);
    return channel.duty;
  }

  /** False for a pin that is no channel. */
  start(pin: number): boolean {
    const channel = this.#find(pin);
    if (channel === undefined) return false;
    this.#activate(channel, channel.duty);
    return true;
  }

  stop(pin: number): void {
    const channel = this.#find(pin);
    if (channel !== undefined) this.#activate(channel, 0);
  }

  close(pin: number): void {
    const channel = this.#find(pin);
    if (channel === undefined) return;
    this.#device.gpio.modulate(pin, undefined);
    this.#prune();
  }

  #activate(channel: Channel, duty: number): void {
    channel.active = duty;
    this.#apply(channel);
  }

  #apply(channel: Channel): void {
    const { gpio } = this.#device;
    const pulses = { frequency: this.#frequency, duty: channel.active / DEPTH };
    const before = gpio.pulses(channel.pin);
    if (channel.pulses === undefined || before?.frequency !== pulses.frequency || before.duty !== pulses.duty) {
      channel.pulses = pulses;
      gpio.modulate(channel.pin, pulses);
    }
  }

  #find(pin: number): Channel | undefined {
    this.#prune();
    return this.#channels.find((channel) => channel.pin === pin);
  }

  /** Forgets pins that were given another mode. */
  #prune(): void {
    this.#channels = this.#channels.filter(({ pin, pulses }) => this.#device.gpio.pulses(pin) === pulses);
  }
}
