/**
 * Lua patterns over byte strings. A matcher walks the pattern text itself, as C does, because the errors of a
 * malformed pattern depend on how far matching came. Every step is charged.
 */
import { raise } from './errors.ts';
import type { Thread } from './thread.ts';

const PERCENT = 37;
/** LUA_MAXCAPTURES of the two builds. */
const MAX_CAPTURES_51 = 10;
const MAX_CAPTURES_53 = 32;
/** Length of a capture that is not closed, and of `()`. */
const OPEN = -1;
const POSITION = -2;
/** MAXCCALLS of lstrlib.c in both builds. */
const MAX_DEPTH = 200;

/** To lstrlib.c of 5.1 a pattern is a C string. */
export const patternText = (pattern: string, is51: boolean): string =>
  is51 && pattern.includes('\0') ? pattern.slice(0, pattern.indexOf('\0')) : pattern;

/** isalpha and its kin of the C locale, by letter of the class; 5.1 has no `%g`. */
function inClass(c: number, letter: number, is51: boolean): boolean {
  let yes: boolean;
  switch (letter | 32) {
    case 97:
      yes = (c | 32) >= 97 && (c | 32) <= 122;
      break; // a
    case 99:
      yes = c < 32 || c === 127;
      break; // c
    case 100:
      yes = c >= 48 && c <= 57;
      break; // d
    case 103:
      if (is51) return letter === c;
      yes = c > 32 && c < 127;
      break; // g
    case 108:
      yes = c >= 97 && c <= 122;
      break; // l
    case 112:
      yes = (c > 32 && c < 48) || (c > 57 && c < 65) || (c > 90 && c < 97) || (c > 122 && c < 127);
      break; // p
    case 115:
      yes = c === 32 || (c >= 9 && c <= 13);
      break; // s
    case 117:
      yes = c >= 65 && c <= 90;
      break; // u
    case 119:
      yes = ((c | 32) >= 97 && (c | 32) <= 122) || (c >= 48 && c <= 57);
      break; // w
    case 120:
      yes = (c >= 48 && c <= 57) || ((c | 32) >= 97 && (c | 32) <= 102);
      break; // x
    case 122:
      yes = c === 0;
      break; // z
    default:
      return letter === c;
  }
  return (letter & 32) !== 0 ? yes : !yes;
}

export class Matcher {
  readonly #L: Thread;
  readonly source: string;
  readonly pattern: string;
  /** Number of captures of the match under way. */
  level = 0;
  readonly starts: number[] = [];
  readonly lengths: number[] = [];
  #depth = 0;

  constructor(L: Thread, source: string, pattern: string) {
    this.#L = L;
    this.source = source;
    this.pattern = patternText(pattern, L.g.is51);
  }

  /** Tries to match at `at` from pattern position `from`; end of the match or -1. */
  start(at: number, from: number): number {
    this.level = 0;
    this.#depth = 0;
    return this.#match(at, from);
  }

