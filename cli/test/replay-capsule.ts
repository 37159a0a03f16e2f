/** `mcubox replay X.capsule.json`: the failed test once more, and whether it went as it did then. */
import { formatTime, us } from '../../runtime/index.ts';
import type { Io } from '../io.ts';
import { repeat } from './capsule.ts';
import type { Capsule } from './capsule-format.ts';
import { sentenceOf } from './faults.ts';
import { once } from './run.ts';
import { tapHeader, tapPoint } from './tap.ts';

const SAME = 0;
const OTHER = 1;

/** Resolves to 0 when every byte on consoles and network was the same, else 1. */
export async function replayCapsule(capsule: Capsule, io: Io): Promise<number> {
  const { test, expected, faults } = capsule;
  const begun = performance.now();
  const { verdict, hash, at } = repeat(capsule, once);
  const wallMs = performance.now() - begun;
  const outcome = { parts: [], updated: [], ...verdict, test, wallMs };
  await io.out(Buffer.from(`${tapHeader(1)}${tapPoint(outcome, 1, false)}`));
  for (const fault of faults) io.err(`fault: ${sentenceOf(fault, undefined)}`);
  if (hash === expected.hash && verdict.status === expected.status) {
    io.err(
      `the same as recorded, byte for byte (hash ${hash.slice(0, 12)}, ${expected.status} at ${formatTime(us(at))} s)`,
    );
    return SAME;
  }
  const message = verdict.failures[0]?.message ?? '';
  io.err(
    `not as recorded: hash ${hash.slice(0, 12)}, recorded ${expected.hash.slice(0, 12)} by mcubox ${capsule.mcubox}`,
  );
  io.err(`now ${verdict.status} ${message}; then ${expected.status} ${expected.message}`);
  return OTHER;
}
