/**
 * `npm run vectors -- [DIR or FILES]`: plays recorded vectors and says which pass. Folders are walked; without
 * arguments the recordings in the project are played. Exit code 1 when one fails.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PASSED, type Vector, type Verdict } from './format.ts';
import { playLua } from './lua.ts';
import { playNet } from './net.ts';
import { playSys } from './sys.ts';
import { renderTimeline } from './timeline.ts';

const HERE = new URL('.', import.meta.url).pathname;
const DEFAULT = join(HERE, 'data');

type Player = (vector: never) => Verdict;

/** What the players of the other formats answer: lines of both timelines. */
interface LineVerdict {
  readonly status: Verdict['kind'];
  readonly reason?: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

const UNSUPPORTED = 'unsupported format';

function findPlayer(format: string): Player | undefined {
  if (format === 'esp8266-net-vector/1' || format === 'esp8266-net-vector/2') return playNet as Player;
  if (format.startsWith('esp8266-lua-vector/')) return (vector: never) => fromLines(playLua(vector));
  if (format.startsWith('esp8266-sys-vector/')) return (vector: never) => fromLines(playSys(vector));
  return undefined;
}

function fromLines({ status, reason = '', expected, actual }: LineVerdict): Verdict {
  if (status === 'passed') return PASSED;
  if (status === 'skipped') return { kind: 'skipped', reason };
  const length = Math.max(expected.length, actual.length);
  const first = Array.from({ length }, (_, i) => i).find((i) => expected[i] !== actual[i]);
  const rows = Array.from({ length }, (_, i) => ({
    expected: expected[i] ?? '',
    actual: actual[i] ?? '',
    differs: i === first,
  }));
  return { kind: 'failed', reason, timeline: renderTimeline(rows) };
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
export function playFile(path: string): { name: string; verdict: Verdict } {
  let name = path;
  try {
    const vector = JSON.parse(readFileSync(path, 'utf8')) as Vector;
    name = vector.name ?? path;
    const player = findPlayer(String(vector.format));
    if (player === undefined) return { name, verdict: { kind: 'skipped', reason: `${UNSUPPORTED} ${vector.format}` } };
    return { name, verdict: player(vector as never) };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, verdict: { kind: 'failed', reason, timeline: [] } };
  }
}

function main(paths: readonly string[]): void {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const path of findVectors(paths.length > 0 ? paths : [DEFAULT])) {
    const { name, verdict } = playFile(path);
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
