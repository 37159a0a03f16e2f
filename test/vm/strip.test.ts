/** What the strip level keeps and drops, as error texts show it. */
import t from 'tap';
import { createLua, type LuaHost, type StripLevel } from '../../runtime/vm/index.ts';

const host = (stripLevel: StripLevel, version: '5.1' | '5.3' = '5.1'): LuaHost => {
  const lua = createLua(
    { write: () => {}, readFile: () => undefined, onError: () => {}, random: () => 0 },
    { version },
  );
  lua.budget = 1_000_000;
  lua.stripLevel = stripLevel;
  return lua;
};

function errorOf(lua: LuaHost, source: string): string {
  const loaded = lua.load(source, '=t');
  if (!loaded.ok) return loaded.message;
  const result = lua.docall(loaded.chunk);
  return result.ok ? 'no error' : (result.failure.message.split('\n')[0] as string);
}

t.test('by default names of locals and upvalues are forgotten, as in the firmware', async (t) => {
  const lua = host(1);
  t.equal(errorOf(lua, 'local x x:f()'), 't:1: attempt to index a nil value');
  t.equal(errorOf(lua, 'x:f()'), "t:1: attempt to index global 'x' (a nil value)");
});

t.test('level 0 keeps them', async (t) => {
  t.equal(errorOf(host(0), 'local x x:f()'), "t:1: attempt to index local 'x' (a nil value)");
  t.equal(errorOf(host(0), '(function(s) s:f() end)()'), "t:1: attempt to index local 's' (a nil value)");
  t.equal(errorOf(host(0), 'local u (function() u() end)()'), "t:1: attempt to call upvalue 'u' (a nil value)");
  t.equal(errorOf(host(0, '5.3'), 'local x x:f()'), "t:1: attempt to index a nil value (local 'x')");
});

t.test('the level applies to what is compiled later', async (t) => {
  const lua = host(0);
  const kept = lua.load('local x x:f()', '=t');
  lua.stripLevel = 1;
  t.equal(errorOf(lua, 'local x x:f()'), 't:1: attempt to index a nil value');
  const result = kept.ok ? lua.docall(kept.chunk) : kept;
  t.match('failure' in result ? result.failure.message : '', /local 'x'/);
});
