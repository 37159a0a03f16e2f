import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { I2cDevice, oldInit, signed16le } from './i2c-device.ts';
import { defineModule, type LuaResult, raw, since } from './lua.ts';

const ADDRESS = 0x53;
const REGISTER = { ID: 0x00, POWER: 0x2d, DATA: 0x32 } as const;
const ID = 229;
const MEASURE = 0x08;

export const adxl345 = defineModule({ name: 'adxl345' }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);
  const setup = (call: LuaCall): LuaResult => {
    if (chip.register(REGISTER.ID) !== ID) call.error('device not found');
    chip.write(REGISTER.POWER, MEASURE);
  };
  return {
    order: 'read setup',
    functions: {
      init: oldInit(chip.bus, setup),
      setup: since('2.2', raw(setup)),
      read: raw(() => {
        chip.select(REGISTER.DATA);
        const data = chip.read(6);
        return multi(signed16le(data), signed16le(data, 2), signed16le(data, 4));
      }),
    },
  };
});
