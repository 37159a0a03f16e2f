import t from 'tap';
import { arg, defineModule, fn, NODEMCU_MODULES } from '../../bindings/nodemcu/index.ts';
import { multi, NIL } from '../../runtime/vm/index.ts';
import { Esp } from '../helpers/esp.ts';

const checkers = defineModule({ name: 'c' }, () => ({
  functions: {
    integer: fn([arg.integer()], (n) => n),
    number: fn([arg.number], (n) => n),
    bytes: fn([arg.bytes], (b) => b.length),
    truth: fn([arg.truth], (b) => b),
    boolean: fn([arg.boolean], (b) => b),
    optBoolean: fn([arg.optBoolean('boolean expected')], (b) => b),
    table: fn([arg.table()], (h) => h.length()),
    callback: fn([arg.callback()], (h) => h.type),
    oneOf: fn([arg.oneOf(['a', 'b'], 'b')], (i) => i),
    choice: fn([arg.choice([0, 1], '0 or 1')], (n) => n),
    mapped: fn([arg.mapped(arg.integer(), (v) => v & 255, [0], 'zero')], (n) => n),
    opt: fn([arg.opt(arg.integer({ max: 1, error: 'small' }))], (n) => n ?? NIL),
    fallback: fn([arg.or(arg.integer({ max: 1, error: 'small' }), 9)], (n) => n),
    func: fn([arg.functionOrNothing], (h) => multi(h !== undefined)),
    any: fn([arg.any], (v) => v !== undefined),
  },
}));

t.test('each checker accepts what the firmware accepts', async (t) => {
  const esp = new Esp({ env: { modules: [...NODEMCU_MODULES, checkers] } });
  t.same(
    esp.lua(
      'print(c.integer("7"), c.integer(2.9), c.number("1.5"), c.bytes(12), c.truth(), c.truth(0), c.boolean(true))',
      'print(c.optBoolean(), c.table({1, 2}), c.callback(print), c.oneOf(), c.oneOf("a"), c.choice(1), c.mapped(256))',
      'print(c.opt(), c.opt(nil), c.opt(1), c.fallback(), c.fallback(1), c.func(1), c.func(print), c.any(), c.any(0))',
    ),
    [
      '7\t2\t1.5\t2\tfalse\ttrue\ttrue',
      'false\t2\tfunction\t1\t0\t1\t0',
      'nil\tnil\t1\t9\t1\tfalse\ttrue\tfalse\ttrue',
    ],
  );
});

t.test('each checker refuses in the firmware’s words', async (t) => {
  const esp = new Esp({ env: { modules: [checkers] } });
  const rows = [
    ['c.integer()', "bad argument #1 to 'integer' (number expected, got no value)"],
    ['c.boolean(1)', "bad argument #1 to 'boolean' (boolean expected, got number)"],
    ['c.optBoolean(1)', "bad argument #1 to 'optBoolean' (boolean expected)"],
    ['c.table(1)', "bad argument #1 to 'table' (table expected, got number)"],
    ['c.callback(1)', "bad argument #1 to 'callback' (function expected, got number)"],
    ['c.oneOf("x")', "bad argument #1 to 'oneOf' (invalid option 'x')"],
    ['c.choice(2)', "bad argument #1 to 'choice' (0 or 1)"],
    ['c.mapped(1)', "bad argument #1 to 'mapped' (zero)"],
    ['c.opt(2)', "bad argument #1 to 'opt' (small)"],
    ['c.fallback(2)', "bad argument #1 to 'fallback' (small)"],
  ] as const;
  for (const [expression, message] of rows) t.equal(esp.error(expression), message, expression);
});
