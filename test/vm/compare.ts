/** The same expressions on PUC's interpreter and on a state of ours. */
import { spawnSync } from 'node:child_process';
import { createLua, type LuaBuild } from '../../runtime/vm/index.ts';

export interface Comparison {
  readonly expression: string;
  readonly puc: string;
  readonly ours: string;
}

/** Expressions in one program. */
const BATCH = 500;

/** PUC's interpreter with the language of a build; its numbers are those of `5.1` and `5.3-64`. */
export const pucOf = (version: LuaBuild): string => `lua${version.slice(0, 3)}`;
export const hasPuc = (version: LuaBuild): boolean => spawnSync(pucOf(version), ['-v']).error === undefined;

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

function ours(source: string, version: LuaBuild): string[] {
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

/** Evaluates expressions on both; a line of text each. */
export function compare(version: LuaBuild, expressions: readonly string[]): Comparison[] {
  const out: Comparison[] = [];
  for (let at = 0; at < expressions.length; at += BATCH) {
    const batch = expressions.slice(at, at + BATCH);
    const source = program(batch);
    const puc = spawnSync(pucOf(version), ['-'], { input: source, encoding: 'latin1' });
    if (puc.status !== 0) throw new Error(puc.stderr);
    const theirs = puc.stdout.trimEnd().split('\n');
    const mine = ours(source, version);
    for (const [i, expression] of batch.entries()) out.push({ expression, puc: theirs[i] ?? '', ours: mine[i] ?? '' });
  }
  return out;
}
