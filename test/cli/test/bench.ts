/** Runs test files that a test writes itself. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import type { Outcome, RunSettings, TestKind } from '../../../cli/test/outcome.ts';
import { runTest } from '../../../cli/test/run.ts';

/** Writes the files, if they are not there, and runs the first. */
export function outcomeOf(
  t: Test,
  kind: TestKind,
  files: Readonly<Record<string, string>>,
  options: { readonly seed?: number } & Partial<RunSettings> = {},
  folder = t.testdir({}),
): Outcome & { readonly folder: string } {
  for (const [name, text] of Object.entries(files)) {
    if (existsSync(join(folder, name))) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const file = join(folder, Object.keys(files)[0] as string);
  const { seed = 1, ...more } = options;
  return { ...runTest({ kind, file, seed }, { update: false, libraries: [], ...more }), folder };
}

/** `line:column message` of each failure. */
export const told = ({ failures }: Outcome): string[] =>
  failures.map(({ place, message }) => (place === undefined ? message : `${place.line}:${place.column} ${message}`));
