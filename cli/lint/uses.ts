/**
 * Where a script mentions the firmware's names: `tmr.alarm` at a line, with the arguments of the call if it is one.
 * Locals and parameters that bear a module's name hide it; `local send = uart.write` makes `send` another name of it.
 */
import { type Token, tokens } from './tokens.ts';

export interface Use {
  /** `wifi.sta.config`, as the firmware's tables name it. */
  readonly path: string;
  readonly line: number;
  /** The tokens of each argument; undefined when it is not called. */
  readonly arguments: readonly (readonly Token[])[] | undefined;
  /** The script asks whether it exists: `if node.LFS then`. */
  readonly isQuestion: boolean;
  /** The variable that takes the call's result. */
  readonly result: string | undefined;
}

export interface Uses {
  readonly uses: readonly Use[];
  /** Names of the firmware's that the script defines itself: `tmr.alarm = …`, `ds18b20 = require …`. */
  readonly defined: ReadonlySet<string>;
  readonly tokens: readonly Token[];
}

/** An open bracket or block, with the names that are local to it: to what they stand for, or to undefined. */
interface Scope {
  readonly opener: string;
  readonly names: Map<string, string | undefined>;
}

/** `local a, b = …` whose names count from the end of the statement on. */
interface Pending {
  readonly names: readonly string[];
  readonly from: number;
  readonly depth: number;
}

const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** Words that can only follow a whole expression. */
const OPERATORS = new Set(['and', 'or']);
const ASKING = new Set(['if', 'elseif', 'while', 'until', 'and', 'or', 'not']);
const ASKED = new Set(['and', 'or', 'then', '==', '~=']);

/** `isModule` knows the names of the firmware's modules. */
export function usesOf(source: string, isModule: (name: string) => boolean): Uses {
  const reader = new Reader(tokens(source), isModule);
  reader.read();
  return { uses: reader.uses, defined: reader.defined, tokens: reader.tokens };
}

class Reader {
  readonly uses: Use[] = [];
  readonly defined = new Set<string>();
  readonly tokens: readonly Token[];
  readonly #isModule: (name: string) => boolean;
  readonly #scopes: Scope[] = [{ opener: 'file', names: new Map() }];
  readonly #pending: Pending[] = [];
  /** Names of a `for` that become local with its `do`. */
  #loopNames: readonly string[] = [];

  constructor(all: readonly Token[], isModule: (name: string) => boolean) {
    this.tokens = all;
    this.#isModule = isModule;
  }

  read(): void {
    for (let at = 0; at < this.tokens.length; ) {
      this.#settle(at);
      at = this.#step(at);
    }
  }

  #step(at: number): number {
    const { kind, text } = this.#token(at);
    if (kind === 'name') return this.#name(at);
    if (kind === 'string' || kind === 'number') return at + 1;
    switch (text) {
      case 'local':
        return this.#local(at + 1);
      case 'function':
        return this.#function(at + 1);
      case 'for':
        this.#loopNames = this.#nameList(at + 1);
        return at + Math.max(1, 2 * this.#loopNames.length);
      case 'do':
        this.#open('do', this.#loopNames);
        this.#loopNames = [];
        break;
      case '(':
      case '[':
      case '{':
      case 'then':
      case 'repeat':
        this.#open(text);
        break;
      case 'else':
        this.#close();
        this.#open('else');
        break;
      case 'elseif':
      case 'end':
      case 'until':
        this.#close();
        break;
      case ')':
      case ']':
      case '}':
        if (this.#top.opener === CLOSERS[text]) this.#close();
        break;
      default:
    }
    return at + 1;
  }

  #local(at: number): number {
    if (this.#token(at).text === 'function') {
      const name = this.#token(at + 1).text;
      this.#top.names.set(name, undefined);
      return this.#function(at + 2);
    }
    const names = this.#nameList(at);
    const after = at + 2 * names.length - 1;
    if (this.#token(after).text === '=') {
      this.#pending.push({ names, from: after + 1, depth: this.#scopes.length });
      return after + 1;
    }
    for (const name of names) this.#top.names.set(name, undefined);
    return Math.max(after, at);
  }

