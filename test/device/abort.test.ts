import t from 'tap';
import { Esp } from '../helpers/esp.ts';

t.test('a panic is said on the console, the watchdog ends it', async (t) => {
  const esp = new Esp({ profile: { firmware: '2.2' } });
  esp.take();
  esp.lua('tmr.alarm(0, 10, 0, function() error("oops", 0) end)');
  esp.run(10);
  t.match(esp.take(), 'PANIC: unprotected error in call to Lua API (oops)');
  esp.run(5000);
  t.match(esp.events.slice(1), [/^crash panic oops @10/, /^reset 2 3 @/]);
});

t.test('a loop without end is a watchdog reset', async (t) => {
  const esp = new Esp();
  esp.lua('while true do end');
  esp.run(5000);
  t.match(esp.events.slice(1), [/^crash watchdog/, /^reset 2 3 @/]);
});
