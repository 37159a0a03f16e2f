/**
 * Lua programs on mcubox and on PUC's interpreters where they are installed, in turns, in processor time.
 * `node --import tsx bench/lua.ts` prints the table with ratios and their geometric mean.
 */
import { spawnSync } from 'node:child_process';
import { createLua, type LuaRef } from '../runtime/vm/index.ts';
import { PROGRAMS } from './lua-programs.ts';
import type { Row } from './row.ts';

const ROUNDS = 3;
const TIMED = 5;

/** Median of one program in ms on PUC's interpreter; undefined when it is not installed. */
function puc(version: '5.1' | '5.3', source: string): number | undefined {
  const program = `${source}
for i = 1, 3 do bench() end
local t = {} for i = 1, ${TIMED} do local c = os.clock() bench() t[i] = (os.clock() - c) * 1000 end
table.sort(t) print(t[${(TIMED + 1) / 2}])`;
  const run = spawnSync(`lua${version}`, ['-'], { input: program, encoding: 'latin1' });
  return run.error === undefined && run.status === 0 ? Number(run.stdout) : undefined;
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

/** A prepared program on mcubox. */
function ours(version: '5.1' | '5.3', source: string): () => number {
  const lua = createLua(
    { write: () => {}, readFile: () => undefined, onError: () => {}, random: () => 0.5 },
    { version, heapLimit: 64 << 20 },
  );
  lua.budget = 2e9;
  const loaded = lua.load(source, '=bench');
  if (!loaded.ok) throw new Error(loaded.message);
  lua.call(loaded.chunk);
  const bench = lua.getGlobal('bench');
  if (typeof bench !== 'object') throw new Error('no function bench');
  const fn: LuaRef = bench.ref();
  const run = () => {
    lua.budget = 2e9;
    lua.call(fn, [], 1);
  };
  // Until the compiler has seen enough.
  for (const started = performance.now(); performance.now() - started < 400; ) run();
  return () => {
    const times: number[] = [];
    for (let i = 0; i < TIMED; i++) {
      const before = process.cpuUsage();
      const started = performance.now();
      run();
      const { user, system } = process.cpuUsage(before);
      // The JavaScript engine's helper threads do not count.
      times.push(Math.min(performance.now() - started, (user + system) / 1000));
    }
    return median(times);
  };
}

/** One row per program and version: ms, and the ratio to PUC's interpreter of that version and to 5.3's. */
export function luaBench(): Row[] {
  const rows: Row[] = [];
  for (const version of ['5.1', '5.3'] as const) {
    let product = 1;
    let counted = 0;
    for (const { name, source } of PROGRAMS) {
      const run = ours(version, source);
      const mine: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        mine.push(run());
        const time = puc(version, source);
        if (time !== undefined) theirs.push(time);
      }
      const value = median(mine);
      const ratio = value / median(theirs);
      if (theirs.length > 0) {
        product *= ratio;
        counted++;
      }
      const versus =
        theirs.length === 0 ? '' : `PUC ${version} ${median(theirs).toFixed(2)} ms, ${ratio.toFixed(2)} times`;
      rows.push({ name: `Lua ${version}: ${name}`, value, unit: 'ms', versus });
    }
    if (counted > 0) {
      const mean = product ** (1 / counted);
      rows.push({ name: `Lua ${version}: geometric mean`, value: mean, unit: `times PUC ${version}` });
    }
  }
  return rows;
}

if (process.argv[1]?.endsWith('bench/lua.ts')) {
  for (const { name, value, unit, versus } of luaBench()) {
    console.log(`${name.padEnd(26)} ${value.toFixed(2).padStart(8)} ${unit}  ${versus ?? ''}`);
  }
}
