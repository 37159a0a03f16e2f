/** Code generated as JavaScript does what the interpreter does: results, instructions charged, heap. */
import { spawnSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import t from 'tap';
import { PROGRAMS } from '../../bench/lua-programs.ts';
import { createLua, generation, LUA_BUILDS, type LuaBuild, type LuaHost } from '../../runtime/vm/index.ts';
import { findVectors, playFile } from '../vectors/main.ts';
import { ATTACKS } from './attacks.ts';

/** When code is generated, and how many instructions may lack their long way before it is generated anew. */
interface Mode {
  readonly heat: number;
  readonly exits: number;
}
const NEVER: Mode = { heat: Number.POSITIVE_INFINITY, exits: 16 };
const AT_ONCE: Mode = { heat: 1, exits: 16 };
const AGAIN_AT_ONCE: Mode = { heat: 1, exits: 1 };
/** All long ways are there from the start. */
const WHOLE: Mode = { heat: 1, exits: 0 };
const SHORT = 3e5;
const DAMAGES = 1000;
const usual = { ...generation };
t.afterEach(() => {
  Object.assign(generation, usual);
});

interface Outcome {
  readonly printed: string;
  readonly instructions: number;
  readonly heap: number;
}

function state(version: LuaBuild, mode: Mode, write: (text: string) => void): LuaHost {
  Object.assign(generation, mode);
  return createLua(
    { write, readFile: () => undefined, onError: () => {}, random: () => 0.5 },
    { version, heapLimit: 8 << 20 },
  );
}

function run(version: LuaBuild, mode: Mode, source: string, budget = 2e8): Outcome {
  let printed = '';
  const lua = state(version, mode, (text) => {
    printed += text;
  });
  lua.budget = budget;
  try {
    // Functions of the same text and name are shared, also what is known of them.
    const loaded = lua.load(source, `=test${mode.exits + 10}`);
    if (!loaded.ok) printed += loaded.message;
    else printed += JSON.stringify(lua.call(loaded.chunk, [], 3).map(String));
  } catch (error) {
    printed += error instanceof Error ? error.message : JSON.stringify(error);
  }
  return { printed: printed.replaceAll(/test\d\d/g, 'test'), instructions: lua.instructions, heap: lua.heapUsed };
}

/** Turns at which generated code hands over to the interpreter. */
const TURNS: Readonly<Record<string, string>> = {
  'metamethods that yield': `
    local mt = {__add = function(a, b) coroutine.yield('add') return 7 end, __lt = function() coroutine.yield('lt') return true end,
      __concat = function() coroutine.yield('cat') return 'c' end, __index = function(_, k) coroutine.yield(k) return k end}
    local co = coroutine.wrap(function() local o, n = setmetatable({}, mt), 0 for i = 1, 20 do
      n = n + (o + i) if o < o then n = n + 1 end n = n + #(o .. 'x' .. i) n = n + #o.key end return n end)
    local out = {} for i = 1, 90 do local ok, v = pcall(co) out[#out + 1] = tostring(v) if not ok then break end end return table.concat(out, ' ')`,
  'errors through frames': `
    local function deep(n) if n == 0 then error({1}) end local r = deep(n - 1) return r + 1 end
    local n = 0 for i = 1, 50 do local ok = pcall(deep, i) if not ok then n = n + 1 end end
    local ok, m = pcall(function() local t for i = 1, 9 do if i > 8 then t.x = i end end end) return n, m`,
  'tail calls and deep recursion': `
    local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + 1) end
    local function sum(n) if n == 0 then return 0 end return n + sum(n - 1) end return loop(5000, 0), sum(150), sum(2000)`,
  'captured variables in loops': `
    local fs, s = {}, 0 for i = 1, 30 do local x = i fs[i] = function(d) x = x + d s = s + x return x end end
    for r = 1, 3 do for i = 1, 30 do s = s + fs[i](r) end end return s`,
  'multiple results': `
    local function many(n) if n == 0 then return end return n, many(n - 1) end
    local function count(...) return select('#', ...), ... end local s = 0
    for i = 0, 30 do local t = {many(i)} s = s + #t + (count(many(i))) local a, b = count(1, many(2)) s = s + a + b end return s`,
  'a collection while values are in registers': `
    local weak = setmetatable({}, {__mode = 'v'}) local n = 0
    for i = 1, 40 do local a = {i} weak[i] = a local b = weak[i] if i % 7 == 0 then collectgarbage() end n = n + b[1] end
    local left = 0 for _ in pairs(weak) do left = left + 1 end return n, left, collectgarbage('count')`,
  'floats, integers and texts in the same place': `
    local s = 0 for i = 1, 40 do local v = i % 4 == 0 and tostring(i) or i % 4 == 1 and i / 2 or i s = s + v * 2 - v % 3 end
    for x = 1, 3, 0.25 do s = s + x end for i = 10, 1, -3 do s = s - i end return s, -s, s == 1, s < 1e9, #tostring(s)`,
  'integers that leave 32 bits': `
    local out, most, least = {}, math.maxinteger or 2^53, math.mininteger or -2^53
    local function note(v) out[#out + 1] = tostring(v) end
    local a, m, s = 2147483600, 1, -2147483600 for i = 1, 99 do a = a + i m = m * 3 s = s - i * 7 if i % 9 == 0 then note(a) note(m) note(s) note(-s) note(a - s) end end
    for i = 2147483640, 2147483655, 3 do note(i) if #out > 99 then break end end for i = -2147483640, -2147483655, -4 do note(i) if #out > 150 then break end end
    for i = most - 3, most do note(i) if #out > 200 then break end end for i = least + 2, least, -1 do note(i) if #out > 200 then break end end
    local n = 0 for i = 1, most do n = n + i if i > 90 then break end end note(n)
    n = 0 for i = 1, 2, most do n = n + 1 end note(n) for i = least, most, most do n = n + 1 if n > 99 then break end end note(n)
    local t = {} for i = 1, 40 do t[i * 100000000] = i t[i] = i * 100000000 end for i = 1, 40 do n = n + t[i] + t[t[i]] end note(n)
    for i = 1, 40 do local v = -2147483648 if i % 2 == 0 then v = -v else v = v * -1 end note(v) note(v == 2147483648) note(-(-2147483647 - 1) == v) end
    for i = 0, 40 do note(0 * -i) note(-0.0 * i) note((i - 20) / 3) note((20 - i) % 7) end return table.concat(out, ' ')`,
};

for (const version of LUA_BUILDS) {
  const sources = [...PROGRAMS.map(({ name, source }) => ({ name, source: `${source} return bench()` }))];
  for (const [name, source] of Object.entries(TURNS)) sources.push({ name, source });
  t.test(`Lua ${version}: generated code prints, charges and keeps what the interpreter does`, async (t) => {
    for (const { name, source } of sources) {
      const interpreted = run(version, NEVER, source);
      for (const mode of [AT_ONCE, AGAIN_AT_ONCE, WHOLE])
        t.same(run(version, mode, source), interpreted, `${name}, ${mode.exits} exits`);
    }
  });
}

t.test('debug.setlocal and hooks reach generated code', async (t) => {
  const source = `local log = {} local function poke(n) debug.setlocal(2, 1, n) end
    local function f() local x = 1 for i = 1, 20 do x = x + 1 if i % 5 == 0 then poke(i * 100) end end return x end
    log[1] = f() local lines = 0 local function g() local y = 0 for i = 1, 20 do if i == 10 then
      debug.sethook(function() lines = lines + 1 end, 'l') end y = y + i end debug.sethook() return y end
    log[2] = g() return log[1], log[2], lines`;
  const interpreted = run('5.3', NEVER, source);
  t.match(interpreted.printed, '"2000"');
  for (const mode of [AT_ONCE, AGAIN_AT_ONCE, WHOLE]) t.same(run('5.3', mode, source), interpreted);
});

t.test('hostile scripts end the same way', async (t) => {
  for (const { name, source } of ATTACKS) {
    for (const [version, mode] of [
      ['5.1', AT_ONCE],
      ['5.3', WHOLE],
      ['5.3-64', AGAIN_AT_ONCE],
    ] as const)
      t.same(run(version, mode, source, SHORT), run(version, NEVER, source, SHORT), `${version} ${name}`);
  }
});

for (const version of LUA_BUILDS) {
  t.test(`Lua ${version}: damaged chunks end the same way`, async (t) => {
    const dumper = state(version, NEVER, () => {});
    dumper.budget = 1e9;
    const chunks = [...PROGRAMS.map(({ source }) => `${source} return bench()`), ...Object.values(TURNS)].map(
      (source) => {
        const loaded = dumper.load(`return string.dump(function(...) ${source} end)`, '=dump');
        return loaded.ok ? String(dumper.call(loaded.chunk, [], 1)[0]) : '';
      },
    );
    let ran = 0;
    const place = fc.nat(1e6);
    fc.assert(
      fc.property(
        fc.constantFrom(...chunks),
        fc.array(fc.tuple(place, place), { minLength: 1, maxLength: 4 }),
        (chunk, damages) => {
          // A byte from elsewhere in the chunk is more often accepted than any byte.
          const bytes = [...chunk];
          for (const [to, from] of damages) bytes[to % bytes.length] = bytes[from % bytes.length] as string;
          const damaged = bytes.join('');
          const interpreted = run(version, NEVER, damaged, SHORT / 10);
          if (/precompiled chunk/.test(interpreted.printed)) return;
          ran++;
          for (const mode of [AT_ONCE, WHOLE]) t.same(run(version, mode, damaged, SHORT / 10), interpreted);
        },
      ),
      { seed: 1, numRuns: DAMAGES },
    );
    t.ok(ran > DAMAGES / 20, `${ran} were accepted`);
  });
}

t.test('recordings of Lua and of the system play as well with code generated at once', async (t) => {
  Object.assign(generation, AGAIN_AT_ONCE);
  for (const room of ['lua', 'sys']) {
    for (const file of findVectors([new URL(`../vectors/data/${room}`, import.meta.url).pathname])) {
      const { name, verdict } = playFile(file);
      t.equal(verdict.kind, name === 'console-print-bytes' ? 'failed' : 'passed', name);
    }
  }
});

t.test('where code must not be made from text the interpreter does all', async (t) => {
  const entry = `import { createLua } from './runtime/vm/index.ts';
    const lua = createLua({ write: (s) => console.log(s), readFile: () => undefined, onError: () => {}, random: () => 0.5 }, { version: '5.1' });
    lua.budget = 1e9;
    const { chunk } = lua.load('local s = 0 for i = 1, 100000 do s = s + i end print(s)', '=x');
    lua.call(chunk);
    let made = true;
    try { new Function(''); } catch { made = false; }
    console.log(made, lua.instructions);`;
  const root = new URL('../..', import.meta.url).pathname;
  const { outputFiles } = buildSync({
    stdin: { contents: entry, resolveDir: root },
    bundle: true,
    platform: 'node',
    write: false,
  });
  const input = outputFiles[0]?.text;
  const free = spawnSync(process.execPath, ['-'], { input, encoding: 'utf8' });
  const bound = spawnSync(process.execPath, ['--disallow-code-generation-from-strings', '-'], {
    input,
    encoding: 'utf8',
  });
  t.match(free.stdout, /^5000050000\s+true \d+\s$/);
  t.equal(bound.stdout, free.stdout.replace('true', 'false'));
});
