/** The files of the host that one test is made of: kept for its capsule, and to know scripts again by their name on a flash. */
import { readFileSync } from 'node:fs';
import { CannotRead } from '../file-error.ts';
import { onFlash } from '../values.ts';

export class Sources {
  /** Everything read, by path. */
  readonly files = new Map<string, Uint8Array>();
  readonly #flashes = new Map<string, Map<string, string>>();

  /** Reads a file; throws {@link CannotRead}. */
  read(path: string): Buffer {
    try {
      const bytes = readFileSync(path);
      this.files.set(path, bytes);
      return bytes;
    } catch (error) {
      throw new CannotRead(path, error);
    }
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
