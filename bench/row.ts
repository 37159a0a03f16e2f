/** One line of the table, and how its numbers are taken. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the number is compared with, and the ratio. */
  readonly versus?: string;
}

/** Milliseconds of wall time that `run` takes: the best of `rounds`. */
export function wallMs(rounds: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Three significant digits, no exponent. */
export function number(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 3), useGrouping: true });
}
