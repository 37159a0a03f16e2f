import t from 'tap';
import { BOOT } from '../../runtime/device/index.ts';
import { Esp, errorRows } from '../helpers/esp.ts';

t.test('the pin is read unless the supply was selected before the boot', async (t) => {
  const esp = new Esp();
  esp.device.analog.input = 512;
  t.same(
    esp.lua(
      'print(adc.read(0), adc.readvdd33(), adc.force_init_mode(0), adc.force_init_mode(adc.INIT_VDD33), adc.read(0))',
    ),
    ['512\t65535\tfalse\ttrue\t512'],
  );
  esp.device.reset(BOOT.EXTERNAL);
  esp.run(0);
  t.same(esp.lua('print(adc.read(0), adc.readvdd33())'), ['65535\t3300']);
});

t.test('the mode is a byte', async (t) => {
  t.same(new Esp().lua('print(adc.force_init_mode(256), adc.force_init_mode(-1))'), ['false\ttrue']);
});

t.test('errors', async (t) => {
  errorRows(t, [
    ['adc.read(1)', 'adc 1 does not exist'],
    ['adc.read()', "bad argument #1 to 'read' (number expected, got no value)"],
    ['adc.force_init_mode(7)', "bad argument #1 to 'force_init_mode' (Invalid mode)"],
  ]);
});
