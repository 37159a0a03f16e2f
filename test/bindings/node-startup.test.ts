import t from 'tap';
import { BOOT } from '../../runtime/device/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

const show =
  'local function show(t) local k = {} for n, v in pairs(t) do k[#k + 1] = n .. "=" .. tostring(v) end table.sort(k) print(table.concat(k, " ")) end ';

t.test('settings are merged, an empty table resets them', async (t) => {
  t.same(
    new Esp().lua(
      `${show} show(node.startup()) show(node.startup{banner = false, frequency = 160}) show(node.startup{command = "x", delay_mount = 1}) show(node.startup{})`,
    ),
    [
      'banner=true delay_mount=false frequency=80',
      'banner=false delay_mount=false frequency=160',
      'banner=false command=x delay_mount=true frequency=160',
      'banner=true delay_mount=false frequency=80',
    ],
  );
});

t.test('command, banner and frequency take effect at the next boot', async (t) => {
  const esp = new Esp();
  esp.lua('node.startupcommand("print(node.getcpufreq())") node.startup{banner = false, frequency = 160}');
  esp.device.reset(BOOT.EXTERNAL);
  esp.run(0);
  t.equal(esp.take(), '160\r\n> ');
});

t.test('a command may name another file', async (t) => {
  const esp = new Esp({ files: { 'main.lua': 'print("main")' } });
  esp.lua('node.startup{command = "@main.lua"}');
  esp.device.reset(BOOT.EXTERNAL);
  esp.run(0);
  t.match(esp.take(), /\r\nmain\r\n> $/);
});

t.test('the settings come in the order of the firmware', async (t) => {
  const esp = new Esp();
  t.same(esp.lua('for k in pairs(node.startup({ command = "=1" })) do print(k) end'), [
    'command',
    'delay_mount',
    'banner',
    'frequency',
  ]);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['node.startup(5)', "bad argument #1 to 'startup' (table expected, got number)"],
    ['node.startupcommand()', "bad argument #1 to 'startupcommand' (string expected, got no value)"],
  ]);
});
