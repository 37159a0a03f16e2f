import t from 'tap';
import { LuaDesk } from '../../../playground/world/lua-desk.ts';

const desk = new LuaDesk();

t.test('a syntax error has its line', async (t) => {
  t.equal(desk.check('a.lua', 'print(1)\nprint(2)'), undefined);
  t.match(desk.check('a.lua', 'print(1)\nif x then\nprint(2'), { line: 3, message: /'\)' expected/ });
  t.match(desk.check('a.lua', 'x = = 1'), { line: 1 });
});

t.test('a long source may be looked at again and again', async (t) => {
  const source = 'local a = 1\n'.repeat(40) + 'a = 2\n'.repeat(3000);
  for (let i = 0; i < 30; i++) t.equal(desk.check('a.lua', source), undefined);
});

t.test('the names that scripts may use come from the tables of the bindings', async (t) => {
  const api = new Map(desk.api().map((entry) => [entry.name, entry]));
  t.match(api.get('tmr.create'), { kind: 'function', support: 'as the firmware' });
  t.match(api.get('gpio.OUTPUT'), { kind: 'constant', value: '1' });
  t.match(api.get('wifi.sta.config'), { kind: 'function' });
  t.match(api.get('net'), { kind: 'module' });
  t.ok(api.size > 500);
});
