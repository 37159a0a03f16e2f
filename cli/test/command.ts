/** `mcubox test`: finds the tests, runs them, prints TAP, and knows the exit code. */
import { readFileSync, statSync, watch } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Io } from '../io.ts';
import { makeFolder, OutputFile, writeWhole } from '../output-file.ts';
import { watch as pattern } from '../values.ts';
import type { TestOptions } from './args.ts';
import { Coverage, lcov, table } from './coverage.ts';
import { discover } from './discover.ts';
import { annotations, junit } from './junit.ts';
import type { Outcome, TestCase } from './outcome.ts';
import { runAll } from './pool.ts';
import { nameOf, tapHeader, tapPoint, where } from './tap.ts';

const PASSED = 0;
const FAILED = 1;
const USAGE = 2;
const TIMEOUT = 42;
/** Where editors and CI services look for it. */
const LCOV = 'coverage/lcov.info';
/** Editors write a file in several steps. */
const SETTLE_MS = 100;

export async function test(options: TestOptions, io: Io): Promise<number> {
  let interrupted = false;
  const off = io.onInterrupt(() => {
    interrupted = true;
  });
  try {
    const code = await once(options, io, () => interrupted);
    if (!options.watch || (code === USAGE && interrupted)) return code;
    return await again(options, io, () => interrupted, code);
  } finally {
    off();
  }
}

/** One run over all tests. */
async function once(options: TestOptions, io: Io, stopped: () => boolean): Promise<number> {
  const found = discover(options.paths, options.update);
  if (!found.ok) return refuse(io, found.message);
  const { seeds, filter, update, libraries, explore, faults, capsules, coverage } = options;
  const matches = filter === undefined ? undefined : pattern(filter);
  const chosen = found.value.filter(({ file }) => matches?.ok !== true || matches.value.matches(file));
  if (chosen.length === 0) {
    const where = options.paths.join(', ');
    return refuse(
      io,
      filter === undefined ? `no tests in ${where}` : `no test in ${where} has '${filter}' in its name`,
    );
  }
  const unreadable = libraries.find(({ host }) => statSync(host, { throwIfNoEntry: false })?.isFile() !== true);
  if (unreadable !== undefined) return refuse(io, `--lib: ${unreadable.host} is no file`);
  if (capsules !== undefined) makeFolder(capsules);
  const xml = options.junit === undefined ? undefined : new OutputFile(options.junit);
  const tests: TestCase[] = chosen.flatMap(({ kind, file, seed }) =>
    (seeds ?? [seed]).map((one) => ({ kind, file, seed: one })),
  );
  const manySeeds = (seeds?.length ?? 1) > 1;
  const outcomes: Outcome[] = [];
  await print(io, tapHeader(tests.length));
  await runAll(tests, {
    jobs: options.jobs ?? availableParallelism(),
    settings: {
      update,
      libraries,
      ...(explore === undefined ? {} : { explore }),
      ...(faults === undefined ? {} : { faults }),
      ...(capsules === undefined ? {} : { capsules }),
      coverage,
    },
    stopped,
    told: (outcome) => {
      outcomes.push(outcome);
      void print(io, tapPoint(outcome, outcomes.length, manySeeds));
      if (process.env.GITHUB_ACTIONS === 'true') void print(io, annotations(outcome));
    },
  });
  if (stopped()) await print(io, 'Bail out! interrupted\n');
  await summary(outcomes, manySeeds, io);
  xml?.write(junit(outcomes, manySeeds));
  xml?.close();
  if (coverage) await tellCoverage(outcomes, io);
  return exitCode(outcomes, tests.length);
}

/** Shows the table and writes the LCOV file; throws CannotWrite. */
async function tellCoverage(outcomes: readonly Outcome[], io: Io): Promise<void> {
  const sum = new Coverage();
  for (const { covered = [] } of outcomes) sum.add(covered);
  const reports = sum.report((file) => readFileSync(file, 'latin1'));
  await print(io, table(reports));
  makeFolder(dirname(LCOV));
  writeWhole(LCOV, lcov(reports));
  await print(io, `# ${LCOV} has the lines\n`);
}

async function summary(outcomes: readonly Outcome[], manySeeds: boolean, io: Io): Promise<void> {
  const failed = outcomes.filter(({ status }) => status !== 'pass');
  for (const outcome of failed)
    for (const failure of outcome.failures.slice(0, 5))
      io.err(`${where(nameOf(outcome, manySeeds), failure)}: ${failure.message}`);
  await print(io, `# ${outcomes.length - failed.length} passed, ${failed.length} failed\n`);
}

/** 2 when a test could not be understood, 1 when one failed, 42 when only time ran out. */
export function exitCode(outcomes: readonly Outcome[], planned: number): number {
  const has = (status: Outcome['status']): boolean => outcomes.some((outcome) => outcome.status === status);
  if (has('invalid')) return USAGE;
  if (has('fail') || outcomes.length < planned) return FAILED;
  return has('timeout') ? TIMEOUT : PASSED;
}

/** After each change of a file below the paths, until Ctrl-C. */
async function again(options: TestOptions, io: Io, stopped: () => boolean, first: number): Promise<number> {
  let code = first;
  let changed = 0;
  const watchers = options.paths.map((path) =>
    watch(statSync(path, { throwIfNoEntry: false })?.isFile() ? dirname(path) : path, { recursive: true }, () => {
      changed = performance.now();
    }),
  );
  try {
    await print(io, '# waiting for changes; Ctrl-C ends\n');
    while (!stopped()) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / 2));
      if (changed === 0 || performance.now() - changed < SETTLE_MS) continue;
      code = await once(options, io, stopped);
      // What --update wrote itself is no change.
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      changed = 0;
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
  return code;
}

const print = (io: Io, text: string): Promise<boolean> => io.out(Buffer.from(text));

function refuse(io: Io, message: string): number {
  io.err(message);
  return USAGE;
}
