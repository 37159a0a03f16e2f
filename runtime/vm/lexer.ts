/**
 * The scanner: source text to the tokens that Fengari's parser takes, by the rules of Lua 5.1 or 5.3. Written to the
 * reference manuals; messages as in llex.c.
 */
import type { LuaBuild } from './api.ts';
import { isInt } from './number.ts';
import { NUMBERS, type NumberModel } from './numbers.ts';
import { FOREIGN, reservedWords, TK } from './tokens.ts';
import { Flt, type Int } from './value.ts';

/** A malformed token or sentence; becomes the message of load. */
export class SyntaxFailure {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** The text of a chunk: its beginning, and what answers the pieces behind it, '' at the end. */
export interface Source {
  readonly text: string;
  /** Is told how many characters are held: those of the token under way. */
  readonly more?: ((held: number) => string) | undefined;
}

/** What a token carries besides its number. */
export interface Scanned {
  token: number;
  /** Name or string. */
  text: string;
  /** Number: an integer or, if the token says so, a float. */
  value: Int;
}

const END = -1;
const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isHex = (c: number): boolean => isDigit(c) || ((c | 32) >= 97 && (c | 32) <= 102);
const isNameStart = (c: number): boolean => ((c | 32) >= 97 && (c | 32) <= 122) || c === 95;
const isName = (c: number): boolean => isNameStart(c) || isDigit(c);
const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);
const ESCAPES = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

export class Scanner {
  /** The text from the current token on, as far as it has come; a character is there at `#at` unless the text has ended. */
  #source: string;
  readonly #is51: boolean;
  readonly #numbers: NumberModel;
  #at = 0;
  /** The next piece of the text, '' at its end. */
  #more: Source['more'];
  line = 1;
  /** Text of the token under way, as messages show it: escapes are already replaced. */
  buffer = '';
  readonly #fail: (message: string, near: number) => never;

  constructor(source: Source, version: LuaBuild, fail: (message: string, near: number) => never) {
    this.#source = source.text;
    this.#more = source.more;
    this.#is51 = version === '5.1';
    this.#numbers = NUMBERS[version];
    this.#fail = fail;
    if (source.text === '') this.#fill();
  }

