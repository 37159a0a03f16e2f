/** Writes and repeats bug capsules. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { formatIpv4 } from '../../runtime/index.ts';
import { version } from '../help.ts';
import { makeFolder, writeWhole } from '../output-file.ts';
import type { TestWorld } from '../testing/index.ts';
import type { Parsed } from '../values.ts';
import type { Capsule, CapsuleWorld, Content } from './capsule-format.ts';
import { apply, type Fault } from './faults.ts';
import type { RunSettings, TestCase, Verdict } from './outcome.ts';
import { Sources } from './sources.ts';

/** Everything a capsule says about the world is looked at at these two moments. */
interface Look {
  world?: CapsuleWorld;
  at: number;
  hash: string;
}

export type RunOnce = (test: TestCase, settings: RunSettings) => Verdict;

/** Settings that watch a run, and what they will have seen. */
function watching(settings: RunSettings, faults: readonly Fault[]): { settings: RunSettings; look: Look } {
  const look: Look = { at: 0, hash: '' };
  return {
    look,
    settings: {
      ...settings,
      onWorld: (net) => {
        look.world = worldOf(net);
        for (const fault of faults) apply(fault, net);
      },
      onEnd: (net) => {
        look.at = net.now;
        look.hash = hashOf(net);
      },
    },
  };
}

/** Runs a failed test once more, and puts what it needs into a file of the folder. The file's path. */
export function saveCapsule(
  folder: string,
  test: TestCase,
  settings: RunSettings,
  faults: readonly Fault[],
  run: RunOnce,
): string {
  const sources = new Sources();
  const { settings: watched, look } = watching({ ...settings, sources }, faults);
  const verdict = run(test, watched);
  const root = commonFolder([...sources.files.keys()].map((path) => resolve(path)));
  const name = (path: string): string => relative(root, resolve(path)).split(sep).join('/');
  const capsule: Capsule = {
    format: 'mcubox capsule',
    version: 1,
    mcubox: version(),
    test: {
      kind: test.kind,
      file: name(test.file),
      seed: test.seed,
      libraries: settings.libraries.map(({ host, name: onFlash }) => ({ file: name(host), name: onFlash })),
    },
    files: Object.fromEntries([...sources.files].map(([path, bytes]) => [name(path), content(bytes)])),
    world: look.world ?? { accessPoints: [], hosts: [], devices: [] },
    faults,
    expected: {
      status: verdict.status,
      message: verdict.failures[0]?.message ?? '',
      at: look.at,
      hash: look.hash,
    },
  };
  makeFolder(folder);
  const label = test.file
    .replace(/\.[^./]+$/, '')
    .replace(/^\W+/, '')
    .replace(/[^\w.-]+/g, '-');
  const path = join(folder, `${label}-${test.seed}.capsule.json`);
  writeWhole(path, `${JSON.stringify(capsule, undefined, 2)}\n`);
  return path;
}

/** Undefined: the file is something else. */
export function readCapsule(path: string): Parsed<Capsule> | undefined {
  let value: Capsule;
  try {
    const text = readFileSync(path, 'utf8');
    if (!text.startsWith('{\n')) return undefined;
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value.format !== 'mcubox capsule') return undefined;
  if (value.version !== 1)
    return { ok: false, message: `${path} is a capsule of format ${value.version}; this mcubox reads 1` };
  const { files, test, expected, faults } = value;
  if (typeof files !== 'object' || typeof test !== 'object' || typeof expected !== 'object' || !Array.isArray(faults))
    return { ok: false, message: `${path} is no whole capsule` };
  const outside = Object.keys(files).find((name) => !resolve(sep, 'x', name).startsWith(resolve(sep, 'x') + sep));
  if (outside !== undefined) return { ok: false, message: `${path} names a file outside its folder: ${outside}` };
  return { ok: true, value };
}

/** What became of a capsule's test this time. */
export interface Repetition {
  readonly verdict: Verdict;
  readonly hash: string;
  readonly at: number;
}

/** Runs the test of a capsule in a folder of its own. */
export function repeat(capsule: Capsule, run: RunOnce): Repetition {
  const root = mkdtempSync(join(tmpdir(), 'mcubox-capsule-'));
  try {
    for (const [name, file] of Object.entries(capsule.files)) {
      const path = resolve(root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof file === 'string' ? file : Buffer.from(file.base64, 'base64'));
    }
    const { kind, file, seed, libraries } = capsule.test;
    const { settings, look } = watching(
      {
        update: false,
        libraries: libraries.map((library) => ({ host: join(root, library.file), name: library.name })),
      },
      capsule.faults,
    );
    const verdict = run({ kind, file: join(root, file), seed }, settings);
    return { verdict, hash: look.hash, at: look.at };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function worldOf(net: TestWorld): CapsuleWorld {
  return {
    accessPoints: net.accessPoints,
    hosts: net.hosts.map(({ host }) => ({ name: host.name, ip: formatIpv4(host.addr) })),
    devices: net.devices.map(({ name, device, script, lines }) => ({
      name,
      lua: device.profile.lua,
      firmware: device.profile.firmware,
      flash: Object.fromEntries(
        device.flash.list().map((file) => [file.name, content(device.flash.read(file.name) ?? new Uint8Array())]),
      ),
      ...(script === undefined ? {} : { run: script }),
      type: lines,
    })),
  };
}

function hashOf(net: TestWorld): string {
  const hash = createHash('sha256');
  for (const { name, output } of net.devices) hash.update(`${name}\n${output}\n`);
  for (const { at, frame } of net.log.frames) hash.update(`${at}:`).update(frame);
  return hash.digest('hex');
}

function content(bytes: Uint8Array): Content {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

/** The deepest folder that all of them lie in. */
function commonFolder(paths: readonly string[]): string {
  let [folder = ''] = paths.map(dirname);
  while (!paths.every((path) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep)))
    folder = dirname(folder);
  return folder;
}
