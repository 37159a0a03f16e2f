/** The Lua Flash Store: `mcubox lfs DIR -o FILE` builds an image, `run --lfs` gives a device a partition, with an image or without. */
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { buildLfs, DEFAULT_LFS_BYTES, type Device, type LuaBuild, seconds, World } from '../runtime/index.ts';
import { fileError } from './file-error.ts';
import type { Io } from './io.ts';
import { readScripts } from './lint/command.ts';
import { readOptions } from './options.ts';
import { writeWhole } from './output-file.ts';
import { luaBuild, type Parsed } from './values.ts';

/** Seconds since 1970 of every image, so that the same files give the same bytes: the world's first day. */
const TIMESTAMP = Date.UTC(2024, 0, 1) / 1000;
const LARGEST = 0x40000; // 256 KiB, app/platform LFS limit

/** Instructions for all scripts: without a board there is no watchdog, and compiling always ends. */
const PLENTY = 1e10;

export interface LfsSpec {
  readonly bytes: number;
  /** Image that is in flash from the beginning. */
  readonly path?: string;
}

/** `64K`, `131072` or the name of an image. */
export function lfsSpec(text: string): Parsed<LfsSpec> {
  const size = /^(\d+)([kK]?)$/.exec(text);
  if (size === null) return text === '' ? bad('the SIZE or FILE is missing') : good({ bytes: LARGEST, path: text });
  const bytes = Number(size[1]) * (size[2] === '' ? 1 : 1024);
  if (bytes > 0 && bytes <= LARGEST && bytes % 4096 === 0) return good({ bytes });
  return bad(`'${text}' is no size of a partition; write 64K, 128K or 256K`);
}

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (message: string): { ok: false; message: string } => ({ ok: false, message });

/** Puts the image of `--lfs FILE` into the device. */
export function loadLfs(device: Device, { path }: LfsSpec): Parsed<undefined> {
  if (path === undefined) return good(undefined);
  try {
    const written = device.lfs.write(new Uint8Array(readFileSync(path)));
    return written.ok ? good(undefined) : bad(`--lfs ${path}: ${written.error}; mcubox lfs DIR -o FILE makes an image`);
  } catch (error) {
    return bad(
      `--lfs: cannot read ${path}: ${fileError(error)}; write a size of 64K to 256K, or an image of mcubox lfs`,
    );
  }
}

export interface LfsOptions {
  readonly path: string;
  readonly output: string;
  readonly lua: LuaBuild;
}

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  lua: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Undefined as a value: help is wanted. */
export function parseLfs(argv: readonly string[]): Parsed<LfsOptions | undefined> {
  const line = readOptions(argv, OPTIONS);
  if (!line.ok) return line;
  const { values, paths } = line.value;
  if (values.has('help')) return good(undefined);
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0) return bad('lfs needs one FILE.lua or DIR');
  const output = values.get('output')?.at(-1) ?? 'lfs.img';
  if (output === '') return bad('-o: the file name is missing');
  const lua = luaBuild(values.get('lua')?.at(-1) ?? '5.1');
  return lua.ok ? good({ path, output, lua: lua.value }) : bad(`--lua: ${lua.message}`);
}

/** Compiles every .lua file below DIR as a module of its own name. */
export async function lfsCommand({ path, output, lua }: LfsOptions, io: Io): Promise<number> {
  const scripts = readScripts(path);
  if (!scripts.ok) return refuse(io, scripts.message);
  if (scripts.value.some(({ host }) => resolve(host) === resolve(output)))
    return refuse(io, `-o would write over ${output}, which is read`);
  const sources = scripts.value.map(({ name, source }) => ({ name: basename(name, '.lua'), source }));
  const twice = sources.find(({ name }, i) => sources.findIndex((s) => s.name === name) !== i);
  if (twice !== undefined) return refuse(io, `two files would be the module ${twice.name}`);
  const world = new World({ traceLines: 0 });
  const device = world.addDevice({ modules: [], profile: { lua } });
  device.start();
  world.runUntil(() => !device.off, seconds(1));
  device.lua.budget = PLENTY;
  const image = buildLfs(device.lua, sources, TIMESTAMP);
  if (!image.ok) {
    io.err(image.error);
    return 1;
  }
  writeWhole(output, image.value);
  const over = image.value.length > DEFAULT_LFS_BYTES ? '; larger than the usual partition of 128K' : '';
  io.err(
    `${join(output)}: ${sources.length} ${sources.length === 1 ? 'module' : 'modules'}, ${image.value.length} bytes${over}`,
  );
  return 0;
}

function refuse(io: Io, message: string): number {
  io.err(message);
  return 2;
}
