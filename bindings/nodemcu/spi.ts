import { type LuaCall, type LuaHandle, type LuaInput, multi } from '../../runtime/vm/index.ts';
import { checkElement } from './arg.ts';
import { defineModule, type LuaResult, raw, since } from './lua.ts';
import { SpiMaster } from './spi-master.ts';

const MASTER = 1;
const SLAVE = 0;
const HALFDUPLEX = 0;
const FULLDUPLEX = 1;
const BUFFER_BITS = 512;
/** No heap holds more. */
const SIZE_MAX = 0x10000;
const CLOCK_DIVIDER = 8;

interface Port {
  readonly master: SpiMaster;
  dataBits: number;
  duplex: number;
}

export const spi = defineModule({ name: 'spi' }, (device) => {
  const ports: readonly Port[] = [0, 1].map(() => ({
    master: new SpiMaster(device),
    dataBits: 0,
    duplex: HALFDUPLEX,
  }));

  const checked = (call: LuaCall, id: number): Port => ports[id] ?? call.error(`spi ${id} does not exist`);
  const portOf = (call: LuaCall): Port => checked(call, call.checkInteger(1));

  /** Sends one item; what came in meanwhile, in full duplex. */
  const exchange = ({ master, dataBits }: Port, data: number): number => {
    master.put(0, dataBits, data);
    master.run({ mosiBits: dataBits, misoBits: -1 });
    return master.get(0, dataBits);
  };

  const setup = (call: LuaCall): LuaResult => {
    const [id, mode, cpol, cpha, dataBits, divider] = [1, 2, 3, 4, 5, 6].map((n) => call.checkInteger(n)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const duplex = call.optInteger(7, HALFDUPLEX);
    const port = checked(call, id);
    if (![mode, cpol, cpha].every((value) => value === 0 || value === 1)) call.error('wrong arg type');
    if (dataBits < 0 || dataBits > 32) call.error('out of range');
    if (duplex !== HALFDUPLEX && duplex !== FULLDUPLEX) call.error('out of range');
    port.dataBits = dataBits;
    port.duplex = duplex;
    port.master.clockDivider = divider === 0 ? CLOCK_DIVIDER : divider >>> 0;
    return 1;
  };

  const send = (call: LuaCall): LuaResult => {
    const port = portOf(call);
    if (call.count < 2) call.error('wrong arg type');
    const full = port.duplex === FULLDUPLEX;
    const received: LuaInput[] = [];
    let wrote = 0;
    const one = (data: number): number => {
      wrote++;
      if (full) return exchange(port, data);
      port.master.run({ address: [port.dataBits, data] });
      return 0;
    };
    for (let n = 2; n <= call.count; n++) {
      if (call.type(n) === 'number') {
        const came = one(call.checkInteger(n));
        if (full) received.push(came);
      } else if (call.type(n) === 'table') {
        const table = call.handle(n) as LuaHandle;
        const came = Array.from({ length: table.length() }, (_, i) => one(checkElement(call, table, i + 1)));
        if (full && came.length > 0) received.push(came);
      } else {
        const came = call.checkBytes(n).map((byte) => one(byte));
        if (full && came.length > 0) received.push(came);
      }
    }
    return multi(wrote, ...received);
  };

  const recv = (call: LuaCall): LuaResult => {
    const id = call.checkInteger(1);
    const size = call.checkInteger(2);
    const fallback = call.optInteger(3, -1);
    const port = checked(call, id);
    if (size === 0) return undefined;
    if (size > SIZE_MAX) call.raise('not enough memory');
    return Uint8Array.from({ length: Math.max(0, size) }, () => exchange(port, fallback));
  };

  const setMosi = (call: LuaCall): LuaResult => {
    const { master } = portOf(call);
    if (call.type(2) === 'string') {
      master.putBytes(call.checkBytes(2));
      return;
    }
    let offset = call.checkInteger(2);
    const bits = call.checkInteger(3);
    for (let n = 4; n <= call.count; n++, offset += bits) {
      const data = call.checkInteger(n);
      if (offset + bits > BUFFER_BITS) call.error('data range exceeded > 512 bits');
      master.put(offset, bits, data);
    }
  };

  const getMiso = (call: LuaCall): LuaResult => {
    const { master } = portOf(call);
    if (call.count === 2) return master.getBytes(Math.min(64, Math.max(0, call.checkInteger(2))));
    const [offset, bits, count] = [call.checkInteger(2), call.checkInteger(3), call.checkInteger(4)];
    if (offset + bits * count > BUFFER_BITS) call.error('out of range');
    if (count <= 0) return undefined;
    return multi(...Array.from({ length: count }, (_, i) => master.get(offset + bits * i, bits)));
  };

  const transaction = (call: LuaCall): LuaResult => {
    const { master } = portOf(call);
    const [cmdBits, cmd, addressBits, address, mosiBits, dummyBits, misoBits] = [2, 3, 4, 5, 6, 7, 8].map((n) =>
      call.checkInteger(n),
    ) as [number, number, number, number, number, number, number];
    const limit = (value: number, max: number): number => Math.min(max, Math.max(0, value));
    master.run({
      command: [limit(cmdBits, 16), cmd & 0xffff],
      address: [limit(addressBits, 32), address],
      mosiBits: limit(mosiBits, BUFFER_BITS),
      dummyBits: limit(dummyBits, 256),
      misoBits: Math.min(BUFFER_BITS, misoBits),
    });
  };

  return {
    constants: {
      MASTER,
      SLAVE,
      CPHA_LOW: 0,
      CPHA_HIGH: 1,
      CPOL_LOW: 0,
      CPOL_HIGH: 1,
      DATABITS_8: 8,
      HALFDUPLEX,
      FULLDUPLEX,
    },
    functions: {
      setup: raw(setup),
      send: raw(send),
      recv: raw(recv),
      set_mosi: raw(setMosi),
      get_miso: raw(getMiso),
      transaction: raw(transaction),
      set_clock_div: since(
        '3.0',
        raw((call) => {
          const { master } = portOf(call);
          const before = master.clockDivider;
          master.clockDivider = call.checkInteger(2) >>> 0;
          return before | 0;
        }),
      ),
    },
  };
});
