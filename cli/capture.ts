/** `--pcap`: the frames of the LAN in a file that Wireshark opens. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Micros, pcapHeader, pcapRecord } from '../runtime/index.ts';

/** Enough that the file system is not asked for every frame. */
const BUFFER_BYTES = 256 * 1024;

export class CaptureFile {
  readonly #fd: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** Creates the file; throws what the file system says. */
  constructor(path: string) {
    this.#fd = openSync(path, 'w');
    this.#add(pcapHeader());
  }

  frame(at: Micros, frame: Uint8Array): void {
    this.#add(pcapRecord(at, frame));
  }

  close(): void {
    this.#flush();
    closeSync(this.#fd);
  }

  #add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= BUFFER_BYTES) this.#flush();
  }

  #flush(): void {
    writeSync(this.#fd, Buffer.concat(this.#parts));
    this.#parts = [];
    this.#bytes = 0;
  }
}
