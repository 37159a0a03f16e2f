/**
 * `npm run vectors -- [DIR or FILES]`: plays recorded vectors and says which pass. Folders are walked; without
 * arguments the recordings in the project are played. Exit code 1 when one fails.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Vector, Verdict } from './format.ts';
import { playNet } from './net.ts';

const HERE = new URL('.', import.meta.url).pathname;
const DEFAULT = join(HERE, 'data');

type Player = (vector: never) => Verdict;

/** Players of other formats live in files of their own: format prefix, file, exported name. */
const OTHERS = [
  ['esp8266-lua-vector/', 'lua.ts', 'playLua'],
  ['esp8266-sys-vector/', 'sys.ts', 'playSys'],
] as const;

async function findPlayer(format: string): Promise<Player | undefined> {
  if (format === 'esp8266-net-vector/1' || format === 'esp8266-net-vector/2') return playNet as Player;
  const other = OTHERS.find(([prefix]) => format.startsWith(prefix));
  if (other === undefined || !existsSync(join(HERE, other[1]))) return undefined;
  const room = (await import(`./${other[1]}`)) as Record<string, Player>;
  return room[other[2]];
}

/** All `.json` files in and below what is named, in order of their names. */
export function findVectors(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  });
}

/** Plays one file. A fault of the simulator counts as a failure of the vector. */
export async function playFile(path: string): Promise<{ name: string; verdict: Verdict }> {
  let name = path;
  try {
    const vector = JSON.parse(readFileSync(path, 'utf8')) as Vector;
    name = vector.name ?? path;
    const player = await findPlayer(String(vector.format));
    if (player === undefined) return { name, verdict: { kind: 'skipped', reason: `no player for ${vector.format}` } };
    return { name, verdict: player(vector as never) };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, verdict: { kind: 'failed', reason, timeline: [] } };
  }
}

async function main(paths: readonly string[]): Promise<void> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const path of findVectors(paths.length > 0 ? paths : [DEFAULT])) {
    const { name, verdict } = await playFile(path);
    counts[verdict.kind]++;
    if (verdict.kind === 'passed') console.log(`ok ${name}`);
    else if (verdict.kind === 'skipped') console.log(`skip ${name}: ${verdict.reason}`);
    else console.log([`not ok ${name}: ${verdict.reason}`, ...verdict.timeline].join('\n'));
  }
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

if (process.argv[1] !== undefined && import.meta.url === new URL(process.argv[1], 'file:').href)
  await main(process.argv.slice(2));
