/** "Did you mean": the known word closest to a mistyped one. */

/** A beginning of fewer letters says nothing. */
const BEGINNING = 3;

/** The candidate that begins with the word, or is within two edits of it; undefined when none is that close. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const longer = word.length < BEGINNING ? [] : candidates.filter((c) => c.startsWith(word));
  if (longer.length > 0) return longer.toSorted((a, b) => a.length - b.length)[0];
  const scored = candidates.map((c) => ({ c, d: editDistance(word, c) })).sort((a, b) => a.d - b.d);
  const best = scored[0];
  return best !== undefined && best.d <= 2 && best.d < best.c.length ? best.c : undefined;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
