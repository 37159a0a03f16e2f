/** When an output may come: the tolerance of each cause, with all timer phases set as in the recording. */
import type { Step } from './format.ts';

/** Milliseconds that exactly timed outputs may be off. */
const EXACT_MS = 10;

/**
 * Causes whose time is not a set phase: reports have random delays (up to 500 ms after a join), and the one-shot
 * timers of ping were recorded with a granularity of 100 ms.
 */
const LOOSE_MS: Readonly<Record<string, number>> = { igmp: 500, timer: 100 };

const IMMEDIATE: ReadonlySet<string | undefined> = new Set(['lua', 'in', 'ctl']);

/** Caused by the input step before it, at the same instant. */
export const isImmediate = (step: Step): boolean => IMMEDIATE.has(step.by);

/**
 * Either side of the expected time, in ms.
 * @param maxResp of the last membership query, in tenths of a second: reports may take that long
 */
export function toleranceOf(step: Step, maxResp = 0): number {
  const loose = LOOSE_MS[step.by ?? ''] ?? EXACT_MS;
  return step.by === 'igmp' ? Math.max(loose, maxResp * 100) : loose;
}

/** The first CoAP retransmission is random, 2000 to 2996 ms; the following ones scale with it. */
export const COAP_SCALE = { min: 0.83, max: 1.25 } as const;
