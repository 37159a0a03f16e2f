import t from 'tap';
import { arg, classSpec, defineModule, fn, luaClass, raw, todo, todos } from '../../bindings/nodemcu/index.ts';
import { multi } from '../../runtime/vm/index.ts';
import { Esp } from '../helpers/esp.ts';

interface Thing {
  n: number;
}
const THING = luaClass<Thing>('demo.thing');

const demo = defineModule({ name: 'demo', open: ({ lua }) => lua.setGlobal('opened', true) }, () => ({
  constants: { ANSWER: 42 },
  functions: {
    ranged: fn(
      [arg.integer({ min: 1, max: 5, error: 'one to five' }), arg.text, arg.callback('must be function')],
      (n, text) => `${n}${text}`,
    ),
    several: fn([], () => multi(1, 'two')),
    nothing: fn([], () => {}),
    own: raw((call) => call.count),
    later: todo('demo.later'),
    thing: fn([], (call) => call.newHost(THING, { n: 1 })),
  },
  tables: { sub: { functions: todos('demo.sub', ['a', 'b']), constants: { X: 1 } } },
  classes: [
    classSpec(THING, {
      add: fn([arg.self(THING), arg.integer()], (thing, n) => {
        thing.n += n;
        return thing.n;
      }),
      __len: fn([arg.self(THING)], (thing) => thing.n),
    }),
  ],
}));

const make = () => new Esp({ env: { modules: [demo] } });

t.test('a table becomes a module with functions, constants, sub-tables and classes', async (t) => {
  t.same(
    make().lua(
      'print(demo.ANSWER, demo.sub.X, opened, demo.ranged(3, "x", print), demo.own(1, nil))',
      'print(demo.several()) print(demo.nothing())',
      'local x = demo.thing() print(x:add(4), #x)',
    ),
    ['42\t1\ttrue\t3x\t2', '1\ttwo', '', '5\t5'],
  );
});

t.test('all types are checked before any range', async (t) => {
  const esp = make();
  t.equal(esp.error('demo.ranged(9, {}, print)'), "bad argument #2 to 'ranged' (string expected, got table)");
  t.equal(esp.error('demo.ranged(9, "x", 1)'), "bad argument #1 to 'ranged' (one to five)");
  t.equal(esp.error('demo.ranged(1, "x", 1)'), "bad argument #3 to 'ranged' (must be function)");
});

t.test('a method on a wrong object names what it wants', async (t) => {
  const esp = make();
  t.equal(esp.error('demo.thing().add(5, 1)'), "bad argument #1 to 'add' (demo.thing expected, got number)");
});

t.test('what is not built raises and is listed', async (t) => {
  const esp = make();
  t.equal(esp.error('demo.later()'), 'not supported by the simulator: demo.later');
  t.equal(esp.error('demo.sub.b()'), 'not supported by the simulator: demo.sub.b');
  const { functions } = demo.members(esp.device);
  t.same(
    functions.filter((f) => f.support === 'not built').map((f) => f.name),
    ['demo.later', 'demo.sub.a', 'demo.sub.b'],
  );
  t.ok(functions.some((f) => f.name === 'demo.thing:add'));
  t.notOk(
    functions.some((f) => f.name.includes('__')),
    'metamethods are no functions of the table',
  );
});

t.test('pairs() of a module has the firmware’s order, of functions, constants and tables mixed', async (t) => {
  const names = (table: string) => new Esp().lua(`for k in pairs(${table}) do uart.write(0, k, " ") end print()`)[0];
  t.match(names('node'), /^heap info task flashreload flashindex LFS setonerror /);
  t.equal(names('tmr'), 'delay now wdclr softwd time ccount create ALARM_SINGLE ALARM_SEMI ALARM_AUTO ');
  t.equal(names('wifi.ap.dhcp'), 'config start stop ');
  t.match(names('wifi.ap'), /^config deauth getip .* getdefaultconfig dhcp $/);
});

t.test('a class’s metatable is its own __index, metamethods first, and has no name', async (t) => {
  const esp = new Esp();
  t.same(
    esp.lua('m = getmetatable(tmr.create()) for k in pairs(m) do uart.write(0, k, " ") end print(m.__index == m)'),
    ['__gc __index register alarm start stop unregister state interval true'],
  );
});

t.test('pairs() of a metatable has the order of the table in the firmware', async (t) => {
  const names =
    'local function names(x) local o = {} for k in pairs(getmetatable(x)) do o[#o + 1] = k end print(table.concat(o, " ")) end ';
  t.same(
    new Esp().lua(`${names} names(net.createConnection()) names(net.createUDPSocket()) names(net.createServer())`),
    [
      '__gc __index connect close on send hold unhold dns ttl getpeer getaddr',
      '__gc __index listen close on send dns ttl getaddr',
      '__gc __index listen getaddr close',
    ],
  );
  t.same(new Esp({ profile: { lua: '5.3' } }).lua(`${names} names(pixbuf.newBuffer(1, 1)) print(next(gpio, "nix"))`), [
    '__index __eq __concat __tostring channels dump fade fadeI fill get replace map mix mix4I5 power powerI set shift size sub',
    'nil',
  ]);
});
