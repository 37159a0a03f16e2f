/** `mcubox run --world FILE.toml`: reads the file, builds its world and lets it run like any other. */
import { readFileSync } from 'node:fs';
import type { RunOptions } from './args.ts';
import { CaptureFile } from './capture.ts';
import { Conduct } from './conduct.ts';
import { fileError } from './file-error.ts';
import type { Io } from './io.ts';
import { KeyLogFile, logKeys } from './key-log.ts';
import { hintAtErrors } from './lint/hint.ts';
import { nearest } from './nearest.ts';
import { PartsReport } from './parts.ts';
import { concluded, fileFor, perform, refuse } from './run.ts';
import { addFaults } from './setup.ts';
import { TraceFile } from './trace-file.ts';
import { LONGEST_LINE } from './typist.ts';
import { type BuiltDevice, buildWorld } from './world-build.ts';
import { readWorldFile } from './world-file.ts';

/** Resolves to the exit code. */
export async function runWorld(given: RunOptions, path: string, io: Io): Promise<number> {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    return refuse(io, `cannot read ${path}: ${fileError(error)}`);
  }
  const read = readWorldFile(source);
  if (!read.ok) {
    for (const { line, column, message } of read.problems) io.err(`${path}:${line}:${column}: ${message}`);
    return 2;
  }
  const seed = given.world?.seed ?? read.file.seed ?? 1;
  const options = { ...given, seed };
  const built = buildWorld(read.file, path, seed);
  if (!built.ok) return refuse(io, `${path}: ${built.message}`);
  const { world, devices, quietAt } = built.value;
  addFaults(world, options.faults);
  const names = [...devices.map(({ device }) => device.name), ...world.names.keys()];
  for (const { guestName } of options.bridge?.forwards ?? []) {
    if (guestName === undefined || names.includes(guestName)) continue;
    const near = nearest(guestName, names);
    const hint = near === undefined ? '' : `; did you mean '${near}'`;
    return refuse(io, `--hostfwd: no device or host is called '${guestName}'${hint}`);
  }
  const [first, ...others] = devices as [BuiltDevice, ...BuiltDevice[]];
  for (const { device, lines } of devices)
    if (lines.some((line) => line.length > LONGEST_LINE))
      return refuse(io, `${path}: ${device.name}: a line of the console has at most ${LONGEST_LINE} characters`);
  const capture = fileFor(options.pcap, (name) => new CaptureFile(name));
  if (!capture.ok) return refuse(io, capture.message);
  const keys = fileFor(options.keylog, (name) => new KeyLogFile(name));
  if (!keys.ok) return refuse(io, keys.message);
  const trace = fileFor(options.trace, (name) => new TraceFile(name));
  if (!trace.ok) return refuse(io, trace.message);
  const say = (device: string) => (line: string) => io.err(others.length === 0 ? line : `${device}: ${line}`);
  const reports = devices.map(({ device, parts }) => {
    logKeys(device, capture.value, keys.value);
    hintAtErrors(device, say(device.name));
    return new PartsReport(device, parts, { ...io, err: say(device.name) });
  });
  const setup = { world, device: first.device, others, quietAt };
  const conduct = new Conduct(options, setup, first.lines, { capture: capture.value, trace: trace.value }, io);
  return concluded(io, [capture.value, keys.value, trace.value, ...reports], () =>
    perform(options, conduct, undefined, undefined, io),
  );
}
