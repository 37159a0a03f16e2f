/**
 * The seam to Fengari. mcubox takes its parser and code generator and nothing more; the scanner below them and the
 * arithmetic of constant folding are ours, put over Fengari's exports here and nowhere else.
 */

// lua.js comes first: Fengari's modules are circular, and Node warns about any other order.
import 'fengari/src/lua.js';
import lauxlib from 'fengari/src/lauxlib.js';
import llex from 'fengari/src/llex.js';
import lobject from 'fengari/src/lobject.js';
import lparser from 'fengari/src/lparser.js';
import lstring from 'fengari/src/lstring.js';
import { fromLatin1, toLatin1 } from '../core/index.ts';
import type { LuaBuild } from './api.ts';
import { STRING_BYTES } from './heap.ts';
import { type Scanned, Scanner, type Source, SyntaxFailure } from './lexer.ts';
import { isInt, toDouble } from './number.ts';
import { NUMBERS, type NumberModel } from './numbers.ts';
import { shortSource } from './proto.ts';
import { Syntax51 } from './syntax51.ts';
import { TK, tokenName } from './tokens.ts';
import type { Int, Num } from './value.ts';

/** Value tags of Fengari's constants (lua.h). */
export const TAG = { NIL: 0, BOOLEAN: 1, FLOAT: 3, INT: 19, STRING: 20 } as const;

/** Name under which the parser looks for globals; no script can write 5.1's. */
export const envName = (is51: boolean): string => (is51 ? '(env)' : '_ENV');

/** Is told now and then how many bytes the code takes so far, with all names and strings in it. */
export type Grown = ((bytes: number) => void) | undefined;

/** Tokens between two looks at the size. */
const TOKENS = 256;

/** One compilation under way. */
class Session {
  readonly is51: boolean;
  readonly numbers: NumberModel;
  readonly name: string;
  readonly scanner: Scanner;
  readonly syntax: Syntax51 | undefined;
  readonly #strings = new Map<string, FengariString>();
  #stringBytes = 0;
  #tokens = 0;
  readonly #grown: Grown;
  state: FengariLexState | undefined = undefined;
  /** The state whose stack the parser anchors things in. */
  readonly anchor = lauxlib.luaL_newstate();

  constructor(source: Source, name: string, version: LuaBuild, grown: Grown) {
    this.#grown = grown;
    this.is51 = version === '5.1';
    this.numbers = NUMBERS[version];
    this.name = name;
    this.scanner = new Scanner(source, version, (message, near) => this.fail(message, near, this.scanner.line));
    this.syntax = this.is51
      ? new Syntax51(this.scanner, (message, near) => this.fail(message, near, this.scanner.line))
      : undefined;
  }

  /** One string object per text, with a hash that cannot collide. */
  string(text: string): FengariString {
    let string = this.#strings.get(text);
    if (string === undefined) {
      string = new lstring.TString(undefined, fromLatin1(text));
      string.hash = `|${text}`;
      this.#strings.set(text, string);
      this.#stringBytes += STRING_BYTES + text.length;
    }
    return string;
  }

  /** A token was read. */
  grow(ls: FengariLexState): void {
    if (this.#grown === undefined || ++this.#tokens % TOKENS !== 0) return;
    let outermost = ls.fs;
    while (outermost?.prev) outermost = outermost.prev;
    if (outermost) this.#grown(this.#stringBytes + sizeOf(outermost.f));
  }

  /** `near` 0 leaves the token out. */
  fail(message: string, near: number, line: number): never {
    const text = `${shortSource(this.name)}:${line}: ${message}`;
    throw new SyntaxFailure(near === 0 ? text : `${text} near ${this.#shown(near)}`);
  }

  #shown(token: number): string {
    // A C string: a NUL in the token ends it.
    if (token >= TK.FLT && token <= TK.STRING) return `'${this.scanner.buffer.split('\0', 1)[0]}'`;
    const name = tokenName(token, this.is51);
    return this.is51 || (token !== TK.EOS && !name.startsWith('<\\'))
      ? `'${name}'`
      : token === TK.EOS
        ? name
        : `'${name}'`;
  }
}

