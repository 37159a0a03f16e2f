/** `--keylog`: the keys of the device's TLS sessions in a file for Wireshark (the format of SSLKEYLOGFILE). */
import type { Device } from '../runtime/index.ts';
import type { CaptureFile } from './capture.ts';
import { OutputFile } from './output-file.ts';

export class KeyLogFile {
  readonly #file: OutputFile;

  /** Creates the file; throws CannotWrite. */
  constructor(path: string) {
    this.#file = new OutputFile(path);
  }

  /** At once, for a Wireshark that reads along. */
  add(lines: string): void {
    this.#file.write(lines);
    this.#file.flush();
  }

  close(): void {
    this.#file.close();
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
