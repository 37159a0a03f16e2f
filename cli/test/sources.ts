/** The files of the host that one test is made of: kept for its capsule, and to know scripts again by their name on a flash. */
import { readFileSync } from 'node:fs';
import { onFlash } from '../values.ts';

export class Sources {
  /** Everything read, by path. */
  readonly files = new Map<string, Uint8Array>();
  readonly #flashes = new Map<string, Map<string, string>>();

  /** Reads a file; throws what the file system says. */
  read(path: string): Buffer {
    const bytes = readFileSync(path);
    this.files.set(path, bytes);
    return bytes;
  }

  /** A file was put on the flash of a device under that name. */
  flashed(device: string, name: string, path: string, bytes: Uint8Array): void {
    this.files.set(path, bytes);
    this.#flashes.set(device, new Map(this.#flashes.get(device)).set(onFlash(name), path));
  }

  /** Names on the flash of a device, with the paths they came from. */
  flashOf(device: string): ReadonlyMap<string, string> {
    return this.#flashes.get(device) ?? new Map();
  }
}