  #peek(): number {
    return this.#at < this.#source.length ? this.#source.charCodeAt(this.#at) : END;
  }

  /** Takes a character. The one behind it is fetched at once, as in llex.c, even if that asks for another piece. */
  #next(): void {
    if (++this.#at === this.#source.length) this.#fill();
  }

  #fill(): void {
    const piece = this.#more?.(this.#source.length) ?? '';
    if (piece === '') this.#more = undefined;
    this.#source += piece;
  }

  /** Lets go of what is scanned. */
  #forget(): void {
    this.#source = this.#source.slice(this.#at);
    this.#at = 0;
  }

  #accept(c: number): boolean {
    if (this.#peek() !== c) return false;
    this.#next();
    return true;
  }

  #newline(): void {
    const first = this.#peek();
    this.#next();
    const second = this.#peek();
    if ((second === 10 || second === 13) && second !== first) this.#next();
    this.line++;
  }

  /** Reads the next token into `out`. */
  scan(out: Scanned): void {
    out.token = this.#token(out);
  }

  #token(out: Scanned): number {
    this.buffer = '';
    for (;;) {
      if (this.#more !== undefined) this.#forget();
      const c = this.#peek();
      switch (c) {
        case END:
          return TK.EOS;
        case 10:
        case 13:
          this.#newline();
          continue;
        case 45: // -
          this.#next();
          if (!this.#accept(45)) return 45;
          this.#comment();
          continue;
        case 91: {
          // [
          const level = this.#bracket();
          if (level >= 0) return this.#longString(out, level);
          if (level !== -1) this.#fail('invalid long string delimiter', TK.STRING);
          return 91;
        }
        case 61: // =
          return this.#either(61, TK.EQ);
        case 126: // ~
          return this.#either(this.#is51 ? 126 + FOREIGN : 126, TK.NE);
        case 60: // <
        case 62: // >
          this.#next();
          if (this.#accept(61)) return c === 60 ? TK.LE : TK.GE;
          return !this.#is51 && this.#accept(c) ? (c === 60 ? TK.SHL : TK.SHR) : c;
        case 47: // /
          this.#next();
          return !this.#is51 && this.#accept(47) ? TK.IDIV : 47;
        case 58: // :
          this.#next();
          return !this.#is51 && this.#accept(58) ? TK.DBCOLON : 58;
        case 34:
        case 39:
          return this.#shortString(out, c);
        case 46: // .
          this.buffer = '.';
          this.#next();
          if (this.#accept(46)) return this.#accept(46) ? TK.DOTS : TK.CONCAT;
          if (isDigit(this.#peek())) return this.#number(out);
          return 46;
        default:
      }
      if (isSpace(c)) this.#next();
      else if (isDigit(c)) return this.#number(out);
      else if (isNameStart(c)) return this.#name(out);
      else {
        this.#next();
        return this.#is51 && (c === 38 || c === 124) ? c + FOREIGN : c;
      }
    }
  }

  #either(alone: number, withEquals: number): number {
    this.#next();
    return this.#accept(61) ? withEquals : alone;
  }

  #name(out: Scanned): number {
    const from = this.#at;
    while (isName(this.#peek())) this.#next();
    const text = this.#source.slice(from, this.#at);
    this.buffer = text;
    out.text = text;
    const word = this.#is51 && text === 'goto' ? undefined : reservedWords.get(text);
    return word ?? TK.NAME;
  }

  #number(out: Scanned): number {
    const from = this.#at - this.buffer.length;
    if (this.#is51) {
      while (isDigit(this.#peek()) || this.#peek() === 46) this.#next();
      if (this.#accept(69) || this.#accept(101)) this.#accept(43) || this.#accept(45);
      while (isName(this.#peek())) this.#next();
    } else {
      const hex = this.#accept(48) && (this.#accept(120) || this.#accept(88));
      for (;;) {
        if (hex ? this.#accept(80) || this.#accept(112) : this.#accept(69) || this.#accept(101))
          this.#accept(45) || this.#accept(43);
        if (isHex(this.#peek()) || this.#peek() === 46) this.#next();
        else break;
      }
    }
    const text = this.#source.slice(from, this.#at);
    this.buffer = text;
    const value = this.#numbers.parse(text);
    if (value === undefined) this.#fail('malformed number', TK.FLT);
    out.value = value instanceof Flt ? value.n : (value as Int);
    return !this.#is51 && isInt(value) ? TK.INT : TK.FLT;
  }

  #comment(): void {
    if (this.#peek() === 91) {
      const level = this.#bracket();
      this.buffer = '';
      if (level >= 0) {
        this.#longText(level, 'comment');
        this.buffer = '';
        return;
      }
    }
    for (let c = this.#peek(); c !== 10 && c !== 13 && c !== END; c = this.#peek()) this.#next();
  }

  /** Takes `[=*[` or `]=*]` but its last bracket: the number of `=`, or negative (-1 when there is none). */
  #bracket(): number {
    const c = this.#peek();
    const from = this.#at;
    this.#next();
    let count = 0;
    while (this.#accept(61)) count++;
    this.buffer += this.#source.slice(from, this.#at);
    return this.#peek() === c ? count : -count - 1;
  }

  #longString(out: Scanned, level: number): number {
    const text = this.#longText(level, 'string');
    out.text = text;
    return TK.STRING;
  }

  #longText(level: number, what: string): string {
    const start = this.line;
    this.#next();
    this.buffer += '[';
    if (this.#peek() === 10 || this.#peek() === 13) this.#newline();
    let text = '';
    let from = this.#at;
    for (;;) {
      const c = this.#peek();
      if (c === END) {
        this.#fail(
          this.#is51 ? `unfinished long ${what}` : `unfinished long ${what} (starting at line ${start})`,
          TK.EOS,
        );
      } else if (c === 93) {
        const end = this.#at;
        const found = this.#bracket();
        if (found !== level) continue;
        this.#next();
        text += this.#source.slice(from, end);
        this.buffer = `[${'='.repeat(level)}[${text}]${'='.repeat(level)}]`;
        return text;
      } else if (c === 91 && this.#is51 && level === 0) {
        if (this.#bracket() === 0) this.#fail('nesting of [[...]] is deprecated', 91);
      } else if (c === 10 || c === 13) {
        text += `${this.#source.slice(from, this.#at)}\n`;
        this.#newline();
        from = this.#at;
      } else this.#next();
    }
  }

  #shortString(out: Scanned, delimiter: number): number {
    this.buffer = String.fromCharCode(delimiter);
    this.#next();
    for (let c = this.#peek(); c !== delimiter; c = this.#peek()) {
      if (c === END) this.#fail('unfinished string', TK.EOS);
      if (c === 10 || c === 13) this.#fail('unfinished string', TK.STRING);
      if (c === 92) {
        this.#escape();
        continue;
      }
      const from = this.#at;
      while (c !== delimiter && c !== 92 && c !== 10 && c !== 13 && c !== END) {
        this.#next();
        c = this.#peek();
      }
      this.buffer += this.#source.slice(from, this.#at);
    }
    this.buffer += String.fromCharCode(delimiter);
    this.#next();
    out.text = this.buffer.slice(1, -1);
    return TK.STRING;
  }

  #escape(): void {
    this.#next();
    const c = this.#peek();
    if (c === END) return; // fails at the next character
    const letter = String.fromCharCode(c);
    const simple = ESCAPES.get(letter);
    if (simple !== undefined) {
      this.#next();
      this.buffer += simple;
    } else if (c === 10 || c === 13) {
      this.#newline();
      this.buffer += '\n';
    } else if (isDigit(c)) this.#decimalEscape();
    else if (this.#is51 || c === 92 || c === 34 || c === 39) {
      this.#next();
      this.buffer += letter;
    } else if (c === 120) {
      const kept = this.buffer;
      this.buffer += '\\x';
      this.#next();
      const code = this.#hexDigit() * 16 + this.#hexDigit();
      this.buffer = kept + String.fromCharCode(code);
    } else if (c === 117) this.#utf8Escape();
    else if (c === 122) {
      this.#next();
      for (let s = this.#peek(); isSpace(s); s = this.#peek()) {
        if (s === 10 || s === 13) this.#newline();
        else this.#next();
      }
    } else {
      this.buffer += '\\';
      this.#badEscape('invalid escape sequence');
    }
  }

  /** Fails with the offending character added to the text shown. */
  #badEscape(message: string): never {
    if (this.#peek() !== END) {
      this.buffer += String.fromCharCode(this.#peek());
      this.#next();
    }
    return this.#fail(message, TK.STRING);
  }

  #hexDigit(): number {
    const c = this.#peek();
    if (!isHex(c)) this.#badEscape('hexadecimal digit expected');
    this.#next();
    this.buffer += String.fromCharCode(c);
    return Number.parseInt(String.fromCharCode(c), 16);
  }

  #decimalEscape(): void {
    const from = this.#at;
    let code = 0;
    for (let i = 0; i < 3 && isDigit(this.#peek()); i++) {
      code = code * 10 + this.#peek() - 48;
      this.#next();
    }
    if (code > 255) {
      if (this.#is51) this.#fail('escape sequence too large', TK.STRING);
      this.buffer += `\\${this.#source.slice(from, this.#at)}`;
      this.#badEscape('decimal escape too large');
    }
    this.buffer += String.fromCharCode(code);
  }

  #utf8Escape(): void {
    const kept = this.buffer;
    this.buffer += '\\u';
    this.#next();
    if (this.#peek() !== 123) this.#badEscape("missing '{'");
    this.buffer += '{';
    this.#next();
    let code = this.#hexDigit();
    while (isHex(this.#peek())) {
      code = code * 16 + this.#hexDigit();
      if (code > 0x10ffff) {
        this.#at--;
        this.buffer = this.buffer.slice(0, -1);
        this.#badEscape('UTF-8 value too large');
      }
    }
    if (this.#peek() !== 125) this.#badEscape("missing '}'");
    this.#next();
    this.buffer = kept + utf8(code);
  }
}

/** A code point as UTF-8 bytes. */
export function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  const tail: number[] = [];
  let rest = code;
  let room = 0x3f;
  do {
    tail.unshift(0x80 | (rest & 0x3f));
    rest = Math.floor(rest / 64);
    room >>= 1;
  } while (rest > room);
  return String.fromCharCode(((~room << 1) & 0xff) | rest, ...tail);
}
