/**
 * `--pcap`: the frames of the LAN in a file that Wireshark opens. A name that ends in .pcapng gives the newer format,
 * in which frames have comments: the line of Lua that sent them; and the keys of TLS, so that Wireshark reads that, too.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import {
  LINKTYPE_ETHERNET,
  type Micros,
  pcapHeader,
  pcapngHeader,
  pcapngInterface,
  pcapngPacket,
  pcapngSecrets,
  pcapRecord,
} from '../runtime/index.ts';

/** Enough that the file system is not asked for every frame. */
const BUFFER_BYTES = 256 * 1024;

export class CaptureFile {
  /** Whether frames can have comments. */
  readonly comments: boolean;
  readonly #fd: number;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** Creates the file; throws what the file system says. */
  constructor(path: string) {
    this.#fd = openSync(path, 'w');
    this.comments = path.endsWith('.pcapng');
    if (this.comments) {
      this.#add(pcapngHeader());
      this.#add(pcapngInterface(LINKTYPE_ETHERNET, 'lan'));
    } else this.#add(pcapHeader());
  }

  frame(at: Micros, frame: Uint8Array, comment?: string): void {
    this.#add(this.comments ? pcapngPacket(0, at, frame, comment) : pcapRecord(at, frame));
  }

  /** Keys that were made now, as lines of a key log; the older format has no place for them. */
  secrets(lines: string): void {
    if (this.comments) this.#add(pcapngSecrets(lines));
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
