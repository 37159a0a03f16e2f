/** JSON text to values as cjson 2.1 reads it: any value at the top, the whole text, and errors that name what was found. */
import { LIGHT_NULL, type LuaInput } from '../../runtime/vm/index.ts';

const MAX_DEPTH = 1000; // DEFAULT_DECODE_MAX_DEPTH

type Token =
  | { readonly type: 'T_STRING'; readonly value: string }
  | { readonly type: 'T_NUMBER'; readonly value: number }
  | { readonly type: 'T_BOOLEAN'; readonly value: boolean }
  | {
      readonly type:
        | 'T_NULL'
        | 'T_OBJ_BEGIN'
        | 'T_OBJ_END'
        | 'T_ARR_BEGIN'
        | 'T_ARR_END'
        | 'T_COLON'
        | 'T_COMMA'
        | 'T_END';
    }
  | { readonly type: 'T_ERROR'; readonly what: string };

const SINGLE = {
  '{': 'T_OBJ_BEGIN',
  '}': 'T_OBJ_END',
  '[': 'T_ARR_BEGIN',
  ']': 'T_ARR_END',
  ':': 'T_COLON',
  ',': 'T_COMMA',
  '\0': 'T_END',
} as const;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
};
/** What strtod takes; a sign +, leading zeros and a point at the end included. */
const NUMBER = /[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/y;

/** The first thing wrong with a text, as the firmware says it. */
export class CjsonError extends Error {}

export class CjsonScanner {
  readonly #text: string;
  #at = 0;
  /** Where the token under consideration begins, or where in it the error is. */
  #index = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The value of the whole text; throws a {@link CjsonError}. */
  value(): LuaInput {
    const value = this.#value(this.#next());
    const token = this.#next();
    return token.type === 'T_END' ? value : this.#fail('the end', token);
  }

  #value(token: Token): LuaInput {
    switch (token.type) {
      case 'T_STRING':
      case 'T_NUMBER':
      case 'T_BOOLEAN':
        return token.value;
      case 'T_NULL':
        return LIGHT_NULL;
      case 'T_OBJ_BEGIN':
        return this.#object();
      case 'T_ARR_BEGIN':
        return this.#array();
      default:
        return this.#fail('value', token);
    }
  }

  #object(): LuaInput {
    this.#descend();
    const object = new Map<LuaInput, LuaInput>();
    let token = this.#next();
    while (object.size > 0 || token.type !== 'T_OBJ_END') {
      if (token.type !== 'T_STRING') return this.#fail('object key string', token);
      const key = token.value;
      const colon = this.#next();
      if (colon.type !== 'T_COLON') return this.#fail('colon', colon);
      object.set(key, this.#value(this.#next()));
      const after = this.#next();
      if (after.type === 'T_OBJ_END') break;
      if (after.type !== 'T_COMMA') return this.#fail('comma or object end', after);
      token = this.#next();
    }
    this.#depth--;
    return object;
  }

  #array(): LuaInput {
    this.#descend();
    const array = new Map<LuaInput, LuaInput>();
    let token = this.#next();
    while (array.size > 0 || token.type !== 'T_ARR_END') {
      array.set(array.size + 1, this.#value(token));
      const after = this.#next();
      if (after.type === 'T_ARR_END') break;
      if (after.type !== 'T_COMMA') return this.#fail('comma or array end', after);
      token = this.#next();
    }
    this.#depth--;
    return array;
  }

  #descend(): void {
    this.#depth++;
    if (this.#depth > MAX_DEPTH)
      throw new CjsonError(`Found too many nested data structures (${this.#depth}) at character ${this.#at}`);
  }

  #fail(expected: string, token: Token): never {
    const found = token.type === 'T_ERROR' ? token.what : token.type;
    throw new CjsonError(`Expected ${expected} but found ${found} at character ${this.#index + 1}`);
  }

  #error(what: string): Token {
    this.#index = this.#at;
    return { type: 'T_ERROR', what };
  }

  #next(): Token {
    while (' \t\n\r'.includes(this.#peek()) && this.#at < this.#text.length) this.#at++;
    this.#index = this.#at;
    const c = this.#peek();
    const single = SINGLE[c as keyof typeof SINGLE];
    if (single !== undefined) {
      if (single !== 'T_END') this.#at++;
      return { type: single };
    }
    if (c === '"') return this.#string();
    if (/[-+0-9]/.test(c)) return this.#number();
    for (const [word, token] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return token;
    }
    return this.#error(/^(inf|nan)/i.test(this.#text.slice(this.#at)) ? 'invalid number' : 'invalid token');
  }

  /** The end reads as the NUL that closes a C string. */
  #peek(): string {
    return this.#text[this.#at] ?? '\0';
  }

  #number(): Token {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#text)?.[0];
    if (found === undefined) return this.#error('invalid number');
    this.#at += found.length;
    return { type: 'T_NUMBER', value: Number(found) };
  }

  #string(): Token {
    this.#at++;
    let out = '';
    for (let c = this.#peek(); c !== '"'; c = this.#peek()) {
      if (c === '\0') return this.#error('unexpected end of string');
      if (c !== '\\') {
        out += c;
        this.#at++;
        continue;
      }
      const letter = this.#text[this.#at + 1] ?? '\0';
      if (letter === 'u') {
        const decoded = this.#unicode();
        if (decoded === undefined) return this.#error('invalid unicode escape code');
        out += decoded;
        continue;
      }
      const plain = ESCAPES[letter];
      if (plain === undefined) return this.#error('invalid escape code');
      out += plain;
      this.#at += 2;
    }
    this.#at++;
    return { type: 'T_STRING', value: out };
  }

  /** A code unit or a pair of surrogates, as UTF-8 bytes. */
  #unicode(): string | undefined {
    const unit = (at: number): number | undefined => {
      const digits = this.#text.slice(at, at + 6);
      return /^\\u[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits.slice(2), 16) : undefined;
    };
    const first = unit(this.#at);
    if (first === undefined) return undefined;
    if ((first & 0xf800) !== 0xd800) {
      this.#at += 6;
      return utf8(first);
    }
    const second = unit(this.#at + 6);
    if ((first & 0x400) !== 0 || second === undefined || (second & 0xfc00) !== 0xdc00) return undefined;
    this.#at += 12;
    return utf8((((first & 0x3ff) << 10) | (second & 0x3ff)) + 0x10000);
  }
}

const WORDS: readonly (readonly [string, Token])[] = [
  ['true', { type: 'T_BOOLEAN', value: true }],
  ['false', { type: 'T_BOOLEAN', value: false }],
  ['null', { type: 'T_NULL' }],
];

function utf8(code: number): string {
  const tail = (shift: number): number => ((code >> shift) & 0x3f) | 0x80;
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode((code >> 6) | 0xc0, tail(0));
  if (code < 0x10000) return String.fromCharCode((code >> 12) | 0xe0, tail(6), tail(0));
  return String.fromCharCode((code >> 18) | 0xf0, tail(12), tail(6), tail(0));
}
