import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { I2cDevice, oldInit, signed16le } from './i2c-device.ts';
import { defineModule, type LuaResult, raw, since } from './lua.ts';

const ADDRESS = 0x69;
const REGISTER = { ID: 0x0f, CONTROL1: 0x20, DATA: 0x28 } as const;
const ID = 0xd3;
/** Powered, three axes. */
const ON = 0x0f;
/** Of a register's number: go on with each byte. */
const INCREMENT = 0x80;

export const l3g4200d = defineModule({ name: 'l3g4200d' }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);
  const setup = (call: LuaCall): LuaResult => {
    if (chip.register(REGISTER.ID) !== ID) call.error('device not found');
    chip.write(REGISTER.CONTROL1, ON);
  };
  return {
    order: 'read setup',
    functions: {
      init: oldInit(chip.bus, setup),
      setup: since('2.2', raw(setup)),
      read: raw(() => {
        chip.select(REGISTER.DATA | INCREMENT);
        const data = chip.read(6);
        return multi(signed16le(data), signed16le(data, 2), signed16le(data, 4));
      }),
    },
  };
});
