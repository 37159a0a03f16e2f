/** The device's console as the command sees it: bytes on their way to stdout, and texts to watch for. */
import { StringDecoder } from 'node:string_decoder';
import type { Watch } from './values.ts';

/** A regular expression sees so much of what was printed last. */
const TAIL = 4096;

/** Looks for one text in a stream of bytes. Line ends count as `\n`. */
export class TextWatch {
  readonly text: string;
  /** It was there. */
  seen = false;
  readonly #watch: Watch;
  readonly #decoder = new StringDecoder('utf8');
  #tail = '';

  constructor(watch: Watch) {
    this.#watch = watch;
    this.text = watch.text;
  }

  feed(bytes: Uint8Array): void {
    if (this.seen) return;
    const output = this.#tail + this.#decoder.write(Buffer.from(bytes)).replaceAll('\r', '');
    this.seen = this.#watch.matches(output);
    this.#tail = output.slice(-TAIL);
  }
}

/** Collects small pieces of output until somebody takes them. */
export class OutputBuffer {
  #parts: Uint8Array[] = [];

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
  }

  take(): Uint8Array {
    const all = Buffer.concat(this.#parts);
    this.#parts = [];
    return all;
  }
}
