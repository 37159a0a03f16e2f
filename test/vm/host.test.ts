import t from 'tap';
import {
  createLua,
  LuaAbort,
  type LuaClass,
  type LuaFailure,
  type LuaFunction,
  type LuaHandle,
  type LuaHost,
  type LuaRef,
  multi,
  NIL,
} from '../../runtime/vm/index.ts';

interface Rig {
  readonly lua: LuaHost;
  readonly out: string[];
  readonly errors: LuaFailure[];
  /** Runs a chunk under docall: undefined, or the message. */
  run(source: string): string | undefined;
  fn(source: string): LuaRef;
}

function rig(version: '5.1' | '5.3' = '5.1', files: Record<string, string> = {}): Rig {
  const out: string[] = [];
  const errors: LuaFailure[] = [];
  const lua = createLua(
    {
      write: (text) => out.push(text),
      readFile: (name) => (files[name] === undefined ? undefined : Uint8Array.from(Buffer.from(files[name], 'latin1'))),
      onError: (failure) => errors.push(failure),
      random: () => 0.25,
    },
    { version },
  );
  const run = (source: string) => {
    const loaded = lua.load(source, '@init.lua');
    if (!loaded.ok) return loaded.message;
    const result = lua.docall(loaded.chunk);
    loaded.chunk.release();
    return result.ok ? undefined : result.failure.message;
  };
  const fn = (source: string) => {
    const loaded = lua.load(source, '=fn');
    if (!loaded.ok) throw new Error(loaded.message);
    return loaded.chunk;
  };
  return { lua, out, errors, run, fn };
}

