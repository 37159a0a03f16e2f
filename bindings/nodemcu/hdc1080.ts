import { LuaFloat, multi } from '../../runtime/vm/index.ts';
import { I2cDevice, unsigned16 } from './i2c-device.ts';
import { defineModule, raw } from './lua.ts';

const ADDRESS = 0x40;
const REGISTER = { TEMPERATURE: 0, HUMIDITY: 1, CONFIG: 2 } as const;
/** Both in 11 bits. */
const RESOLUTION_11 = 0x05;
const CONVERSION_US = 7000;

export const hdc1080 = defineModule({ name: 'hdc1080', lifetime: { since: '2.2' } }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);

  /** 0 … 1 of the measured range, in single precision as the firmware computes. */
  const share = (register: number): number => {
    chip.write(register);
    chip.pause(CONVERSION_US);
    return unsigned16(chip.read(2)) / 65536;
  };

  return {
    order: 'read setup',
    functions: {
      setup: raw(() => chip.write(REGISTER.CONFIG, RESOLUTION_11, 0)),
      read: raw(() => {
        const temperature = Math.fround(Math.fround(share(REGISTER.TEMPERATURE) * 165) - 40);
        const humidity = Math.fround(share(REGISTER.HUMIDITY) * 100);
        return multi(new LuaFloat(temperature), new LuaFloat(humidity));
      }),
    },
  };
});
