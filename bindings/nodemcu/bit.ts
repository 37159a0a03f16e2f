import type { LuaCall } from '../../runtime/vm/index.ts';
import { arg } from './arg.ts';
import { defineModule, fn, type LuaEntry, raw } from './lua.ts';

const word = arg.integer();

/** band, bor and bxor: one argument or more, folded from the left. */
const fold = (operation: (a: number, b: number) => number): LuaEntry =>
  raw((call) => {
    let result = call.checkInteger(1);
    for (let n = 2; n <= call.count; n++) result = operation(result, call.checkInteger(n));
    return result;
  });

/** Xtensa shifts by the amount modulo 32, as JavaScript does. */
const shift = (operation: (a: number, b: number) => number): LuaEntry => fn([word, word], operation);

/** set and clear: a value and any number of bit positions. */
const withBits = (operation: (value: number, mask: number) => number): LuaEntry =>
  raw((call: LuaCall) => {
    let result = call.checkInteger(1);
    for (let n = 2; n <= call.count; n++) result = operation(result, 1 << call.checkInteger(n));
    return result;
  });

export const bit = defineModule({ name: 'bit' }, () => ({
  functions: {
    bnot: fn([word], (a) => ~a),
    band: fold((a, b) => a & b),
    bor: fold((a, b) => a | b),
    bxor: fold((a, b) => a ^ b),
    lshift: shift((a, b) => a << b),
    rshift: shift((a, b) => (a >>> b) | 0),
    arshift: shift((a, b) => a >> b),
    bit: fn([word], (n) => 1 << n),
    set: withBits((value, mask) => value | mask),
    clear: withBits((value, mask) => value & ~mask),
    isset: fn([word, word], (value, n) => (value & (1 << n)) !== 0),
    isclear: fn([word, word], (value, n) => (value & (1 << n)) === 0),
  },
}));
