/** Two options that would write one file, or one that would write over what it reads: the user is told before anything is lost. */
import { resolve } from 'node:path';
import type { RunOptions } from './args.ts';

const OUTPUTS = ['pcap', 'keylog', 'trace', 'vcd', 'record', 'flash'] as const;

/** What is wrong as one sentence. `inputs`: the files that are read. */
export function sameFile(
  options: Pick<RunOptions, (typeof OUTPUTS)[number] | 'parts'>,
  inputs: readonly (string | undefined)[],
): string | undefined {
  const outputs = [
    ...OUTPUTS.map((name) => [`--${name}`, options[name]] as const),
    ...(options.parts ?? []).map(({ png }) => ['png=', png] as const),
  ];
  const taken = new Map<string, string>();
  for (const path of inputs) if (path !== undefined) taken.set(resolve(path), '');
  for (const [option, path] of outputs) {
    // A device keeps nothing.
    if (path === undefined || resolve(path).startsWith('/dev/')) continue;
    const other = taken.get(resolve(path));
    if (other === '') return `${option} would write over ${path}, which is read`;
    if (other !== undefined) return `${other} and ${option} would both write ${path}`;
    taken.set(resolve(path), option);
  }
  return undefined;
}
