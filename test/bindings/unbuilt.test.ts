import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('what is not simulated says so', async (t) => {
  errorRows(t, [['gdbstub.brk()', 'not supported by the simulator: gdbstub.brk']]);
});

t.test('the banner does not claim it', async (t) => {
  const esp = new Esp();
  const banner = esp.take();
  t.match(banner, /modules: .*\bdht\b/);
  t.notMatch(banner, /gdbstub/);
});
