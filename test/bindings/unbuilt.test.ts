import t from 'tap';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('what is not simulated says so', async (t) => {
  errorRows(t, [
    ['hx711.init(1, 2)', 'not supported by the simulator: hx711.init'],
  ]);
});

t.test('the banner does not claim it', async (t) => {
  const esp = new Esp();
  const banner = esp.take();
  t.match(banner, /modules: .*\bdht\b/);
  t.notMatch(banner, /hx711/);
});
