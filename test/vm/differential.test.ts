import { spawnSync } from 'node:child_process';
import t from 'tap';
import { createLua } from '../../runtime/vm/index.ts';
import { Expressions } from './expressions.ts';

const COUNT = 2000;

/** A program that evaluates each expression and prints one line for it. */
function program(expressions: readonly string[]): string {
  const list = expressions.map((e) => `[==[${e}]==]`).join(',\n');
  return `
local load_ = loadstring or load
local function clean(v)
  if type(v) == "table" or type(v) == "function" or type(v) == "thread" then return type(v) end
  -- The firmware finds functions under ROM; control characters would break lines.
  return (tostring(v):gsub("0x%x+", "ADDR"):gsub("ROM%.", ""):gsub("[%c\\128-\\255]", function(c) return "<" .. c:byte() .. ">" end))
end
local function show(...)
  local out = {}
  for i = 1, select("#", ...) do out[i] = clean((select(i, ...))) end
  return table.concat(out, " ")
end
local function run(n, source)
  local f, e = load_("return " .. source, "=e")
  if not f then print(n .. " syntax " .. clean(e)) else print(n .. " " .. show(pcall(f))) end
end
local n = 0
for _, source in ipairs{\n${list}\n} do n = n + 1 run(n, source) end`;
}

function ours(source: string, version: '5.1' | '5.3'): string[] {
  let out = '';
  const lua = createLua(
    { write: (text) => (out += text), readFile: () => undefined, onError: () => {}, random: () => 0 },
    { version, heapLimit: 16 << 20 },
  );
  lua.stripLevel = 0;
  lua.budget = 1e9;
  const loaded = lua.load(source, '=main');
  if (!loaded.ok) throw new Error(loaded.message);
  const result = lua.docall(loaded.chunk);
  if (!result.ok) throw new Error(result.failure.message);
  return out.trimEnd().split('\n');
}

for (const version of ['5.1', '5.3'] as const) {
  t.test(`Lua ${version} agrees with PUC's interpreter on ${COUNT} generated expressions`, async (t) => {
    const found = spawnSync(`lua${version}`, ['-v']).error === undefined;
    if (!found) {
      if (process.env.CI !== undefined) t.fail(`lua${version} is not installed`);
      else t.comment(`SKIPPED: lua${version} is not installed, nothing was compared`);
      return;
    }
    const generator = new Expressions(version === '5.1', 1);
    const expressions = Array.from({ length: COUNT }, () => generator.next());
    const lines: string[] = [];
    const expected: string[] = [];
    for (let at = 0; at < COUNT; at += 100) {
      const source = program(expressions.slice(at, at + 100));
      const puc = spawnSync(`lua${version}`, ['-'], { input: source, encoding: 'latin1' });
      if (puc.status !== 0) throw new Error(puc.stderr);
      expected.push(...puc.stdout.trimEnd().split('\n'));
      lines.push(...ours(source, version));
    }
    let different = 0;
    for (const [i, line] of expected.entries()) {
      if (line === lines[i]) continue;
      different++;
      if (different <= 20) t.comment(`${expressions[i]}\n  PUC  ${line}\n  ours ${lines[i]}`);
    }
    t.equal(expected.length, COUNT);
    t.equal(different, 0, 'no difference');
  });
}
