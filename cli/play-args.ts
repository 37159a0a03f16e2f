/** The command line of `mcubox play`. */
import { parseArgs } from 'node:util';
import type { Parsed } from './values.ts';

export interface PlayOptions {
  /** FILE.lua or DIR; absent: the page's own examples. */
  readonly path?: string;
  readonly port: number;
}

export const PLAY_PORT = 8266;

/** Undefined: help is wanted. */
export function parsePlay(argv: readonly string[]): Parsed<PlayOptions | undefined> {
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (values.help) return { ok: true, value: undefined };
  for (const token of tokens)
    if (token.kind === 'option' && token.name !== 'port')
      return { ok: false, message: `play takes --port only, not '${token.rawName}'` };
  const [path, ...more] = positionals;
  if (more.length > 0) return { ok: false, message: 'play takes one DIR' };
  const text = values.port ?? String(PLAY_PORT);
  const port = Number(text);
  if (typeof text !== 'string' || !/^\d+$/.test(text) || port > 65_535)
    return { ok: false, message: '--port needs a number from 0 to 65535' };
  return { ok: true, value: path === undefined ? { port } : { path, port } };
}
