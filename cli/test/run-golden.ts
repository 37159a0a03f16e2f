/** X.lua beside X.expect: runs the script the way its first lines say, and compares the console. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseCommandLine, type RunOptions } from '../args.ts';
import { planFlash } from '../flash.ts';
import { setUp } from '../setup.ts';
import { TestWorld, Unmet } from '../testing/index.ts';
import { asTime } from './context.ts';
import { Golden } from './golden.ts';
import type { RunSettings, TestCase, Verdict } from './outcome.ts';
import { failed } from './run-scenario.ts';
import { Sources } from './sources.ts';

/** A comment among the first lines may name the command, `mcubox run x.lua --ap home`; its options count. */
const COMMAND = /^--.*\bmcubox run (\S+\.lua)((?: +\S+)*) *$/;
const FIRST_LINES = 5;
/** So long a script may take to come to rest, unless its command has --timeout or --for. */
const LIMIT = '2m';

export function runGolden(test: TestCase, { update, onWorld, onEnd, sources = new Sources() }: RunSettings): Verdict {
  const source = sources.read(test.file).toString('latin1');
  const options = optionsOf(test.file, source);
  if (typeof options === 'string') return { status: 'invalid', failures: [{ message: options }] };
  const plan = planFlash(options);
  const setup = plan.ok ? setUp({ ...options, seed: test.seed }, plan.value.files) : plan;
  if (!plan.ok || !setup.ok)
    return { status: 'invalid', failures: [{ message: plan.ok && !setup.ok ? setup.message : 'unreadable' }] };
  const net = new TestWorld(setup.value.world);
  const device = net.adopt(setup.value.device, plan.value.script, options.code);
  for (const file of plan.value.files) sources.flashed(device.name, file.name, file.host, file.bytes);
  const name = basename(test.file).replace(/\.lua$/, '.expect');
  const golden = new Golden(dirname(test.file), update, sources);
  onWorld?.(net);
  try {
    if (options.forUs !== undefined) net.run(asTime(options.forUs));
    else net.rest(options.timeoutUs === undefined ? LIMIT : asTime(options.timeoutUs));
    golden.check(name, device.console, 'the console');
  } catch (error) {
    if (!(error instanceof Unmet) && !(error instanceof TypeError)) throw error;
    return failed(error, net, {});
  } finally {
    onEnd?.(net);
  }
  return { status: 'pass', failures: [], updated: golden.updated };
}

/** The options of `mcubox run` for this file, or what is wrong with them. */
export function optionsOf(file: string, source: string): RunOptions | string {
  const lines = source.split('\n', FIRST_LINES);
  const command = lines
    .map((line) => COMMAND.exec(line.trimEnd()))
    .find((match) => match !== null && basename(match[1] ?? '') === basename(file));
  const args = (command?.[2] ?? '').split(' ').filter((arg) => arg !== '');
  const parsed = parseCommandLine(['run', file, ...args]);
  if (!parsed.ok) return `the command in the first lines: ${parsed.message}`;
  if (parsed.value.kind !== 'run') return 'the command in the first lines runs nothing';
  return parsed.value.options;
}

/** The seed that the command of the first lines gives, else 1. */
export function seedOf(file: string): number {
  const options = optionsOf(file, readFileSync(file, 'latin1'));
  return typeof options === 'string' ? 1 : options.seed;
}
