import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseCommandLine } from '../../cli/args.ts';
import { attachParts, PartsReport, partSpec } from '../../cli/parts.ts';
import { Esp } from '../helpers/esp.ts';

t.test('a display may have a file for its picture, any other part is as the catalogue has it', async (t) => {
  t.same(partSpec('ssd1306:png=out.png'), { ok: true, value: { text: 'ssd1306', png: 'out.png' } });
  t.same(partSpec('ssd1306:png=out.png,height=32'), { ok: true, value: { text: 'ssd1306:height=32', png: 'out.png' } });
  t.same(partSpec('led:pin=1'), { ok: true, value: { text: 'led:pin=1' } });
  t.match(partSpec('lamp'), { ok: false, message: /^'lamp' is not a part/ });
});

t.test('mistakes are those of the command line', async (t) => {
  t.same(parseCommandLine(['run', 'x.lua', '--attach', 'led']), { ok: false, message: '--attach: led needs pin=' });
});

t.test('at the end the parts say what they show', async (t) => {
  const esp = new Esp();
  const png = join(t.testdir({}), 'out.png');
  const specs = [
    { text: 'led:pin=1' },
    { text: 'dht22:pin=2' },
    { text: 'ssd1306', png },
    { text: 'ssd1306:address=61' },
  ];
  attachParts(esp.device, specs);
  esp.lua('gpio.mode(1, gpio.OUTPUT) gpio.write(1, 1)');
  const said: string[] = [];
  new PartsReport(esp.device, specs, {
    out: async () => true,
    err: (line) => said.push(line),
    onInterrupt: () => () => {},
  }).close();
  t.same(said, ['led:pin=1: on, went on 1 time', `ssd1306: off, picture in ${png}`, 'ssd1306:address=61: off']);
  t.equal(readFileSync(png).toString('latin1', 1, 4), 'PNG');
});
