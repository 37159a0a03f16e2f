/** This terminal as the device's: every key goes to it at once, except those that leave. A pipe is read to its end. */
import type { ReadStream } from 'node:tty';
import type { Keyboard } from './keyboard.ts';

const CTRL_C = 3;
const CTRL_RIGHT_BRACKET = 29;
/** Two of them within this time quit. */
const TWICE_MS = 2000;
/** After the end of a pipe the device still says its last. */
const LAST_WORDS_MS = 500;

export class Terminal implements Keyboard {
  readonly #input: ReadStream;
  readonly #err: (line: string) => void;
  #interruptedAt = Number.NEGATIVE_INFINITY;
  #ending: NodeJS.Timeout | undefined;
  #typed: (bytes: Uint8Array) => void = () => {};
  #quit: () => void = () => {};
  #busy: () => boolean = () => false;

  constructor(input: ReadStream, err: (line: string) => void) {
    this.#input = input;
    this.#err = err;
  }

  start(typed: (bytes: Uint8Array) => void, quit: () => void, busy: () => boolean): void {
    this.#typed = typed;
    this.#quit = quit;
    this.#busy = busy;
    if (this.#input.isTTY) {
      this.#err('Ctrl-] or Ctrl-C twice quits');
      this.#input.setRawMode(true);
    }
    this.#input.on('data', this.#onData);
    this.#input.once('end', this.#onEnd);
    this.#input.resume();
  }

  stop(): void {
    this.#input.off('data', this.#onData);
    this.#input.off('end', this.#onEnd);
    clearTimeout(this.#ending);
    if (this.#input.isTTY) this.#input.setRawMode(false);
    this.#input.pause();
  }

  /** A pipe is faster than the line to the device. */
  readonly #onEnd = (): void => {
    const typing = this.#busy();
    this.#ending = setTimeout(typing ? this.#onEnd : this.#quit, LAST_WORDS_MS);
  };

  readonly #onData = (bytes: Uint8Array): void => {
    let from = 0;
    for (const [at, byte] of bytes.entries()) {
      if (byte !== CTRL_C && byte !== CTRL_RIGHT_BRACKET) continue;
      if (at > from) this.#typed(bytes.subarray(from, at));
      from = at + 1;
      if (byte === CTRL_RIGHT_BRACKET || !this.#isFirst()) {
        this.#quit();
        return;
      }
      this.#err('Ctrl-C again, or Ctrl-], quits');
    }
    if (from < bytes.length) this.#typed(bytes.subarray(from));
  };

  #isFirst(): boolean {
    const before = this.#interruptedAt;
    this.#interruptedAt = performance.now();
    return this.#interruptedAt - before > TWICE_MS;
  }
}
