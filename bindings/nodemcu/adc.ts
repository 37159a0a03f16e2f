import { arg } from './arg.ts';
import { defineModule, fn } from './lua.ts';

const INIT_ADC = 0;
const INIT_VDD33 = 255;
const WRONG_MODE = 65535; // what the SDK answers when the other quantity is wired

export const adc = defineModule({ name: 'adc' }, (device) => ({
  constants: { INIT_ADC, INIT_VDD33 },
  functions: {
    read: fn([arg.integer()], (id, call) => {
      if (id !== 0) call.error(`adc ${id} does not exist`);
      return device.analog.measuresSupply ? WRONG_MODE : device.analog.input;
    }),
    readvdd33: fn([], () => (device.analog.measuresSupply ? device.analog.supplyMillivolts : WRONG_MODE)),
    force_init_mode: fn([arg.mapped(arg.integer(), (v) => v & 0xff, [INIT_ADC, INIT_VDD33], 'Invalid mode')], (mode) =>
      device.analog.selectAtNextBoot(mode === INIT_VDD33),
    ),
  },
}));