  /** Value of capture `n` (from 0): text, or a position from 1. */
  capture(n: number, start: number, end: number): string | number {
    if (n >= this.level) {
      if (n === 0) return this.source.slice(start, end);
      return raise(this.#L, this.#L.g.is51 ? 'invalid capture index' : `invalid capture index %${n + 1}`);
    }
    const length = this.lengths[n] as number;
    if (length === OPEN) return raise(this.#L, 'unfinished capture');
    const from = this.starts[n] as number;
    return length === POSITION ? from + 1 : this.source.slice(from, from + length);
  }

  #match(from: number, pattern: number): number {
    if (++this.#depth > MAX_DEPTH && !this.#L.g.is51) raise(this.#L, 'pattern too complex');
    if (this.#depth > 4000) raise(this.#L, 'pattern too complex');
    const found = this.#step(from, pattern);
    this.#depth--;
    return found;
  }

  #step(from: number, pattern: number): number {
    const { source, pattern: text } = this;
    const end = text.length;
    const g = this.#L.g;
    let s = from;
    let p = pattern;
    for (;;) {
      g.charge(1);
      if (p === end) return s;
      switch (text.charCodeAt(p)) {
        case 40: // (
          return text.charCodeAt(p + 1) === 41 ? this.#open(s, p + 2, POSITION) : this.#open(s, p + 1, OPEN);
        case 41: // )
          return this.#close(s, p + 1);
        case 36: // $
          if (p + 1 === end) return s === source.length ? s : -1;
          break;
        case PERCENT: {
          const next = text.charCodeAt(p + 1);
          if (next === 98) {
            s = this.#balance(s, p + 2);
            if (s < 0) return -1;
            p += 4;
            continue;
          }
          if (next === 102) {
            p += 2;
            if (text.charCodeAt(p) !== 91)
              raise(
                this.#L,
                this.#L.g.is51 ? "missing '[' after '%f' in pattern" : "missing '[' after '%f' in pattern",
              );
            const stop = this.#classEnd(p);
            const before = s === 0 ? 0 : source.charCodeAt(s - 1);
            const here = s < source.length ? source.charCodeAt(s) : 0;
            if (this.#inSet(before, p, stop - 1) || !this.#inSet(here, p, stop - 1)) return -1;
            p = stop;
            continue;
          }
          if (next >= 48 && next <= 57) {
            s = this.#backReference(s, next);
            if (s < 0) return -1;
            p += 2;
            continue;
          }
          break;
        }
        default:
      }
      const stop = this.#classEnd(p);
      const suffix = text.charCodeAt(stop);
      if (suffix === 63) {
        // ?
        if (s < source.length && this.#single(s, p, stop)) {
          const found = this.#match(s + 1, stop + 1);
          if (found >= 0) return found;
        }
        p = stop + 1;
      } else if (suffix === 42)
        return this.#longest(s, p, stop); // *
      else if (suffix === 43)
        return s < source.length && this.#single(s, p, stop) ? this.#longest(s + 1, p, stop) : -1; // +
      else if (suffix === 45)
        return this.#shortest(s, p, stop); // -
      else {
        if (s >= source.length || !this.#single(s, p, stop)) return -1;
        s++;
        p = stop;
      }
    }
  }

  /** Position behind the single-character class at p. */
  #classEnd(at: number): number {
    const text = this.pattern;
    let p = at;
    const c = text.charCodeAt(p++);
    if (c === PERCENT) {
      if (p >= text.length) raise(this.#L, "malformed pattern (ends with '%')");
      return p + 1;
    }
    if (c !== 91) return p;
    if (text.charCodeAt(p) === 94) p++;
    do {
      if (p >= text.length) raise(this.#L, "malformed pattern (missing ']')");
      if (text.charCodeAt(p++) === PERCENT && p < text.length) p++;
    } while (text.charCodeAt(p) !== 93 || p >= text.length);
    return p + 1;
  }

  #single(s: number, p: number, stop: number): boolean {
    const c = this.source.charCodeAt(s);
    switch (this.pattern.charCodeAt(p)) {
      case 46:
        return true;
      case PERCENT:
        return inClass(c, this.pattern.charCodeAt(p + 1), this.#L.g.is51);
      case 91:
        return this.#inSet(c, p, stop - 1);
      default:
        return this.pattern.charCodeAt(p) === c;
    }
  }

  /** Is c in the set from `[` at p to `]` at last? */
  #inSet(c: number, from: number, last: number): boolean {
    const text = this.pattern;
    let p = from + 1;
    let yes = true;
    if (text.charCodeAt(p) === 94) {
      yes = false;
      p++;
    }
    for (; p < last; p++) {
      const low = text.charCodeAt(p);
      if (low === PERCENT) {
        p++;
        if (inClass(c, text.charCodeAt(p), this.#L.g.is51)) return yes;
      } else if (text.charCodeAt(p + 1) === 45 && p + 2 < last) {
        p += 2;
        if (low <= c && c <= text.charCodeAt(p)) return yes;
      } else if (low === c) return yes;
    }
    return !yes;
  }

  #longest(s: number, p: number, stop: number): number {
    let i = 0;
    while (s + i < this.source.length && this.#single(s + i, p, stop)) i++;
    this.#L.g.charge(i >> 1);
    for (; i >= 0; i--) {
      const found = this.#match(s + i, stop + 1);
      if (found >= 0) return found;
    }
    return -1;
  }

  #shortest(from: number, p: number, stop: number): number {
    for (let s = from; ; s++) {
      const found = this.#match(s, stop + 1);
      if (found >= 0) return found;
      if (s >= this.source.length || !this.#single(s, p, stop)) return -1;
    }
  }

  #open(s: number, p: number, what: number): number {
    if (this.level >= (this.#L.g.is51 ? MAX_CAPTURES_51 : MAX_CAPTURES_53)) raise(this.#L, 'too many captures');
    this.starts[this.level] = s;
    this.lengths[this.level] = what;
    this.level++;
    const found = this.#match(s, p);
    if (found < 0) this.level--;
    return found;
  }

  #close(s: number, p: number): number {
    let n = this.level - 1;
    while (n >= 0 && this.lengths[n] !== OPEN) n--;
    if (n < 0) raise(this.#L, 'invalid pattern capture');
    this.lengths[n] = s - (this.starts[n] as number);
    const found = this.#match(s, p);
    if (found < 0) this.lengths[n] = OPEN;
    return found;
  }

  #balance(from: number, p: number): number {
    const { source, pattern } = this;
    if (p + 1 >= pattern.length) {
      raise(this.#L, this.#L.g.is51 ? 'unbalanced pattern' : "malformed pattern (missing arguments to '%b')");
    }
    if (from >= source.length || source.charCodeAt(from) !== pattern.charCodeAt(p)) return -1;
    const open = pattern.charCodeAt(p);
    const close = pattern.charCodeAt(p + 1);
    let depth = 1;
    for (let s = from + 1; s < source.length; s++) {
      const c = source.charCodeAt(s);
      if (c === close) {
        if (--depth === 0) {
          this.#L.g.charge((s - from) >> 2);
          return s + 1;
        }
      } else if (c === open) depth++;
    }
    this.#L.g.charge((source.length - from) >> 2);
    return -1;
  }

  #backReference(s: number, digit: number): number {
    const n = digit - 49;
    if (n < 0 || n >= this.level || this.lengths[n] === OPEN) {
      raise(this.#L, this.#L.g.is51 ? 'invalid capture index' : `invalid capture index %${n + 1}`);
    }
    const from = this.starts[n] as number;
    const length = this.lengths[n] as number;
    // C takes it for a length without end.
    if (length === POSITION) return -1;
    this.#L.g.charge(length >> 3);
    return this.source.startsWith(this.source.slice(from, from + length), s) ? s + length : -1;
  }
}
