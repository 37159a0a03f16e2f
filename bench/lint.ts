/**
 * `npx tsx bench/lint.ts DIR`: over the repositories in DIR (a folder each), the share of scripts whose every API name exists
 * in the release that `mcubox lint` proposes for the script, and of repositories in which that is so for all scripts.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readScripts } from '../cli/lint/command.ts';
import { lint } from '../cli/lint/lint.ts';

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('say where the repositories are');
const seen = new Set<string>();
const proposals = new Map<string, number>();
const misfits: string[] = [];
let repositories = 0;
let whole = 0;
for (const repository of readdirSync(root).sort()) {
  const read = readScripts(join(root, repository));
  if (!read.ok) continue;
  const scripts = read.value.filter(({ source }) => isNew(source));
  // What stands beside a script may define names that it uses.
  const verdict = lint(scripts);
  let fit = 0;
  for (const script of verdict.scripts) {
    const alone = lint([{ name: script.name, source: scripts.find(({ name }) => name === script.name)?.source ?? '' }]);
    const wrong = script.findings.filter(({ releases }) => !releases.includes(alone.proposed));
    proposals.set(alone.proposed, (proposals.get(alone.proposed) ?? 0) + 1);
    if (wrong.length === 0) fit++;
    for (const { line, what } of wrong) misfits.push(`${repository}/${script.name}:${line}: ${what}`);
  }
  repositories++;
  if (fit === scripts.length) whole++;
}
for (const line of misfits) console.log(line);
const count = [...proposals.values()].reduce((sum, n) => sum + n, 0);
const bad = new Set(misfits.map((line) => line.slice(0, line.indexOf(':')))).size;
const share = (part: number, of: number): string => `${part} of ${of} (${((100 * part) / of).toFixed(1)} %)`;
console.log(`proposed: ${[...proposals].map(([release, n]) => `${release} for ${n}`).join(', ')}`);
console.log(`scripts of which the proposed release has every name: ${share(count - bad, count)}`);
console.log(`repositories in which that holds for every script: ${share(whole, repositories)}`);

/** Copies of one file count once. */
function isNew(source: string): boolean {
  const hash = createHash('sha1').update(source).digest('hex');
  if (seen.has(hash)) return false;
  seen.add(hash);
  return true;
}
