/** Finds what matters in a list that makes something fail: delta debugging (Zeller and Hildebrandt, 2002). */

/** A smallest part of `items` for which `fails` still answers true: without any one of them it would not. */
export function shrink<T>(items: readonly T[], fails: (part: readonly T[]) => boolean): readonly T[] {
  let rest = items;
  for (let pieces = 2; rest.length > 1; ) {
    const size = Math.ceil(rest.length / pieces);
    const parts = Array.from({ length: Math.ceil(rest.length / size) }, (_, i) => rest.slice(i * size, (i + 1) * size));
    const part = parts.find((one) => fails(one));
    const without =
      part === undefined && parts.length > 2
        ? parts.map((one) => rest.filter((item) => !one.includes(item))).find((others) => fails(others))
        : undefined;
    if (part !== undefined) {
      rest = part;
      pieces = 2;
    } else if (without !== undefined) {
      rest = without;
      pieces = Math.max(pieces - 1, 2);
    } else if (size === 1) break;
    else pieces = Math.min(pieces * 2, rest.length);
  }
  return rest;
}

/** Replaces items by simpler ones as long as it goes on failing; `simpler` gives the simplest first. */
export function simplify<T>(
  items: readonly T[],
  simpler: (item: T) => readonly T[],
  fails: (items: readonly T[]) => boolean,
): readonly T[] {
  let rest = [...items];
  for (let i = 0; i < rest.length; i++) {
    const tried = (item: T): T[] => rest.map((old, at) => (at === i ? item : old));
    const found = simpler(rest[i] as T).find((item) => fails(tried(item)));
    if (found !== undefined) rest = tried(found);
  }
  return rest;
}
