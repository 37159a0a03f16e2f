import { type LuaCall, multi } from '../../runtime/vm/index.ts';
import { defineModule, type LuaResult, raw } from './lua.ts';

const C_STACK_MAX = 8000; // LUAI_MAXCSTACK: lua_checkstack refuses more values than this

/** A C cast to uint32_t by way of a 64-bit integer. */
const word = (value: number | undefined): number => Math.trunc(value ?? 0) | 0;

export const rtcmem = defineModule({ name: 'rtcmem' }, (device) => {
  const { memory } = device.rtc;

  const read32 = (call: LuaCall): LuaResult => {
    const first = call.checkInteger(1);
    const count = call.count < 2 ? 1 : call.toInteger(2);
    if (first < 0 || count <= 0 || count + call.count > C_STACK_MAX) return undefined;
    return multi(...memory.subarray(first, first + count));
  };

  const write32 = (call: LuaCall): undefined => {
    const first = call.checkInteger(1);
    call.argCheck(first + call.count - 1 <= memory.length, 1, 'RTC mem would overrun');
    for (let n = 2; n <= call.count; n++) memory[first + n - 2] = word(call.toNumber(n));
  };

  return { functions: { read32: raw(read32), write32: raw(write32) } };
});
