import t from 'tap';
import { fromLatin1 } from '../../runtime/core/index.ts';
import { createLua } from '../../runtime/vm/index.ts';
import { compare, hasPuc } from './compare.ts';
import { rig } from './rig.ts';

/** How often the reader was called, the kind of the result, and the message. */
const reading = (pieces: string): string =>
  `(function() local p, n = {${pieces}}, 0
    local function reader() n = n + 1 local v = p[n] if type(v) == "function" then return v() end return v end
    local f, e = load(reader, "=r") return n, type(f), e end)()`;

const CHUNKS = [
  'x = = 1',
  'x = )',
  'return "a\\\nb" .. [[c]] -- end',
  '--[==[ long ]=] comment ]==] return 0x10, 1e2, .5, a.b',
  'function f(...) return arg end x y',
  'goto = 1 ; ; f() (g)()',
  'return "unfinished',
  'x = [[unfinished',
  'return "\\300"',
  'if a ~= b then return a <= b end break',
];

const letters = (text: string): string => [...text].map((c) => JSON.stringify(c).replace('\\u00', '\\')).join();

const READERS = [
  ...CHUNKS.map((text) => reading(letters(text))),
  ...[
    '',
    '""',
    '"", "x ="',
    '"x = = 1", "y"',
    '"x = )", "y"',
    '"return 1", {}',
    '"x = 1 ", 12, "3"',
    '"x x", error',
  ].map(reading),
  reading('"return 1", function() error({}) end'),
  reading('"return ", function() return (load(function() end)) and "1 1" end'),
  'coroutine.resume(coroutine.create(function() return load(function() coroutine.yield(1) end) end))',
  'xpcall(function() return load(function() error("boom", 0) end) end, function(e) return "handled " .. e end)',
  'pcall(load, 1, {})',
];

for (const version of ['5.1', '5.3'] as const) {
  t.test(`Lua ${version}: a reader is called as often as by PUC's interpreter, and fails as there`, async (t) => {
    if (!hasPuc(version)) {
      if (process.env.CI !== undefined) t.fail(`lua${version} is not installed`);
      else t.comment(`SKIPPED: lua${version} is not installed, nothing was compared`);
      return;
    }
    for (const { expression, puc, ours } of compare(version, READERS)) t.equal(ours, puc, expression);
  });

  t.test(`Lua ${version}: a syntax error in the first piece stops the reading`, async (t) => {
    const { run, printed } = rig({ version });
    run('local n = 0 print(load(function() n = n + 1 print("piece " .. n) return "x = = " end))');
    t.same(printed(), ['piece 1', "nil\t(load):1: unexpected symbol near '='"]);
  });

  t.test(`Lua ${version}: a precompiled chunk is read as far as it goes`, async (t) => {
    const { eval: show, run } = rig({ version });
    run('chunk, n = string.dump(function(a) return a * 2 end) .. "rest", 0');
    run('double = load(function() n = n + 1 return chunk:sub(n, n) end)');
    t.equal(show('double(21), n == #chunk - 4'), '42\ttrue');
    t.match(show('load(function() chunk = chunk:sub(1, 20) n = n + 1 return n > 1 and chunk or nil end)'), 'nil');
  });

  t.test(`Lua ${version}: a token without end takes all memory, blanks without end take none`, async (t) => {
    const { eval: show, lua } = rig({ version, heapLimit: 40_000 });
    t.equal(show('load(function() return 5 end)'), 'nil\tnot enough memory');
    lua.budget = 2_000_000;
    t.throws(() => show('load(function() return " " end)'), /instruction budget used up/);
  });

  t.test(`Lua ${version}: syntax inside readers inside syntax is deep in all, not in each`, async (t) => {
    const { eval: show, run } = rig({ version });
    run(
      'function deep(n) local step = 0 return load(function() step = step + 1 if step == 1 then return "return " .. ("("):rep(150) end local f, e if n > 0 then f, e = deep(n - 1) end error(e or "bottom", 0) end) end',
    );
    t.match(show('deep(3)'), /nil\t.*(too many C levels|too many syntax levels)/);
  });
}

for (const version of ['5.1', '5.3'] as const) {
  t.test(`Lua ${version}: a file is a stream: the heap must hold its code, not its text`, async (t) => {
    const files = new Map([
      ['remarks.lua', `${'-- nothing to keep\n'.repeat(100_000)}return 42`],
      ['code.lua', Array.from({ length: 4000 }, (_, i) => `x${i} = f(${i}.5)`).join('\n')],
    ]);
    const file = (name: string) => fromLatin1(files.get(name) ?? '');
    const lua = createLua(
      { write: (text) => out.push(text), readFile: file, onError: () => {}, random: () => 0 },
      { version, heapLimit: 40_000 },
    );
    const out: string[] = [];
    lua.budget = 1e9;
    const test = lua.load('print(dofile("remarks.lua")) print(loadfile("code.lua"))', '=t');
    t.equal(test.ok && lua.docall(test.chunk).ok, true);
    t.same(out, ['42\n', 'nil\tnot enough memory\n']);
    t.equal(lua.load(files.get('code.lua') ?? '', '@code.lua', 'flash').ok, true, 'what is built for the flash');
  });

  t.test(`Lua ${version}: a file needs a name`, async (t) => {
    const { eval: show } = rig({ version });
    t.match(show('pcall(function() loadfile() end)'), /^false\t.*:1: filename is NULL$/);
    t.equal(show('pcall(dofile, nil)'), 'false\tfilename is NULL');
  });

  t.test(`Lua ${version}: code that is loaded takes memory until it is let go of`, async (t) => {
    const { run, eval: show, lua } = rig({ version, heapLimit: 60_000 });
    const before = lua.heapUsed;
    run('source = ("x = f(1) "):rep(500) f = load(function() local s = source source = nil return s end)');
    t.ok(lua.heapUsed - before > 6000, 'three instructions of four bytes for each of 500');
    t.equal(show('f ~= nil and collectgarbage()'), '0');
    t.ok(lua.heapUsed - before > 6000);
    run('f = nil collectgarbage()');
    t.ok(lua.heapUsed - before < 1000);
  });
}

t.test("5.1: a function that uses '...' has a local arg that is nil", async (t) => {
  const { eval: show } = rig();
  t.equal(show('(function(...) local x = ... return arg end)(1)'), 'nil');
  t.equal(show('(function(...) return arg.n, (function(...) return ... end)(7) end)(1, 2)'), '2\t7');
});

t.test('Lua 5.3: a file is loaded as text or code only, and into a given environment', async (t) => {
  let out = '';
  const lua = createLua(
    { write: (text) => (out += text), readFile: () => fromLatin1('return x'), onError: () => {}, random: () => 0 },
    { version: '5.3' },
  );
  const test = lua.load('print(loadfile("f", "t", { x = 7 })()) print(loadfile("f", "b"))', '=t');
  t.equal(test.ok && lua.docall(test.chunk).ok, true);
  t.equal(out, "7\nnil\tattempt to load a text chunk (mode is 'b')\n");
});
