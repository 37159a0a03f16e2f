/** The command line of `mcubox test` as data. */
import { readOptions } from '../options.ts';
import { type FileSpec, file, integer, type Parsed, watch } from '../values.ts';
import { FAULT_KINDS, type FaultKind, faultKinds } from './faults.ts';

export interface TestOptions {
  readonly paths: readonly string[];
  /** Undefined: each test's own. */
  readonly seeds: readonly number[] | undefined;
  readonly filter: string | undefined;
  readonly update: boolean;
  readonly watch: boolean;
  /** File for JUnit XML. */
  readonly junit: string | undefined;
  readonly jobs: number | undefined;
  readonly libraries: readonly FileSpec[];
  /** Random schedules of faults to run each test under. */
  readonly explore: number | undefined;
  readonly faults: readonly FaultKind[] | undefined;
  /** Write which lines ran. */
  readonly coverage: boolean;
  /** Folder for bug capsules. */
  readonly capsules: string | undefined;
}

const OPTIONS = {
  filter: { type: 'string' },
  update: { type: 'boolean' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
  reporter: { type: 'string' },
  jobs: { type: 'string', short: 'j' },
  lib: { type: 'string', multiple: true },
  explore: { type: 'string' },
  faults: { type: 'string' },
  'save-capsule': { type: 'string' },
  coverage: { type: 'boolean' },
  watch: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** More seeds than anybody means. */
const MOST_SEEDS = 10_000;

/** Undefined as a value: help is wanted. */
export function parseTest(argv: readonly string[]): Parsed<TestOptions | undefined> {
  const line = readOptions(argv, OPTIONS);
  if (!line.ok) return line;
  const { values, paths } = line.value;
  if (values.has('help')) return { ok: true, value: undefined };
  return options(paths, values);
}

function options(paths: readonly string[], values: ReadonlyMap<string, readonly string[]>): Parsed<TestOptions> {
  const last = (name: string): string | undefined => values.get(name)?.at(-1);
  const seeds = seedRange(last('seeds') ?? last('seed'));
  if (!seeds.ok) return seeds;
  const reporter = last('reporter') ?? 'tap';
  const junit = /^junit=(.+)$/.exec(reporter)?.[1];
  if (junit === undefined && reporter !== 'tap')
    return bad(`--reporter: '${reporter}' is not a reporter; write tap or junit=FILE`);
  if (last('save-capsule') === '') return bad('--save-capsule: the folder is missing');
  const jobs = last('jobs') === undefined ? undefined : integer(last('jobs') as string, 1, 256);
  if (jobs?.ok === false) return bad(`--jobs: ${jobs.message}`);
  const filter = last('filter');
  const pattern = filter === undefined ? undefined : watch(filter);
  if (pattern?.ok === false) return bad(`--filter: ${pattern.message}`);
  const libraries: FileSpec[] = [];
  for (const text of values.get('lib') ?? []) {
    const library = file(text);
    if (!library.ok) return bad(`--lib: ${library.message}`);
    libraries.push(library.value);
  }
  const update = values.has('update');
  if (update && (seeds.value?.length ?? 1) > 1) return bad('--update and several seeds do not go together');
  const explore = last('explore') === undefined ? undefined : integer(last('explore') as string, 1, MOST_SEEDS);
  if (explore?.ok === false) return bad(`--explore: ${explore.message}`);
  if (update && explore !== undefined) return bad('--update and --explore do not go together');
  if (values.has('coverage') && explore !== undefined) return bad('--coverage and --explore do not go together');
  const faults = last('faults') === undefined ? undefined : faultKinds(last('faults') as string);
  if (typeof faults === 'string') return bad(`--faults: '${faults}' is no fault; write ${FAULT_KINDS.join(', ')}`);
  if (faults !== undefined && explore === undefined)
    return bad('--faults says what --explore tries; add --explore 200');
  return {
    ok: true,
    value: {
      coverage: values.has('coverage'),
      capsules: last('save-capsule'),
      explore: explore?.value,
      faults,
      paths: paths.length === 0 ? ['.'] : paths,
      seeds: seeds.value,
      filter,
      update,
      watch: values.has('watch'),
      junit,
      jobs: jobs?.value,
      libraries,
    },
  };
}

/** `7` or `1..100`. */
function seedRange(text: string | undefined): Parsed<readonly number[] | undefined> {
  if (text === undefined) return { ok: true, value: undefined };
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = match?.[2] === undefined ? from : Number(match[2]);
  if (match === null || !(to >= from && to - from < MOST_SEEDS && Number.isSafeInteger(to)))
    return bad(`--seeds: '${text}' is no range; write 1..100 (at most ${MOST_SEEDS} seeds)`);
  return { ok: true, value: Array.from({ length: to - from + 1 }, (_, i) => from + i) };
}

const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });
