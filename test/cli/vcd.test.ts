import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { VcdFile } from '../../cli/vcd.ts';
import { Esp } from '../helpers/esp.ts';

t.test('pins and pulses at their device time', async (t) => {
  const esp = new Esp();
  const path = join(t.testdir({}), 'out.vcd');
  const file = new VcdFile(path, esp.device);
  esp.lua(
    'gpio.mode(1, gpio.OUTPUT) gpio.write(1, 1) tmr.delay(25) gpio.write(1, 0) pwm.setup(2, 100, 0) pwm.setduty(2, 1023)',
  );
  esp.run(10);
  esp.lua('gpio.write(1, 1)');
  file.close();
  const text = readFileSync(path, 'latin1');
  t.match(text, /^\$timescale 1 us \$end\n/);
  t.match(text, '$var wire 1 " D1 $end');
  t.match(text, '$var real 64 0 D2.duty $end');
  const changes = text
    .slice(text.lastIndexOf('$end\n') + 5)
    .trimEnd()
    .split('\n');
  t.same(changes.slice(0, 4), ['0"', '1"', '#25', '0"']);
  t.ok(changes.includes('r100 0'));
  t.ok(changes.indexOf('#25') < changes.indexOf('1"', 4), 'time grows');
});
