/** `run --compile`: what uploaders do with scripts that are to run as `.lc` (nodemcu-uploader and luatool with --compile). */
import { NODEMCU_MODULES } from '../bindings/index.ts';
import { type Device, seconds, World } from '../runtime/index.ts';
import type { RunOptions } from './args.ts';
import type { FlashContent } from './flash.ts';

const INIT = 'init.lua';
/** Instructions for one script: without a board there is no watchdog, and compiling always ends. */
const PLENTY = 1e9;

export interface Compiled {
  readonly files: readonly FlashContent[];
  /** One sentence for each script that does not compile; it stays without `.lc`, as on a board. */
  readonly failures: readonly string[];
}

/** The `.lc` of every `.lua` but init.lua, which the firmware boots as source, made by that firmware's node.compile. */
export function compileAll(
  files: readonly FlashContent[],
  { lua, firmware }: Pick<RunOptions, 'lua' | 'firmware'>,
): Compiled {
  const sources = files.filter(({ name }) => name.endsWith('.lua') && name !== INIT);
  const device = workshop(sources, lua, firmware);
  const compiled: FlashContent[] = [];
  const failures: string[] = [];
  for (const { name, host } of sources) {
    const said = compile(device, name);
    const output = `${name.slice(0, -2)}c`;
    const bytes = device.flash.read(output);
    if (said !== undefined || bytes === undefined) failures.push(`not compiled: ${said ?? output}`);
    else compiled.push({ name: output, bytes, host });
  }
  return { files: compiled, failures };
}

/** A booted device with the scripts and nothing else; it has no part in the world of the run. */
function workshop(sources: readonly FlashContent[], lua: RunOptions['lua'], firmware: RunOptions['firmware']): Device {
  const world = new World({ traceLines: 0 });
  const device = world.addDevice({ modules: NODEMCU_MODULES, profile: { lua, firmware } });
  for (const { name, bytes } of sources) device.flash.put(name, bytes);
  device.start();
  world.runUntil(() => !device.off, seconds(1));
  return device;
}

/** What is wrong with the script; undefined: nothing. */
function compile(device: Device, name: string): string | undefined {
  const { lua } = device;
  lua.budget = PLENTY;
  const run = lua.load('return select(2, pcall(node.compile, ...))', '=compile');
  if (!run.ok) return run.message;
  const [message] = lua.call(run.chunk, [name], 1);
  run.chunk.release();
  return typeof message === 'string' ? message : undefined;
}
