/**
 * `--explore N`: the test once without faults, then under N random schedules of them. What fails is shrunk to as few and
 * as simple faults as still make it fail; schedules that fail for a reason known by then are not shrunk again.
 */
import { apply, FAULT_KINDS, type Fault, sentenceOf, stepOf } from './faults.ts';
import type { Failure, Finding, RunSettings, TestCase, Verdict } from './outcome.ts';
import { type Baseline, baselineOf, schedule } from './schedules.ts';
import { shrink, simplify } from './shrink.ts';

/** Runs a test once, with something done to its world before anything happens in it. */
export type RunOnce = (settings: RunSettings) => Verdict;

/** So many ways to fail are enough for one report. */
const MOST_FINDINGS = 5;

export function explore(test: TestCase, settings: RunSettings, run: RunOnce): Verdict {
  const { explore: count = 0, faults: kinds = FAULT_KINDS, ...plain } = settings;
  const seen: { baseline?: Baseline } = {};
  const clean = run({ ...plain, onEnd: (net) => Object.assign(seen, { baseline: baselineOf(net) }) });
  if (clean.status !== 'pass' || seen.baseline === undefined) return clean;
  const explorer = new Explorer(plain, run);
  for (let index = 0; index < count && explorer.findings.length < MOST_FINDINGS; index++)
    explorer.look(schedule(seen.baseline, kinds, test.seed, index));
  const { findings, failing, looked, first } = explorer;
  if (first === undefined) return { ...clean, explored: { schedules: looked, findings } };
  const ways = findings.length === 1 ? 'one way' : `${findings.length} ways`;
  const head = `${failing} of ${looked} schedules of faults fail, in ${ways}`;
  const failures: Failure[] = first.failures.map((failure, i) =>
    i === 0
      ? { ...failure, message: `${head}; ${findings[0]?.sentences.join(', and ')}: ${failure.message}` }
      : failure,
  );
  return { ...first, status: 'fail', failures, explored: { schedules: looked, findings } };
}

class Explorer {
  readonly findings: Finding[] = [];
  failing = 0;
  looked = 0;
  /** How the first finding fails. */
  first: Verdict | undefined;
  readonly #settings: RunSettings;
  readonly #run: RunOnce;
  /** Kinds of faults that were each found to be enough by themselves, with what they act on. */
  readonly #known = new Set<string>();

  constructor(settings: RunSettings, run: RunOnce) {
    this.#settings = settings;
    this.#run = run;
  }

  look(faults: readonly Fault[]): void {
    this.looked++;
    if (!this.#fails(faults)) return;
    this.failing++;
    const unknown = faults.filter((fault) => !this.#known.has(sortOf(fault)));
    if (unknown.length < faults.length && !this.#fails(unknown)) return;
    const smallest = simplify(
      shrink(unknown, (part) => this.#fails(part)),
      simpler,
      (part) => this.#fails(part),
    );
    const times = new Map<Fault, number>();
    const verdict = this.#attempt(smallest, (fault, at) => {
      if (!times.has(fault)) times.set(fault, at);
    });
    this.first ??= verdict;
    const [only] = smallest;
    if (smallest.length === 1 && only !== undefined) this.#known.add(sortOf(only));
    this.findings.push({
      sentences: smallest.map((fault) => sentenceOf(fault, times.get(fault))),
      steps: smallest.map(stepOf),
      faults: smallest,
      message: verdict.failures[0]?.message ?? 'failed',
      ...(verdict.failures[0]?.step === undefined ? {} : { step: verdict.failures[0].step }),
    });
  }

  #fails(faults: readonly Fault[]): boolean {
    return faults.length > 0 && this.#attempt(faults, () => {}).status !== 'pass';
  }

  #attempt(faults: readonly Fault[], told: (fault: Fault, at: number) => void): Verdict {
    return this.#run({
      ...this.#settings,
      onWorld: (net) => {
        for (const fault of faults) apply(fault, net, (at) => told(fault, at));
      },
    });
  }
}

/** Two faults of one sort are taken to fail for one reason. */
const sortOf = (fault: Fault): string => ('filter' in fault ? `${fault.kind} ${fault.filter}` : fault.kind);

/** Simpler faults of the same kind, the simplest first. */
function simpler(fault: Fault): readonly Fault[] {
  if (fault.kind === 'ap-down')
    return fault.lasts > 500_000
      ? [
          { ...fault, lasts: 500_000 },
          { ...fault, lasts: Math.max(500_000, 500_000 * Math.ceil(fault.lasts / 1_000_000)) },
        ]
      : [];
  if (fault.kind === 'restart') return [];
  const options: Fault[] = [];
  if (fault.nth !== undefined && fault.nth > 1) options.push({ ...fault, nth: 1 });
  if (fault.nth === undefined) options.push({ ...fault, nth: 1 });
  if (fault.by !== undefined && fault.by > 200_000)
    options.push({ ...fault, by: 50_000 * Math.ceil(fault.by / 100_000) });
  return options;
}
