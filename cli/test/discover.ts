/** Finds tests by the names of files. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Parsed } from '../values.ts';
import type { TestKind } from './outcome.ts';
import { seedOf } from './run-golden.ts';

export interface Found {
  readonly kind: TestKind;
  readonly file: string;
  /** What the file itself says, else 1. */
  readonly seed: number;
}

const SCENARIO = /\.scenario\.ya?ml$/;
/** Never looked into. */
const FOREIGN = new Set(['node_modules', 'dist']);

/** Tests at these paths, files and folders, in order; each once. `update`: a script without .expect counts when it is named. */
export function discover(paths: readonly string[], update: boolean): Parsed<readonly Found[]> {
  const found = new Map<string, Found>();
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { ok: false, message: `cannot read ${path}: no such file or directory` };
    const files = stat.isDirectory() ? walk(path) : [path];
    for (const file of files) {
      const kind = kindOf(file, update && !stat.isDirectory());
      if (kind !== undefined) found.set(file, { kind, file, seed: ownSeed(kind, file) });
      else if (!stat.isDirectory()) return { ok: false, message: noTest(file) };
    }
  }
  return { ok: true, value: [...found.values()] };
}

const noTest = (file: string): string =>
  file.endsWith('.lua')
    ? `${file} has no .expect beside it; --update writes one`
    : `${file} is no test: those are X.scenario.yaml, X.lua with X.expect, multi_X.lua, NTest_X.lua, X_spec.lua and test_X.lua`;

function kindOf(file: string, anyScript: boolean): TestKind | undefined {
  if (SCENARIO.test(file)) return 'scenario';
  if (!file.endsWith('.lua')) return undefined;
  const base = file.slice(0, -'.lua'.length);
  // The scenario of that name runs the script and looks at its console.
  if (existsSync(`${base}.scenario.yaml`) || existsSync(`${base}.scenario.yml`)) return undefined;
  const name = base.split(/[\\/]/).at(-1) as string;
  if (name.startsWith('multi_')) return 'multi';
  if (existsSync(`${base}.expect`)) return 'golden';
  if (name.startsWith('NTest_')) return 'ntest';
  if (name.endsWith('_spec')) return 'spec';
  if (name.startsWith('test_') || name.endsWith('_test')) return 'luaunit';
  return anyScript ? 'golden' : undefined;
}

function walk(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith('.') && !FOREIGN.has(name),
  );
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function ownSeed(kind: TestKind, file: string): number {
  if (kind === 'golden') return seedOf(file);
  if (kind !== 'scenario') return 1;
  try {
    const seed: unknown = parse(readFileSync(file, 'utf8'))?.seed;
    return typeof seed === 'number' ? seed : 1;
  } catch {
    // What is wrong with the file is told by its test.
    return 1;
  }
}
