/** Texts to look for: plain, or regular expressions; and the golden texts with holes. */
import { watch } from '../values.ts';

/** Plain text, `'/a regular expression/i'`, or a RegExp. */
export type Wanted = string | RegExp;

interface Place {
  readonly at: number;
  readonly end: number;
}

/**
 * Where a wanted text stands in `text` from `from` on; undefined when it does not. What a device says is bytes as
 * Latin-1: there a text with other letters than ASCII is found as its UTF-8, too.
 */
export function find(wanted: Wanted, text: string, from = 0): Place | undefined {
  return findAsIs(wanted, text, from) ?? findAsIs(utf8(wanted), text, from);
}

function utf8(wanted: Wanted): Wanted {
  const bytes = (plain: string): string => Buffer.from(plain).toString('latin1');
  return typeof wanted === 'string' ? bytes(wanted) : new RegExp(bytes(wanted.source), wanted.flags);
}

function findAsIs(wanted: Wanted, text: string, from: number): Place | undefined {
  const regex = regexOf(wanted);
  if (regex === undefined) {
    const at = text.indexOf(wanted as string, from);
    return at < 0 ? undefined : { at, end: at + (wanted as string).length };
  }
  const match = regex.exec(text.slice(from));
  return match === null ? undefined : { at: from + match.index, end: from + match.index + match[0].length };
}

/** As the user wrote it. */
export const shown = (wanted: Wanted): string => (typeof wanted === 'string' ? wanted : String(wanted));

function regexOf(wanted: Wanted): RegExp | undefined {
  if (wanted instanceof RegExp) return new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ''));
  const parts = /^\/(.+)\/([imsu]*)$/s.exec(wanted);
  if (parts === null) return undefined;
  const checked = watch(wanted);
  if (!checked.ok) throw new TypeError(checked.message);
  return new RegExp(parts[1] as string, parts[2]);
}

const HOLE = /\{\{(?:any|\/((?:[^/\\]|\\.)+)\/)\}\}/g;

/** A line of a golden text as a regular expression; `{{any}}` is anything within the line. Throws on a broken hole. */
export function lineRegex(line: string): RegExp {
  let source = '';
  let at = 0;
  for (const hole of line.matchAll(HOLE)) {
    source += `${literal(line.slice(at, hole.index))}${hole[1] === undefined ? '.*?' : `(?:${hole[1]})`}`;
    at = hole.index + hole[0].length;
  }
  return new RegExp(`^${source}${literal(line.slice(at))}$`, 's');
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** A line that stands for any number of lines, none included. */
const ANY_LINES = '{{any lines}}';

/** Whether a text is as the golden one says. */
export const matchesGolden = (golden: string, actual: string): boolean =>
  align(golden.split('\n'), actual.split('\n')) !== undefined;

/** For each line of `actual` the golden line it stands for; undefined when they do not match as a whole. */
function align(golden: readonly string[], actual: readonly string[], g = 0, a = 0): (string | undefined)[] | undefined {
  const lines: (string | undefined)[] = [];
  while (g < golden.length) {
    const line = golden[g] as string;
    if (line === ANY_LINES) {
      for (let skip = a; skip <= actual.length; skip++) {
        const rest = align(golden, actual, g + 1, skip);
        if (rest !== undefined) return [...lines, ...new Array<undefined>(skip - a).fill(undefined), ...rest];
      }
      return undefined;
    }
    if (a >= actual.length || !lineRegex(line).test(actual[a] as string)) return undefined;
    lines.push(line);
    g++;
    a++;
  }
  return a === actual.length ? lines : undefined;
}

/** The new golden text: what is there now, with the holes of the old one where its lines still fit. */
export function refresh(golden: string, actual: string): string {
  const rest = golden.split('\n').filter((line) => line !== ANY_LINES);
  return actual
    .split('\n')
    .map((line) => {
      const at = rest.findIndex((old) => old.includes('{{') && lineRegex(old).test(line));
      // Holes are used in order, so that equal-looking lines keep theirs.
      return at < 0 ? line : (rest.splice(0, at + 1).at(-1) as string);
    })
    .join('\n');
}

/** The lines that differ, `-` expected and `+` there, with a little around them; a longest common subsequence. */
export function difference(golden: string, actual: string, around = 2): string {
  const [old, now] = [golden.split('\n'), actual.split('\n')];
  const same = (i: number, j: number): boolean => lineRegex(old[i] as string).test(now[j] as string);
  const table: number[][] = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  const cell = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      (table[i] as number[])[j] = same(i, j) ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  const lines: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && same(i, j)) {
      lines.push(`  ${now[j++]}`);
      i++;
    } else if (i < old.length && (j >= now.length || cell(i + 1, j) >= cell(i, j + 1))) lines.push(`- ${old[i++]}`);
    else lines.push(`+ ${now[j++]}`);
  }
  const changed = lines.flatMap((line, i) => (line.startsWith('  ') ? [] : [i]));
  return lines
    .filter((_, i) => changed.some((at) => Math.abs(at - i) <= around))
    .map((line) => line.trimEnd())
    .join('\n');
}
