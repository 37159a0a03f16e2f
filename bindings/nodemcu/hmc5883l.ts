import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { I2cDevice, oldInit, signed16 } from './i2c-device.ts';
import { defineModule, type LuaResult, raw, since } from './lua.ts';

const ADDRESS = 0x1e;
const REGISTER = { CONFIG_A: 0, CONFIG_B: 1, MODE: 2, DATA: 3, ID: 10 } as const;
const ID = [0x48, 0x34, 0x33] as const;
/** Eight samples averaged at 15 Hz; 390 counts to the gauss; without end. */
const SETTINGS = [
  [REGISTER.CONFIG_A, 0x70],
  [REGISTER.CONFIG_B, 0xa0],
  [REGISTER.MODE, 0x00],
] as const;

export const hmc5883l = defineModule({ name: 'hmc5883l' }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);
  const setup = (call: LuaCall): LuaResult => {
    const id = ID.map((_, i) => chip.register(REGISTER.ID + i));
    if (!ID.every((value, i) => id[i] === value)) call.error('device not found');
    for (const setting of SETTINGS) chip.write(...setting);
  };
  return {
    order: 'read setup',
    functions: {
      init: oldInit(chip.bus, setup),
      setup: since('2.2', raw(setup)),
      // The chip has them in the order x, z, y.
      read: raw(() => {
        const data = chip.registers(REGISTER.DATA, 6);
        return multi(signed16(data), signed16(data, 4), signed16(data, 2));
      }),
    },
  };
});
