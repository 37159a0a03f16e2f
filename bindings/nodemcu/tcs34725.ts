import { type LuaCall, type LuaRef, multi } from '../../runtime/vm/index.ts';
import { I2cDevice } from './i2c-device.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';

const ADDRESS = 0x29;
const COMMAND = 0x80;
const REGISTER = { ENABLE: 0x00, TIME: 0x01, CONTROL: 0x0f, ID: 0x12, DATA: 0x14 } as const;
const ID = 0x44;
const POWER = 0x01;
const CONVERT = 0x02;
const ENABLE_MS = 30;
const TIME_2_4_MS = 0xff;
const GAIN_60 = 0x03;

export const tcs34725 = defineModule({ name: 'tcs34725', lifetime: { since: '2.2' } }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);
  let ready = false;
  let callback: LuaRef | undefined;

  const write = (register: number, value: number): void => chip.write(COMMAND | register, value);
  const word = (register: number): number =>
    chip.register(COMMAND | register) | (chip.register(COMMAND | (register + 1)) << 8);

  const timer = device.timers.timer('tcs34725', () => {
    write(REGISTER.ENABLE, POWER | CONVERT);
    ready = true;
    write(REGISTER.TIME, TIME_2_4_MS);
    write(REGISTER.CONTROL, GAIN_60);
    const done = callback;
    callback = undefined;
    if (done === undefined) return;
    device.lua.pcallx(done);
    done.release();
  });

  const setup = (call: LuaCall): LuaResult => {
    if (chip.register(COMMAND | REGISTER.ID) !== ID) call.error('No TCS34725 found.');
    return 1;
  };
  const checkReady = (call: LuaCall): void => {
    if (!ready) call.error('TCS34725 not initialised.');
  };

  return {
    functions: {
      setup: raw(setup),
      enable: raw((call) => {
        if (call.type(1) !== 'function') call.error('Enable argument must be a function.');
        callback?.release();
        callback = call.ref(1);
        write(REGISTER.ENABLE, POWER);
        timer.arm(ENABLE_MS, false);
      }),
      disable: raw(() => {
        write(REGISTER.ENABLE, chip.register(COMMAND | REGISTER.ENABLE) & ~(POWER | CONVERT));
        ready = false;
      }),
      raw: raw((call) => {
        checkReady(call);
        return multi(...[0, 1, 2, 3].map((i) => word(REGISTER.DATA + 2 * i)));
      }),
      setGain: raw((call) => {
        const gain = call.checkInteger(1);
        checkReady(call);
        write(REGISTER.CONTROL, gain);
      }),
      setIntegrationTime: raw((call) => {
        const time = call.checkInteger(1);
        if (!ready) setup(call);
        write(REGISTER.TIME, time);
      }),
    },
  };
});
