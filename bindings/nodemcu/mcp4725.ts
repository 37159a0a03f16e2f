import { type LuaCall, type LuaHandle, multi } from '../../runtime/vm/index.ts';
import { I2cDevice } from './i2c-device.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';

const ADDRESS = 0x60;
const WRITE_DAC = 0x40;
const WRITE_EEPROM = 0x60;
const POWER_DOWN = { PWRDN_NONE: 0, PWRDN_1K: 1, PWRDN_100K: 2, PWRDN_500K: 3 } as const;
const VALUE_MAX = 4095;

/** A number in the table, undefined when it is not there; as unsigned 16 bits. */
function field(call: LuaCall, table: LuaHandle, name: string, max: number, range: string): number | undefined {
  const value = table.get(name);
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) return call.argError(1, `${name}: Must be number`);
  const whole = Math.trunc(number) & 0xffff;
  return whole <= max ? whole : call.argError(1, `${name}: ${range}`);
}

function addressOf(call: LuaCall, table: LuaHandle): number {
  return ['A2', 'A1', 'A0'].reduce(
    (address, name, i) => address | ((field(call, table, name, 1, 'Must be 0 or 1') ?? 0) << (2 - i)),
    ADDRESS,
  );
}

export const mcp4725 = defineModule({ name: 'mcp4725', lifetime: { since: '2.2' } }, (device) => {
  const chip = new I2cDevice(device, ADDRESS);
  const tableAt = (call: LuaCall): LuaHandle | undefined => (call.type(1) === 'table' ? call.handle(1) : undefined);

  const write = (call: LuaCall): LuaResult => {
    const table = tableAt(call);
    chip.address = ADDRESS;
    let [command, value] = [0, 0];
    if (table !== undefined) {
      chip.address = addressOf(call, table);
      value =
        field(call, table, 'value', VALUE_MAX, 'Valid range 0-4095') ?? call.argError(1, 'value: value is required');
      const save = table.get('save');
      if (save !== undefined && typeof save !== 'boolean') call.argError(1, 'save: must be boolean');
      command = save === true ? WRITE_EEPROM : WRITE_DAC;
      command |= (field(call, table, 'pwrdn', 3, 'Valid range 0-3') ?? 0) << 1;
    }
    chip.write(command, value >> 4, (value << 4) & 0xff);
  };

  const read = (call: LuaCall): LuaResult => {
    const table = tableAt(call);
    chip.address = table === undefined ? ADDRESS : addressOf(call, table);
    const [status = 0, high = 0, low = 0, kept = 0, keptLow = 0] = chip.read(5);
    return multi(
      (status & 0x06) >> 1,
      (high << 4) | (low >> 4),
      (kept & 0x60) >> 5,
      ((kept & 0x0f) << 8) | keptLow,
      status >> 7,
      (status & 0x40) >> 6,
    );
  };

  return {
    constants: POWER_DOWN,
    functions: { write: raw(write), read: raw(read) },
  };
});
