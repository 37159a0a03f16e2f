/**
 * What Lua 5.1's parser refuses and 5.3's does not, told from the stream of tokens: stray semicolons, `break` that is
 * not last, calls on a new line, the limits of locals and upvalues. Also the hidden `arg` of vararg functions.
 */
import type { Scanned, Scanner } from './lexer.ts';
import { TK, tokenName } from './tokens.ts';

/** LUAI_MAXVARS and LUAI_MAXUPVALUES of app/lua/luaconf.h. */
const MAX_LOCALS = 50;
const MAX_UPVALUES = 60;
/** Registers of a function (MAXSTACK of lcode.c). */
const MAX_REGISTERS = 250;

const PAREN_OPEN = 40;
const PAREN_CLOSE = 41;
const SEMICOLON = 59;

/** Tokens after which no statement can have just ended. */
const BEFORE_STATEMENT = new Set<number>([0, TK.DO, TK.THEN, TK.ELSE, TK.REPEAT]);
/** Tokens after which `(` begins the arguments of a call. */
const ENDS_PREFIX = new Set<number>([TK.NAME, PAREN_CLOSE, 93, 125, TK.STRING]);
const BLOCK_END = new Set<number>([TK.ELSE, TK.ELSEIF, TK.END, TK.EOS, TK.UNTIL]);

/** `local arg = -nil` marks the place of the hidden table; nothing else begins a vararg function that way. */
const MARKER: readonly Scanned[] = [
  { token: TK.LOCAL, text: '', value: 0 },
  { token: TK.NAME, text: 'arg', value: 0 },
  { token: 61, text: '', value: 0 },
  { token: 45, text: '', value: 0 },
  { token: TK.NIL, text: '', value: 0 },
];

export class Syntax51 {
  readonly #scanner: Scanner;
  readonly #fail: (message: string, near: number) => never;
  /** Tokens to deliver before going on with the text. */
  #queue: Scanned[] = [];
  /** The token before the current one. */
  #previous = 0;
  /** Inside `function name.a:b (`, then inside the parameters. */
  #header: 'none' | 'name' | 'parameters' = 'none';
  /** The token before the one scanned last closed a parameter list. */
  #afterHeader = false;
  #closedHeader = false;
  /** Open parentheses: does each begin the arguments of a call? */
  readonly #parens: boolean[] = [];
  #closedCall = false;
  /** The same for braces. */
  readonly #braces: boolean[] = [];
  #closedTable = false;
  #last = 0;
  /** Within the names of a `local`, as the scanner sees it. */
  #afterLocal = false;
  /** Blocks that are open, innermost last; `do` belongs to its `while` or `for`. */
  readonly #open: { readonly token: number; readonly line: number }[] = [];
  #loopHeads = 0;
  #inLocalNames = false;
  #sawDots = false;
  /** The line that was current when each instruction was made, by function. */
  readonly emitted = new Map<FengariProto, number[]>();
  /** A `break` was read and its block must end. */
  #afterBreak = false;

  constructor(scanner: Scanner, fail: (message: string, near: number) => never) {
    this.#scanner = scanner;
    this.#fail = fail;
  }

  /** The next token of the text or of the queue. */
  scan(out: Scanned): void {
    const queued = this.#queue.shift();
    if (queued !== undefined) {
      out.token = queued.token;
      out.text = queued.text;
      return;
    }
    this.#scanner.scan(out);
    this.#follow(out.token);
  }

