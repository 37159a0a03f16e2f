/** The command line as data. Every mistake becomes one sentence; nothing here reads a file or prints. */
import type { BridgeSpec } from '../bridge/index.ts';
import { FIRMWARES, type Firmware, type LuaBuild } from '../runtime/index.ts';
import { heapSize } from './heap-report.ts';
import { COMMANDS, PAGES, type Topic } from './help-pages.ts';
import { type LfsOptions, type LfsSpec, lfsSpec, parseLfs } from './lfs.ts';
import { type LintOptions, parseLint } from './lint/command.ts';
import { nearest } from './nearest.ts';
import { bridgeSpec, hostForward, net, type PtySpec, pty, serial } from './net-values.ts';
import { readOptions } from './options.ts';
import { type PartSpec, partSpec } from './parts.ts';
import { type PlayOptions, parsePlay } from './play-args.ts';
import { parseTest, type TestOptions } from './test/args.ts';
import {
  type ApSpec,
  accessPoint,
  duration,
  type FileSpec,
  file,
  integer,
  luaBuild,
  type Parsed,
  pace,
  percent,
  type Watch,
  watch,
} from './values.ts';

export interface Faults {
  /** Probabilities 0 … 1. */
  readonly loss: number;
  readonly dup: number;
  readonly reorder: number;
  readonly corrupt: number;
  /** Microseconds. */
  readonly delay: number;
  readonly jitter: number;
}

export interface RunOptions {
  /** FILE or DIR; absent when only `-e` or `--file` is given. */
  readonly path?: string;
  readonly code: readonly string[];
  readonly files: readonly FileSpec[];
  /** Every script but init.lua also as `.lc`. */
  readonly compile?: boolean;
  readonly lua: LuaBuild;
  readonly firmware: Firmware;
  /** Durations are microseconds of device time. */
  readonly forUs?: number;
  readonly timeoutUs?: number;
  readonly timeoutExitCode: number;
  readonly expect?: Watch;
  readonly fail?: Watch;
  /** Absent: max, and real time once only outside events could wake a script. */
  readonly pace?: number;
  readonly seed: number;
  readonly pcap?: string;
  /** File for the keys of TLS sessions. */
  readonly keylog?: string;
  /** File for a trace that Perfetto opens. */
  readonly trace?: string;
  /** Wired to the device. */
  readonly parts?: readonly PartSpec[];
  readonly vcd?: string;
  /** What of the real world is attached; absent: nothing. */
  readonly bridge?: BridgeSpec;
  /** File for what crosses the door. */
  readonly record?: string;
  readonly aps: readonly ApSpec[];
  readonly blankWifi: boolean;
  /** The console as a pseudo terminal. */
  readonly pty?: PtySpec;
  /** Somebody types at the console: errors are no reason to end. */
  readonly interactive?: boolean;
  /** A file that keeps the device's flash. */
  readonly flash?: string;
  /** The partition for Lua modules. */
  readonly lfs?: LfsSpec;
  /** Folder that gets the files of the flash at the end. */
  readonly export?: string;
  /** Bytes that are free after boot. */
  readonly heapBytes?: number;
  /** Tell at the end who holds the heap. */
  readonly heapProfile?: boolean;
  /** Tell on stderr when a script steps into a known trap. */
  readonly explain: boolean;
  readonly faults: Faults;
  /** A file that describes the world; `seed` if one was given. */
  readonly world?: { readonly path: string; readonly seed?: number };
}

export type Command =
  | { readonly kind: 'run'; readonly options: RunOptions; readonly argv: readonly string[] }
  | { readonly kind: 'repl'; readonly options: RunOptions; readonly argv: readonly string[] }
  | { readonly kind: 'replay'; readonly path: string; readonly pcap?: string }
  | { readonly kind: 'test'; readonly options: TestOptions }
  | { readonly kind: 'lint'; readonly options: LintOptions }
  | { readonly kind: 'play'; readonly options: PlayOptions }
  | { readonly kind: 'lfs'; readonly options: LfsOptions }
  | { readonly kind: 'modules' }
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly topic: Topic };

