/**
 * Lua programs on mcubox, on PUC's interpreters where they are installed, on stock Fengari and on wasmoon, in turns,
 * in processor time.
 * `node --import tsx bench/lua.ts` prints the table with ratios and their geometric mean.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { LuaFactory } from 'wasmoon';
import { createLua, LUA_BUILDS, type LuaBuild, type LuaRef } from '../runtime/vm/index.ts';
import { luaCallBench } from './lua-calls.ts';
import { luaMemoryBench } from './lua-memory.ts';
import { PROGRAMS } from './lua-programs.ts';
import type { Row } from './row.ts';

const ROUNDS = 3;
const TIMED = 5;

type PucVersion = '5.1' | '5.3';
/** The interpreter to compare with; Debian's of 5.3 has 64-bit integers and doubles. */
const PUC: Readonly<Record<LuaBuild, PucVersion>> = { '5.1': '5.1', '5.3': '5.3', '5.3-64': '5.3' };

/** Median of one program in ms on PUC's interpreter; undefined when it is not installed. */
function puc(version: PucVersion, source: string): number | undefined {
  const program = `${source}
for i = 1, 3 do bench() end
local t = {} for i = 1, ${TIMED} do local c = os.clock() bench() t[i] = (os.clock() - c) * 1000 end
table.sort(t) print(t[${(TIMED + 1) / 2}])`;
  const run = spawnSync(`lua${version}`, ['-'], { input: program, encoding: 'latin1' });
  return run.error === undefined && run.status === 0 ? Number(run.stdout) : undefined;
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

/** A prepared program on mcubox. */
function ours(version: LuaBuild, source: string): () => number {
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
  return timed(run);
}

/** Median of some runs in ms, after the compiler has seen enough. */
function timed(run: () => void): () => number {
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

/** The parts of Fengari's C-like interface that a benchmark needs. */
interface Fengari {
  readonly lua: {
    lua_getglobal(L: unknown, name: Uint8Array): void;
    lua_call(L: unknown, args: number, results: number): void;
    lua_settop(L: unknown, top: number): void;
  };
  readonly lauxlib: { luaL_newstate(): unknown; luaL_dostring(L: unknown, source: Uint8Array): number };
  readonly lualib: { luaL_openlibs(L: unknown): void };
  to_luastring(text: string): Uint8Array;
}

/** A prepared program on stock Fengari: another copy of its modules than the one mcubox has put its scanner into. */
function fengari(source: string): () => number {
  const require = createRequire(import.meta.url);
  const { lua, lauxlib, lualib, to_luastring } = stock(require);
  const L = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(L);
  if (lauxlib.luaL_dostring(L, to_luastring(source)) !== 0) throw new Error('Fengari does not load the program');
  const name = to_luastring('bench');
  return timed(() => {
    lua.lua_getglobal(L, name);
    lua.lua_call(L, 0, 1);
    lua.lua_settop(L, 0);
  });
}

let copy: Fengari | undefined;
function stock(require: NodeJS.Require): Fengari {
  if (copy === undefined) {
    const mine = Object.keys(require.cache).filter((file) => file.includes('/fengari/'));
    for (const file of mine) delete require.cache[file];
    copy = require('fengari') as Fengari;
  }
  return copy;
}

/** A prepared program on wasmoon. */
async function wasmoon(source: string): Promise<() => number> {
  const engine = await new LuaFactory().createEngine();
  engine.doStringSync(source);
  const bench: () => unknown = engine.global.get('bench');
  return timed(() => bench());
}

const ratio = (mine: readonly number[], other: readonly number[]): number => median(mine) / median(other);

/** One row per program and version: ms, and the ratios to the other engines' times; their geometric means; callbacks, memory. */
export async function luaBench(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const version of LUA_BUILDS) {
    const engines = [`PUC ${PUC[version]}`, ...(version === '5.3' ? ['Fengari', 'wasmoon'] : [])];
    const ratios = engines.map((): number[] => []);
    for (const { name, source } of PROGRAMS) {
      const run = ours(version, source);
      const others: (() => number | undefined)[] = [() => puc(PUC[version], source)];
      if (version === '5.3') others.push(fengari(source), await wasmoon(source));
      const mine: number[] = [];
      const theirs = engines.map((): number[] => []);
      for (let round = 0; round < ROUNDS; round++) {
        mine.push(run());
        for (const [i, other] of others.entries()) {
          const time = other();
          if (time !== undefined) theirs[i]?.push(time);
        }
      }
      const words = engines.map((engine, i) => {
        const times = theirs[i] ?? [];
        if (times.length === 0) return `${engine} absent`;
        const by = ratio(mine, times);
        ratios[i]?.push(by);
        return `${engine} ${median(times).toFixed(2)} ms, ${by.toFixed(2)} times`;
      });
      rows.push({ name: `Lua ${version}: ${name}`, value: median(mine), unit: 'ms', versus: words.join('; ') });
    }
    for (const [i, engine] of engines.entries()) {
      const list = ratios[i] ?? [];
      if (list.length === 0) continue;
      const value = list.reduce((product, by) => product * by, 1) ** (1 / list.length);
      rows.push({ name: `Lua ${version}: geometric mean`, value, unit: `times ${engine}` });
    }
  }
  return [...rows, ...luaCallBench(), ...luaMemoryBench()];
}

if (process.argv[1]?.endsWith('bench/lua.ts')) {
  for (const { name, value, unit, versus } of await luaBench()) {
    console.log(`${name.padEnd(26)} ${value.toFixed(2).padStart(8)} ${unit}  ${versus ?? ''}`);
  }
}
