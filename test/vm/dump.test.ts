import fc from 'fast-check';
import t from 'tap';
import { LUA_BUILDS } from '../../runtime/vm/index.ts';
import { rig } from './rig.ts';

const SOURCE = `
local up = 3
local function f(a, ...)
  local t = {a, ..., x = 1.5, [true] = "text"}
  for i = 1, 3 do t[#t + 1] = i * up end
  for k, v in pairs({1}) do t.y = k + v end
  if a and a > 2 or not a then return t, #t end
  while a do a = a - 1 if a < -3 then break end end
  return function() up = up + 1 return up, a end
end
return f`;

for (const version of LUA_BUILDS) {
  t.test(`Lua ${version}: a dumped function works as before`, async (t) => {
    const { run, eval: show } = rig({ version });
    run(`src = [==[${SOURCE}]==] main = loadstring(src, "=src") again = loadstring(string.dump(main, false))`);
    t.equal(show('main()(5, 6, 7)[5], again()(5, 6, 7)[5], main()(1)(), again()(1)()'), '9\t9\t4\t4\t-4');
    t.equal(show('string.dump(main, false) == string.dump(loadstring(string.dump(main, false)), false)'), 'true');
    t.equal(
      show('#string.dump(main, true) < #string.dump(main, false), string.dump(main):sub(1, 4) == "\\27Lua"'),
      'true\ttrue',
    );
  });

  t.test(`Lua ${version}: damaged chunks are refused or run without harm`, async () => {
    const { lua, run } = rig({ version });
    run(`d = string.dump(loadstring([==[${SOURCE}]==]), false)`);
    const text = String(lua.getGlobal('d'));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(255), fc.nat(text.length), (at, byte, cut) => {
        for (const changed of [
          text.slice(0, at) + String.fromCharCode(byte) + text.slice(at + 1),
          text.slice(0, cut),
        ]) {
          lua.budget = 200_000;
          const loaded = lua.load(changed, '=d');
          if (!loaded.ok) continue;
          try {
            lua.docall(loaded.chunk);
          } catch (error) {
            if ((error as Error).name !== 'LuaAbort') throw error;
          }
          loaded.chunk.release();
        }
      }),
      { seed: 1, numRuns: 1500 },
    );
  });
}

t.test('chunks of the other version, of real luac and of nothing are refused', async (t) => {
  const { eval: show } = rig();
  t.match(show('select(2, loadstring("\\27LuaS\\n", "=c"))'), 'c: unexpected end in precompiled chunk');
  t.match(show('select(2, loadstring("\\27", "=c"))'), 'c: unexpected end in precompiled chunk');
  t.match(show('select(2, loadstring("\\27Lua" .. ("x"):rep(40), "=c"))'), 'c: bad header in precompiled chunk');
});
