/** `--coverage`: which lines of the scripts ran, over all tests, as LCOV (geninfo(1)) and as a table. */
import { createLua, type LuaBuild } from '../../runtime/index.ts';
import type { TestWorld } from '../testing/index.ts';
import type { Sources } from './sources.ts';

/** What one test has seen of a script. */
export interface Covered {
  /** The host's path. */
  readonly file: string;
  readonly lua: LuaBuild;
  /** How often a line was reached. */
  readonly lines: readonly (readonly [line: number, count: number])[];
}

/** Counts lines in a world that has not begun yet. */
export class LineCounter {
  readonly #counts = new Map<string, Map<number, number>>();
  readonly #net: TestWorld;

  constructor(net: TestWorld) {
    this.#net = net;
    for (const { name, device } of net.devices)
      device.watch.onLine = (source, line) => {
        const key = `${name}\n${source}`;
        let lines = this.#counts.get(key);
        if (lines === undefined) {
          lines = new Map();
          this.#counts.set(key, lines);
        }
        lines.set(line, (lines.get(line) ?? 0) + 1);
      };
  }

  /** For every script that came from a file of the host, those included that never ran. */
  covered(sources: Sources): Covered[] {
    return this.#net.devices.flatMap(({ name, device }) =>
      [...sources.flashOf(name)]
        .filter(([onFlash]) => onFlash.endsWith('.lua'))
        .map(([onFlash, file]) => ({
          file,
          lua: device.profile.lua,
          lines: [...(this.#counts.get(`${name}\n${onFlash}`) ?? [])],
        })),
    );
  }
}

interface FileReport {
  readonly file: string;
  /** Counts by line, for every line that has code. */
  readonly lines: ReadonlyMap<number, number>;
}

/** Adds up what tests have seen. */
export class Coverage {
  readonly #files = new Map<string, { lua: LuaBuild; counts: Map<number, number> }>();

  add(covered: readonly Covered[]): void {
    for (const { file, lua, lines } of covered) {
      const known = this.#files.get(file) ?? { lua, counts: new Map<number, number>() };
      for (const [line, count] of lines) known.counts.set(line, (known.counts.get(line) ?? 0) + count);
      this.#files.set(file, known);
    }
  }

  /** `read` gives a file's text, one character per byte; undefined when it is gone. */
  report(read: (file: string) => string | undefined): readonly FileReport[] {
    return [...this.#files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, { lua, counts }]) => {
        const lines = linesWithCode(read(file) ?? '', lua);
        return { file, lines: new Map(lines.map((line) => [line, counts.get(line) ?? 0])) };
      });
  }
}

/** A line that only closes what others have begun is no line of its own, although the compiler puts a return there. */
const CLOSING = /^[\s;,()[\]{}]*(?:(?:end|else|do|repeat)\b[\s;,()[\]{}]*)*(?:--.*)?$/;

function linesWithCode(source: string, version: LuaBuild): readonly number[] {
  const nobody = { write: () => {}, readFile: () => undefined, onError: () => {}, random: () => 0 };
  const lua = createLua(nobody, { version });
  const loaded = lua.load(source, '=coverage');
  const text = source.split('\n');
  return loaded.ok ? lua.activeLines(loaded.chunk).filter((line) => !CLOSING.test(text[line - 1] ?? '')) : [];
}

const ran = ({ lines }: FileReport): number => [...lines.values()].filter((count) => count > 0).length;

export const lcov = (reports: readonly FileReport[]): string =>
  reports
    .map((report) => {
      const data = [...report.lines].map(([line, count]) => `DA:${line},${count}\n`).join('');
      return `TN:\nSF:${report.file}\n${data}LF:${report.lines.size}\nLH:${ran(report)}\nend_of_record\n`;
    })
    .join('');

/** One row a file, and all of them together. */
export function table(reports: readonly FileReport[]): string {
  const rows = reports.map((report) => {
    const missed = [...report.lines].filter(([, count]) => count === 0).map(([line]) => line);
    return [report.file, report.lines.size, ran(report), ranges(missed, [...report.lines.keys()])] as const;
  });
  const sum = (at: 1 | 2): number => rows.reduce((n, row) => n + row[at], 0);
  const all = [...rows, ['all', sum(1), sum(2), ''] as const];
  const width = Math.max(4, ...all.map(([file]) => file.length));
  const line = (file: string, count: string, hit: string, percent: string, missed: string): string =>
    `# ${file.padEnd(width)} ${count.padStart(6)} ${hit.padStart(6)} ${percent.padStart(6)}  ${missed}`.trimEnd();
  const percent = (hit: number, count: number): string => (count === 0 ? '-' : ((100 * hit) / count).toFixed(1));
  return [
    line('file', 'lines', 'run', '%', 'not run'),
    ...all.map(([file, count, hit, missed]) => line(file, `${count}`, `${hit}`, percent(hit, count), missed)),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

/** `4-9, 12`: lines between which no other line has code are one range. */
function ranges(missed: readonly number[], lines: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const line of missed) {
    const last = parts.at(-1);
    const before = lines[lines.indexOf(line) - 1];
    if (last !== undefined && last[1] === before) last[1] = line;
    else parts.push([line, line]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
