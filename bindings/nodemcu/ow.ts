/** `ow`: the 1-Wire bus. Firmware: app/modules/ow.c */
import { PIN_COUNT } from '../../runtime/device/index.ts';
import { crc8 } from '../../runtime/hardware/index.ts';
import { type LuaCall, type LuaHandle, NIL } from '../../runtime/vm/index.ts';
import { arg, checkElement } from './arg.ts';
import { defineModule, fn, type LuaResult, raw, since } from './lua.ts';
import { OneWireMaster } from './one-wire-master.ts';

const LINE_MAX = 256; // LUAL_BUFFERSIZE (lua/luaconf.h)
const TIMINGS = 10;

/** Optional arguments that count only as numbers: `lua_isnumber(n) ? lua_tointeger(n) : 0`. */
const loose = (call: LuaCall, n: number): number => (call.isNumber(n) ? call.toInteger(n) : 0);

function pinOf(call: LuaCall): number {
  const pin = call.checkInteger(1);
  if (pin <= 0 || pin >= PIN_COUNT) call.error(`ow ${pin} does not exist`);
  return pin;
}

/** The eight bytes of argument 2, a table or a string. */
function romOf(call: LuaCall): number[] {
  if (call.type(2) !== 'table') {
    const bytes = call.checkBytes(2);
    if (bytes.length !== 8) call.error('wrong arg range');
    return [...bytes];
  }
  const table = call.handle(2) as LuaHandle;
  if (table.length() !== 8) call.error('wrong arg range');
  return Array.from({ length: 8 }, (_, i) => {
    const value = checkElement(call, table, i + 1);
    if (value > 255) call.error('wrong arg range');
    return value & 0xff;
  });
}

/** Dallas CRC-16, x^16 + x^15 + x^2 + 1, least significant bit first. */
function crc16(bytes: Uint8Array, initial: number): number {
  let crc = initial & 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** A CRC to start from, at argument n. */
function initialCrc(call: LuaCall, n: number): number {
  const crc = loose(call, n);
  if (crc > 65535) call.error('wrong arg range');
  return crc;
}

function sized(call: LuaCall, max: number): Uint8Array {
  const bytes = call.checkBytes(1);
  if (bytes.length > max) call.error('wrong arg range');
  return bytes;
}

function checkCrc16(call: LuaCall): boolean {
  const bytes = sized(call, 65535);
  const low = call.checkInteger(2);
  if (bytes.length > 255) call.error('wrong arg range');
  const high = call.checkInteger(3);
  const crc = ~crc16(bytes, initialCrc(call, 4));
  return (crc & 0xff) === (low & 0xff) && ((crc >> 8) & 0xff) === (high & 0xff);
}

export const ow = defineModule({ name: 'ow' }, (device) => {
  const bus = new OneWireMaster(device);

  const write = (call: LuaCall): LuaResult => {
    const pin = pinOf(call);
    const value = call.checkInteger(2);
    if (value > 255) call.error('wrong arg range');
    bus.write(pin, value & 0xff, loose(call, 3) !== 0);
  };

  const writeBytes = (call: LuaCall): LuaResult => {
    const pin = pinOf(call);
    const bytes = call.checkBytes(2);
    const power = loose(call, 3) !== 0;
    for (const [i, byte] of bytes.entries()) bus.write(pin, byte, i < bytes.length - 1 || power);
  };

  const readBytes = (call: LuaCall): LuaResult => {
    const pin = pinOf(call);
    const size = call.checkInteger(2) >>> 0;
    if (size === 0) return undefined;
    call.argCheck(size <= LINE_MAX, 2, 'Attempt to read too many characters');
    return Uint8Array.from({ length: size }, () => bus.read(pin));
  };

  return {
    functions: {
      setup: raw((call) => {
        if (call.checkInteger(1) === 0) call.error('no 1-wire for D0');
        bus.setup(pinOf(call));
      }),
      reset: raw((call) => (bus.reset(pinOf(call)) ? 1 : 0)),
      skip: raw((call) => bus.skip(pinOf(call))),
      select: raw((call) => {
        const pin = pinOf(call);
        bus.select(pin, romOf(call));
      }),
      write: raw(write),
      write_bytes: raw(writeBytes),
      read: raw((call) => bus.read(pinOf(call))),
      read_bytes: raw(readBytes),
      depower: raw((call) => bus.depower(pinOf(call))),
      reset_search: raw((call) => bus.resetSearch(pinOf(call))),
      target_search: raw((call) => {
        const pin = pinOf(call);
        const family = call.checkInteger(2);
        if (family > 255) call.error('wrong arg range');
        bus.targetSearch(pin, family);
      }),
      search: raw((call) => {
        const rom = bus.search(pinOf(call), loose(call, 2) !== 0);
        return rom === undefined ? NIL : Uint8Array.from(rom);
      }),
      crc8: raw((call) => crc8(sized(call, 255))),
      check_crc16: raw(checkCrc16),
      crc16: fn([arg.bytes], (_bytes, call) => crc16(sized(call, 65535), initialCrc(call, 2))),
      set_timings: since(
        '3.0',
        raw((call) => {
          for (let n = 1; n <= TIMINGS; n++) if (call.isNumber(n)) bus.timings[n - 1] = call.toInteger(n);
        }),
      ),
    },
  };
});
