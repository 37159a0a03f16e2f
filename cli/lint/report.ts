/** What `mcubox lint` prints: the lines that decide, one a name and script, and the releases that fit. */
import { FIRMWARES, type Firmware } from '../../runtime/index.ts';
import { type Finding, lint, type Script, type ScriptVerdict } from './lint.ts';

export interface LintReport {
  readonly text: string;
  /** False where no release fits, or not the one that was asked for. */
  readonly fits: boolean;
}

/** `wanted` asks about one release only. */
export function lintReport(path: string, scripts: readonly Script[], wanted: Firmware | undefined): LintReport {
  const verdict = lint(scripts);
  const decides = ({ releases }: Finding): boolean => wanted === undefined || !releases.includes(wanted);
  const lines = verdict.scripts.flatMap(({ name, findings }) => findingLines(name, findings.filter(decides)));
  const [count, fit, doNotFit] =
    scripts.length === 1 ? ['', 'fits', 'does not fit'] : [`: ${scripts.length} scripts`, 'fit', 'do not fit'];
  const fits = wanted === undefined ? verdict.fits.length > 0 : verdict.fits.includes(wanted);
  if (fits) {
    const firmware = wanted ?? verdict.proposed;
    lines.push(`${path}${count} ${fit} ${list(verdict.fits)}; mcubox run --firmware ${firmware} ${path}`);
  } else if (wanted !== undefined) {
    lines.push(
      `${path}${count} ${doNotFit} ${wanted}${verdict.fits.length === 0 ? '' : `, but ${list(verdict.fits)}`}`,
    );
  } else {
    lines.push(...verdict.scripts.filter(({ fits }) => fits.length < FIRMWARES.length).map(scriptLine));
    lines.push(
      `${path}${count} ${fit} no release${count === '' ? '' : ' together'}; ${verdict.proposed} comes nearest`,
    );
  }
  return { text: `${lines.join('\n')}\n`, fits };
}

const scriptLine = ({ name, fits }: ScriptVerdict): string =>
  `${name} ${fits.length === 0 ? 'fits no release' : `fits ${list(fits)}`}`;

/** The first line of each name, with how many more there are. */
function findingLines(name: string, findings: readonly Finding[]): string[] {
  const firsts = findings.filter(({ what }, i) => findings.findIndex((other) => other.what === what) === i);
  return firsts.map((first) => {
    const count = findings.filter(({ what }) => what === first.what).length;
    return `${name}:${first.line}: ${findingText(first)}${count === 1 ? '' : ` (and ${count - 1} more)`}`;
  });
}

/** The finding with its remedy. */
export function findingText({ what, releases }: Finding): string {
  const newest = releases.at(-1);
  return newest === undefined || newest === '3.0' ? what : `${what}; run with --firmware ${newest}`;
}

/** `3.0, 2.2 and 1.5`. */
const list = (releases: readonly Firmware[]): string =>
  releases
    .toReversed()
    .join(', ')
    .replace(/, ([^,]+)$/, ' and $1');