const OPTIONS = {
  eval: { type: 'string', short: 'e', multiple: true },
  file: { type: 'string', multiple: true },
  compile: { type: 'boolean' },
  lua: { type: 'string' },
  firmware: { type: 'string' },
  for: { type: 'string' },
  'expect-text': { type: 'string' },
  'fail-text': { type: 'string' },
  timeout: { type: 'string' },
  'timeout-exit-code': { type: 'string' },
  pace: { type: 'string' },
  seed: { type: 'string' },
  pcap: { type: 'string' },
  keylog: { type: 'string' },
  attach: { type: 'string', multiple: true },
  vcd: { type: 'string' },
  ap: { type: 'string', multiple: true },
  'blank-wifi': { type: 'boolean' },
  flash: { type: 'string' },
  lfs: { type: 'string' },
  export: { type: 'string' },
  heap: { type: 'string' },
  'heap-profile': { type: 'boolean' },
  explain: { type: 'boolean' },
  loss: { type: 'string' },
  delay: { type: 'string' },
  jitter: { type: 'string' },
  dup: { type: 'string' },
  reorder: { type: 'string' },
  corrupt: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  trace: { type: 'string' },
  net: { type: 'string', multiple: true },
  hostfwd: { type: 'string', multiple: true },
  serial: { type: 'string' },
  record: { type: 'string' },
  world: { type: 'string' },
} as const;

type OptionName = keyof typeof OPTIONS;

