/**
 * `--record`: a run in a file. Its first line says how the world was made, then follows what crossed its door, the last
 * line says how it ended. With the same version of mcubox that is all a repetition needs.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { emitCrossing, parseCrossing } from '../bridge/host/index.ts';
import type { Crossing } from '../bridge/index.ts';
import type { FlashImage, Micros } from '../runtime/index.ts';
import { fileError } from './file-error.ts';
import { version } from './help.ts';
import { OutputFile } from './output-file.ts';
import type { Parsed } from './values.ts';
import type { Outcome } from './verdict.ts';

/** Of the file's format. */
const FORMAT = 3;

/** A device as it was before it was powered on. */
export interface Kept {
  /** All that its flash held. */
  readonly flash: FlashImage;
  /** What was typed at its console after boot. */
  readonly lines: readonly string[];
}

/** How a recorded run was asked for. */
export interface Head {
  /** The command line behind `mcubox run`. */
  readonly argv: readonly string[];
  readonly devices: readonly Kept[];
  /** The text of the world file, if there was one. */
  readonly world?: string;
  readonly version: string;
}

/** How it ended; the sums are SHA-256 of the console's bytes, and of every frame of the LAN behind its time. */
export interface Tail {
  readonly at: number;
  readonly code: number;
  readonly message?: string;
  readonly console: string;
  readonly lan: string;
}

export interface Recording {
  readonly head: Head;
  /** Before power-on, and after. */
  readonly before: readonly Crossing[];
  readonly after: readonly Crossing[];
  /** Undefined: the recording broke off. */
  readonly tail: Tail | undefined;
}

/** Sums up what a run has shown. */
export class Sums {
  readonly #console = createHash('sha256');
  readonly #lan = createHash('sha256');

  console(bytes: Uint8Array): void {
    this.#console.update(bytes);
  }

  frame(at: Micros, frame: Uint8Array): void {
    this.#lan.update(`${at}:`).update(frame);
  }

  /** Once, at the end. */
  take(): Pick<Tail, 'console' | 'lan'> {
    return { console: this.#console.digest('hex'), lan: this.#lan.digest('hex') };
  }
}

export class RecordFile {
  readonly sums = new Sums();
  readonly #file: OutputFile;

  /** Creates the file; throws CannotWrite. */
  constructor(path: string, head: Omit<Head, 'version'>) {
    this.#file = new OutputFile(path);
    const devices = head.devices.map(({ flash: { settings, files }, lines }) => ({
      flash: { settings, files: [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]) },
      lines,
    }));
    this.#line(JSON.stringify({ mcubox: FORMAT, version: version(), ...head, devices }));
  }

  crossing(crossing: Crossing): void {
    this.#line(emitCrossing(crossing));
  }

  /** The device is powered on. */
  start(): void {
    this.#line(JSON.stringify({ start: true }));
  }

  end(at: Micros, { code, message }: Outcome): void {
    this.#line(JSON.stringify({ end: { at, code, message, ...this.sums.take() } }));
  }

  close(): void {
    this.#file.close();
  }

  #line(text: string): void {
    this.#file.write(`${text}\n`);
  }
}

/** Reads what {@link RecordFile} wrote; what is wrong comes back as one sentence. */
export function readRecording(path: string): Parsed<Recording> {
  let lines: string[];
  try {
    lines = readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    return { ok: false, message: `cannot read ${path}: ${fileError(error)}` };
  }
  try {
    return { ok: true, value: parseRecording(lines) };
  } catch {
    return { ok: false, message: `${path} is no recording of mcubox run --record, and no capsule of mcubox test` };
  }
}

interface StoredDevice {
  readonly flash: {
    readonly settings: FlashImage['settings'];
    readonly files: readonly [name: string, base64: string][];
  };
  readonly lines: readonly string[];
}

function parseRecording([first = '', ...rest]: readonly string[]): Recording {
  const head = JSON.parse(first);
  if (head.mcubox !== FORMAT) throw new Error('another format');
  const devices = head.devices.map(({ flash, lines }: StoredDevice): Kept => {
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
    const files = new Map(flash.files.map(([name, text]) => [name, bytes(text)]));
    return { flash: { settings: flash.settings, files }, lines };
  });
  const before: Crossing[] = [];
  const after: Crossing[] = [];
  let started = false;
  let tail: Tail | undefined;
  // What was written when the power failed may end within a line; each ends with a line feed.
  for (const line of rest.slice(0, -1)) {
    const crossing = parseCrossing(line);
    if (crossing !== undefined) (started ? after : before).push(crossing);
    else if ('start' in JSON.parse(line)) started = true;
    else tail = JSON.parse(line).end;
  }
  return { head: { ...head, devices }, before, after, tail };
}
