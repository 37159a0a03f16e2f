import fc from 'fast-check';
import t from 'tap';
import { LuaTable } from '../../runtime/vm/table.ts';
import type { Value } from '../../runtime/vm/value.ts';

type Key = string | number;
const key = fc.oneof(fc.integer({ min: -3, max: 40 }), fc.string({ maxLength: 3 }), fc.constantFrom(0.5, 1e10, -7.25));
const operations = fc.array(fc.tuple(key, fc.option(fc.integer(), { nil: undefined })), { maxLength: 120 });

/** All pairs by traversal. */
function pairs(table: LuaTable): Map<Value, Value> {
  const found = new Map<Value, Value>();
  for (let at = table.nextUsed(0); at >= 0; at = table.nextUsed(at + 1)) found.set(table.keyAt(at), table.valueAt(at));
  return found;
}

for (const inPlace of [true, false]) {
  const name = inPlace ? '5.1' : '5.3';

  t.test(`Lua ${name}: a table behaves as a map, whatever its parts`, async () => {
    fc.assert(
      fc.property(operations, (list) => {
        const table = new LuaTable(inPlace);
        const model = new Map<Key, number>();
        for (const [k, v] of list) {
          table.set(k, v);
          if (v === undefined) model.delete(k);
          else model.set(k, v);
          for (const [mk, mv] of model) if (table.get(mk) !== mv) throw new Error(`lost ${String(mk)}`);
        }
        const found = pairs(table);
        return found.size === model.size && [...model].every(([k, v]) => found.get(k) === v);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  t.test(`Lua ${name}: the length is a border`, async () => {
    fc.assert(
      fc.property(operations, (list) => {
        const table = new LuaTable(inPlace);
        for (const [k, v] of list) table.set(k, v);
        const n = table.length();
        return (n === 0 || table.get(n) !== undefined) && table.get(n + 1) === undefined;
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  t.test(`Lua ${name}: traversal goes on after any key, also one set to nil on the way`, async (t) => {
    const table = new LuaTable(inPlace);
    for (let i = 1; i <= 20; i++) table.set(i % 2 ? i : `k${i}`, i);
    let seen = 0;
    for (let at = table.nextUsed(0); at >= 0; ) {
      seen++;
      const k = table.keyAt(at);
      table.set(k, undefined);
      at = table.nextUsed(table.positionOf(k));
    }
    t.equal(seen, 20);
    t.equal(table.positionOf('absent'), -1);
  });
}

t.test('the array part is as long as more than half of it is used', async (t) => {
  const table = new LuaTable(true);
  for (let i = 1; i <= 5; i++) table.set(i, i);
  t.equal(table.arr.length, 8);
  const sparse = new LuaTable(true);
  for (let i = 1; i <= 5; i++) sparse.set(i * 100, i);
  t.equal(sparse.arr.length, 0);
});

t.test('-0 and 0 are one key', async (t) => {
  const table = new LuaTable(true);
  table.set(-0, 'zero');
  t.equal(table.get(0), 'zero');
  t.ok(Object.is(table.keyAt(table.nextUsed(0)), 0));
});
