/** Console bytes on their way to the page. A page that cannot keep up gets the latest ones and is told how many it missed. */

/** More than a screen and its scrollback hold. */
const LIMIT = 256 * 1024;

export class ConsoleQueue {
  #pieces: Uint8Array[] = [];
  #length = 0;
  #skipped = 0;

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes.slice());
    this.#length += bytes.length;
    while (this.#length > LIMIT) {
      const dropped = this.#pieces.shift()?.length ?? 0;
      this.#length -= dropped;
      this.#skipped += dropped;
    }
  }

  get empty(): boolean {
    return this.#length === 0;
  }

  take(): { readonly bytes: Uint8Array; readonly skipped: number } {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const skipped = this.#skipped;
    this.#pieces = [];
    this.#length = 0;
    this.#skipped = 0;
    return { bytes, skipped };
  }
}
