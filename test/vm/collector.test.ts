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

const WEAK = 'w = setmetatable({ {} }, { __mode = "v" })';
const COUNT_STEPS = 'function steps(n) local i = 1 while not collectgarbage("step", n) do i = i + 1 end return i end';

t.test('steps: 5.3 clears weak tables when a cycle ends, 5.1 has always collected before', async (t) => {
  for (const [version, left] of [
    ['5.3', 'table'],
    ['5.1', 'nil'],
  ] as const) {
    const { run, eval: show } = rig({ version });
    run(`${COUNT_STEPS} ${WEAK}`);
    t.equal(show('collectgarbage("step"), type(w[1])'), `false\t${left}`);
    t.equal(show('steps(0) > 2, w[1]'), 'true\tnil');
    t.equal(show('steps(1) < steps(0), steps(20000)'), 'true\t1', 'a bigger step does more');
  }
});

t.test('a full collection begins the cycle of steps anew', async (t) => {
  const { run, eval: show } = rig({ version: '5.3' });
  run(
    `${COUNT_STEPS} collectgarbage() whole = steps(0) for i = 2, whole do collectgarbage("step") end collectgarbage()`,
  );
  t.equal(show('steps(0) == whole'), 'true');
});

t.test('a stopped collector: 5.1 pretends to step and collects nothing, 5.3 does as it is told', async (t) => {
  const old = rig({ version: '5.1' });
  old.run(`collectgarbage("stop") ${WEAK}`);
  t.equal(old.eval('collectgarbage("step"), collectgarbage(), type(w[1])'), 'true\t0\ttable');
  t.equal(old.eval('collectgarbage("restart"), collectgarbage(), type(w[1])'), '0\t0\tnil');
  const young = rig({ version: '5.3' });
  young.run(`collectgarbage("stop") ${WEAK}`);
  t.equal(young.eval('collectgarbage(), type(w[1]), collectgarbage("isrunning")'), '0\tnil\tfalse');
});

t.test('options hand back what stood before, within the bounds of each version', async (t) => {
  const pairs =
    'collectgarbage("setpause", 90), collectgarbage("setpause"), collectgarbage("setstepmul", 1), collectgarbage("setstepmul")';
  t.equal(rig({ version: '5.1' }).eval(pairs), '110\t90\t200\t1');
  t.equal(rig({ version: '5.3' }).eval(pairs), '110\t90\t200\t40');
  const { eval: show } = rig({ version: '5.1' });
  t.match(show('collectgarbage("setmemlimit", 1) > 1, collectgarbage("getmemlimit") > 1'), 'true\ttrue');
  t.equal(show('collectgarbage("setmemlimit", 900), collectgarbage("getmemlimit")'), '900\t900');
  t.equal(rig({ version: '5.3' }).eval('collectgarbage("setmemlimit", 900)'), 'true', "the firmware's slip");
  t.match(show('pcall(collectgarbage, "generational")'), /invalid option 'generational'/);
});
