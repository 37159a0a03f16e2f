/** Outcomes in other words: JUnit XML for CI servers, and the annotations of GitHub Actions. */
import type { Failure, Outcome } from './outcome.ts';
import { nameOf, repeatCommand, where } from './tap.ts';

const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 section 2.2 has no place for them.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** One suite per file and seed; a file with subtests has a case for each. */
export function junit(outcomes: readonly Outcome[], manySeeds: boolean): string {
  const suites = outcomes.map((outcome) => suite(outcome, nameOf(outcome, manySeeds)));
  const count = (of: (outcome: Outcome) => number): number => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
  const totals = `tests="${count(casesOf)}" failures="${count(failuresOf)}" time="${count(({ wallMs }) => wallMs / 1000).toFixed(3)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="mcubox" ${totals}>\n${suites.join('')}</testsuites>\n`;
}

const casesOf = ({ parts }: Outcome): number => Math.max(1, parts.length);
const failuresOf = ({ status, parts }: Outcome): number =>
  status === 'pass' ? 0 : Math.max(1, parts.filter(({ ok }) => !ok).length);

function suite(outcome: Outcome, name: string): string {
  const { test, status, parts, failures, wallMs } = outcome;
  const time = (wallMs / 1000).toFixed(3);
  const head = `  <testsuite name="${escaped(name)}" tests="${casesOf(outcome)}" failures="${failuresOf(outcome)}" time="${time}">\n`;
  const one = (title: string, failure: string | undefined, text: string): string =>
    `    <testcase classname="${escaped(test.file)}" name="${escaped(title)}" time="${parts.length > 0 ? '0' : time}"` +
    (failure === undefined
      ? '/>\n'
      : `>\n      <failure message="${escaped(failure)}">${escaped(text)}</failure>\n    </testcase>\n`);
  const told = failures.map((failure) => `${where(test.file, failure)}: ${failure.message}`).join('\n');
  const why = status === 'pass' ? undefined : (failures[0]?.message ?? 'failed');
  const bad = parts.some(({ ok }) => !ok);
  const cases =
    parts.length === 0 || (status !== 'pass' && !bad)
      ? one(name, why, `${told}\n${details(failures[0])}\n${repeatCommand(test)}`)
      : parts.map((part) => one(part.name, part.ok ? undefined : part.message, repeatCommand(test))).join('');
  return `${head}${cases}  </testsuite>\n`;
}

const details = (failure: Failure | undefined): string =>
  failure?.difference
    ? failure.difference
    : failure?.expected === undefined
      ? ''
      : `expected:\n${failure.expected}\nactual:\n${failure.actual ?? ''}`;

/** `::error file=…,line=…,col=…::…`: GitHub shows it beside the line. */
export function annotations({ test, failures, status }: Outcome): string {
  if (status === 'pass') return '';
  return failures
    .map((failure) => {
      const place = failure.place === undefined ? '' : `,line=${failure.place.line},col=${failure.place.column}`;
      const message = `${failure.message} (seed ${test.seed})`;
      return `::error file=${property(test.file)}${place},title=mcubox test::${data(message)}\n`;
    })
    .join('');
}

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
