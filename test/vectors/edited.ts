/** Recordings, changed or continued: for tests of what the firmware's source says and no recording shows. */
import { readFileSync } from 'node:fs';
import type { Step, Vector } from './format.ts';
import { playNet } from './net.ts';

/** A recording of net by its name. */
export const recording = (name: string): Vector =>
  JSON.parse(readFileSync(new URL(`data/net/${name}.json`, import.meta.url), 'utf8')) as Vector;

/** The recording up to step `last` (all of it by default), then `steps`; step numbers go on by themselves. */
export function continued(vector: Vector, steps: readonly Omit<Step, 'n'>[], last = vector.steps.length): Vector {
  const kept = vector.steps.slice(0, last);
  const end = Math.max(vector.end, ...steps.map((step) => step.t));
  return { ...vector, end, steps: [...kept, ...steps.map((step, i) => ({ ...step, n: last + 1 + i }))] };
}

/** `passed`, or everything a failure shows. */
export function verdictOf(vector: Vector): string {
  const verdict = playNet(vector);
  return verdict.kind === 'failed' ? [verdict.reason, ...verdict.timeline].join('\n') : verdict.kind;
}
