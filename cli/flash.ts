/** Files of the host computer that become the content of the device's flash. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Device } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import { fileError } from './file-error.ts';
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

const readHost = (path: string): Uint8Array => attempt(path, () => readFileSync(path));
const stat = (path: string) => attempt(path, () => statSync(path));

const fits = (name: string): boolean => flashName(name).ok;

/** Every file below `root`, relative to it with `/`; hidden ones and links that lead nowhere stay on the host. */
function namesBelow(root: string, under = ''): string[] {
  const entries = attempt(join(root, under), () => readdirSync(join(root, under)));
  const visible = entries.filter((entry) => !entry.startsWith('.'));
  // By name, so that the order of the flash does not depend on the host's file system.
  visible.sort((a, b) => (a < b ? -1 : 1));
  return visible.flatMap((entry) => {
    const name = under === '' ? entry : `${under}/${entry}`;
    const found = attempt(join(root, name), () => statSync(join(root, name), { throwIfNoEntry: false }));
    if (found === undefined) return [];
    return found.isDirectory() ? namesBelow(root, name) : [name];
  });
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

  /** Throws what the file system says when DIR cannot be made. */
  constructor(root: string, device: Device) {
    mkdirSync(root, { recursive: true });
    this.#root = root;
    this.#device = device;
  }

  close(): void {
    for (const [name, bytes] of this.#device.flash.export()) {
      const path = join(this.#root, Buffer.from(name, 'latin1').toString());
      // A script may call its files `../x`.
      if (relative(this.#root, path).startsWith('..')) continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
  }
}
