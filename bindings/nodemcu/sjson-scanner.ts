/**
 * Reads JSON character by character, with the tolerance and the error names of the parser in the firmware
 * (app/sjson/jsonsl.c). Knows no Lua; tells an owner what it finds.
 */

export type JsonError =
  | 'SPECIAL_EXPECTED'
  | 'SPECIAL_INCOMPLETE'
  | 'STRAY_TOKEN'
  | 'MISSING_TOKEN'
  | 'CANT_INSERT'
  | 'ESCAPE_OUTSIDE_STRING'
  | 'STRING_OUTSIDE_CONTAINER'
  | 'FOUND_NULL_BYTE'
  | 'LEVELS_EXCEEDED'
  | 'BRACKET_MISMATCH'
  | 'HKEY_EXPECTED'
  | 'WEIRD_WHITESPACE'
  | 'ESCAPE_INVALID'
  | 'TRAILING_COMMA'
  | 'INVALID_NUMBER'
  | 'VALUE_EXPECTED';

export interface JsonEvents {
  open(kind: '{' | '['): void;
  close(): void;
  key(name: string): void;
  /** `text` is a number as it was written. */
  value(value: string | number | boolean | undefined, text?: string): void;
}

type Kind = 'top' | '{' | '[' | 'string' | 'key' | 'word' | 'number';

interface Level {
  readonly kind: Kind;
  /** Keys and values seen so far in a container. */
  elements: number;
  /** Characters of a string, word or number. */
  text: string;
}

const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const ENDS = ' \t\n\r",:[]{}\\';
const ESCAPES = '"\\/bfnrtu';
const NUMBER = /^-?(0|[1-9]\d*|0\d+)(\.\d+)?([eE][+-]?\d+)?$/;

export class JsonScanner {
  readonly #events: JsonEvents;
  readonly #levelsMax: number;
  readonly #levels: Level[] = [{ kind: 'top', elements: 0, text: '' }];
  #expecting = '';
  #last = '';
  #canInsert = true;
  #escaped = false;
  #error: JsonError | undefined;
  #complete = false;

  constructor(events: JsonEvents, levelsMax: number) {
    this.#events = events;
    this.#levelsMax = levelsMax;
  }

  /** True once the first object or array is closed; what follows is ignored. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Takes more text; the first error ends it for good. */
  feed(text: string): JsonError | undefined {
    for (const c of text) {
      if (this.#complete || this.#error !== undefined) break;
      this.#error = this.#take(c);
    }
    return this.#error;
  }

  get #level(): Level {
    return this.#levels[this.#levels.length - 1] as Level;
  }

