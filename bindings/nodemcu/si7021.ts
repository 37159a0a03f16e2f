import { type LuaCall, LuaFloat, multi } from '../../runtime/vm/index.ts';
import { I2cDevice, unsigned16 } from './i2c-device.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';

const ADDRESS = 0x40;
const COMMAND = {
  RESET: 0xfe,
  MEASURE_HUMIDITY: 0xe5,
  PREVIOUS_TEMPERATURE: 0xe0,
  WRITE_USER: 0xe6,
  READ_USER: 0xe7,
  WRITE_HEATER: 0x51,
  READ_HEATER: 0x11,
} as const;
const ID1 = [0xfa, 0x0f] as const;
const ID2 = [0xfc, 0xc9] as const;
const FIRMWARE = [0x84, 0xb8] as const;
const RESET_US = 50_000;
const CONVERSION_US = 25_000;
/** The user register after power-on; its reserved bits are always sent along. */
const USER_DEFAULT = 0x3a;
const RESOLUTION = { RH12_TEMP14: 0x00, RH08_TEMP12: 0x01, RH10_TEMP13: 0x80, RH11_TEMP11: 0x81 } as const;
const HEATER = { HEATER_ENABLE: 0x04, HEATER_DISABLE: 0x00 } as const;

function crc8(crc: number, bytes: Uint8Array): number {
  let sum = crc;
  for (const byte of bytes) {
    sum ^= byte;
    for (let i = 0; i < 8; i++) sum = (sum & 0x80 ? (sum << 1) ^ 0x31 : sum << 1) & 0xff;
  }
  return sum;
}

const among = (table: Readonly<Record<string, number>>, value: number): boolean => Object.values(table).includes(value);

export const si7021 = defineModule({ name: 'si7021', lifetime: { since: '2.2' } }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);

  const command = (code: number, count: number): Uint8Array => {
    chip.write(code);
    return chip.read(count, CONVERSION_US);
  };
  const identity = (code: readonly [number, number], count: number): Uint8Array => {
    chip.select(...code);
    return chip.read(count);
  };

  const setting = (call: LuaCall): LuaResult => {
    if (!call.isNumber(1)) call.error('wrong arg range');
    const resolution = call.checkInteger(1) & 0xff;
    if (!among(RESOLUTION, resolution)) call.error('Invalid argument: resolution');
    chip.write(COMMAND.WRITE_USER, resolution | USER_DEFAULT);
    if (call.isNumber(2)) {
      if (!call.isNumber(3)) call.error('wrong arg range');
      const heater = call.checkInteger(2) & 0xff;
      if (!among(HEATER, heater)) call.error('Invalid argument: heater');
      const current = call.checkInteger(3) & 0xff;
      if (current > 0x0f) call.error('Invalid argument: heater_setting');
      chip.write(COMMAND.WRITE_USER, resolution | heater | USER_DEFAULT);
      chip.write(COMMAND.WRITE_HEATER, current);
    }
    const [user = 0] = command(COMMAND.READ_USER, 1);
    const [heat = 0] = command(COMMAND.READ_HEATER, 1);
    return multi((user >> 6) + (user & 1), (user >> 6) & 1, (user >> 2) & 1, heat & 0x0f);
  };

  const read = (call: LuaCall): LuaResult => {
    const wet = command(COMMAND.MEASURE_HUMIDITY, 3);
    if (wet[2] !== crc8(0, wet.subarray(0, 2))) call.error('crc error');
    const humidity = (unsigned16(wet) * 125) / 65536 - 6;
    const temperature = (unsigned16(command(COMMAND.PREVIOUS_TEMPERATURE, 2)) * 175.72) / 65536 - 46.85;
    const thousandths = (value: number): number => Math.trunc((value - Math.trunc(value)) * 1000);
    return multi(new LuaFloat(humidity), new LuaFloat(temperature), thousandths(humidity), thousandths(temperature));
  };

  /** The serial number, of which groups of bytes are followed by the sum of all before. */
  const part = (call: LuaCall, bytes: Uint8Array, group: number): number => {
    let [value, crc] = [0, 0];
    for (let at = 0; at < bytes.length; at += group + 1) {
      const own = bytes.subarray(at, at + group);
      crc = crc8(crc, own);
      if (bytes[at + group] !== crc) call.error('crc error');
      for (const byte of own) value = (value << 8) | byte;
    }
    return value;
  };

  return {
    constants: { ...RESOLUTION, ...HEATER },
    functions: {
      setup: raw((call) => {
        chip.write(COMMAND.RESET);
        chip.pause(RESET_US);
        if (command(COMMAND.READ_USER, 1)[0] !== USER_DEFAULT) call.error('found no device');
      }),
      setting: raw(setting),
      read: raw(read),
      serial: raw((call) => multi(part(call, identity(ID1, 8), 1), part(call, identity(ID2, 6), 2))),
      firmware: raw(() => identity(FIRMWARE, 1)[0] ?? 0),
    },
  };
});
