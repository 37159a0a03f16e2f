/** The command line of `mcubox play`. */
import type { BridgeSpec } from '../bridge/index.ts';
import { bridgeSpec, hostForward, net } from './net-values.ts';
import { readOptions } from './options.ts';
import { integer, type Parsed } from './values.ts';

export interface PlayOptions {
  /** FILE.lua or DIR; absent: the page's own examples. */
  readonly path?: string;
  readonly port: number;
  /** What the page's world is tied to; absent: nothing. */
  readonly bridge?: BridgeSpec;
}

export const PLAY_PORT = 8266;

const OPTIONS = {
  port: { type: 'string' },
  net: { type: 'string', multiple: true },
  hostfwd: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });

/** Undefined: help is wanted. */
export function parsePlay(argv: readonly string[]): Parsed<PlayOptions | undefined> {
  const read = readOptions(argv, OPTIONS);
  if (!read.ok) return read;
  const { values, paths } = read.value;
  if (values.has('help')) return { ok: true, value: undefined };
  const [path, ...more] = paths;
  if (more.length > 0) return bad('play takes one DIR');
  const ports = values.get('port') ?? [String(PLAY_PORT)];
  const port = integer(ports[0] ?? '', 0, 65_535);
  if (!port.ok || ports.length > 1) return bad('--port needs a number from 0 to 65535');
  const nets = all('--net', values.get('net'), net);
  if (!nets.ok) return nets;
  const forwards = all('--hostfwd', values.get('hostfwd'), hostForward);
  if (!forwards.ok) return forwards;
  const bridge = bridgeSpec(nets.value, forwards.value, undefined);
  if (!bridge.ok) return bridge;
  return {
    ok: true,
    value: {
      port: port.value,
      ...(path === undefined ? {} : { path }),
      ...(bridge.value === undefined ? {} : { bridge: bridge.value }),
    },
  };
}

/** Every value of an option; the first that is wrong is said with its name. */
function all<T>(name: string, texts: readonly string[] = [], parse: (text: string) => Parsed<T>): Parsed<readonly T[]> {
  const values: T[] = [];
  for (const text of texts) {
    const value = parse(text);
    if (!value.ok) return bad(`${name}: ${value.message}`);
    values.push(value.value);
  }
  return { ok: true, value: values };
}
