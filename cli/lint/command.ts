/** `mcubox lint [--firmware X] PATH`: reads the scripts of a file or folder and says which releases they fit. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLua, FIRMWARES, type Firmware } from '../../runtime/index.ts';
import { fileError } from '../file-error.ts';
import type { Io } from '../io.ts';
import { readOptions } from '../options.ts';
import type { Parsed } from '../values.ts';
import type { Script } from './lint.ts';
import { lintReport } from './report.ts';

export interface LintOptions {
  readonly path: string;
  /** Asked about; undefined: about all. */
  readonly firmware: Firmware | undefined;
}

const OPTIONS = { firmware: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

/** Undefined as a value: help is wanted. */
export function parseLint(argv: readonly string[]): Parsed<LintOptions | undefined> {
  const line = readOptions(argv, OPTIONS);
  if (!line.ok) return line;
  const { values, paths } = line.value;
  if (values.has('help')) return { ok: true, value: undefined };
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0) return bad('lint needs one FILE.lua or DIR');
  const asked = values.get('firmware')?.at(-1);
  const firmware = FIRMWARES.find((known) => known === asked);
  if (asked !== undefined && firmware === undefined)
    return bad(`--firmware: '${asked}' is not a firmware; write 3.0, 2.2 or 1.5`);
  return { ok: true, value: { path, firmware } };
}

const bad = (message: string): { ok: false; message: string } => ({ ok: false, message });

export async function lintCommand({ path, firmware }: LintOptions, io: Io): Promise<number> {
  const scripts = readScripts(path);
  if (!scripts.ok) {
    io.err(scripts.message);
    return 2;
  }
  // A folder of many scripts often holds one that was never finished; the others are still worth a word.
  const readable = scripts.value.filter((script) => {
    const message = syntaxError(script);
    if (message !== undefined) io.err(message);
    return message === undefined;
  });
  if (readable.length === 0) return 1;
  const { text, fits } = lintReport(path, readable, firmware);
  await io.out(Buffer.from(text));
  return fits && readable.length === scripts.value.length ? 0 : 1;
}

/** What Lua says about a script that no build can read. */
function syntaxError({ name, source }: Script): string | undefined {
  const messages = (['5.3', '5.1'] as const).map((version) => {
    const lua = createLua(NO_HOST, { version });
    const loaded = lua.load(source, `@${name}`);
    return loaded.ok ? undefined : loaded.message;
  });
  return messages.includes(undefined) ? undefined : messages.at(-1);
}

/** Nothing runs. */
const NO_HOST = { write: () => {}, readFile: () => undefined, onError: () => {}, random: () => 0 };

/** A file, or every .lua file below a folder, hidden ones left out. */
export function readScripts(path: string): Parsed<(Script & { readonly host: string })[]> {
  try {
    const names = statSync(path).isDirectory() ? luaFiles(path, '') : [path];
    if (names.length === 0) return bad(`${path} holds no .lua files`);
    const at = (name: string): string => (name === path ? path : join(path, name));
    return {
      ok: true,
      value: names.map((name) => ({ name, host: at(name), source: readFileSync(at(name), 'latin1') })),
    };
  } catch (error) {
    return bad(`cannot read ${path}: ${fileError(error)}`);
  }
}

function luaFiles(root: string, under: string): string[] {
  const entries = readdirSync(join(root, under), { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const name = under === '' ? entry.name : `${under}/${entry.name}`;
    if (entry.isDirectory()) return luaFiles(root, name);
    return name.endsWith('.lua') ? [name] : [];
  });
}
