import t from 'tap';
import { Esp } from '../helpers/esp.ts';

t.test('timers, listeners and a script that never returns are told apart from what ends by itself', async (t) => {
  const esp = new Esp();
  esp.lua('tmr.create():alarm(1000, tmr.ALARM_SINGLE, print)');
  t.match(esp.device.wakeSources(), { finite: ['timer tmr'], endless: [] });
  esp.lua('tmr.create():alarm(1000, tmr.ALARM_AUTO, print) net.createServer():listen(80, print)');
  t.match(esp.device.wakeSources(), { endless: ['timer tmr', /^tcp LISTEN/] });
});

t.test('a script that does not return is no reason to end', async (t) => {
  const esp = new Esp();
  const crashes: string[] = [];
  esp.device.events.on('crash', (reason) => crashes.push(reason));
  esp.lua('while true do tmr.delay(1000000) end');
  t.same(crashes, ['endless']);
  t.same(esp.device.wakeSources(), { finite: [], endless: ['a script that does not return'] });
});
