import t from 'tap';
import { Pcf8574 } from '../../runtime/hardware/pcf8574.ts';

t.test('a line reads 0 when either side pulls it down', async (t) => {
  const part = new Pcf8574();
  t.equal(part.address, 0x20);
  t.equal(part.read(), 0xff);
  part.write(0xf0);
  part.inputs = 0x7f;
  t.equal(part.read(), 0x70);
  t.equal(part.look(), 'outputs 11110000');
});