/** What a world file says itself, and what cannot be with several devices. */
const NOT_WITH_WORLD: readonly OptionName[] = [
  'eval',
  'file',
  'compile',
  'lua',
  'firmware',
  'attach',
  'vcd',
  'ap',
  'blank-wifi',
  'flash',
  'lfs',
  'export',
  'heap',
  'heap-profile',
  'serial',
];
const REPLAY_OPTIONS = { pcap: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

/** A mistake of the user, as one sentence; leaves parsing at once and is caught by {@link parseCommandLine}. */
class Usage extends Error {}

export function parseCommandLine(argv: readonly string[]): Parsed<Command> {
  try {
    return { ok: true, value: parse(argv) };
  } catch (error) {
    if (error instanceof Usage) return { ok: false, message: error.message };
    throw error;
  }
}

function parse(argv: readonly string[]): Command {
  const [command, ...rest] = argv;
  switch (command) {
    case undefined:
      throw new Usage('what shall I do? For example: mcubox run FILE.lua');
    case '--version':
      return { kind: 'version' };
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help', topic: topic(rest) };
    case 'run':
    case 'repl':
      return parseRun(command, rest);
    case 'replay':
      return parseReplay(rest);
    case 'test':
    case 'lint':
    case 'lfs':
    case 'play': {
      const parsed = OTHERS[command](rest);
      if (!parsed.ok) throw new Usage(parsed.message);
      return parsed.value ?? { kind: 'help', topic: command };
    }
    case 'modules':
      if (rest.some((arg) => arg === '-h' || arg === '--help')) return { kind: 'help', topic: 'modules' };
      if (rest[0] !== undefined) throw new Usage(`modules takes no arguments, but was given '${rest[0]}'`);
      return { kind: 'modules' };
    default:
      throw new Usage(unknownCommand(command));
  }
}

/** Commands with a command line of their own; undefined as a value: help is wanted. */
const OTHERS = {
  test: (rest: readonly string[]) => named('test', parseTest(rest)),
  lint: (rest: readonly string[]) => named('lint', parseLint(rest)),
  lfs: (rest: readonly string[]) => named('lfs', parseLfs(rest)),
  play: (rest: readonly string[]) => named('play', parsePlay(rest)),
} as const;

function named<K extends string, T>(kind: K, parsed: Parsed<T | undefined>) {
  if (!parsed.ok || parsed.value === undefined) return parsed as Parsed<undefined>;
  return { ok: true, value: { kind, options: parsed.value } } as const;
}

/** What `mcubox help` is about. */
function topic([command, more]: readonly string[]): Topic {
  if (command === undefined || command === 'help' || command.startsWith('-')) return 'mcubox';
  if (more !== undefined) throw new Usage('help takes one command');
  if (Object.hasOwn(PAGES, command)) return command as Topic;
  throw new Usage(unknownCommand(command));
}

function unknownCommand(command: string): string {
  if (command.startsWith('-')) {
    const near = nearest(command.toLowerCase(), ['--help', '--version']) ?? (/^-v$/i.test(command) ? '--version' : '');
    return near === ''
      ? `the command stands before its options: mcubox run ${command} …`
      : `unknown option '${command}'; did you mean '${near}'`;
  }
  if (/\.lua$|[\\/]/.test(command)) return `unknown command '${command}'; did you mean: mcubox run ${command}`;
  const near = nearest(command, COMMANDS);
  return `unknown command '${command}'${near === undefined ? '' : `; did you mean '${near}'`}`;
}

function parseRun(kind: 'run' | 'repl', argv: readonly string[]): Command {
  const { values, paths } = checked(undefined, readOptions(argv, OPTIONS));
  if (values.has('help')) return { kind: 'help', topic: kind };
  if (values.has('version')) return { kind: 'version' };
  if (paths.length > 1)
    throw new Usage(`${kind} takes one FILE or DIR, but was given ${paths.length}; add files with --file`);
  if (values.has('world')) checkWorld(kind, values, paths);
  const options = runOptions(values, paths[0]);
  const named = options.bridge?.forwards.find(
    ({ guestName }) => guestName !== undefined && options.world === undefined,
  );
  if (named !== undefined) throw new Usage(`--hostfwd: '${named.guestName}' is not an address of the virtual network`);
  if (options.record !== undefined && (kind === 'repl' || options.pty !== undefined))
    throw new Usage('what is typed cannot be recorded: --record is for run');
  if (kind === 'repl') return { kind, options: { ...options, interactive: true }, argv };
  if (options.world !== undefined) return { kind: 'run', options, argv };
  if (options.interactive !== true && options.path === undefined && options.code.length + options.files.length === 0)
    throw new Usage("run needs a FILE, a DIR or -e 'CODE'");
  return { kind: 'run', options, argv };
}

function checkWorld(kind: string, values: ReadonlyMap<OptionName, unknown>, paths: readonly string[]): void {
  if (kind !== 'run') throw new Usage('--world is for run');
  if (paths[0] !== undefined) throw new Usage(`--world says what is on each device; '${paths[0]}' does not go with it`);
  const other = NOT_WITH_WORLD.find((name) => values.has(name));
  if (other !== undefined)
    throw new Usage(
      `${other === 'eval' ? '-e' : `--${other}`} does not go with --world: the file describes the devices`,
    );
}

function parseReplay(argv: readonly string[]): Command {
  const { values, paths } = checked(undefined, readOptions(argv, REPLAY_OPTIONS));
  if (values.has('help')) return { kind: 'help', topic: 'replay' };
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0)
    throw new Usage('replay needs one FILE, of run --record or test --save-capsule');
  const pcap = values.get('pcap')?.at(-1);
  if (pcap === '') throw new Usage('--pcap: the file name is missing');
  return { kind: 'replay', path, ...(pcap === undefined ? {} : { pcap }) };
}

