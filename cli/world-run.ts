/** `mcubox run --world FILE.toml`: reads the file, builds its world and lets it run like any other. */
import { readFileSync } from 'node:fs';
import { flashImage } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import { CaptureFile } from './capture.ts';
import { Conduct } from './conduct.ts';
import { fileError } from './file-error.ts';
import type { Io } from './io.ts';
import { KeyLogFile, logKeys } from './key-log.ts';
import { hintAtErrors } from './lint/hint.ts';
import { sameFile } from './output-clash.ts';
import { PartsReport } from './parts.ts';
import { RecordFile } from './record.ts';
import { concluded, created, perform, refuse } from './run.ts';
import { TraceFile } from './trace-file.ts';
import { setUpWorld } from './world-setup.ts';

/** Resolves to the exit code. */
export async function runWorld(given: RunOptions, path: string, argv: readonly string[], io: Io): Promise<number> {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    return refuse(io, `cannot read ${path}: ${fileError(error)}`);
  }
  const setup = setUpWorld(given, path, source);
  if (!setup.ok) {
    for (const message of setup.messages) io.err(message);
    return 2;
  }
  const { options, devices } = setup;
  const clash = sameFile({ ...options, parts: devices.flatMap(({ parts }) => parts) }, [path]);
  if (clash !== undefined) return refuse(io, clash);
  const capture = created(options.pcap, (name) => new CaptureFile(name));
  const keys = created(options.keylog, (name) => new KeyLogFile(name));
  const trace = created(options.trace, (name) => new TraceFile(name));
  const kept = devices.map(({ device, lines }) => ({ flash: flashImage(device), lines }));
  const record = created(options.record, (name) => new RecordFile(name, { argv, devices: kept, world: source }));
  const say = (device: string) => (line: string) => io.err(devices.length === 1 ? line : `${device}: ${line}`);
  const reports = devices.map(({ device, parts, left }) => {
    for (const sentence of left) say(device.name)(sentence);
    logKeys(device, capture, keys);
    hintAtErrors(device, say(device.name));
    return new PartsReport(device, parts, { ...io, err: say(device.name) });
  });
  const [first] = devices;
  const conduct = new Conduct(options, setup, first.lines, { capture, trace }, io);
  return concluded(io, [capture, keys, trace, record, ...reports], () =>
    perform(options, conduct, record, undefined, io),
  );
}
