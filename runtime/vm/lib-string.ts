/** The string library (lstrlib.c of both builds). */
import { arg, checkInt, checkText, checkType, optInt, optText } from './args.ts';
import { dump } from './dump.ts';
import { argError, raise } from './errors.ts';
import { format } from './format.ts';
import type { Library } from './library.ts';
import { isNumber } from './number.ts';
import { index, textOf, truthy } from './ops.ts';
import { pack, packsize, unpack } from './pack.ts';
import { Matcher, patternText } from './pattern.ts';
import { give, give2, giveAll } from './results.ts';
import { LuaTable } from './table.ts';
import { isFunction, type Thread } from './thread.ts';
import { Closure, Native, type Value } from './value.ts';
import { typeName } from './vm.ts';

/** Negative positions count from the end. */
const relative = (at: number, length: number): number => (at >= 0 ? at : Math.max(0, length + at + 1));

function sub(L: Thread, base: number): number {
  const s = checkText(L, 1);
  const from = Math.max(1, relative(checkInt(L, 2), s.length));
  const to = Math.min(s.length, relative(optInt(L, 3, -1), s.length));
  return give(L, base, from > to ? '' : s.slice(from - 1, to));
}

function byte(L: Thread, base: number): number {
  const s = checkText(L, 1);
  const from = relative(optInt(L, 2, 1), s.length);
  const to = Math.min(s.length, relative(optInt(L, 3, from), s.length));
  const first = Math.max(1, from);
  if (first > to) return 0;
  if (first === to) return give(L, base, s.charCodeAt(first - 1));
  if (to - first >= 7900) raise(L, 'string slice too long');
  L.g.charge(to - first);
  const out: number[] = [];
  for (let i = first; i <= to; i++) out.push(s.charCodeAt(i - 1));
  return giveAll(L, base, out);
}

function char(L: Thread, base: number, count: number): number {
  let out = '';
  for (let i = 1; i <= count; i++) {
    const c = checkInt(L, i);
    if (c < 0 || c > 255) argError(L, i, L.g.is51 ? 'invalid value' : 'value out of range');
    out += String.fromCharCode(c);
  }
  L.g.chargeString(count);
  return give(L, base, out);
}

/** 5.3's buffers complain in their own words when memory is out. */
function bufferSize(L: Thread, size: number): void {
  if (!L.g.is51 && size > L.g.heapLimit) raise(L, 'not enough memory for buffer allocation');
  L.g.chargeString(size);
}

function rep(L: Thread, base: number): number {
  const s = checkText(L, 1);
  const n = checkInt(L, 2);
  const separator = L.g.is51 ? '' : optText(L, 3, '');
  if (n <= 0) return give(L, base, '');
  const total = n * s.length + (n - 1) * separator.length;
  // As C asks it: before the last separator is left out.
  if (n * (s.length + separator.length) > 0x7fffffff && !L.g.is51) raise(L, 'resulting string too large');
  bufferSize(L, total);
  return give(L, base, separator === '' ? s.repeat(n) : (s + separator).repeat(n - 1) + s);
}

const mapped =
  (change: (s: string) => string) =>
  (L: Thread, base: number): number => {
    const s = checkText(L, 1);
    L.g.charge(s.length >> 2);
    L.g.chargeString(s.length);
    return give(L, base, change(s));
  };
// Only ASCII letters change in the C locale.
const upper = (s: string): string => s.replace(/[a-z]+/g, (part) => part.toUpperCase());
const lower = (s: string): string => s.replace(/[A-Z]+/g, (part) => part.toLowerCase());

function pushCaptures(L: Thread, base: number, m: Matcher, start: number, end: number, whole: boolean): number {
  const n = m.level === 0 && whole ? 1 : m.level;
  const values: Value[] = [];
  for (let i = 0; i < n; i++) values.push(m.capture(i, start, end));
  return giveAll(L, base, values);
}

