/**
 * `--flash FILE`: a device's flash in one file of the host. A change is written to a new file beside it, which then takes
 * its place in one step: whenever this process ends, and however, FILE is whole and either old or new.
 */
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import {
  type Device,
  type FlashImage,
  type FlashSettings,
  flashImage,
  flashSettings,
  setFlashImage,
} from '../runtime/index.ts';
import { CannotWrite, fileError } from './file-error.ts';
import type { FlashContent } from './flash.ts';
import { onFlash, type Parsed } from './values.ts';

const KIND = 'mcubox flash';
const VERSION = 1;
/** How often changes are looked for. */
const LOOK_MS = 100;
/** Writing takes at most this share of the time. */
const SHARE = 0.1;

interface Stored {
  readonly kind: typeof KIND;
  readonly version: typeof VERSION;
  readonly settings: FlashSettings;
  /** Contents by name, in base64. */
  readonly files: Readonly<Record<string, string>>;
  /** The Lua Flash Store, in base64. */
  readonly lfs?: string;
}

/** What the last run left in FILE, with `files` in addition or instead; with `blankWifi` no station is saved. */
export function restoreFlash(
  path: string,
  blankWifi: boolean,
  device: Device,
  files: readonly FlashContent[],
): Parsed<undefined> {
  const loaded = loadFlash(path, device);
  if (!loaded.ok) return loaded;
  if (blankWifi) device.wifi.saved.station = undefined;
  const misfit = files.find(({ name, bytes }) => !device.flash.put(onFlash(name), bytes));
  return misfit === undefined ? loaded : { ok: false, message: `the flash is full: ${misfit.name} does not fit` };
}

/** A FILE that is not there yet changes nothing. */
function loadFlash(path: string, device: Device): Parsed<undefined> {
  let text: string;
  try {
    // Of a device or a pipe there would be no end.
    const there = statSync(path);
    if (!there.isFile() && !there.isDirectory()) return { ok: false, message: `--flash: ${path} is no regular file` };
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? { ok: true, value: undefined }
      : { ok: false, message: `cannot read ${path}: ${fileError(error)}` };
  }
  const image = imageOf(text);
  if (image === undefined)
    return {
      ok: false,
      message: `${path} is no flash of mcubox; name a file of --flash, or one that is not there yet`,
    };
  if (!setFlashImage(device, image)) return { ok: false, message: `the files of ${path} do not fit on the flash` };
  return { ok: true, value: undefined };
}

function imageOf(text: string): FlashImage | undefined {
  try {
    const { kind, version, settings, files, lfs } = JSON.parse(text) as Stored;
    if (kind !== KIND || version !== VERSION) return undefined;
    const entries = Object.entries(files).map(([name, content]) => [name, bytes(content)] as const);
    return { settings, files: new Map(entries), lfs: lfs === undefined ? undefined : bytes(lfs) };
  } catch {
    return undefined;
  }
}

const bytes = (content: string): Uint8Array => new Uint8Array(Buffer.from(content, 'base64'));

/** Writes FILE anew whenever something in flash has changed, and at the end. */
export class FlashStore {
  readonly #path: string;
  readonly #device: Device;
  readonly #look: NodeJS.Timeout;
  readonly #err: (line: string) => void;
  #told = false;
  #revision = -1;
  #settings = '';
  #lfs: Uint8Array | undefined;
  #notBefore = 0;

  /** Throws {@link CannotWrite}. `err` tells when that happens later. */
  constructor(path: string, device: Device, err: (line: string) => void) {
    this.#path = path;
    this.#device = device;
    this.#err = err;
    this.#save();
    this.#look = setInterval(() => this.#saveNow(), LOOK_MS);
    this.#look.unref();
  }

  /** Throws {@link CannotWrite}. */
  close(): void {
    clearInterval(this.#look);
    this.#save();
  }

  /** The disk may have room again later: it is tried to the end. */
  #saveNow(): void {
    if (performance.now() < this.#notBefore) return;
    try {
      this.#save();
    } catch (error) {
      if (!(error instanceof CannotWrite)) throw error;
      if (!this.#told) this.#err(`${error.message}; trying again`);
      this.#told = true;
    }
  }

  #save(): void {
    const { revision } = this.#device.flash;
    const settings = JSON.stringify(flashSettings(this.#device));
    const { image } = this.#device.lfs;
    if (revision === this.#revision && settings === this.#settings && image === this.#lfs) return;
    const start = performance.now();
    const { files, settings: current } = flashImage(this.#device);
    const contents = [...files].map(([name, content]) => [name, Buffer.from(content).toString('base64')] as const);
    const stored: Stored = {
      kind: KIND,
      version: VERSION,
      settings: current,
      files: Object.fromEntries(contents),
      ...(image === undefined ? {} : { lfs: Buffer.from(image).toString('base64') }),
    };
    try {
      replaceFile(this.#path, `${JSON.stringify(stored, undefined, 1)}\n`);
    } catch (error) {
      throw new CannotWrite(this.#path, error);
    }
    this.#revision = revision;
    this.#settings = settings;
    this.#lfs = image;
    const end = performance.now();
    this.#notBefore = end + (end - start) / SHARE;
  }
}

/** The new content is safe on the disk before it takes the place of the old one, with its rights, behind any link. */
function replaceFile(name: string, text: string): void {
  const old = statSync(name, { throwIfNoEntry: false });
  if (old !== undefined) accessSync(name, constants.W_OK);
  const path = old === undefined ? name : realpathSync(name);
  const temporary = `${path}.${process.pid}.new`;
  try {
    const file = openSync(temporary, 'w', old === undefined ? undefined : old.mode & 0o777);
    try {
      const content = Buffer.from(text);
      for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Where directories can be opened, the new name is made safe too. */
function syncDirectory(path: string): void {
  try {
    const directory = openSync(path, 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch {
    // Windows has no such thing.
  }
}
