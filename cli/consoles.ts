/** Consoles of several devices on one stdout: whole lines, each with the name of its device in front. */
import type { OutputBuffer } from './console.ts';

const LINE_FEED = 0x0a;

/** One device's console on its way there; bytes of a line wait until it is whole. */
export class NamedLines {
  readonly #prefix: Uint8Array;
  readonly #output: OutputBuffer;
  #line: Uint8Array = new Uint8Array(0);

  constructor(name: string, output: OutputBuffer) {
    this.#prefix = Buffer.from(`${name}| `);
    this.#output = output;
  }

  add(bytes: Uint8Array): void {
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, from)) {
      this.#keep(bytes.subarray(from, at + 1));
      from = at + 1;
      this.#print();
    }
    this.#keep(bytes.subarray(from));
  }

  /** What is left is shown, with a line end of its own. */
  end(): void {
    if (this.#line.length === 0) return;
    this.#keep(Buffer.from('\n'));
    this.#print();
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#line = Buffer.concat([this.#line, bytes]);
  }

  #print(): void {
    this.#output.add(this.#prefix);
    this.#output.add(this.#line);
    this.#line = new Uint8Array(0);
  }
}
