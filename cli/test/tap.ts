/** Outcomes as TAP 14 (testanything.org): one test point per file and seed, subtests for Lua tests, YAML diagnostics. */
import { stringify } from 'yaml';
import { formatTime, us } from '../../runtime/index.ts';
import type { Failure, Outcome } from './outcome.ts';

/** Lines of a console that a report shows. */
const CONSOLE_LINES = 40;

export const tapHeader = (count: number): string => `TAP version 14\n1..${count}\n`;

/** The name of a test: its file, and the seed when there are several. */
export const nameOf = ({ test }: Outcome, manySeeds: boolean): string =>
  manySeeds ? `${test.file} (seed ${test.seed})` : test.file;

/** `ok 1 - file # time=12ms`, with its subtests before it and its diagnostics behind. */
export function tapPoint(outcome: Outcome, number: number, manySeeds: boolean): string {
  const { status, parts, wallMs, updated, failures } = outcome;
  const name = nameOf(outcome, manySeeds);
  const lines: string[] = [];
  if (parts.length > 0) {
    lines.push(`# Subtest: ${escaped(name)}`, `    1..${parts.length}`);
    for (const [i, part] of parts.entries()) {
      lines.push(`    ${part.ok ? 'ok' : 'not ok'} ${i + 1} - ${escaped(part.name)}`);
      if (!part.ok) lines.push(...indented(yamlBlock({ message: part.message }), 4));
    }
  }
  lines.push(`${status === 'pass' ? 'ok' : 'not ok'} ${number} - ${escaped(name)} # time=${Math.round(wallMs)}ms`);
  const { explored } = outcome;
  if (explored !== undefined && explored.findings.length === 0)
    lines.push(`# ${explored.schedules} schedules of faults, none of them made it fail`);
  for (const file of updated) lines.push(`# updated ${file}`);
  if (status !== 'pass') lines.push(...yamlBlock(diagnostics(outcome, failures)));
  return `${lines.join('\n')}\n`;
}

/** A `#` or a backslash in a description would begin a directive. */
const escaped = (text: string): string => text.replace(/[\\#]/g, '\\$&');

function yamlBlock(value: object): string[] {
  const yaml = stringify(value, { lineWidth: 0, blockQuote: 'literal' });
  return ['  ---', ...indented(yaml.trimEnd().split('\n'), 2), '  ...'];
}

const indented = (lines: readonly string[], by: number): string[] => lines.map((line) => ' '.repeat(by) + line);

/** What exploring found, each with steps that can be pasted. */
const found = ({ explored }: Outcome): object =>
  explored === undefined || explored.findings.length === 0
    ? {}
    : {
        'it fails with': explored.findings.map(({ sentences, steps, message, step }) => ({
          faults: sentences.join(', and '),
          ...(step === undefined ? {} : { step }),
          message,
          'as first steps of the scenario': `${steps.join('\n')}\n`,
        })),
      };

function diagnostics(outcome: Outcome, failures: readonly Failure[]): object {
  const { test, status } = outcome;
  const [first] = failures;
  const repeat = { seed: test.seed, repeat: repeatCommand(test, outcome.explored?.schedules) };
  if (status === 'invalid' && failures.length > 1)
    return {
      message: `${failures.length} mistakes`,
      mistakes: failures.map((f) => `${where(test.file, f)}: ${f.message}`),
      ...repeat,
    };
  if (first === undefined) return repeat;
  const { message, step, expected, actual, difference, consoles = {}, frames = [], lua = {}, at } = first;
  return {
    message,
    ...found(outcome),
    at: where(test.file, first),
    ...(step === undefined ? {} : { step }),
    ...(difference === undefined || difference === '' ? {} : { difference }),
    ...(!expected || difference ? {} : { expected, actual: tail(actual ?? '') }),
    ...(at === undefined ? {} : { time: `${formatTime(us(at))} s of device time` }),
    ...(Object.keys(lua).length === 0 ? {} : { 'last lua': lua }),
    ...repeat,
    ...(outcome.capsule === undefined ? {} : { capsule: outcome.capsule }),
    ...(Object.keys(consoles).length === 0
      ? {}
      : { console: Object.fromEntries(Object.entries(consoles).map(([name, text]) => [name, tail(text)])) }),
    ...(frames.length === 0 ? {} : { 'last frames': frames }),
  };
}

/** `FILE:LINE:COLUMN`. */
export const where = (file: string, { place }: Failure): string =>
  place === undefined ? file : `${file}:${place.line}:${place.column}`;

/** The command that does it again. */
export const repeatCommand = ({ file, seed }: Outcome['test'], schedules?: number): string =>
  `mcubox test ${/[^\w./@%+=:,-]/.test(file) ? `'${file.replaceAll("'", "'\\''")}'` : file} --seed ${seed}${schedules === undefined ? '' : ` --explore ${schedules}`}`;

function tail(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= CONSOLE_LINES) return text;
  return [`(${lines.length - CONSOLE_LINES} lines before)`, ...lines.slice(-CONSOLE_LINES)].join('\n');
}