function runOptions(values: ReadonlyMap<OptionName, readonly string[]>, path: string | undefined): RunOptions {
  /** Converts the last value given for an option; the message is prefixed with the option's name. */
  const one = <T>(name: OptionName, convert: (text: string) => Parsed<T>): T | undefined => {
    const text = values.get(name)?.at(-1);
    return text === undefined ? undefined : checked(name, convert(text));
  };
  const all = <T>(name: OptionName, convert: (text: string) => Parsed<T>): T[] =>
    (values.get(name) ?? []).map((text) => checked(name, convert(text)));
  const text =
    (what: string) =>
    (value: string): Parsed<string> =>
      value === '' ? { ok: false, message: `the ${what} is missing` } : { ok: true, value };

  const lua = one('lua', luaBuild) ?? '5.1';
  const release = one('firmware', firmware) ?? '3.0';
  if (lua !== '5.1' && release !== '3.0')
    throw new Usage(`--lua ${lua} came with firmware 3.0; ${release} has Lua 5.1 only`);
  const terminal = one('serial', pty);
  const bridge = checked(undefined, bridgeSpec(all('net', net), all('hostfwd', hostForward), one('serial', serial)));
  const paced = one('pace', pace);
  if (bridge !== undefined && paced === Number.POSITIVE_INFINITY)
    throw new Usage('--pace max does not go with something real attached: the real world does not wait');
  const maybe = {
    path: path === undefined ? undefined : checked(undefined, text('FILE or DIR')(path)),
    forUs: one('for', duration),
    timeoutUs: one('timeout', duration),
    expect: one('expect-text', watch),
    fail: one('fail-text', watch),
    pace: paced,
    pcap: one('pcap', text('file name')),
    keylog: one('keylog', text('file name')),
    trace: one('trace', text('file name')),
    flash: one('flash', text('file name')),
    lfs: one('lfs', lfsSpec),
    export: one('export', text('folder')),
    heapBytes: one('heap', heapSize),
    compile: values.has('compile') || undefined,
    heapProfile: values.has('heap-profile') || undefined,
    pty: terminal,
    interactive: terminal !== undefined || bridge?.serial !== undefined || undefined,
    parts: values.has('attach') ? all('attach', partSpec) : undefined,
    vcd: one('vcd', text('file name')),
    bridge,
    record: one('record', text('file name')),
    world: worldOption(one('world', text('file name')), one('seed', seedNumber)),
  };
  return {
    ...(Object.fromEntries(Object.entries(maybe).filter(([, v]) => v !== undefined)) as Partial<RunOptions>),
    code: all('eval', text('code')),
    files: all('file', file),
    lua,
    firmware: release,
    // 42 is what Wokwi's command ends with on a timeout.
    timeoutExitCode: one('timeout-exit-code', (t) => integer(t, 0, 255)) ?? 42,
    seed: one('seed', seedNumber) ?? 1,
    aps: accessPoints(all('ap', accessPoint)),
    blankWifi: values.has('blank-wifi'),
    explain: values.has('explain'),
    faults: {
      loss: one('loss', percent) ?? 0,
      dup: one('dup', percent) ?? 0,
      reorder: one('reorder', percent) ?? 0,
      corrupt: one('corrupt', percent) ?? 0,
      delay: one('delay', duration) ?? 0,
      jitter: one('jitter', duration) ?? 0,
    },
  };
}

function checked<T>(name: OptionName | undefined, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new Usage(name === undefined ? parsed.message : `${name === 'eval' ? '-e' : `--${name}`}: ${parsed.message}`);
}

function accessPoints(aps: readonly ApSpec[]): readonly ApSpec[] {
  const bssids = aps.map(({ bssid }) => bssid);
  const twice = bssids.find((bssid, i) => bssid !== undefined && bssids.indexOf(bssid) !== i);
  if (twice !== undefined) throw new Usage(`--ap: two access points have the bssid ${twice}`);
  return aps;
}

const seedNumber = (text: string): Parsed<number> => integer(text, 0, Number.MAX_SAFE_INTEGER);

const worldOption = (path: string | undefined, seed: number | undefined): RunOptions['world'] =>
  path === undefined ? undefined : { path, ...(seed === undefined ? {} : { seed }) };

function firmware(text: string): Parsed<Firmware> {
  const known = FIRMWARES.find((release) => release === text);
  if (known !== undefined) return { ok: true, value: known };
  return { ok: false, message: `'${text}' is not a firmware; write 3.0, 2.2 or 1.5` };
}
