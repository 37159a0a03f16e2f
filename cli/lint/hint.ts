/** One line for stderr when a script fails on what its firmware no longer has, or does not have yet, or on a file not compiled. */
import { type Device, toLatin1 } from '../../runtime/index.ts';
import { lint } from './lint.ts';
import { findingText } from './report.ts';

/** Says it once for each cause. */
export function hintAtErrors(device: Device, say: (line: string) => void): void {
  const said = new Set<string>();
  const look = (message: string): void => {
    for (const hint of hintsFor(message, device))
      if (!said.has(hint)) {
        said.add(hint);
        say(hint);
      }
  };
  device.events.on('scriptError', look);
  device.events.on('crash', (reason, message) => {
    if (reason === 'panic') look(message);
  });
}

function hintsFor(message: string, device: Device): string[] {
  const base = /cannot open ([^\s:]+)\.lc\b/.exec(message)?.[1];
  if (
    base !== undefined &&
    device.flash.read(`${base}.lc`) === undefined &&
    device.flash.read(`${base}.lua`) !== undefined
  )
    return [`the flash has ${base}.lua, but not compiled; run with --compile, or type node.compile("${base}.lua")`];
  return lintHints(message, device);
}

/** What lint says of the line that an error message names. */
function lintHints(message: string, device: Device): string[] {
  const [, name, line] = /([^\s:()]+):(\d+): /.exec(message) ?? [];
  const source = name === undefined ? undefined : device.flash.read(name);
  if (name === undefined || source === undefined) return [];
  const { firmware } = device.profile;
  const [script] = lint([{ name, source: toLatin1(source) }]).scripts;
  const there = script?.findings.filter((f) => f.line === Number(line) && !f.releases.includes(firmware)) ?? [];
  return there.map((finding) => `${name}:${line}: ${findingText(finding)}`);
}
