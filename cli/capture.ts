/**
 * `--pcap`: the frames of the LAN in a file that Wireshark opens. A name that ends in .pcapng gives the newer format,
 * in which frames have comments: the line of Lua that sent them; and the keys of TLS, so that Wireshark reads that, too.
 */
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
import { OutputFile } from './output-file.ts';

export class CaptureFile {
  /** Whether frames can have comments. */
  readonly comments: boolean;
  readonly #file: OutputFile;

  /** Creates the file; throws CannotWrite. */
  constructor(path: string) {
    this.#file = new OutputFile(path);
    this.comments = path.endsWith('.pcapng');
    if (this.comments) {
      this.#file.write(pcapngHeader());
      this.#file.write(pcapngInterface(LINKTYPE_ETHERNET, 'lan'));
    } else this.#file.write(pcapHeader());
  }

  frame(at: Micros, frame: Uint8Array, comment?: string): void {
    this.#file.write(this.comments ? pcapngPacket(0, at, frame, comment) : pcapRecord(at, frame));
  }

  /** Keys that were made now, as lines of a key log; the older format has no place for them. */
  secrets(lines: string): void {
    if (this.comments) this.#file.write(pcapngSecrets(lines));
  }

  close(): void {
    this.#file.close();
  }
}
