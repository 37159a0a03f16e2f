/** Files and folders of the host that a run writes. */
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CannotWrite } from './file-error.ts';

/** Enough that the file system is not asked for every piece. */
const BUFFER = 256 * 1024;

/**
 * Is opened before a run, so that what is in the way is said before anything has happened; what was in it stays until
 * the first piece is written out. After a failure nothing more is written, and {@link close} tells.
 */
export class OutputFile {
  readonly #path: string;
  readonly #fd: number;
  #pieces: (string | Uint8Array)[] = [];
  #waiting = 0;
  #begun = false;
  #failure: CannotWrite | undefined;

  /** Throws {@link CannotWrite}. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#fd = openForWriting(path);
    } catch (error) {
      throw new CannotWrite(path, error);
    }
  }

  write(piece: string | Uint8Array): void {
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#waiting >= BUFFER) this.flush();
  }

  /** What was written so far is in the file, for those who read it meanwhile. */
  flush(): void {
    const bytes = Buffer.concat(this.#pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
    this.#pieces = [];
    this.#waiting = 0;
    if (this.#failure !== undefined) return;
    try {
      if (!this.#begun && fstatSync(this.#fd).isFile()) ftruncateSync(this.#fd);
      this.#begun = true;
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      this.#failure = new CannotWrite(this.#path, error);
    }
  }

  /** Throws {@link CannotWrite} when something of it is not in the file. */
  close(): void {
    this.flush();
    closeSync(this.#fd);
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** A whole file at once; throws {@link CannotWrite}. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const file = new OutputFile(path);
  file.write(content);
  file.close();
}

function openForWriting(path: string): number {
  const { O_WRONLY, O_CREAT, O_NONBLOCK } = constants;
  if (entry(path)?.isFIFO() !== true) return openSync(path, O_WRONLY | O_CREAT);
  // Opened to wait, a pipe without a reader would wait for ever.
  const probe = openSync(path, O_WRONLY | O_NONBLOCK);
  const fd = openSync(path, O_WRONLY);
  closeSync(probe);
  return fd;
}

const entry = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });

/** Makes a folder with all above it, if it is not there, for files to be put in; throws {@link CannotWrite}. */
export function makeFolder(path: string): void {
  try {
    make(path);
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new CannotWrite(path, error);
  }
}

/** One folder at a time: mkdir's own `recursive` does not return where the file system makes none (/proc). */
function make(path: string): void {
  if (entry(path)?.isDirectory() === true) return;
  const above = dirname(path);
  if (above !== path) make(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been quicker.
    if (entry(path)?.isDirectory() !== true) throw error;
  }
}
