/** The utf8 library of 5.3. */
import { checkInt, checkText, optInt } from './args.ts';
import { argError, raise } from './errors.ts';
import { utf8 as encode } from './lexer.ts';
import type { Library } from './library.ts';
import { give, give2, giveAll } from './results.ts';
import type { Thread } from './thread.ts';
import { Native, type Value } from './value.ts';

const relative = (at: number, length: number): number => (at >= 0 ? at : -at > length ? 0 : length + at + 1);
const isContinuation = (s: string, at: number): boolean => (s.charCodeAt(at) & 0xc0) === 0x80;
/** Smallest code point of each length. */
const LIMITS = [0, 0x80, 0x800, 0x10000] as const;

/** The code point at `at` and the place behind it, or undefined. */
function decode(s: string, at: number): { code: number; next: number } | undefined {
  const first = s.charCodeAt(at);
  if (first < 0x80) return { code: first, next: at + 1 };
  if (!(first >= 0xc0 && first < 0xf8)) return undefined;
  const extra = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  let code = first & (0x3f >> extra);
  for (let i = 1; i <= extra; i++) {
    if (!isContinuation(s, at + i)) return undefined;
    code = (code << 6) | (s.charCodeAt(at + i) & 0x3f);
  }
  if (code < (LIMITS[extra] as number) || code > 0x10ffff) return undefined;
  return { code, next: at + extra + 1 };
}

function len(L: Thread, base: number): number {
  const s = checkText(L, 1);
  let at = relative(optInt(L, 2, 1), s.length) - 1;
  const last = relative(optInt(L, 3, -1), s.length) - 1;
  if (at < 0 || at > s.length) argError(L, 2, 'initial position out of string');
  if (last >= s.length) argError(L, 3, 'final position out of string');
  let n = 0;
  while (at <= last) {
    const found = decode(s, at);
    if (found === undefined) return give2(L, base, undefined, at + 1);
    at = found.next;
    n++;
  }
  L.g.charge(n);
  return give(L, base, n);
}

function codepoint(L: Thread, base: number): number {
  const s = checkText(L, 1);
  const first = relative(optInt(L, 2, 1), s.length);
  const last = relative(optInt(L, 3, first), s.length);
  if (first < 1) argError(L, 2, 'out of range');
  if (last > s.length) argError(L, 3, 'out of range');
  const codes: Value[] = [];
  for (let at = first - 1; at < last; ) {
    const found = decode(s, at);
    if (found === undefined) return raise(L, 'invalid UTF-8 code');
    codes.push(found.code);
    at = found.next;
  }
  L.g.charge(codes.length);
  return giveAll(L, base, codes);
}

function char(L: Thread, base: number, count: number): number {
  let out = '';
  for (let i = 1; i <= count; i++) {
    const code = checkInt(L, i);
    if (code < 0 || code > 0x10ffff) argError(L, i, 'value out of range');
    out += encode(code);
  }
  L.g.chargeString(out.length);
  return give(L, base, out);
}

function offset(L: Thread, base: number): number {
  const s = checkText(L, 1);
  let n = checkInt(L, 2);
  let at = relative(optInt(L, 3, n >= 0 ? 1 : s.length + 1), s.length) - 1;
  if (at < 0 || at > s.length) argError(L, 3, 'position out of range');
  if (n === 0) {
    while (at > 0 && isContinuation(s, at)) at--;
    return give(L, base, at + 1);
  }
  if (isContinuation(s, at)) raise(L, 'initial position is a continuation byte');
  for (; n < 0 && at > 0; n++) {
    do at--;
    while (at > 0 && isContinuation(s, at));
  }
  if (n > 0) {
    for (n--; n > 0 && at < s.length; n--) {
      do at++;
      while (isContinuation(s, at));
    }
  }
  L.g.charge(s.length >> 3);
  return give(L, base, n === 0 ? at + 1 : undefined);
}

function codesStep(L: Thread, base: number): number {
  const s = checkText(L, 1);
  let at = checkInt(L, 2) - 1;
  if (at < 0) at = 0;
  else if (at < s.length) {
    at++;
    while (isContinuation(s, at)) at++;
  }
  if (at >= s.length) return 0;
  const found = decode(s, at);
  if (found === undefined || isContinuation(s, found.next)) return raise(L, 'invalid UTF-8 code');
  return give2(L, base, at + 1, found.code);
}
const nativeCodesStep = new Native('iter_aux', codesStep);

export const UTF8: Library = [
  ['offset', offset],
  ['codepoint', codepoint],
  ['char', char],
  ['len', len],
  ['codes', (L, base) => giveAll(L, base, [nativeCodesStep, checkText(L, 1), 0])],
  ['charpattern', '[\0-\x7F\xC2-\xF4][\x80-\xBF]*'],
];
