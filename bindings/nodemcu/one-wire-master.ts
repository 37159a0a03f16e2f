/**
 * The firmware's 1-Wire driver: slots timed by busy waiting, and Dallas' search over the numbers on the bus.
 * Firmware: app/driver/onewire.c
 */
import { us } from '../../runtime/core/index.ts';
import { type Device, type Level, PIN_COUNT, PIN_MODE } from '../../runtime/device/index.ts';

/** Names and defaults in the order of ow.set_timings. */
const TIMINGS = [480, 70, 410, 5, 52, 65, 5, 5, 8, 52] as const;

const COMMAND = { SELECT: 0x55, SKIP: 0xcc, SEARCH: 0xf0, ALARM_SEARCH: 0xec } as const;
/** Waits of 2 us until a stuck line counts as broken. */
const RETRIES = 125;
const WRITE_RECOVERY_US = 8;

/** Where a search goes on. */
interface Search {
  rom: number[];
  lastDiscrepancy: number;
  done: boolean;
}

const fresh = (): Search => ({ rom: [0, 0, 0, 0, 0, 0, 0, 0], lastDiscrepancy: 0, done: false });

export class OneWireMaster {
  readonly timings: number[] = [...TIMINGS];
  readonly #device: Device;
  readonly #searches: Search[] = Array.from({ length: PIN_COUNT }, fresh);

  constructor(device: Device) {
    this.#device = device;
  }

  setup(pin: number): void {
    this.#device.gpio.setMode(pin, PIN_MODE.INPUT);
    this.resetSearch(pin);
  }

  /** Whether someone is there. */
  reset(pin: number): boolean {
    const { gpio } = this.#device;
    const [low = 0, wait = 0, rest = 0] = this.timings;
    gpio.release(pin);
    let retries = RETRIES;
    do {
      if (--retries === 0) return false;
      this.#wait(2);
    } while (gpio.read(pin) === 0);
    gpio.write(pin, 0);
    this.#wait(low);
    gpio.release(pin);
    this.#wait(wait);
    const present = gpio.read(pin) === 0;
    this.#wait(rest);
    return present;
  }

  /** `power` leaves the line driven high. */
  write(pin: number, byte: number, power: boolean): void {
    for (let bit = 0; bit < 8; bit++) this.#writeBit(pin, ((byte >> bit) & 1) as Level, power && bit === 7);
  }

  read(pin: number): number {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= this.#readBit(pin) << bit;
    return byte;
  }

  select(pin: number, rom: Iterable<number>): void {
    this.write(pin, COMMAND.SELECT, true);
    for (const byte of rom) this.write(pin, byte, true);
  }

  skip(pin: number): void {
    this.write(pin, COMMAND.SKIP, true);
  }

  depower(pin: number): void {
    this.#device.gpio.release(pin);
  }

  resetSearch(pin: number): void {
    this.#searches[pin] = fresh();
  }

  /** The next search begins with this family. */
  targetSearch(pin: number, family: number): void {
    this.#searches[pin] = { rom: [family & 0xff, 0, 0, 0, 0, 0, 0, 0], lastDiscrepancy: 64, done: false };
  }

  /** The next number on the bus. */
  search(pin: number, alarm: boolean): readonly number[] | undefined {
    const search = this.#searches[pin] as Search;
    const found = search.done ? false : this.#walk(pin, search, alarm);
    if (found && search.rom[0] !== 0) return [...search.rom];
    search.lastDiscrepancy = 0;
    search.done = false;
    return undefined;
  }

  /** One way down the tree of numbers (Maxim application note 187). */
  #walk(pin: number, search: Search, alarm: boolean): boolean {
    if (!this.reset(pin)) return false;
    this.write(pin, alarm ? COMMAND.ALARM_SEARCH : COMMAND.SEARCH, true);
    let lastZero = 0;
    for (let n = 1; n <= 64; n++) {
      const bit = this.#readBit(pin);
      const complement = this.#readBit(pin);
      if (bit === 1 && complement === 1) return false;
      const index = (n - 1) >> 3;
      const mask = 1 << ((n - 1) & 7);
      const before = search.rom[index] ?? 0;
      let direction: Level = bit;
      if (bit === complement) {
        const again: Level = (before & mask) !== 0 ? 1 : 0;
        direction = n < search.lastDiscrepancy ? again : n === search.lastDiscrepancy ? 1 : 0;
        if (direction === 0) lastZero = n;
      }
      search.rom[index] = direction === 1 ? before | mask : before & ~mask;
      this.#writeBit(pin, direction, false);
    }
    search.lastDiscrepancy = lastZero;
    if (lastZero === 0) search.done = true;
    return true;
  }

  #writeBit(pin: number, bit: Level, power: boolean): void {
    const [, , , low1 = 0, high1 = 0, low0 = 0, high0 = 0] = this.timings;
    const { gpio } = this.#device;
    gpio.write(pin, 0);
    this.#wait(bit === 1 ? low1 : low0);
    if (power) gpio.write(pin, 1);
    else gpio.release(pin);
    this.#wait(bit === 1 ? WRITE_RECOVERY_US + high1 : high0);
  }

  #readBit(pin: number): Level {
    const [low = 0, wait = 0, delay = 0] = this.timings.slice(7);
    const { gpio } = this.#device;
    gpio.write(pin, 0);
    this.#wait(low);
    gpio.release(pin);
    this.#wait(wait);
    const bit = gpio.read(pin);
    this.#wait(delay);
    return bit;
  }

  #wait(time: number): void {
    this.#device.cpu.spend(us(Math.max(0, time)));
  }
}