/** Bytes of a function and of those inside it (structures of lobject.h). */
function sizeOf(p: FengariProto): number {
  let bytes = 76 + 4 * p.code.length + 12 * p.k.length + 4 * p.upvalues.length + p.lineinfo.length;
  for (const child of p.p) bytes += 4 + sizeOf(child);
  return bytes;
}

/** The innermost one: the reader of a chunk may compile another. */
let session: Session;

const scanned: Scanned = { token: 0, text: '', value: 0 };

function read(into: FengariToken): void {
  if (session.syntax === undefined) session.scanner.scan(scanned);
  else session.syntax.scan(scanned);
  into.token = scanned.token;
  if (scanned.token === TK.FLT) into.seminfo.r = Number(scanned.value);
  else if (scanned.token === TK.INT) into.seminfo.i = scanned.value;
  else if (scanned.token === TK.NAME || scanned.token === TK.STRING) into.seminfo.ts = session.string(scanned.text);
}

llex.luaX_setinput = (L, ls, z, source) => {
  session.state = ls;
  ls.t = { token: 0, seminfo: { r: 0, i: 0, ts: null } };
  ls.lookahead = { token: TK.EOS, seminfo: { r: 0, i: 0, ts: null } };
  ls.L = L;
  ls.z = z;
  session.syntax?.watchFunctions(ls);
  ls.fs = null;
  ls.linenumber = 1;
  ls.lastline = 1;
  ls.source = source;
  ls.envn = session.string(envName(session.is51));
};

llex.luaX_next = (ls) => {
  ls.lastline = ls.linenumber;
  const before = ls.t.token;
  if (ls.lookahead.token !== TK.EOS) {
    const { t, lookahead } = ls;
    ls.t = lookahead;
    ls.lookahead = t;
    lookahead.token = ls.t.token;
    t.token = TK.EOS;
  } else {
    read(ls.t);
    ls.linenumber = session.scanner.line;
  }
  session.syntax?.advance(ls, before);
  session.grow(ls);
};

llex.luaX_lookahead = (ls) => {
  read(ls.lookahead);
  ls.linenumber = session.scanner.line;
  return ls.lookahead.token;
};

llex.luaX_newstring = (_ls, bytes) => session.string(toLatin1(bytes));

llex.luaX_token2str = (_ls, token) => {
  const name = tokenName(token, session.is51);
  const plain = !session.is51 && token >= TK.EOS && token <= TK.STRING;
  return fromLatin1(plain ? name : `'${name}'`);
};

llex.luaX_syntaxerror = (ls, message) => {
  const text = toLatin1(message instanceof Uint8Array ? message : message.getstr());
  if (session.syntax !== undefined) return session.syntax.report(ls, text);
  return session.fail(text.replace('JS levels', 'C levels'), ls.t.token, session.scanner.line);
};

lobject.luaO_arith = (_L, op, a, b, result) => {
  const { is51, numbers } = session;
  const value = (v: FengariValue): Num => (v.type === TAG.FLOAT ? numbers.float(v.value as number) : (v.value as Int));
  // Not foldable: a nan is left to run time.
  const n = numbers.arith(undefined, op, value(a), value(b)) ?? Number.NaN;
  result.type = !is51 && isInt(n) ? TAG.INT : TAG.FLOAT;
  result.value = isInt(n) ? n : toDouble(n);
};

/** A parsed chunk. */
export interface Parsed {
  readonly proto: FengariProto;
  /** 5.1: lines of the instructions as 5.1 would note them, by function. */
  readonly emitted: ReadonlyMap<FengariProto, readonly number[]> | undefined;
}

/** Parses a chunk to Fengari's function prototype, or fails with a {@link SyntaxFailure}. */
export function parse(source: Source, name: string, version: LuaBuild, grown: Grown): Parsed {
  const outer: Session | undefined = session;
  const inner = new Session(source, name, version, grown);
  // Levels of syntax count on where a chunk is compiled inside another.
  inner.anchor.nCcalls = outer?.anchor.nCcalls ?? 0;
  session = inner;
  const dyd = new lparser.Dyndata();
  inner.syntax?.watch(dyd, () => inner.state as FengariLexState);
  try {
    const proto = lparser.luaY_parser(inner.anchor, undefined, { buffer: null, n: 0 }, dyd, fromLatin1(name), 0).p;
    return { proto, emitted: inner.syntax?.emitted };
  } finally {
    session = outer;
  }
}
