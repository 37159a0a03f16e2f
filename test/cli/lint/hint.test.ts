import t from 'tap';
import { hintAtErrors } from '../../../cli/lint/hint.ts';
import { world } from '../../../cli/testing/index.ts';

function hints(source: string, firmware: '3.0' | '2.2' | '1.5' = '3.0'): string[] {
  const net = world();
  const esp = net.device({ files: { 'a.lua': source }, run: 'a.lua', firmware });
  const said: string[] = [];
  hintAtErrors(esp.device, (line) => said.push(line));
  net.run('3s');
  return said;
}

t.test('an error at what 3.0 lost says which firmware has it', async (t) => {
  t.same(hints('print(1)\ntmr.alarm(0, 1, 0, print)'), [
    'a.lua:2: tmr.alarm(id, …) left the firmware in 2019; run with --firmware 2.2',
  ]);
  t.match(hints('wifi.sta.config("a", "b")'), [/^a.lua:1: wifi.sta.config\(ssid, .* run with --firmware 1.5$/]);
});

t.test('so does an error in a callback, and it is said once', async (t) => {
  t.match(hints('tmr.create():alarm(10, 1, function()\n cjson.encode{} end)'), [/^a.lua:2: cjson.encode left/]);
  t.match(hints('tmr.alarm(0, 10, 1, function()\n pipe.create() end)', '2.2'), [/^a.lua:2: pipe.* is new in 3.0$/]);
});

t.test('a script that is there, but not compiled, is pointed at', async (t) => {
  const net = world();
  const esp = net.device({ files: { 'a.lua': 'pcall(dofile, "b.lc") dofile("b.lc")', 'b.lua': '' }, run: 'a.lua' });
  const said: string[] = [];
  hintAtErrors(esp.device, (line) => said.push(line));
  net.run('3s');
  t.same(said, ['the flash has b.lua, but not compiled; run with --compile, or type node.compile("b.lua")']);
  t.same(hints('dofile("c.lc")'), []);
});

t.test('other errors are left alone', async (t) => {
  t.same(hints('foo()'), []);
  t.same(hints('if tmr.alarm then end'), []);
});
