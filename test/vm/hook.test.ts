import t from 'tap';
import type { LineHook } from '../../runtime/vm/index.ts';
import { rig } from './rig.ts';

const record = (mask: string, source: string, count = 0): string => {
  const r = rig({ version: '5.3' });
  r.lua.stripLevel = 0;
  const failure = r.run(`
local seen = {}
local function hook(event, line) seen[#seen + 1] = line and "" .. line or event end
local body = load([[${source}]])
debug.sethook(hook, "${mask}", ${count}) body() debug.sethook()
print(table.concat(seen, " "))`);
  return failure ?? r.printed().join('|');
};

t.test('the line hook of 5.3 fires at each new line and at each turn of a loop', async (t) => {
  t.equal(record('l', 'local a\na=1\nwhile a<=2 do\n  a=a+1\nend'), '1 2 3 4 3 4 3 5');
  t.equal(record('l', 'for i=1,2 do local x end'), '1 1 1', 'a loop on one line');
  t.equal(
    record('l', 'local function f()\n return\nend\nf() local x = 1'),
    '3 4 2',
    'back in the caller on the same line',
  );
  const sorting = 'local a = {3,2,1}\ntable.sort(a, function(x, y)\n return x < y end)\nlocal x = f() or\n1';
  t.equal(record('l', `local function f() end ${sorting}`), '1 2 3 2 3 3 3 4 1 5', 'through a built-in function');
});

t.test('call and return hooks tell tail calls apart and see built-in functions', async (t) => {
  t.equal(
    record('cr', 'local function g() end local function f() return g() end f() tostring(1)'),
    'return call call tail call return call return return call',
  );
});

t.test('the count hook fires after so many instructions, its own counted', async (t) => {
  const events = record('', 'for i = 1, 100 do end', 10).split(' ');
  t.equal(events.length, 34);
});

t.test('what runs inside a hook fires none, and is named hook', async (t) => {
  const r = rig({ version: '5.3' });
  t.equal(
    r.run(`local n, names = 0, {}
debug.sethook(function() n = n + 1 names[n] = debug.getinfo(1).namewhat tostring(n) end, "l")
local a = 1
local b = 2
debug.sethook() print(n, names[1], debug.gethook())`),
    undefined,
  );
  t.same(r.printed(), ['3\thook\tnil\t\t0']);
});

t.test('an error of a hook reaches the code that it interrupted', async (t) => {
  const r = rig({ version: '5.3' });
  r.run(
    'debug.sethook(function() debug.sethook() error("no", 0) end, "l") print(pcall(function()\n local x = 1 end)) print(2)',
  );
  t.equal(r.run('print(debug.gethook())'), undefined);
  t.same(r.printed(), ['nil\t\t0']);
});

for (const version of ['5.1', '5.3'] as const) {
  t.test(`${version}: the host sees the lines that are reached, and the device does not notice`, async (t) => {
    const source =
      'local function f(x)\n  if x then\n    return 1\n  end\n  return 2\nend\nfor i = 1, 2 do\n  f(i)\nend\n';
    const run = (onLine?: LineHook): { instructions: number; active: readonly number[] } => {
      const { lua } = rig({ version });
      lua.onLine = onLine;
      const loaded = lua.load(source, '@a.lua');
      if (!loaded.ok) throw new Error(loaded.message);
      lua.call(loaded.chunk);
      return { instructions: lua.instructions, active: lua.activeLines(loaded.chunk) };
    };
    const lines: string[] = [];
    const watched = run((name, line) => lines.push(`${name}:${line}`));
    t.equal(lines.join(' '), [6, 7, 8, 2, 3, 7, 8, 2, 3, 7, 9].map((n) => `a.lua:${n}`).join(' '));
    t.same(watched.active, [2, 3, 5, 6, 7, 8, 9]);
    t.equal(watched.instructions, run().instructions);
  });
}
