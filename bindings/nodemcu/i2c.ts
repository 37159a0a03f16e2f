/** `i2c`: the bus of the default build, id 0. Firmware: app/modules/i2c.c */
import { PIN_COUNT } from '../../runtime/device/index.ts';
import type { LuaCall, LuaHandle } from '../../runtime/vm/index.ts';
import { arg, checkElement } from './arg.ts';
import { I2cMaster } from './i2c-master.ts';
import { defineModule, fn, raw, since } from './lua.ts';

const RECEIVER = 1;

/** Not enough memory for more than this, whatever the bus gives. */
const READ_MAX = 0x10000;

function checkId(call: LuaCall, id: number): void {
  if (id !== 0) call.error(`i2c ${id} does not exist`);
}

function checkPin(call: LuaCall, pin: number): void {
  if (pin < 0 || pin >= PIN_COUNT) call.error(`gpio ${pin} does not exist`);
}

export const i2c = defineModule({ name: 'i2c' }, (device) => {
  const bus = I2cMaster.of(device);

  /** How many bytes of the argument were acknowledged, and whether all were. */
  const writeArgument = (call: LuaCall, n: number): { count: number; all: boolean } => {
    if (call.type(n) === 'number') {
      const byte = call.checkInteger(n);
      if (byte < 0 || byte > 255) call.error('wrong arg range');
      const all = bus.write(byte);
      return { count: all ? 1 : 0, all };
    }
    if (call.type(n) === 'table') {
      const table = call.handle(n) as LuaHandle;
      const length = table.length();
      for (let i = 0; i < length; i++) {
        const byte = checkElement(call, table, i + 1);
        if (byte < 0 || byte > 255) call.error('wrong arg range');
        if (!bus.write(byte)) return { count: i, all: false };
      }
      return { count: length, all: true };
    }
    const bytes = call.checkBytes(n);
    const refused = bytes.findIndex((byte) => !bus.write(byte));
    return refused < 0 ? { count: bytes.length, all: true } : { count: refused, all: false };
  };

  return {
    constants: {
      FASTPLUS: since('3.0', 1_000_000),
      FAST: since('3.0', 400_000),
      SLOW: 100_000,
      TRANSMITTER: 0,
      RECEIVER,
    },
    functions: {
      setup: raw((call) => {
        const [id, sda, scl] = [call.checkInteger(1), call.checkInteger(2), call.checkInteger(3)];
        checkId(call, id);
        checkPin(call, sda);
        checkPin(call, scl);
        if (!device.era.i2cSclOnD0 && (sda === 0 || scl === 0)) call.error('no i2c for D0');
        if (sda === 0) call.error('i2c SDA on D0 is not supported');
        if (call.checkInteger(4) <= 0) call.error('wrong arg range');
        return bus.setup(sda, scl);
      }),
      start: fn([arg.integer()], (id, call) => {
        checkId(call, id);
        bus.start();
      }),
      stop: fn([arg.integer()], (id, call) => {
        checkId(call, id);
        bus.stop();
      }),
      address: fn([arg.integer(), arg.integer(), arg.integer()], (id, address, direction, call) => {
        checkId(call, id);
        if (address < 0 || address > 127) call.error('wrong arg range');
        return bus.address(address, direction !== 0);
      }),
      write: raw((call) => {
        checkId(call, call.checkInteger(1));
        if (call.count < 2) call.error('wrong arg type');
        let wrote = 0;
        for (let n = 2; n <= call.count; n++) {
          const { count, all } = writeArgument(call, n);
          wrote += count;
          if (!all) break;
        }
        return wrote;
      }),
      read: fn([arg.integer(), arg.integer()], (id, size, call) => {
        checkId(call, id);
        const count = size >>> 0;
        if (count === 0) return undefined;
        if (count > READ_MAX) call.raise('not enough memory');
        return Uint8Array.from({ length: count }, (_, i) => bus.read(i < count - 1));
      }),
    },
  };
});
