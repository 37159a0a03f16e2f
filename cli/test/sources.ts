/** The files of the host that one test is made of: kept for its capsule, and to know scripts again by their name on a flash. */
import { readFileSync } from 'node:fs';

export class Sources {
  /** Everything read, by path. */
  readonly files = new Map<string, Uint8Array>();
  /** Where what lies on a flash comes from, by its name there. */
  readonly onFlash = new Map<string, string>();

  /** Reads a file; throws what the file system says. */
  read(path: string): Buffer {
    const bytes = readFileSync(path);
    this.files.set(path, bytes);
    return bytes;
  }

  /** A file that was read elsewhere, and its name on the flash. */
  flashed(name: string, path: string, bytes: Uint8Array): void {
    this.files.set(path, bytes);
    this.onFlash.set(name, path);
  }
}
