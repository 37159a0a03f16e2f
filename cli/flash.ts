/** Files of the host computer that become the content of the device's flash. */
import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Device } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import { CannotWrite, fileError } from './file-error.ts';
import { makeFolder, writeWhole } from './output-file.ts';
import { flashName, LONGEST_NAME, type Parsed } from './values.ts';

export interface FlashContent {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The host's path. */
  readonly host: string;
}

export interface FlashPlan {
  readonly files: readonly FlashContent[];
  /** The name on the flash of the FILE to run after boot; undefined for a DIR, which boots its init.lua. */
  readonly script?: string;
  /** Files of a DIR that no flash can hold: pictures, manuals and images of firmware lie beside many a script. */
  readonly left: readonly string[];
}

/** Reads FILE or DIR and every `--file`; the first thing that is wrong comes back as one sentence. */
export function planFlash({ path, files }: Pick<RunOptions, 'path' | 'files'>): Parsed<FlashPlan> {
  try {
    const extra = files.map(({ host, name }) => ({ name, bytes: readHost(host), host }));
    if (path === undefined) return checked({ files: extra, left: [] });
    if (stat(path).isDirectory()) {
      const names = namesBelow(path);
      const content = names
        .filter(fits)
        .map((name) => ({ name, bytes: readHost(join(path, name)), host: join(path, name) }));
      return checked({ files: [...content, ...extra], left: names.filter((name) => !fits(name)) });
    }
    const name = basename(path);
    const plan = { files: [{ name, bytes: readHost(path), host: path }, ...extra], left: [] };
    // A script called init.lua runs by itself at boot.
    return checked(name === 'init.lua' ? plan : { ...plan, script: name });
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, message: error.message };
    throw error;
  }
}

class Unreadable extends Error {}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Unreadable(`cannot read ${path}: ${fileError(error)}`);
  }
}

/** The largest flash chip that an ESP8266 can have. */
const LARGEST = 16 * 1024 * 1024;
const CHUNK = 64 * 1024;
/** More than one flash has ever held. */
const MOST_FILES = 10_000;

/** No more than a flash can hold: a pipe is read to its end, but some devices have none. */
function readHost(path: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  attempt(path, () => {
    const fd = openSync(path, 'r');
    try {
      for (let read = -1; read !== 0 && length <= LARGEST; length += read) {
        const chunk = new Uint8Array(CHUNK);
        read = readSync(fd, chunk);
        chunks.push(chunk.subarray(0, read));
      }
    } finally {
      closeSync(fd);
    }
  });
  if (length > LARGEST) throw new Unreadable(`${path} is larger than any flash`);
  return Buffer.concat(chunks);
}

const stat = (path: string) => attempt(path, () => statSync(path));

const fits = (name: string): boolean => flashName(name).ok;

/** Every file below `root`, relative to it with `/`; what is hidden, no file, or linked into a circle stays on the host. */
function namesBelow(root: string): string[] {
  const names: string[] = [];
  const walk = (under: string, above: readonly string[]): void => {
    const here = join(root, under);
    const real = attempt(here, () => realpathSync(here));
    if (above.includes(real)) return;
    const visible = attempt(here, () => readdirSync(here)).filter((entry) => !entry.startsWith('.'));
    // By name, so that the order of the flash does not depend on the host's file system.
    visible.sort();
    for (const entry of visible) {
      const name = under === '' ? entry : `${under}/${entry}`;
      const found = attempt(join(root, name), () => statSync(join(root, name), { throwIfNoEntry: false }));
      if (found?.isDirectory() === true) walk(name, [...above, real]);
      if (found?.isFile() === true) names.push(name);
      if (names.length > MOST_FILES) throw new Unreadable(`${root} has more files than a flash can hold`);
    }
  };
  walk('', []);
  return names;
}

/** The sentence for what a plan leaves out; undefined for nothing. */
export function leftOut({ left }: FlashPlan): string | undefined {
  const [first, ...more] = left;
  if (first === undefined) return undefined;
  const all = more.length === 0 ? `'${first}' is` : `'${first}' and ${more.length} more are`;
  return `${all} left out: a name on the flash has at most ${LONGEST_NAME} characters`;
}

function checked(plan: FlashPlan): Parsed<FlashPlan> {
  for (const { name } of plan.files) {
    const fitting = flashName(name);
    if (!fitting.ok) return fitting;
  }
  return { ok: true, value: plan };
}

/** `--export DIR`: what the device's flash holds, as files of the host. */
export class FlashExport {
  readonly #root: string;
  readonly #device: Device;

  /** Throws {@link CannotWrite} when DIR cannot be made or nothing can be put there. */
  constructor(root: string, device: Device) {
    makeFolder(root);
    this.#root = root;
    this.#device = device;
  }

  /** Throws {@link CannotWrite} for the first file that is not there, when all others are. */
  close(): void {
    let failure: unknown;
    for (const [name, bytes] of this.#device.flash.export()) {
      const path = join(this.#root, Buffer.from(name, 'latin1').toString());
      try {
        // A script may call its files `../x`.
        if (relative(this.#root, path).startsWith('..')) throw new CannotWrite(path, 'is outside of the folder');
        makeFolder(dirname(path));
        writeWhole(path, bytes);
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }
}
