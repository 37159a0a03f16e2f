/** The debug library as the firmware builds it. */
import { arg, argCount, checkAny, optInt } from './args.ts';
import type { Library } from './library.ts';
import { isNumber } from './number.ts';
import { give } from './results.ts';
import { Thread } from './thread.ts';
import { toText } from './tostring.ts';
import { traceback } from './traceback.ts';

function tracebackBody(L: Thread, base: number): number {
  const first = arg(L, 1);
  const of = first instanceof Thread ? first : L;
  const shift = first instanceof Thread ? 1 : 0;
  const message = arg(L, 1 + shift);
  if (message !== undefined && typeof message !== 'string' && !isNumber(message)) return give(L, base, message);
  const level = optInt(L, 2 + shift, of === L ? 1 : 0);
  if (L.g.is51 && argCount(L) <= shift) return give(L, base, traceback(L, of, undefined, level));
  const text = message === undefined ? undefined : String(toText(L, message));
  return give(L, base, traceback(L, of, text, level));
}

const COMMON: Library = [
  ['getregistry', (L, base) => give(L, base, L.g.registry)],
  ['traceback', tracebackBody],
];

export const DEBUG_51: Library = [
  ['getregistry', (L, base) => give(L, base, L.g.registry)],
  ['getstrings', (L, base) => give(L, base, L.g.newTable())],
  ['traceback', tracebackBody],
];
export const DEBUG_53: Library = [
  ...COMMON,
  ['getmetatable', (L, base) => give(L, base, L.g.metatable(checkAny(L, 1)))],
];