const SPECIALS = /[\^$*+?.([%-]/;

function search(L: Thread, base: number, find: boolean): number {
  const s = checkText(L, 1);
  const pattern = checkText(L, 2);
  let init = relative(optInt(L, 3, 1), s.length) - 1;
  if (init < 0) init = 0;
  else if (init > s.length) {
    if (!L.g.is51) return give(L, base, undefined);
    init = s.length;
  }
  if (find && (truthy(arg(L, 4)) || !SPECIALS.test(patternText(pattern, L.g.is51)))) {
    L.g.charge((s.length - init) >> 3);
    const at = s.indexOf(pattern, init);
    return at < 0 ? give(L, base, undefined) : give2(L, base, at + 1, at + pattern.length);
  }
  const anchored = pattern.startsWith('^');
  const m = new Matcher(L, s, pattern);
  for (let at = init; ; at++) {
    const end = m.start(at, anchored ? 1 : 0);
    if (end >= 0) {
      if (!find) return pushCaptures(L, base, m, at, end, true);
      const got = pushCaptures(L, base + 2, m, at, end, false);
      give2(L, base, at + 1, end);
      return got + 2;
    }
    if (at >= s.length || anchored) return give(L, base, undefined);
  }
}

/** The iterator's state is its upvalues: text, pattern, where to go on, where the last match ended. */
function gmatchStep(L: Thread, base: number): number {
  const state = (L.frame.fn as Native).upvals as [string, string, number, number];
  const m = new Matcher(L, state[0], state[1]);
  for (let at = state[2]; at <= state[0].length; at++) {
    const end = m.start(at, 0);
    // 5.3 does not take an empty match where the last one ended.
    if (end < 0 || (!L.g.is51 && end === state[3])) continue;
    state[2] = L.g.is51 && end === at ? end + 1 : end;
    state[3] = end;
    return pushCaptures(L, base, m, at, end, true);
  }
  state[2] = state[0].length + 1;
  return 0;
}

function gmatch(L: Thread, base: number): number {
  const s = checkText(L, 1);
  return give(L, base, new Native('gmatch', gmatchStep, [s, checkText(L, 2), 0, -1]));
}

/** The text that replaces one match of gsub. */
function replacement(L: Thread, m: Matcher, repl: Value, start: number, end: number): string {
  const whole = m.source.slice(start, end);
  if (typeof repl === 'string') {
    if (!repl.includes('%')) return repl;
    let out = '';
    for (let i = 0; i < repl.length; i++) {
      const c = repl.charAt(i);
      if (c !== '%') {
        out += c;
        continue;
      }
      const d = repl.charAt(++i);
      if (d >= '0' && d <= '9') {
        const v = d === '0' ? whole : m.capture(d.charCodeAt(0) - 49, start, end);
        out += textOf(L, v) as string;
      } else if (L.g.is51) {
        // lstrlib.c add_s adds the zero that ends the text after a last `%`.
        out += d || '\0';
      } else if (d === '%') out += d;
      else raise(L, "invalid use of '%' in replacement string");
    }
    return out;
  }
  const key = m.capture(0, start, end);
  let v: Value;
  if (repl instanceof LuaTable) v = index(L, repl, key);
  else {
    const args: Value[] = [];
    for (let i = 0; i < Math.max(1, m.level); i++) args.push(m.capture(i, start, end));
    v = L.call1(repl, ...args);
  }
  if (!truthy(v)) return whole;
  return textOf(L, v) ?? raise(L, `invalid replacement value (a ${typeName(v)})`);
}

function gsub(L: Thread, base: number, count: number): number {
  const s = checkText(L, 1);
  const pattern = checkText(L, 2);
  let repl = arg(L, 3);
  const text = textOf(L, repl);
  if (text !== undefined) repl = text;
  else if (!isFunction(repl) && !(repl instanceof LuaTable)) {
    argError(L, 3, `string/function/table${L.g.is51 ? '/lightfunction' : ''} expected`);
  }
  const limit = optInt(L, 4, s.length + 1);
  const anchored = pattern.startsWith('^');
  const m = new Matcher(L, s, pattern);
  void count;
  let out = '';
  let n = 0;
  let at = 0;
  let last = -1;
  while (n < limit) {
    const end = m.start(at, anchored ? 1 : 0);
    // 5.3 does not replace an empty match where the last one ended.
    const fresh = end >= 0 && (L.g.is51 || end !== last);
    if (fresh) {
      n++;
      out += replacement(L, m, repl, at, end);
      last = end;
      if (out.length > L.g.heapLimit) L.g.outOfMemory();
    }
    if (fresh && (end > at || !L.g.is51)) at = end;
    else if (at < s.length) out += s.charAt(at++);
    else break;
    if (anchored) break;
  }
  out += s.slice(at);
  L.g.chargeString(out.length);
  return give2(L, base, out, n);
}

/** `s % x`: string.format with x, or with the elements of a table x. */
function percent(L: Thread, base: number): number {
  const template = arg(L, 1);
  const v = arg(L, 2);
  const args: Value[] = [template];
  if (v instanceof LuaTable) for (let i = 1, n = v.length(); i <= n; i++) args.push(v.get(i));
  else args.push(v);
  for (let i = 0; i < args.length; i++) L.stack[base + i] = args[i];
  L.top = base + args.length;
  L.frame.top = L.top;
  return format(L, base);
}

function dumpFunction(L: Thread, base: number): number {
  const option = arg(L, 2);
  // By default 5.3 takes node.stripdebug's level; 5.1 strips fully at any level but 0.
  let strip: number = L.g.is51 ? 2 : L.g.stripLevel;
  if (typeof option === 'boolean') strip = option ? 2 : 0;
  else if (option !== undefined) strip = isNumber(option) ? checkInt(L, 2) : 0;
  if (strip < 0 || strip > 2) argError(L, 2, 'strip out of range');
  checkType(L, 1, 'function');
  const fn = arg(L, 1);
  if (!(fn instanceof Closure)) return raise(L, 'unable to dump given function');
  if (L.g.is51 && strip > 0) strip = 2;
  const text = dump(fn.proto, strip as 0 | 1 | 2, L.g.version);
  L.g.charge(text.length);
  L.g.chargeString(text.length);
  return give(L, base, text);
}

/** `gfind` is the same function. */
const nativeGmatch = new Native('gmatch', gmatch);

const FIRST: Library = [
  ['byte', byte],
  ['char', char],
  ['dump', dumpFunction],
  ['find', (L, base) => search(L, base, true)],
  ['format', format],
];
const REST: Library = [
  ['gmatch', nativeGmatch],
  ['gsub', gsub],
  ['len', (L, base) => give(L, base, checkText(L, 1).length)],
  ['lower', mapped(lower)],
  ['match', (L, base) => search(L, base, false)],
  ['rep', rep],
  ['reverse', mapped((s) => [...s].reverse().join(''))],
  ['sub', sub],
  ['upper', mapped(upper)],
];

export const STRING_51: Library = [...FIRST, ['gfind', nativeGmatch], ...REST];
export const STRING_53: Library = [...FIRST, ...REST, ['pack', pack], ['packsize', packsize], ['unpack', unpack]];
/** The library is the metatable of strings, too. */
export const stringMod = new Native('__mod', percent);