for (const version of ['5.1', '5.3'] as const) {
  t.test(`Lua ${version}: values go both ways`, async (t) => {
    const { lua, out, run } = rig(version);
    lua.openModules([{ name: 'm' }], () => ({
      tree: {
        K: 7,
        list: () => [1, 'two', true],
        object: () => ({ a: 1, b: { c: 'x' } }),
        several: () => multi(1, NIL, 'z'),
        none: () => undefined,
        bytes: () => Uint8Array.of(0, 255),
        sum: (c) => c.checkInteger(1) + c.optInteger(2, 10),
        kind: (c) => `${c.type(1)} ${c.type(2)} ${c.count}`,
      },
    }));
    run('print(m.K, #m.list(), m.list()[2], m.object().b.c, select("#", m.several()), select("#", m.none()))');
    run('print(#m.bytes(), m.bytes():byte(2), m.sum(1), m.sum(1, 2), m.kind({}))');
    t.same(out, ['7\t3\ttwo\tx\t3\t0\n', '2\t255\t11\t3\ttable none 1\n']);
  });

  t.test(`Lua ${version}: library tables are read-only`, async (t) => {
    const { lua, run } = rig(version);
    lua.openModules([{ name: 'm' }], () => ({ tree: { f: () => undefined } }));
    for (const source of ['m.f = 1', 'm.new = 1', 'string.x = 1', 'rawset(m, "a", 1)']) {
      t.match(run(source), /^init\.lua:1: table is readonly|^table is readonly/, source);
    }
  });

  t.test(`Lua ${version}: userdata classes check their self and find methods`, async (t) => {
    const { lua, out, run } = rig(version);
    interface Counter {
      n: number;
    }
    const cls: LuaClass<Counter> = { name: 'm.counter' };
    const add: LuaFunction = (c) => {
      c.checkHost(1, cls).n += c.checkInteger(2);
      return c.checkHost(1, cls).n;
    };
    lua.openModules([{ name: 'm' }], () => ({
      tree: { new: (c) => c.newHost(cls, { n: 1 }) },
      classes: [{ name: 'm.counter', members: { add, __tostring: () => 'counter!' } }],
    }));
    t.equal(run('local c = m.new() print(c:add(2), c:add(3), tostring(c), type(c))'), undefined);
    t.same(out, ['3\t6\tcounter!\tuserdata\n']);
    t.match(run('m.new():add({})'), "init.lua:1: bad argument #1 to 'add' (number expected, got table)");
    t.match(run('m.new().add({})'), "bad argument #1 to 'add' (m.counter expected, got table)");
  });

  t.test(`Lua ${version}: references keep values and are counted`, async (t) => {
    const { lua, fn } = rig(version);
    const base = lua.refCount;
    const chunk = fn('local n = 0 return function(x) n = n + x return n end');
    const result = lua.docall(chunk);
    if (!result.ok) throw new Error(result.failure.message);
    const [handle] = result.results;
    if (typeof handle !== 'object') throw new Error('no function');
    const counter = handle.ref();
    t.equal(lua.refCount, base + 2);
    t.same(lua.call(counter, [5], 1), [5]);
    t.same(lua.call(counter, [5], 1), [10]);
    counter.release();
    counter.release();
    chunk.release();
    t.equal(lua.refCount, base);
  });

  t.test(`Lua ${version}: an unprotected error from outside is a panic, under Lua it travels on`, async (t) => {
    const { lua, out, run, fn } = rig(version);
    lua.openModules([{ name: 'm' }], () => ({ tree: { call: (c) => c.lua.call(c.ref(1), [], 1)[0] } }));
    const failing = fn('error("x")');
    t.throws(() => lua.call(failing), { reason: 'panic', message: 'fn:1: x' });
    t.equal(run('print(pcall(m.call, function() error("inside") end))'), undefined);
    t.same(out, ['false\tinit.lua:1: inside\n']);
  });

  t.test(`Lua ${version}: memory that runs out while the host makes objects is a panic too`, async (t) => {
    const { lua, run } = rig(version);
    run('keep = {}');
    const cls: LuaClass<object> = { name: 'm.thing' };
    lua.openModules([{ name: 'm' }], () => ({ tree: {}, classes: [{ name: 'm.thing', members: {} }] }));
    const keep = lua.getGlobal('keep') as LuaHandle;
    lua.limitHeap(10_000);
    const full = { reason: 'panic', message: 'not enough memory' };
    t.throws(() => {
      for (let i = 0; i < 1e4; i++) lua.newHost(cls, {});
    }, full);
    t.throws(() => {
      for (let i = 1; i < 1e4; i++) keep.set(i, i);
    }, full);
  });

  t.test(`Lua ${version}: pcallx reports to onError and the state goes on`, async (t) => {
    const { lua, errors, fn } = rig(version);
    t.equal(lua.pcallx(fn('error("x")')), false);
    t.match(errors[0]?.message, /^fn:1: x\nstack traceback:/);
    t.equal(lua.pcallx(fn('error({})')), false);
    t.match(errors[1], { isText: false, type: 'table' });
    t.equal(lua.pcallx(fn('return 1')), true);
  });

  t.test(`Lua ${version}: our own bugs are not caught by scripts`, async (t) => {
    const { lua, run } = rig(version);
    lua.openModules([{ name: 'm' }], () => ({
      tree: {
        boom: () => {
          throw new TypeError('bug');
        },
      },
    }));
    t.throws(() => run('pcall(m.boom)'), new TypeError('bug'));
    t.throws(() => run('coroutine.wrap(function() pcall(m.boom) end)()'), new TypeError('bug'));
    t.equal(run('local x = 1'), undefined);
  });

  t.test(`Lua ${version}: the budget ends every loop, and nothing catches the abort`, async (t) => {
    const loops = [
      'while true do end',
      'repeat until false',
      'for i = 1, 1e9 do end',
      'while true do pcall(function() while true do end end) end',
      'local function f() return f() end f()',
      'local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end',
      'xpcall(error, function() while true do end end)',
      'while true do pcall(error) end',
      'setmetatable(_G, {__index = function() while true do end end}) print(undefinedname)',
    ];
    for (const source of loops) {
      const { lua, run } = rig(version);
      lua.budget = 300_000;
      const before = lua.instructions;
      t.throws(() => run(source), { name: 'LuaAbort', reason: 'watchdog' }, source);
      t.ok(lua.instructions - before >= 300_000);
    }
    t.ok(new LuaAbort('halt', 'x') instanceof Error);
  });

  t.test(`Lua ${version}: files of the flash are loaded by dofile, loadfile and require`, async (t) => {
    const { out, run } = rig(version, {
      'a.lua': 'return {name = ...}',
      'b.lua': 'x = = 1',
      'c.lua': '#! x\nprint("c")',
    });
    t.equal(run('print(require("a").name, require("a") == require("a"), type(dofile("a.lua")))'), undefined);
    t.equal(run('dofile("c.lua")'), undefined);
    t.same(out, ['a\ttrue\ttable\n', 'c\n']);
    t.match(
      run('require("zz")'),
      "module 'zz' not found:\n\tno field package.preload['zz']\n\tno file 'zz.lc'\n\tno file 'zz.lua'",
    );
    t.match(run('require("b")'), "error loading module 'b' from file 'b.lua':\n\tb.lua:1: unexpected symbol near '='");
  });

  t.test(`Lua ${version}: two states share nothing a script can change`, async (t) => {
    const one = rig(version);
    const two = rig(version);
    one.run('x = 1 package.loaded.y = 2 math.randomseed(5)');
    two.run('print(x, package.loaded.y)');
    t.same(two.out, ['nil\tnil\n']);
    const address = 'print(tostring({}), tostring(print))';
    const three = rig(version);
    const four = rig(version);
    three.run(address);
    four.run(address);
    t.same(three.out, four.out);
  });
}

t.test(
  'modules lie in flash in the order of their declaration, and what they do is made when one is called',
  async (t) => {
    const { lua, run, out } = rig();
    const modules = [{ name: 'm' }];
    let asked = 0;
    const members = () => {
      asked++;
      let calls = 0;
      return { tree: { b: () => ++calls, a: 2, sub: { x: 3 } } };
    };
    lua.openModules(modules, members);
    t.equal(asked, 1);
    t.equal(
      run('local s = "" for k in pairs(m) do s = s .. k .. " " end print(s, m.a, m.sub.x, m.none, #m)'),
      undefined,
    );
    t.equal(asked, 1);
    t.equal(run('print(m.b(), m.b())'), undefined);
    t.equal(asked, 2);
    t.same(out, ['b a sub \t2\t3\tnil\t0\n', '1\t2\n']);
    t.match(run('m.c = 1'), 'table is readonly');

    const second = rig();
    second.lua.openModules(modules, members);
    t.equal(asked, 2, 'the second state finds the tables in flash');
    t.equal(second.run('print(m.b())'), undefined);
    t.same(second.out, ['1\n'], 'and has functions of its own');
  },
);
