/** A device in a test: its console as text, its pins, files and heap, and what went wrong on it. */
import { BOOT, type Device, fromLatin1, type Ipv4Address, toLatin1 } from '../../runtime/index.ts';
import { dofileLine, Typist } from '../typist.ts';
import { onFlash } from '../values.ts';
import { find, shown, type Wanted } from './text.ts';
import { inSeconds, micros, type Time, Unmet } from './unmet.ts';

/** What a device needs of the world around it. */
export interface DeviceSurroundings {
  /** Lets time pass until `done`; false when it did not come true within that time. */
  until(done: () => boolean, withinUs: number): boolean;
  readonly patience: number;
}

/** Whatever ended or disturbed the program. */
export interface Trouble {
  readonly at: number;
  readonly text: string;
}

export class TestDevice {
  /** The device itself, for everything that has no shorter word here. */
  readonly device: Device;
  readonly troubles: Trouble[] = [];
  readonly #world: DeviceSurroundings;
  readonly #typist: Typist;
  /** The file of the flash that is run after boot, and the lines that are typed then. */
  readonly script: string | undefined;
  readonly lines: readonly string[];
  #console = '';
  /** Everything up to here was waited for. */
  #read = 0;

  /** @internal Made by `world().device()`. */
  constructor(device: Device, script: string | undefined, lines: readonly string[], world: DeviceSurroundings) {
    this.device = device;
    this.#world = world;
    this.script = script;
    this.lines = lines;
    this.#typist = new Typist(device, script === undefined ? lines : [dofileLine(script), ...lines]);
    device.events.on('uart', (port, bytes) => {
      if (port === 0) this.#console += toLatin1(bytes).replaceAll('\r', '');
    });
    device.events.on('scriptError', (message, at) => this.troubles.push({ at, text: message }));
    device.events.on('crash', (reason, message, at) => {
      const line = device.off ? undefined : device.lua.abortedAt;
      // An unprotected error says itself where it was.
      const where = line === undefined || reason === 'panic' ? '' : ` at ${line.source}:${line.line}`;
      this.troubles.push({ at, text: `${reason}: ${message}${where}` });
    });
  }

  get name(): string {
    return this.device.name;
  }

  /** @internal Still has something to type. True: call again soon. */
  type(): boolean {
    this.#typist.typeWhenIdle();
    return !this.#typist.done;
  }

  /** Everything the console printed since power-on, line ends as `\n`. */
  get output(): string {
    return this.#console;
  }

  /** The console from the line on that runs the script; without a script, what follows the banner. */
  get console(): string {
    if (this.script !== undefined) {
      const at = this.#console.indexOf(`> ${dofileLine(this.script)}`);
      return at < 0 ? '' : this.#console.slice(at);
    }
    const banner = find(/powered by Lua [^\n]*\n/, this.#console);
    return banner === undefined ? this.#console : this.#console.slice(banner.end);
  }

  /** The address of the station; undefined while it has none. */
  get address(): Ipv4Address | undefined {
    if (this.device.off) return undefined;
    const netif = this.device.stack.netifs.find(({ name }) => name === 'st');
    return netif?.up && netif.addr !== 0 ? netif.addr : undefined;
  }

  /** Free heap in bytes. */
  get heap(): number {
    return this.device.off ? 0 : this.device.freeHeap;
  }

  /**
   * Waits until the console has printed a text that was not waited for yet; what is printed up to it counts as read.
   * Returns the text from the last wait on, this one included.
   */
  waitSerial(wanted: Wanted, within?: Time): string {
    const limit = within === undefined ? this.#world.patience : micros(within);
    const seen = (): boolean => find(wanted, this.#console, this.#read) !== undefined;
    if (!seen() && !this.#world.until(seen, limit))
      throw new Unmet(`${this.name} did not print '${shown(wanted)}' within ${inSeconds(limit)}`, {
        expected: shown(wanted),
        actual: this.#console.slice(this.#read),
        timeout: true,
      });
    const from = this.#read;
    this.#read = find(wanted, this.#console, from)?.end ?? this.#console.length;
    return this.#console.slice(from, this.#read);
  }

  /** Bytes into the UART, as Latin-1 text; a line of the console ends with `\n` or `\r`. */
  writeSerial(text: string): void {
    this.device.receive(fromLatin1(text));
  }

  /** Waits until the station has an address. */
  waitAddress(within?: Time): Ipv4Address {
    const limit = within === undefined ? this.#world.patience : micros(within);
    if (!this.#world.until(() => this.address !== undefined, limit))
      throw new Unmet(`${this.name} had no address after ${inSeconds(limit)}`, {
        expected: 'an address',
        actual: 'none',
        timeout: true,
      });
    return this.address as Ipv4Address;
  }

  /** The level at a pin, in the firmware's numbering (0 to 12). */
  pin(pin: number): 0 | 1 {
    return this.device.gpio.read(pin);
  }

  /** Applies a level to a pin from outside. */
  setPin(pin: number, level: 0 | 1): void {
    this.device.gpio.setExternal(pin, level);
  }

  /** Waits until a pin has a level; by default it must have it now. */
  expectPin(pin: number, level: 0 | 1, within: Time = 0): void {
    const limit = micros(within);
    if (this.pin(pin) === level || (limit > 0 && this.#world.until(() => this.pin(pin) === level, limit))) return;
    throw new Unmet(`pin D${pin} of ${this.name} is ${1 - level}`, {
      expected: String(level),
      actual: String(1 - level),
      timeout: limit > 0,
    });
  }

  /** What the ADC measures at its pin, 0 to 1024. */
  setAdc(reading: number): void {
    this.device.analog.input = reading;
  }

  /** A file of the flash as Latin-1 text; undefined when there is none. */
  file(name: string): string | undefined {
    const bytes = this.device.flash.read(onFlash(name));
    return bytes === undefined ? undefined : toLatin1(bytes);
  }

  /** The reset button. Flash and what the RTC keeps survive. */
  restart(): void {
    this.device.reset(BOOT.EXTERNAL);
  }

  /** Power off, until {@link powerCycle}. */
  powerOff(): void {
    // Sleep without end: nothing runs, nothing is on the air, and only a new start ends it.
    this.device.deepSleep(0, 0);
  }

  /** Off and on again. */
  powerCycle(): void {
    this.device.start();
  }
}
