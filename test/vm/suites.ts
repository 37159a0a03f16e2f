/**
 * Runs a directory of the official Lua test suite against a state of ours, each file in a process and a state of its own.
 * `node --import tsx test/vm/suites.ts DIR --lua 5.1|5.3|5.3-64 [--heat N] [FILE...]`; with `--heat 1` all code is generated.
 * The suites themselves are not part of the project: 5.3's is in the firmware's repository (app/lua53/host/tests), 5.1's
 * in the branch v5-1 of github.com/lua/tests as of the end of 2007.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createLua,
  generation,
  LUA_BUILDS,
  LuaAbort,
  type LuaBuild,
  type LuaTree,
  multi,
} from '../../runtime/vm/index.ts';
import { type Skip, SUITE_SKIPS } from './suites-skips.ts';

const HEAP = 128 << 20;
const BUDGET = 4e9;
/** 5.1's constructs.lua loads 65,536 functions, which takes this long where code is made for each. */
const LIMIT_MS = 900_000;
/** What all.lua sets for a run by users: no long tests, no tests of one platform, no internal tests. */
const PRELUDE = `_soft = true _port = true _nomsg = true T = nil Message = function() end
ARG = arg or {} _ARG = arg or {} arg = nil`;
/** 5.1: the tests call these as any built-in function; the firmware leaves them out. */
const MATH_51 =
  'do local m = {} for k, v in pairs(math) do m[k] = v end m.sin, m.cos, m.mod = more.sin, more.cos, more.mod math = m end';

const COROUTINE = `local co = coroutine.create(assert(loadstring(source, "@big.lua")))
repeat assert(coroutine.resume(co)) until coroutine.status(co) == "dead"`;

/** The lines of a skip become empty, so that all others keep their numbers. */
function without(source: string, skips: readonly Skip[]): string {
  const lines = source.split('\n');
  for (const { from, to } of skips) for (let n = from; n <= to; n++) lines[n - 1] = '';
  return lines.join('\n');
}

/** Plays one file in this process; undefined, or what went wrong. */
function play(dir: string, file: string, version: LuaBuild): string | undefined {
  // The one file of the suite that others require.
  const readFile = (name: string) => (name === 'checktable.lua' ? readFileSync(join(dir, name)) : undefined);
  const lua = createLua(
    { write: () => {}, readFile, onError: () => {}, random: Math.random },
    { version, heapLimit: HEAP },
  );
  lua.stripLevel = 0;
  lua.budget = BUDGET;
  // The suite's own bookkeeping; nothing of it is under test.
  const modules: Record<string, LuaTree> = {
    os: {
      time: () => 1,
      clock: () => Math.round(performance.now()) / 1000,
      getenv: () => undefined,
      setlocale: () => multi(undefined),
    },
    io: { write: () => undefined },
    more: {
      sin: (call) => Math.sin(call.checkNumber(1)),
      cos: (call) => Math.cos(call.checkNumber(1)),
      mod: (call) => call.checkNumber(1) % call.checkNumber(2),
    },
  };
  lua.openModules(
    Object.keys(modules).map((name) => ({ name })),
    (at) => ({ tree: Object.values(modules)[at] as LuaTree }),
  );
  const run = (source: string, name: string): string | undefined => {
    const loaded = lua.load(source, name);
    if (!loaded.ok) return loaded.message;
    const result = lua.docall(loaded.chunk);
    return result.ok ? undefined : result.failure.message;
  };
  try {
    const skips = SUITE_SKIPS[version][file]?.parts ?? [];
    const prelude = version === '5.1' ? `${PRELUDE} ${MATH_51}` : PRELUDE;
    const source = without(readFileSync(join(dir, file), 'latin1'), skips);
    if (file !== 'big.lua') return run(prelude, '=prelude') ?? run(source, `@${file}`);
    // all.lua runs this one as a coroutine that yields.
    lua.setGlobal('source', source);
    return run(prelude, '=prelude') ?? run(COROUTINE, '=coroutine');
  } catch (error) {
    if (error instanceof LuaAbort) return `aborted: ${error.reason} ${error.message}`;
    throw error;
  }
}

const assertions = (lines: readonly string[]): number =>
  lines.reduce(
    (n, line) => n + (line.match(/\b(?:assert|checkerr|checkmessage|checksyntax|check)\s*\(/g)?.length ?? 0),
    0,
  );

/** Plays one file in a process of its own and prints its line of the report; returns whether it passed or is skipped. */
function report(dir: string, file: string, version: LuaBuild, heat: string): boolean {
  const { whole, parts = [] } = SUITE_SKIPS[version][file] ?? {};
  if (whole !== undefined) {
    console.log(`skipped  ${file.padEnd(15)} ${whole}`);
    return true;
  }
  const lines = readFileSync(join(dir, file), 'latin1').split('\n');
  const left = parts.flatMap(({ from, to }) => lines.slice(from - 1, to));
  const started = performance.now();
  const child = spawnSync(
    process.execPath,
    [
      '--no-warnings',
      '--import',
      'tsx',
      fileURLToPath(import.meta.url),
      dir,
      '--lua',
      version,
      '--heat',
      heat,
      '--one',
      file,
    ],
    { encoding: 'utf8', timeout: LIMIT_MS },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const passed = child.status === 0;
  const all = assertions(lines);
  const count = `${all - assertions(left)} of ${all} assertions, ${lines.length - left.length} of ${lines.length} lines, ${seconds} s`;
  console.log(`${passed ? 'passed ' : 'FAILED '}  ${file.padEnd(15)} ${count}`);
  if (!passed) console.log((child.stdout + child.stderr || `ended by ${child.signal}`).replace(/^/gm, '         '));
  for (const { from, to, why } of parts) console.log(`         without ${file}:${from}-${to}: ${why}`);
  return passed;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lua: { type: 'string' }, heat: { type: 'string' }, one: { type: 'string' } },
});
const [dir, ...files] = positionals;
const version = LUA_BUILDS.find((build) => build === values.lua);
const heat = values.heat ?? String(generation.heat);
if (dir === undefined || version === undefined || Number.isNaN(Number(heat))) {
  console.error(`usage: suites.ts DIR --lua ${LUA_BUILDS.join('|')} [--heat N] [FILE...]`);
  process.exitCode = 2;
} else if (values.one !== undefined) {
  generation.heat = Number(heat);
  const wrong = play(dir, values.one, version);
  if (wrong !== undefined) {
    console.log(wrong);
    process.exitCode = 1;
  }
} else {
  const chosen = files.length > 0 ? files : readdirSync(dir).filter((name) => name.endsWith('.lua'));
  const results = chosen.sort().map((file) => report(dir, basename(file), version, heat));
  if (results.includes(false)) process.exitCode = 1;
}