  /** Keeps track of function headers, to find the places where `arg` is born. */
  #follow(token: number): void {
    if (this.#last === TK.LOCAL) this.#afterLocal = true;
    else if (this.#last !== TK.NAME && this.#last !== 44) this.#afterLocal = false;
    this.#blocks(token);
    if (token === PAREN_OPEN)
      this.#parens.push(ENDS_PREFIX.has(this.#last) && !(this.#afterLocal && this.#last === TK.NAME));
    else if (token === PAREN_CLOSE) this.#closedCall = this.#parens.pop() ?? false;
    else if (token === 123) this.#braces.push(ENDS_PREFIX.has(this.#last));
    else if (token === 125) this.#closedTable = this.#braces.pop() ?? false;
    this.#last = token;
    this.#afterHeader = this.#closedHeader;
    this.#closedHeader = false;
    if (token === TK.FUNCTION) this.#header = 'name';
    else if (this.#header === 'name' && token === PAREN_OPEN) {
      this.#header = 'parameters';
      this.#sawDots = false;
    } else if (this.#header === 'parameters') {
      if (token === TK.DOTS) this.#sawDots = true;
      else if (token === PAREN_CLOSE) {
        this.#header = 'none';
        this.#closedHeader = true;
        if (this.#sawDots) this.#queue = [...MARKER];
      }
    }
  }

  /** Keeps the stack of open blocks. */
  #blocks(token: number): void {
    switch (token) {
      case TK.WHILE:
      case TK.FOR:
        this.#loopHeads++;
        this.#open.push({ token, line: this.#scanner.line });
        break;
      case TK.DO:
        if (this.#loopHeads > 0) this.#loopHeads--;
        else this.#open.push({ token, line: this.#scanner.line });
        break;
      case TK.FUNCTION:
      case TK.IF:
      case TK.REPEAT:
        this.#open.push({ token, line: this.#scanner.line });
        break;
      case TK.END:
      case TK.UNTIL:
        this.#open.pop();
        break;
      default:
    }
  }

  /** A `break` is followed by something: what its block wanted instead. */
  #blockMustEnd(token: number): never {
    const block = this.#open.at(-1);
    const end = block?.token === TK.REPEAT ? "'until'" : "'end'";
    if (block === undefined || block.line === this.#scanner.line) this.#fail(`${end} expected`, token);
    return this.#fail(`${end} expected (to close '${tokenName(block.token, true)}' at line ${block.line})`, token);
  }

  /** Called when `ls.t` became current; `before` is the token it replaced. */
  advance(ls: FengariLexState, before: number): void {
    const { token } = ls.t;
    this.#checkUpvalues(ls);
    if (before === TK.BREAK) this.#breakAllowed(ls);
    else if (this.#afterBreak) {
      this.#afterBreak = before === SEMICOLON && token === SEMICOLON;
      if (before === SEMICOLON && !BLOCK_END.has(token)) this.#blockMustEnd(token);
    }
    if (before === TK.BREAK) {
      this.#afterBreak = token === SEMICOLON;
      if (token !== SEMICOLON && !BLOCK_END.has(token)) this.#blockMustEnd(token);
    }
    if (token === SEMICOLON && (before === SEMICOLON || BEFORE_STATEMENT.has(before) || this.#afterHeader)) {
      this.#fail('unexpected symbol', token);
    }
    if (token === PAREN_OPEN && ls.linenumber !== ls.lastline && this.#endsPrefix(before)) {
      this.#fail('ambiguous syntax (function call x new statement)', token);
    }
    if (before === TK.LOCAL) this.#inLocalNames = true;
    else if (this.#inLocalNames && before !== TK.NAME && before !== 44) this.#inLocalNames = false;
    this.#previous = before;
  }

  #endsPrefix(before: number): boolean {
    if (before === TK.NAME) return !this.#inLocalNames && this.#previous !== TK.LOCAL && this.#header === 'none';
    if (before === PAREN_CLOSE) return !this.#afterHeader;
    if (before === 93) return true;
    if (before === 125) return this.#closedTable;
    return (
      before === TK.STRING && (this.#previous === TK.NAME || this.#previous === PAREN_CLOSE || this.#previous === 93)
    );
  }

  #breakAllowed(ls: FengariLexState): void {
    let block = ls.fs?.bl ?? null;
    while (block !== null && block !== undefined && !block.isloop) block = block.previous;
    if (block === null || block === undefined) this.#fail('no loop to break', ls.t.token);
  }

  #checkUpvalues(ls: FengariLexState): void {
    let worst: FengariFuncState | null = null;
    for (let fs = ls.fs; fs !== null; fs = fs.prev) {
      if (fs.nups <= MAX_UPVALUES) continue;
      // The hidden upvalue for globals does not count.
      const hidden = fs.f.upvalues.some((u) => u.name === ls.envn) ? 1 : 0;
      if (fs.nups - hidden > MAX_UPVALUES) worst = fs;
    }
    if (worst !== null) this.#limit(worst, MAX_UPVALUES, 'upvalues');
  }

  #limit(fs: FengariFuncState, limit: number, what: string): never {
    const line = fs.f.linedefined;
    const name = line === 0 ? 'main function' : `function at line ${line}`;
    return this.#fail(`${name} has more than ${limit} ${what}`, 0);
  }

  /** Watches each function as it is opened: its registers, and the lines that its instructions get. */
  watchFunctions(ls: FengariLexState): void {
    let current: FengariFuncState | null = null;
    Object.defineProperty(ls, 'fs', {
      get: () => current,
      set: (fs: FengariFuncState | null) => {
        if (fs !== null && !this.emitted.has(fs.f)) this.#watchFunction(ls, fs);
        current = fs;
      },
    });
  }

  #watchFunction(ls: FengariLexState, fs: FengariFuncState): void {
    const lines: number[] = [];
    this.emitted.set(fs.f, lines);
    // The generator first notes the line of the last token, as 5.1 does, and then corrects it as 5.3 does.
    fs.f.lineinfo = new Proxy([] as number[], {
      set: (target, key, value: number) => {
        const pc = Number(key);
        if (pc === fs.pc) lines[pc] = value;
        return Reflect.set(target, key, value);
      },
    });
    let registers = 0;
    Object.defineProperty(fs.f, 'maxstacksize', {
      get: () => registers,
      set: (value: number) => {
        if (value >= MAX_REGISTERS) this.#fail('function or expression too complex', ls.t.token);
        registers = value;
      },
    });
  }

  /** Watches the number of active locals. */
  watch(dyd: FengariDyndata, state: () => FengariLexState): void {
    let n = 0;
    Object.defineProperty(dyd.actvar, 'n', {
      get: () => n,
      set: (value: number) => {
        if (value > n) {
          const fs = state().fs;
          if (fs !== null && value - fs.firstlocal > MAX_LOCALS) this.#limit(fs, MAX_LOCALS, 'local variables');
        }
        n = value;
      },
    });
  }

  /** A complaint of the parser in 5.1's words. */
  report(ls: FengariLexState, message: string): never {
    const { token } = ls.t;
    if (message.startsWith('too many JS levels')) this.#fail('chunk has too many syntax levels', 0);
    if (message === 'function or expression needs too many registers')
      this.#fail('function or expression too complex', token);
    const closed = this.#previous === PAREN_CLOSE || this.#previous === 125 || this.#previous === TK.STRING;
    if (message === 'syntax error' && token !== 61 && token !== 44 && !closed) this.#fail("'=' expected", token);
    // 5.1 takes a call for a whole statement and stumbles over what follows.
    const call =
      this.#previous === PAREN_CLOSE ? this.#closedCall : this.#previous === 125 || this.#previous === TK.STRING;
    if (message === 'syntax error' && call) this.#fail('unexpected symbol', token);
    const limit = /^too many (.*) \(limit is (\d+)\) in (.*)$/.exec(message);
    if (limit !== null) this.#fail(`${limit[3]} has more than ${limit[2]} ${limit[1]}`, 0);
    return this.#fail(message, token);
  }
}
