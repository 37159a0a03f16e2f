/** From the text of a world file to a world that is ready to run, for the run itself and for its repetition. */
import { setFlashImage } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import { nearest } from './nearest.ts';
import type { Kept } from './record.ts';
import { addFaults, type Setup } from './setup.ts';
import { LONGEST_LINE } from './typist.ts';
import { type BuiltDevice, buildWorld } from './world-build.ts';
import { readWorldFile, type WorldFile } from './world-file.ts';

export interface WorldSetup extends Setup {
  readonly ok: true;
  /** With the seed that counts. */
  readonly options: RunOptions;
  readonly devices: readonly [BuiltDevice, ...BuiltDevice[]];
}

/** `kept`: the devices of a recording, which stand for the files that their flash was made of. */
export function setUpWorld(
  given: RunOptions,
  path: string,
  source: string,
  kept?: readonly Kept[],
): WorldSetup | { readonly ok: false; readonly messages: readonly string[] } {
  const bad = (message: string) => ({ ok: false, messages: [message] }) as const;
  const read = readWorldFile(source);
  if (!read.ok)
    return {
      ok: false,
      messages: read.problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`),
    };
  const seed = given.world?.seed ?? read.file.seed ?? 1;
  const options = { ...given, seed };
  const built = buildWorld(kept === undefined ? read.file : withoutFiles(read.file), path, seed);
  if (!built.ok) return bad(`${path}: ${built.message}`);
  const { world, quietAt } = built.value;
  const devices = built.value.devices.map((one, i) => {
    const before = kept?.[i];
    if (before === undefined) return one;
    setFlashImage(one.device, before.flash);
    return { ...one, lines: before.lines };
  });
  addFaults(world, options.faults);
  const names = [...devices.map(({ device }) => device.name), ...world.names.keys()];
  for (const { guestName } of options.bridge?.forwards ?? []) {
    if (guestName === undefined || names.includes(guestName)) continue;
    const near = nearest(guestName, names);
    const hint = near === undefined ? '' : `; did you mean '${near}'`;
    return bad(`--hostfwd: no device or host is called '${guestName}'${hint}`);
  }
  for (const { device, lines } of devices)
    if (lines.some((line) => line.length > LONGEST_LINE))
      return bad(`${path}: ${device.name}: a line of the console has at most ${LONGEST_LINE} characters`);
  const [first, ...others] = devices as [BuiltDevice, ...BuiltDevice[]];
  return { ok: true, options, devices: [first, ...others], world, device: first.device, others, quietAt };
}

const withoutFiles = (file: WorldFile): WorldFile => ({
  ...file,
  device: file.device.map((one) => ({ ...one, flash: undefined, files: undefined, run: undefined, type: undefined })),
});
