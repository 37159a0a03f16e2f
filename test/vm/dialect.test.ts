import t from 'tap';
import { createLua, LuaAbort, type LuaDialect, type LuaHost } from '../../runtime/vm/index.ts';

function state(dialect: LuaDialect): { lua: LuaHost; written: string[]; errors: string[] } {
  const written: string[] = [];
  const errors: string[] = [];
  const lua = createLua(
    {
      write: (text) => written.push(text),
      readFile: () => undefined,
      onError: (failure) => errors.push(failure.message),
      random: () => 0,
    },
    { version: '5.1', dialect },
  );
  lua.openModules([{ name: 'net' }], () => ({
    tree: { createServer: () => undefined, dns: { resolve: () => undefined }, TCP: 1 },
  }));
  return { lua, written, errors };
}

function run({ lua, written }: ReturnType<typeof state>, source: string): string {
  const loaded = lua.load(source, '=t');
  if (!loaded.ok) return loaded.message;
  const result = lua.docall(loaded.chunk);
  return result.ok ? written.splice(0).join('') : (result.failure.message.split('\n')[0] as string);
}

t.test('what stands in flash has types of its own in releases before 2020', async (t) => {
  const s = state({ romTypes: true });
  t.equal(
    run(s, 'print(type(net), type(net.createServer), type(net.dns), type(print), type(string), type(pairs), type(_G))'),
    'romtable\tlightfunction\tromtable\tlightfunction\tromtable\tfunction\ttable\n',
  );
  t.equal(run(s, 'print(type({}), type(function() end), type(string.gmatch("", "")))'), 'table\tfunction\tfunction\n');
  t.match(run(s, 'print(tostring(net))'), /^romtable: 0x/);
  t.match(run(s, 'print(tostring(print))'), /^lightfunction: 0x/);
  t.equal(run(s, 'print(1 + net)'), "t:1: attempt to perform arithmetic on global 'net' (a romtable value)");
  t.equal(run(s, 'string.rep(net, 2)'), "t:1: bad argument #1 to 'rep' (string expected, got romtable)");
});

t.test('by default they are tables and functions', async (t) => {
  const s = state({});
  t.equal(run(s, 'print(type(net), type(print))'), 'table\tfunction\n');
  t.match(run(s, 'print(tostring(net))'), /^table: 0x/);
});

t.test('print hands over the pieces of a line, or all of it', async (t) => {
  const old = state({ printInPieces: true });
  run({ ...old, written: [] }, 'print("a", 1)');
  t.same(old.written, ['a', '\t', '1', '\n']);
  const now = state({});
  run({ ...now, written: [] }, 'print("a", 1)');
  t.same(now.written, ['a\t1\n']);
});

t.test(
  'without protection an error of a callback is a panic, or reaches the function that caused the call',
  async (t) => {
    const { lua, errors } = state({ unprotectedCallbacks: true });
    const loaded = lua.load('error("boom")', '=t');
    if (!loaded.ok) throw new Error(loaded.message);
    t.throws(() => lua.pcallx(loaded.chunk), new LuaAbort('panic', 't:1: boom'));
    t.same(errors, []);
  },
);

t.test('the sentence for a file that is not there', async (t) => {
  const name = 'loadfile("x.lua")';
  t.equal(run(state({ cannotOpenTail: '' }), `print(select(2, ${name}))`), 'cannot open x.lua\n');
  t.equal(run(state({}), `print(select(2, ${name}))`), 'cannot open x.lua: \n');
});
