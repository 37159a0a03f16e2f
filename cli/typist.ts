/** Types at the device's console as a person would: one line when the last one has been dealt with. */
import { type Device, fromLatin1 } from '../runtime/index.ts';
import { onFlash } from './values.ts';

/** The firmware's line buffer (LUA_MAXINPUT 256) with its closing NUL; a longer line would be thrown away silently. */
export const LONGEST_LINE = 255;

export class Typist {
  readonly #device: Device;
  readonly #lines: string[];

  /** Lines are Latin-1 text without line ends. */
  constructor(device: Device, lines: readonly string[]) {
    this.#device = device;
    this.#lines = [...lines];
  }

  /** Everything was typed. */
  get done(): boolean {
    return this.#lines.length === 0;
  }

  /** Types the next line if the device has nothing to do at the moment. */
  typeWhenIdle(): void {
    if (this.done || this.#device.off || !this.#device.cpu.idle || this.#device.tasks.length > 0) return;
    this.#device.receive(fromLatin1(`${this.#lines.shift()}\r`));
  }
}

/** What is typed to run a file of the flash: `dofile("x.lua")`. */
export const dofileLine = (name: string): string => `dofile(${luaString(name)})`;

/** Control characters would end the line. */
function luaString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant.
  return `"${onFlash(text).replace(/["\\\x00-\x1f\x7f]/g, (c) => (/["\\]/.test(c) ? `\\${c}` : `\\${`${c.charCodeAt(0)}`.padStart(3, '0')}`))}"`;
}
