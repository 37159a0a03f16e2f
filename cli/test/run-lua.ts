/**
 * Lua tests on the device: NTest, busted and luaunit files go to the flash unmodified, with a driver that makes their
 * library report in lines that are read back from the console. One line per event: `@test <event> <name> <message>`.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Unmet, world } from '../testing/index.ts';
import { DRIVERS, LIBRARIES } from './lua-drivers.ts';
import type { Part, RunSettings, TestCase, TestKind, Verdict } from './outcome.ts';
import { failed } from './run-scenario.ts';
import { Sources } from './sources.ts';

type LuaKind = Exclude<TestKind, 'golden' | 'scenario' | 'multi'>;

/** So long nothing may be reported before a test counts as hanging. */
const PATIENCE_US = 60_000_000;
const DEVICE = 'esp1';
const DRIVER = 'mcubox-test.lua';
/** Tests and their library are larger than what they test; the heap of a real board is for scripts. */
const HEAP_BYTES = 200_000;
/** A library of the user's compiles to less than this for each byte of its text. */
const BYTES_PER_SOURCE = 4;
const FAST_INSTRUCTION_US = 0.1;
/** How far up the folders a library is looked for. */
const LEVELS = 3;

export function runLuaTests(test: TestCase, settings: RunSettings): Verdict {
  const kind = test.kind as LuaKind;
  const { sources = new Sources() } = settings;
  const name = basename(test.file);
  const files: Record<string, string | Uint8Array> = { ...LIBRARIES[kind] };
  const flashed = (onFlash: string, path: string): Uint8Array => {
    const bytes = sources.read(path);
    sources.flashed(DEVICE, onFlash, path, bytes);
    return bytes;
  };
  for (const library of settings.libraries) files[library.name] = flashed(library.name, library.host);
  if (kind === 'ntest' && files['NTest.lua'] === undefined) {
    const own = findNTest(dirname(test.file));
    if (own === undefined) return missingNTest();
    files['NTest.lua'] = flashed('NTest.lua', own);
  }
  files[name] = flashed(name, test.file);
  const ownLibrary = settings.libraries.some((library) => Object.hasOwn(LIBRARIES[kind], library.name));
  files[DRIVER] = DRIVERS[kind].replaceAll('@FILE', name).replaceAll('@OWN', String(ownLibrary));
  const libraryBytes = settings.libraries.reduce((sum, { name: library }) => sum + (files[library]?.length ?? 0), 0);
  const net = world({ seed: test.seed });
  const device = net.device({
    name: DEVICE,
    files,
    run: DRIVER,
    heapBytes: HEAP_BYTES + BYTES_PER_SOURCE * libraryBytes,
    // A library made for computers takes a board longer to compile than its watchdog waits, and has more local variables
    // than the firmware's Lua 5.1 allows (LUAI_MAXVARS 50).
    ...(ownLibrary ? { lua: '5.3' as const, profile: { instructionUs: FAST_INSTRUCTION_US } } : {}),
  });
  settings.onWorld?.(net);
  let report = readReport('');
  let last = 0;
  let read = 0;
  const done = (): boolean => {
    // After every event of the world: nothing is read twice for nothing.
    if (device.output.length !== read) report = readReport(device.console);
    read = device.output.length;
    return report.finished || device.troubles.length > 0;
  };
  for (;;) {
    if (net.until(done, PATIENCE_US)) break;
    if (report.events === last) break;
    last = report.events;
  }
  net.run('250ms');
  settings.onEnd?.(net);
  report = readReport(device.console);
  const { parts } = report;
  const bad = parts.filter(({ ok }) => !ok).length;
  if (report.finished && bad === 0 && parts.length > 0) return { status: 'pass', failures: [], parts };
  const verdict = withoutEvents(
    failed(
      new Unmet(why(report, device.troubles[0]?.text, bad), {
        timeout: !report.finished && device.troubles.length === 0,
      }),
      net,
      {},
    ),
  );
  return { ...verdict, parts };
}

/** The report without the driver's own lines on the console. */
function withoutEvents(verdict: Verdict): Verdict {
  const clean = (text: string): string => text.replace(/^(> )?@test\t.*\n/gm, '');
  const failures = verdict.failures.map((failure) => ({
    ...failure,
    consoles: Object.fromEntries(Object.entries(failure.consoles ?? {}).map(([name, text]) => [name, clean(text)])),
  }));
  return { ...verdict, failures };
}

function why({ finished, parts }: Report, trouble: string | undefined, bad: number): string {
  const first = parts.find(({ ok }) => !ok);
  if (first !== undefined) return `${bad} of ${parts.length} tests failed, first '${first.name}': ${first.message}`;
  if (trouble !== undefined) return trouble.split('\n', 1)[0] as string;
  if (!finished) return `the tests did not end; the last one was '${parts.at(-1)?.name ?? 'none'}'`;
  return 'the file has no tests';
}

interface Report {
  readonly parts: readonly Part[];
  readonly finished: boolean;
  /** Lines read. */
  readonly events: number;
}

/** The driver's lines of a console. */
export function readReport(console: string): Report {
  const parts: { name: string; ok: boolean; message: string }[] = [];
  let [starts, finishes, events] = [0, 0, 0];
  for (const line of console.split('\n')) {
    const match = /(?:^|> )@test\t([a-z]+)\t([^\t]*)\t?(.*)$/.exec(line);
    if (match === null) continue;
    events++;
    const [, event, name = '', message = ''] = match;
    if (event === 'start') starts++;
    if (event === 'finish') finishes++;
    if (event === 'begin') parts.push({ name, ok: true, message: '' });
    if (event !== 'fail' && event !== 'except') continue;
    // Callbacks may come when another test is under way, or before any has begun.
    const part = parts.findLast((p) => p.name === name) ?? parts[parts.push({ name, ok: false, message }) - 1];
    if (part?.ok !== true) continue;
    part.ok = false;
    part.message = message;
  }
  return { parts, finished: starts > 0 && finishes >= starts, events };
}

/** NTest.lua beside the test or in a folder NTest, here or a little further up. */
function findNTest(folder: string): string | undefined {
  for (let i = 0, at = folder; i <= LEVELS; i++, at = join(at, '..'))
    for (const path of [join(at, 'NTest.lua'), join(at, 'NTest', 'NTest.lua')]) if (existsSync(path)) return path;
  return undefined;
}

const missingNTest = (): Verdict => ({
  status: 'invalid',
  failures: [
    {
      message:
        'NTest.lua is not here: put the one of nodemcu-firmware (tests/NTest/NTest.lua) beside the tests, or name it with --lib',
    },
  ],
});
