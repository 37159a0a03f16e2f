/** Runs one test, whatever its kind. A bug of mcubox inside it fails this test and no other. */

import { CannotRead, CannotWrite } from '../file-error.ts';
import { saveCapsule } from './capsule.ts';
import { LineCounter } from './coverage.ts';
import { explore } from './explore.ts';
import type { Outcome, RunSettings, TestCase, Verdict } from './outcome.ts';
import { readable } from './readable.ts';
import { runGolden } from './run-golden.ts';
import { runLuaTests } from './run-lua.ts';
import { runMulti } from './run-multi.ts';
import { runScenario } from './run-scenario.ts';
import { Sources } from './sources.ts';

export function runTest(test: TestCase, settings: RunSettings): Outcome {
  const begun = performance.now();
  const { covered, ...said } = attempt(test, settings);
  const verdict = { ...readable(said), ...(covered === undefined ? {} : { covered }) };
  const wallMs = performance.now() - begun;
  const outcome = { parts: [], updated: [], ...verdict, test, wallMs };
  if (settings.capsules === undefined || verdict.status === 'pass' || verdict.status === 'invalid') return outcome;
  return { ...outcome, capsule: capsuleOf(verdict, settings.capsules, test, settings) };
}

/** With its lines counted. */
function counted(test: TestCase, settings: RunSettings): Verdict {
  const sources = new Sources();
  const counters: LineCounter[] = [];
  const verdict = once(test, { ...settings, sources, onWorld: (net) => counters.push(new LineCounter(net)) });
  return { ...verdict, covered: counters.flatMap((counter) => counter.covered(sources)) };
}

/** The first finding's faults are what makes an explored test fail. */
function capsuleOf({ explored }: Verdict, folder: string, test: TestCase, settings: RunSettings): string {
  const { update, libraries } = settings;
  try {
    return saveCapsule(folder, test, { update, libraries }, explored?.findings[0]?.faults ?? [], once);
  } catch (error) {
    return `none: ${(error as Error).message}`;
  }
}

/** One test, once. */
export function once(test: TestCase, settings: RunSettings): Verdict {
  if (test.kind === 'scenario') return runScenario(test, settings);
  if (test.kind === 'golden') return runGolden(test, settings);
  if (test.kind === 'multi') return runMulti(test, settings);
  return runLuaTests(test, settings);
}

function attempt(test: TestCase, settings: RunSettings): Verdict {
  try {
    if (settings.coverage === true) return counted(test, settings);
    if (settings.explore === undefined) return once(test, settings);
    return explore(test, settings, (one) => once(test, one));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const ofFiles = error instanceof CannotWrite || error instanceof CannotRead;
    return { status: ofFiles ? 'invalid' : 'fail', failures: [{ message }] };
  }
}
