/** `--keylog`: the keys of the device's TLS sessions in a file for Wireshark (the format of SSLKEYLOGFILE). */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Device } from '../runtime/index.ts';
import type { CaptureFile } from './capture.ts';

export class KeyLogFile {
  readonly #fd: number;

  /** Creates the file; throws what the file system says. */
  constructor(path: string) {
    this.#fd = openSync(path, 'w');
  }

  add(lines: string): void {
    writeSync(this.#fd, lines);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** From now on the keys go into what is given. */
export function logKeys(device: Device, capture: CaptureFile | undefined, file: KeyLogFile | undefined): void {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  device.events.on('tlsSecret', (clientRandom, master) => {
    const line = `CLIENT_RANDOM ${hex(clientRandom)} ${hex(master)}\n`;
    capture?.secrets(line);
    file?.add(line);
  });
}
