/** The schedule text of `cron`: minute, hour, day of month, month, day of week. No ranges. Firmware: app/modules/cron.c */

const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/** The values that match, one set per field. */
export type CronSpec = readonly ReadonlySet<number>[];

/** strtol: leading blanks, sign, digits, held within 32 bits; what cannot be read is 0 and takes nothing. */
function number(text: string, at: number): { value: number; end: number } {
  const found = /^[ \t-\r]*[+-]?\d+/.exec(text.slice(at));
  if (found === null) return { value: 0, end: at };
  const value = Math.min(Math.max(Number(found[0]), -0x80000000), 0x7fffffff);
  return { value, end: at + found[0].length };
}

function field(text: string, from: number, min: number, max: number): { values: Set<number>; end: number } | string {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  const values = new Set<number>();
  if (text[at] === '*') {
    let each = 1;
    let end = at + 1;
    if (text[end] === '/') {
      ({ value: each, end } = number(text, end + 1));
      if (each <= 0 || each >= max - min) return `invalid spec (each ${each})`;
    }
    for (let i = 0; i <= max - min; i += each) values.add(min + i);
    return { values, end };
  }
  for (;;) {
    const { value, end } = number(text, at);
    if (value < min || value > max) return `invalid spec (val ${value} out of range ${min}..${max})`;
    values.add(value);
    if (text[end] !== ',') return { values, end };
    at = end + 1;
  }
}

/** The schedule, or the firmware's complaint. */
export function parseCron(text: string): CronSpec | string {
  const sets: Set<number>[] = [];
  let at = 0;
  for (const [i, [min, max]] of FIELDS.entries()) {
    const parsed = field(text, at, min, max);
    if (typeof parsed === 'string') return parsed;
    sets.push(parsed.values);
    at = parsed.end;
    if (i === FIELDS.length - 1) break;
    if (text[at] !== ' ' && text[at] !== '\t') return `invalid spec (separator @${at})`;
    at++;
  }
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at === text.length ? sets : `invalid spec (trailing @${at})`;
}

/** `moment` is minute, hour, day, month, day of week (Sunday 0). */
export const cronMatches = (spec: CronSpec, moment: readonly number[]): boolean =>
  spec.every((values, i) => values.has(moment[i] ?? -1));
