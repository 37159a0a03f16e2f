/** Which releases of the firmware a script fits, judged by the names it uses and how it calls them; nothing is run. */
import { basename } from 'node:path';
import { FIRMWARES, type Firmware } from '../../runtime/index.ts';
import { firmwareApi } from './api.ts';
import { habitOf } from './habits.ts';
import { type Use, usesOf } from './uses.ts';

/** Something that not every release has. */
export interface Finding {
  readonly line: number;
  /** The firmware's name. */
  readonly path: string;
  /** Oldest first; empty where none of the three has it. */
  readonly releases: readonly Firmware[];
  /** What is the matter, as one sentence without its end. */
  readonly what: string;
}

export interface Script {
  readonly name: string;
  readonly source: string;
}

export interface ScriptVerdict {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** The releases that fit all of it. */
  readonly fits: readonly Firmware[];
}

export interface Verdict {
  readonly scripts: readonly ScriptVerdict[];
  readonly fits: readonly Firmware[];
  /** The newest release that fits, or the one with the fewest lines that do not. */
  readonly proposed: Firmware;
}

/** The scripts of one device. What one of them asks for (`if node.LFS then`) or defines itself decides nothing in any. */
export function lint(scripts: readonly Script[]): Verdict {
  const { isModule } = firmwareApi();
  const read = scripts.map(({ name, source }) => ({ name, script: usesOf(source, isModule) }));
  const undecided = new Set(
    read.flatMap(({ script }) => [
      ...script.uses.filter((use) => use.isQuestion).map(({ path }) => path),
      ...script.defined,
    ]),
  );
  const files = new Set(scripts.map(({ name }) => basename(name, '.lua')));
  const judged = read.map(({ name, script }) => {
    const findings = script.uses
      .filter(({ path }) => !undecided.has(path) && !undecided.has(parent(path)) && !undecided.has(root(path)))
      .map((use): Finding | undefined => {
        const habit = habitOf(use, script);
        if (habit === undefined) return nameFinding(use);
        return { line: use.line, path: use.path, releases: habit.releases, what: habit.what };
      })
      .filter((finding) => finding !== undefined)
      .filter(({ path, releases }) => !files.has(root(path)) || !isReplaced(root(path), releases));
    return { name, findings, fits: common(findings) };
  });
  const all = judged.flatMap(({ findings }) => findings);
  const fits = common(all);
  const misfits = (firmware: Firmware): number => all.filter((f) => !f.releases.includes(firmware)).length;
  const byMisfits = FIRMWARES.toReversed().sort((a, b) => misfits(a) - misfits(b));
  return { scripts: judged, fits, proposed: byMisfits[0] as Firmware };
}

/** The releases that have everything. What no release has says nothing about the others. */
const common = (findings: readonly Finding[]): Firmware[] =>
  FIRMWARES.filter((firmware) =>
    findings.every(({ releases }) => releases.length === 0 || releases.includes(firmware)),
  );

const root = (path: string): string => path.split('.', 1)[0] as string;
/** `node.LFS.get` is covered by a question for `node.LFS`. */
const parent = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** Whether `ds18b20.lua` beside the script takes the place of the firmware's ds18b20, or adds to it. */
const isReplaced = (module: string, releases: readonly Firmware[]): boolean =>
  releases.length === 0 || firmwareApi().releases(module)?.length !== FIRMWARES.length;

function nameFinding({ path, line }: Use): Finding | undefined {
  const api = firmwareApi();
  const releases = api.releases(path);
  if (releases === undefined || releases.length === FIRMWARES.length) return undefined;
  return { line, path, releases, what: whatOf(path, releases, api.left(path)) };
}

function whatOf(path: string, releases: readonly Firmware[], left: number | undefined): string {
  const name = STATIC_TIMER.test(path) ? `${path}(id, …)` : path;
  if (releases.length === 0) return `none of the releases ${FIRMWARES.join(', ')} has ${name}`;
  if (!releases.includes('3.0')) return `${name} left the firmware${left === undefined ? '' : ` in ${left}`}`;
  return `${name} is new in ${releases[0]}`;
}

/** The functions that took one of seven ids until 2019. */
const STATIC_TIMER = /^tmr\.(alarm|register|start|stop|unregister|state|interval)$/;
