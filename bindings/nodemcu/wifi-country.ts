/** `wifi.getcountry` and `wifi.setcountry`. Firmware: app/modules/wifi.c */
import type { LuaCall, LuaHandle, LuaOutput } from '../../runtime/vm/index.ts';
import { toNumber } from './arg.ts';
import type { LuaResult } from './lua.ts';

const CHANNEL_MAX = 14;
const LAST_CHANNEL = 13;

export class Country {
  #code = 'CN';
  #start = 1;
  #end = LAST_CHANNEL;
  #policy = 0;

  table(): LuaResult {
    return { country: this.#code, start_ch: this.#start, end_ch: this.#end, policy: this.#policy };
  }

  set(call: LuaCall): LuaResult {
    call.argCheck(call.type(1) === 'table', 1, 'Table not found!');
    const table = call.handle(1) as LuaHandle;
    const code = countryCode(call, table.get('country'));
    const start = number(call, table.get('start_ch'), 'start_ch: must be a number') ?? 1;
    call.argCheck(start >= 1 && start <= CHANNEL_MAX, 1, 'start_ch: Range:1-14');
    const end = number(call, table.get('end_ch'), 'end_ch: must be a number');
    call.argCheck(end === undefined || (end >= 1 && end <= CHANNEL_MAX), 1, 'end_ch: Range:1-14');
    call.argCheck(end === undefined || end >= start, 1, "end_ch: can't be less than start_ch");
    const policy = number(call, table.get('policy'), 'policy: must be a number') ?? 0;
    call.argCheck(policy === 0 || policy === 1, 1, 'policy: must be 0 or 1');
    this.#code = code;
    this.#start = start;
    this.#end = end ?? LAST_CHANNEL;
    this.#policy = policy;
    return true;
  }
}

function countryCode(call: LuaCall, value: LuaOutput): string {
  if (value === undefined) return 'CN';
  if (typeof value !== 'string' && typeof value !== 'number') return call.argError(1, 'country: must be string');
  call.argCheck(/^[a-z]{2}$/i.test(String(value)), 1, 'country: country code must be 2 chars');
  return String(value).toUpperCase();
}

/** uint8_t in the firmware. */
function number(call: LuaCall, value: LuaOutput, error: string): number | undefined {
  if (value === undefined) return undefined;
  return Math.trunc(toNumber(value) ?? call.argError(1, error)) & 0xff;
}
