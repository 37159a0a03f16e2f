import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { I2cDevice, oldInit, unsigned16 } from './i2c-device.ts';
import { defineModule, type LuaResult, raw, since } from './lua.ts';

const ADDRESS = 0x5c;
const READ_REGISTERS = 0x03;
const REGISTER = { MEASUREMENT: 0x00, MODEL: 0x08 } as const;
const WAKE_US = 800;
const ANSWER_US = 1500;
const SETTLE_US = 1500;

function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export const am2320 = defineModule({ name: 'am2320' }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);

  /** Registers; the sensor sleeps until it is addressed once. */
  const read = (call: LuaCall, register: number, count: number): Uint8Array => {
    chip.select();
    chip.pause(WAKE_US);
    chip.bus.stop();
    chip.write(READ_REGISTERS, register, count);
    chip.pause(ANSWER_US);
    const frame = chip.read(count + 4, 30);
    const sum = (frame[count + 2] ?? 0) | ((frame[count + 3] ?? 0) << 8);
    const body = frame.subarray(0, count + 2);
    if (frame[0] !== READ_REGISTERS || frame[1] !== count || sum !== crc16(body)) call.error('transmission error');
    return frame.subarray(2, count + 2);
  };

  const setup = (call: LuaCall): LuaResult => {
    chip.pause(SETTLE_US);
    const info = read(call, REGISTER.MODEL, 7);
    return multi(unsigned16(info), info[2] ?? 0, (unsigned16(info, 3) << 16) | unsigned16(info, 5));
  };

  return {
    order: 'read setup',
    functions: {
      init: oldInit(chip.bus, setup),
      setup: since('2.2', raw(setup)),
      read: raw((call) => {
        const data = read(call, REGISTER.MEASUREMENT, 4);
        const temperature = unsigned16(data, 2);
        return multi(unsigned16(data), temperature & 0x8000 ? -(temperature & 0x7fff) : temperature);
      }),
    },
  };
});
