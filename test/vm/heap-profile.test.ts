import t from 'tap';
import { Esp } from '../helpers/esp.ts';

t.test('who holds the heap is told by line, the biggest first', async (t) => {
  const esp = new Esp();
  esp.device.lua.heapHoldings();
  esp.device.flash.put(
    'a.lua',
    new TextEncoder().encode('big = {}\nfor i = 1, 500 do big[i] = "item " .. i end\nsmall = { 1 }'),
  );
  esp.lua('dofile("a.lua")');
  const [first, ...rest] = esp.device.lua.heapHoldings();
  t.equal(first?.holder, 'table of a.lua:1');
  t.ok((first?.bytes ?? 0) > 500 * 12, String(first?.bytes));
  t.ok(rest.some(({ holder }) => holder === 'table of a.lua:3'));
});

t.test('functions hold their code, globals their strings', async (t) => {
  const esp = new Esp();
  esp.device.flash.put(
    'a.lua',
    new TextEncoder().encode('function f()\n return "a constant" end\ns = ("x"):rep(5000)'),
  );
  esp.lua('dofile("a.lua")');
  const bytes = new Map(esp.device.lua.heapHoldings().map(({ holder, bytes }) => [holder, bytes]));
  t.ok((bytes.get('function of a.lua:1') ?? 0) > 100);
  t.ok((bytes.get('global variables') ?? 0) > 5000);
});

t.test('the sum is about what the heap says', async (t) => {
  const esp = new Esp();
  esp.lua('x = {} for i = 1, 100 do x[i] = { i } end collectgarbage()');
  const sum = esp.device.lua.heapHoldings().reduce((all, { bytes }) => all + bytes, 0);
  const { heapUsed } = esp.device.lua;
  t.ok(sum > 0.6 * heapUsed && sum <= heapUsed, `${sum} of ${heapUsed}`);
});
