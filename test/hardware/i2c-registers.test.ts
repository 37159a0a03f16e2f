import t from 'tap';
import { I2cRegisters } from '../../runtime/hardware/i2c-registers.ts';

t.test('the first byte written is the pointer, which runs on with writing and reading', async (t) => {
  const part = new I2cRegisters({ address: 0x50 });
  part.begin(false);
  for (const byte of [0xfe, 1, 2, 3]) t.ok(part.write(byte));
  t.same([...part.registers.subarray(254), part.registers[0]], [1, 2, 3], 'it wraps');
  part.begin(false);
  part.write(0xfe);
  part.begin(true);
  t.same([part.read(), part.read(), part.read()], [1, 2, 3]);
});
