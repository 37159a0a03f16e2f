/** Console bytes on their way to the page. A page that cannot keep up gets the latest ones and is told how many it missed. */

/** More than a screen and its scrollback hold. */
const LIMIT = 512 * 1024;
/** What a page can show between two pictures. */
const PIECE = 64 * 1024;

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

  /** The oldest bytes, as many as can be shown at once. */
  take(): { readonly bytes: Uint8Array; readonly skipped: number } {
    const bytes = new Uint8Array(Math.min(this.#length, PIECE));
    let at = 0;
    let used = 0;
    while (at < bytes.length) {
      const piece = this.#pieces[used] as Uint8Array;
      const part = piece.subarray(0, bytes.length - at);
      bytes.set(part, at);
      at += part.length;
      if (part.length === piece.length) used++;
      else this.#pieces[used] = piece.subarray(part.length);
    }
    this.#pieces.splice(0, used);
    this.#length -= bytes.length;
    const skipped = this.#skipped;
    this.#skipped = 0;
    return { bytes, skipped };
  }
}
