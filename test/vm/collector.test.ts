import t from 'tap';
import type { LuaClass, LuaFunction, LuaRef } from '../../runtime/vm/index.ts';
import { rig } from './rig.ts';

interface Thing {
  readonly n: number;
}

function withThings(version: '5.1' | '5.3', heapLimit?: number) {
  const r = rig(heapLimit === undefined ? { version } : { version, heapLimit });
  const gone: number[] = [];
  const cls: LuaClass<Thing> = { name: 'm.thing' };
  const __gc: LuaFunction = (call) => {
    gone.push(call.checkHost(1, cls).n);
    return undefined;
  };
  let n = 0;
  r.lua.openModules([{ name: 'm' }], () => ({
    tree: { new: (call) => call.newHost(cls, { n: ++n }) },
    classes: [{ name: 'm.thing', members: { __gc } }],
  }));
  return { ...r, gone, cls };
}

for (const version of ['5.1', '5.3'] as const) {
  t.test(`Lua ${version}: unreachable userdata are finalized, newest first, reachable ones are not`, async (t) => {
    const { run, gone } = withThings(version);
    run('a = m.new() do local b, c = m.new(), m.new() end keep = {m.new()} collectgarbage()');
    run('collectgarbage()');
    t.same(gone, [3, 2]);
    run('a = nil keep = nil collectgarbage()');
    t.same(gone, [3, 2, 4, 1]);
  });

  t.test(`Lua ${version}: references, upvalues, coroutines and the registry keep values`, async (t) => {
    const { run, gone, lua, cls } = withThings(version);
    const ref = lua.newHost(cls, { n: 100 });
    run('local x = m.new() f = function() return x end');
    run('co = coroutine.wrap(function() local y = m.new() coroutine.yield() return y end) co()');
    run('collectgarbage() collectgarbage()');
    t.same(gone, []);
    ref.release();
    run('f = nil co = nil collectgarbage()');
    t.same(gone.sort(), [1, 100, 2]);
  });

  t.test(`Lua ${version}: weak tables lose what nothing else holds`, async (t) => {
    const { eval: run, run: exec } = withThings(version);
    exec(
      'w = setmetatable({}, {__mode = "v"}) w.a = {} w.b = "text" w[1] = function() end keep = {} w.c = keep collectgarbage()',
    );
    t.equal(run('w.a, w.b, w[1], w.c == keep'), 'nil\ttext\tnil\ttrue');
    exec(
      'k = setmetatable({}, {__mode = "k"}) k[{}] = 1 k[keep] = 2 k.s = 3 collectgarbage() n = 0 for _ in pairs(k) do n = n + 1 end',
    );
    t.equal(run('n, k[keep]'), '2\t2');
  });

  t.test(`Lua ${version}: the heap's account grows, shrinks, and ends in "not enough memory"`, async (t) => {
    const { run, eval: show, lua } = withThings(version, 40_000);
    const before = lua.heapUsed;
    run('t = {} for i = 1, 300 do t[i] = i end');
    t.ok(lua.heapUsed > before + 2000);
    run('t = nil collectgarbage()');
    t.ok(Math.abs(lua.heapUsed - before) < 1500);
    t.match(show('pcall(function() local t = {} for i = 1, 1e6 do t[i] = {} end end)'), 'false\tnot enough memory');
    t.match(show('select(2, pcall(string.rep, "x", 1e6))'), 'not enough memory');
    t.match(show('pcall(function() local s = "x" while true do s = s .. s end end)'), 'false\tnot enough memory');
    t.equal(show('#("x"):rep(1000)'), '1000');
    t.ok(Number(show('collectgarbage("count")')) < 40);
  });

  t.test(`Lua ${version}: garbage alone never exhausts the heap`, async (t) => {
    const { run } = withThings(version, 40_000);
    t.equal(run('for i = 1, 20000 do local t = {i, {i}, tostring(i) .. "x"} end'), undefined);
  });

  t.test(`Lua ${version}: what finalizers let go of counts as free before memory is out`, async (t) => {
    const { run, lua } = rig({ version, heapLimit: 40_000 });
    const cls: LuaClass<{ ref: LuaRef }> = { name: 'm.holder' };
    const __gc: LuaFunction = (call) => {
      call.checkHost(1, cls).ref.release();
      return undefined;
    };
    lua.openModules([{ name: 'm' }], () => ({
      tree: { hold: (call) => call.newHost(cls, { ref: call.ref(1) }) },
      classes: [{ name: 'm.holder', members: { __gc } }],
    }));
    t.equal(run('for i = 1, 1000 do m.hold({ i, i, i, i }) end'), undefined);
  });

  t.test(`Lua ${version}: the same script collects at the same moments`, async (t) => {
    const trace = () => {
      const { run, gone } = withThings(version, 60_000);
      run('for i = 1, 3000 do local x = m.new() local t = {{}, {}, "s" .. i} end');
      return gone.join();
    };
    const first = trace();
    t.ok(first.length > 100);
    t.equal(trace(), first);
  });
}

t.test('newproxy(true) can have a finalizer in 5.1', async (t) => {
  const { run, printed } = rig();
  run(
    'do local p = newproxy(true) getmetatable(p).__gc = function() print("gone") end end collectgarbage() print("after")',
  );
  t.same(printed(), ['gone', 'after']);
});