  /** After the word `function`: a name, if there is one, and the parameters. */
  #function(at: number): number {
    let next = at;
    let isMethod = false;
    if (this.#token(at).kind === 'name') this.defined.add(this.#path(at).path ?? '');
    while (this.#token(next).text !== '(' && this.#token(next).kind !== 'end of file') {
      isMethod ||= this.#token(next).text === ':';
      next++;
    }
    const parameters = this.#nameList(next + 1);
    this.#open('function', isMethod ? ['self', ...parameters] : parameters);
    while (this.#token(next).text !== ')' && this.#token(next).kind !== 'end of file') next++;
    return next + 1;
  }

  #name(at: number): number {
    const previous = this.#token(at - 1).text;
    const isMember = previous === '.' || previous === ':' || previous === 'goto' || previous === '::';
    if (isMember || this.#isKey(at)) return at + 1;
    const { path, end } = this.#path(at);
    if (path === undefined) return at + 1;
    const next = this.#token(end).text;
    const called = next === '(' || next === '{' || this.#token(end).kind === 'string';
    if (next === '=') {
      this.defined.add(path);
      return end;
    }
    this.uses.push({
      path,
      line: this.#token(at).line,
      arguments: called ? this.#arguments(end) : undefined,
      isQuestion: !called && (ASKING.has(previous) || ASKED.has(next)),
      result: previous === '=' && this.#token(at - 2).kind === 'name' ? this.#token(at - 2).text : undefined,
    });
    return end;
  }

  /** The firmware's name that starts here, and where it ends; undefined for a name of the script's own. */
  #path(at: number): { readonly path: string | undefined; readonly end: number } {
    const first = this.#token(at).text;
    const scope = this.#scopes.findLast(({ names }) => names.has(first));
    const root = scope === undefined ? first : scope.names.get(first);
    if (root === undefined || !this.#isModule(root.split('.', 1)[0] as string)) return { path: undefined, end: at + 1 };
    let path = root;
    let end = at + 1;
    for (; this.#token(end).text === '.' && this.#token(end + 1).kind === 'name'; end += 2)
      path += `.${this.#token(end + 1).text}`;
    return { path, end };
  }

  /** `{ name = …`. */
  #isKey(at: number): boolean {
    const isFirst = ['{', ',', ';'].includes(this.#token(at - 1).text);
    return this.#top.opener === '{' && isFirst && this.#token(at + 1).text === '=';
  }

  #arguments(at: number): Token[][] {
    const first = this.#token(at);
    if (first.kind === 'string') return [[first]];
    const found: Token[][] = [];
    let current: Token[] = [];
    let depth = 0;
    for (let i = at; i < this.tokens.length; i++) {
      const token = this.#token(i);
      const { text, kind } = token;
      if (kind === 'symbol' && '([{'.includes(text)) depth++;
      if (kind === 'word' && ['function', 'do', 'then', 'repeat'].includes(text)) depth++;
      if (kind === 'symbol' && ')]}'.includes(text)) depth--;
      if (kind === 'word' && ['end', 'until', 'elseif', 'else'].includes(text)) depth--;
      if (kind === 'word' && text === 'else') depth++;
      if (depth === 0) {
        if (first.text === '{') return [[...current, token]];
        return current.length > 0 ? [...found, current] : found;
      }
      if (kind === 'symbol' && text === ',' && depth === 1 && first.text === '(') {
        found.push(current);
        current = [];
      } else if (i > at || first.text === '{') current.push(token);
    }
    return found;
  }

  /** Ends `local … = …` statements that do not go on at this token. */
  #settle(at: number): void {
    for (;;) {
      const pending = this.#pending.at(-1);
      if (pending === undefined || at <= pending.from) return;
      const depth = this.#scopes.length;
      if (depth > pending.depth || (depth === pending.depth && !this.#startsStatement(at))) return;
      this.#pending.pop();
      if (depth < pending.depth) continue;
      const values = this.#expressions(pending.from, at);
      const meanings = pending.names.map((_, i) => this.#meaning(values[i]));
      pending.names.forEach((name, i) => {
        this.#top.names.set(name, meanings[i]);
      });
    }
  }

  #startsStatement(at: number): boolean {
    const { kind, text } = this.#token(at);
    if (kind === 'end of file' || text === ';' || ['end', 'else', 'elseif', 'until'].includes(text)) return true;
    const before = this.#token(at - 1);
    const isOperand =
      ['name', 'string', 'number'].includes(before.kind) ||
      [')', ']', '}', '...', 'end', 'nil', 'true', 'false'].includes(before.text);
    return isOperand && (kind === 'name' || (kind === 'word' && !OPERATORS.has(text)));
  }

  #expressions(from: number, to: number): Token[][] {
    const found: Token[][] = [[]];
    let depth = 0;
    for (const token of this.tokens.slice(from, to)) {
      if ('([{'.includes(token.text) || token.text === 'function') depth++;
      if (')]}'.includes(token.text) || token.text === 'end') depth--;
      if (token.text === ',' && depth === 0) found.push([]);
      else found.at(-1)?.push(token);
    }
    return found;
  }

  /** What `local x = wifi.sta` makes of x. */
  #meaning(expression: readonly Token[] | undefined): string | undefined {
    const isPath = expression?.every(({ kind, text }, i) => (i % 2 === 0 ? kind === 'name' : text === '.')) ?? false;
    if (!isPath || expression === undefined) return undefined;
    const at = this.tokens.indexOf(expression[0] as Token);
    return at < 0 ? undefined : this.#path(at).path;
  }

  #nameList(at: number): string[] {
    const names: string[] = [];
    for (let i = at; this.#token(i).kind === 'name' || this.#token(i).text === '...'; i += 2) {
      names.push(this.#token(i).text);
      if (this.#token(i + 1).text !== ',') break;
    }
    return names;
  }

  #open(opener: string, names: readonly string[] = []): void {
    this.#scopes.push({ opener, names: new Map(names.map((name) => [name, undefined])) });
  }

  #close(): void {
    if (this.#scopes.length > 1) this.#scopes.pop();
  }

  get #top(): Scope {
    return this.#scopes.at(-1) as Scope;
  }

  #token(at: number): Token {
    return this.tokens[at] ?? { kind: 'end of file', text: '', line: 0 };
  }
}