  #take(c: string): JsonError | undefined {
    const { kind } = this.#level;
    if (kind === 'string' || kind === 'key') return this.#inString(c);
    if (kind === 'word' || kind === 'number') {
      if (!ENDS.includes(c)) return this.#inSpecial(c);
      const error = this.#endSpecial();
      if (error !== undefined) return error;
    }
    if (' \t\n\r'.includes(c)) return undefined;
    if (c === '"') return this.#beginString();
    if (c === '\\') return 'ESCAPE_OUTSIDE_STRING';
    if (c === ':') return this.#colon();
    if (c === ',') return this.#comma();
    if (c === '{' || c === '[') return this.#open(c);
    if (c === '}' || c === ']') return this.#close(c);
    return this.#beginSpecial(c);
  }

  #inString(c: string): JsonError | undefined {
    const level = this.#level;
    if (this.#escaped) {
      this.#escaped = false;
      if (!ESCAPES.includes(c)) return 'ESCAPE_INVALID';
    } else if (c === '"') {
      this.#levels.pop();
      this.#canInsert = false;
      const text = decodeEscapes(level.text);
      if (level.kind === 'key') this.#events.key(text);
      else this.#events.value(text);
      return undefined;
    } else if (c === '\\') {
      this.#escaped = true;
    } else if (c < ' ') {
      return 'WEIRD_WHITESPACE';
    }
    level.text += c;
    return undefined;
  }

  #beginString(): JsonError | undefined {
    const level = this.#level;
    this.#canInsert = false;
    if (level.kind === 'top') return 'STRING_OUTSIDE_CONTAINER';
    level.elements++;
    let kind: Kind = 'string';
    if (level.kind === '{' && level.elements % 2 === 1) {
      if (this.#expecting !== '"') return 'STRAY_TOKEN';
      kind = 'key';
    } else if (level.kind === '{' && this.#last !== ':') {
      return 'MISSING_TOKEN';
    }
    this.#expecting = kind === 'key' ? ':' : ',';
    this.#last = '';
    return this.#push(kind, '');
  }

  #colon(): JsonError | undefined {
    if (this.#expecting !== ':') return 'STRAY_TOKEN';
    this.#last = ':';
    this.#canInsert = true;
    this.#expecting = '"';
    return undefined;
  }

  #comma(): JsonError | undefined {
    if (this.#expecting !== ',') return 'STRAY_TOKEN';
    if (this.#level.kind !== '{') this.#canInsert = true;
    this.#last = ',';
    this.#expecting = '"';
    return undefined;
  }

  #open(c: '{' | '['): JsonError | undefined {
    const level = this.#level;
    if (!this.#canInsert) return 'CANT_INSERT';
    if (level.kind === '{' && level.elements % 2 === 0) return 'HKEY_EXPECTED';
    level.elements++;
    const error = this.#push(c, '');
    if (error !== undefined) return error;
    this.#canInsert = true;
    if (c === '{') this.#expecting = '"';
    this.#last = '';
    this.#events.open(c);
    return undefined;
  }

  #close(c: '}' | ']'): JsonError | undefined {
    const level = this.#level;
    if (this.#last === ',') return 'TRAILING_COMMA';
    if (level.kind !== (c === '}' ? '{' : '[')) return 'BRACKET_MISMATCH';
    if (c === '}' && level.elements % 2 !== 0) return 'VALUE_EXPECTED';
    this.#levels.pop();
    this.#canInsert = false;
    this.#expecting = ',';
    this.#last = '';
    this.#complete = this.#levels.length === 1;
    this.#events.close();
    return undefined;
  }

  #beginSpecial(c: string): JsonError | undefined {
    const level = this.#level;
    const number = c === '-' || (c >= '0' && c <= '9');
    if (!number && !(c in LITERALS)) {
      if (c === '\0') return 'FOUND_NULL_BYTE';
      return c < ' ' ? 'WEIRD_WHITESPACE' : 'SPECIAL_EXPECTED';
    }
    if (level.kind === '{' && level.elements % 2 === 0) return 'HKEY_EXPECTED';
    level.elements++;
    if (!this.#canInsert) return 'CANT_INSERT';
    return this.#push(number ? 'number' : 'word', c);
  }

  #inSpecial(c: string): JsonError | undefined {
    const level = this.#level;
    level.text += c;
    if (level.kind === 'word') {
      const literal = LITERALS[level.text[0] ?? ''] ?? '';
      return literal.startsWith(level.text) ? undefined : 'SPECIAL_EXPECTED';
    }
    // A prefix of a number: as much as can still become one.
    return /^-?(\d*|0)(\.\d*)?([eE][+-]?\d*)?$/.test(level.text) && !/^0\d/.test(level.text)
      ? undefined
      : 'INVALID_NUMBER';
  }

  #endSpecial(): JsonError | undefined {
    const { kind, text } = this.#level;
    this.#canInsert = false;
    if (kind === 'number') {
      if (!NUMBER.test(text)) return 'INVALID_NUMBER';
    } else if (text !== LITERALS[text[0] ?? '']) {
      return 'SPECIAL_INCOMPLETE';
    }
    this.#levels.pop();
    this.#expecting = ',';
    this.#last = '';
    if (kind === 'number') this.#events.value(Number(text), text);
    else this.#events.value(text === 'null' ? undefined : text === 'true');
    return undefined;
  }

  #push(kind: Kind, text: string): JsonError | undefined {
    if (this.#levels.length >= this.#levelsMax) return 'LEVELS_EXCEEDED';
    this.#levels.push({ kind, elements: 0, text });
    return undefined;
  }
}

const CONTROL: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Escapes to bytes; `\u` becomes UTF-8, halves of a surrogate pair a question mark each. */
const decodeEscapes = (text: string): string =>
  text.replace(/\\(u[\s\S]{4}|[\s\S])/g, (_, code: string) =>
    code[0] === 'u' ? utf8(Number.parseInt(code.slice(1), 16) || 0) : (CONTROL[code] ?? code),
  );

/** One code point of the basic plane as UTF-8, one character per byte. */
function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
  if (code >= 0xd800 && code < 0xe000) return '?';
  return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
}
