/**
 * The Lua program of one boot: its state, the interpreter's input and output, the error handler, and the start of
 * init.lua (lua53/lua.c, lua/lnodemcu.c, the I/O part of modules/node.c). Dies with the boot.
 */
import { fromLatin1, toLatin1 } from '../core/index.ts';
import {
  createLua,
  type LineHook,
  type LuaBuild,
  type LuaCall,
  type LuaDialect,
  type LuaFailure,
  type LuaHost,
  type LuaInput,
  type LuaRef,
  type LuaWatch,
  NIL,
} from '../vm/index.ts';
import type { Era } from './era.ts';
import type { LuaMembers, ModuleFacts } from './modules.ts';
import { Pipe } from './pipe.ts';
import { PRIORITY, type Priority } from './tasks.ts';

const UNTIL_NEWLINE = { kind: 'until', delimiter: 10, keep: true } as const;
const RESTART_AFTER_ERROR_MS = 2000; // modules/node.c DELAY2SEC

/** What a program needs of the device under it. */
export interface ProgramEnv {
  readonly version: LuaBuild;
  readonly era: Era;
  /** The same list for all devices of a build. */
  readonly modules: readonly ModuleFacts[];
  /** What the module at that index has on this boot. */
  members(at: number): LuaMembers;
  /** Console text that no redirection sees. */
  writeUart(text: string): void;
  readFile(name: string): Uint8Array | undefined;
  random(): number;
  /** False when the queue of that priority is full. */
  post(priority: Priority, task: () => void): boolean;
  /** The restart that follows an uncaught error; only the first call counts. */
  restartIn(delayMs: number): void;
  setPrompt(prompt: string): void;
  onScriptError(message: string): void;
  readonly watch: LuaWatch & { readonly onLine: LineHook | undefined };
}

export class Program {
  readonly lua: LuaHost;
  readonly #env: ProgramEnv;
  readonly #stdin: Pipe;
  /** Lines of an unfinished statement typed so far. */
  #pending: string | undefined;
  #onError: LuaRef | undefined;
  /** Where node.output sends text: a pipe, or in old releases a function. */
  #stdout: Pipe | LuaRef | undefined;
  /** Whether redirected output reaches the UART too. */
  #serialDebug = true;

  constructor(env: ProgramEnv) {
    this.#env = env;
    this.lua = createLua(
      {
        write: (text) => this.#write(text),
        readFile: (name) => env.readFile(name),
        onError: (failure) => this.#report(failure),
        random: () => env.random(),
        watch: env.watch,
      },
      { version: env.version, dialect: dialectOf(env.era) },
    );
    this.lua.onLine = env.watch.onLine;
    this.#stdin = this.pipe(
      PRIORITY.LOW,
      this.lua.ref(() => this.#readLine()),
    );
  }

  /** Opens the modules. Apart from the constructor so that the CPU can charge for it. */
  open(): void {
    this.lua.openModules(this.#env.modules, (at) => this.#env.members(at));
  }

  /** Queues text for the interpreter; only complete lines run. */
  input(text: string): void {
    this.#stdin.write(fromLatin1(text));
  }

  /** A line from the keyboard, with its `\n`. The console before pipes runs it at once. */
  line(text: string): void {
    if (this.#env.era.lineConsole) this.#execute(text.slice(0, -1));
    else this.input(text);
  }

  /** node.output: printed text goes to a pipe or, piece by piece, to a function; undefined restores the UART. */
  redirect(target: Pipe | LuaRef | undefined, serialDebug: boolean): void {
    if (this.#stdout !== undefined && !(this.#stdout instanceof Pipe)) this.#stdout.release();
    this.#serialDebug = target === undefined || serialDebug;
    this.#stdout = target;
  }

  /** node.setonerror; undefined is the default handler. */
  setOnError(handler: LuaRef | undefined): void {
    this.#onError?.release();
    this.#onError = handler;
  }

  /** Posts a Lua function as a task, called with the priority; raises when the queue is full. Takes over the reference. */
  post(priority: Priority, fn: LuaRef, call?: LuaCall): void {
    const posted = this.#env.post(priority, () => {
      this.lua.pcallx(fn, [priority]);
      fn.release();
    });
    if (posted) return;
    fn.release();
    call?.error('Task queue overflow. Task not posted');
  }

  /** A pipe whose reader is a Lua function called with `wrap(pipe)`. */
  pipe(priority: Priority, reader: LuaRef, wrap: (pipe: Pipe) => LuaInput | undefined = () => NIL): Pipe {
    const poster = (): undefined => {
      pipe.runReader();
      return undefined;
    };
    const pipe: Pipe = new Pipe({
      priority,
      post: () => this.post(priority, this.lua.ref(poster)),
      call: () => {
        const answer = this.lua.call(reader, [wrap(pipe)], 1)[0];
        return typeof answer === 'boolean' ? answer : undefined;
      },
    });
    return pipe;
  }

  /** The first line of input, the start-up command and its errors: what pmain of lua.c does after the banner. */
  run(command: string, banner: () => void): void {
    const { lineConsole } = this.#env.era;
    this.#env.setPrompt(this.#prompt(true));
    if (!lineConsole) this.input(' \n');
    banner();
    const main = this.lua.ref(() => {
      this.#runInit(command);
      return undefined;
    });
    this.lua.docall(main);
    main.release();
    if (lineConsole) this.#showPrompt();
  }

  /** Prints through the global `print`, as the interpreter does (l_print). */
  print(...values: LuaInput[]): void {
    const failure = this.#tryPrint(values);
    if (failure === undefined) return;
    const message = failure.isText ? failure.message : '<null>'; // dbg_printf.c
    this.#env.writeUart(`error calling 'print' (${message})\n`);
  }

  #tryPrint(values: readonly LuaInput[]): LuaFailure | undefined {
    const print = this.lua.ref(this.lua.getGlobal('print') ?? NIL);
    const result = this.lua.pcall(print, values);
    print.release();
    return result.ok ? undefined : result.failure;
  }

  #runInit(command: string): void {
    const name = command.startsWith('@') ? command.slice(1) : undefined;
    const source = name === undefined ? command : this.#env.readFile(name);
    if (source === undefined) {
      // A device without a program is no failure of a program.
      this.#initFailed(`cannot open ${name}${this.#env.era.cannotOpenTail}`);
      return;
    }
    const loaded =
      typeof source === 'string' ? this.lua.load(source, '=INIT') : this.lua.load(withoutHashLine(source), command);
    if (!loaded.ok) {
      this.#env.onScriptError(loaded.message);
      this.#initFailed(loaded.message);
      return;
    }
    const result = this.lua.docall(loaded.chunk);
    loaded.chunk.release();
    if (!result.ok) {
      this.#env.onScriptError(result.failure.message);
      this.#initFailed(shown(result.failure, this.#env.era));
    }
  }

  #initFailed(message: LuaInput): void {
    if (this.#env.era.lineConsole) this.#message(message, 'lua: ');
    else this.print(message);
  }

  /** l_message of the console before pipes: on the UART whatever node.output says; nothing for an error that is nil. */
  #message(message: LuaInput, prefix = ''): void {
    if (typeof message === 'string') this.#env.writeUart(`${prefix}${message}\n`);
  }

  /** The stdin pipe's reader: one line per task. */
  #readLine(): boolean | undefined {
    const line = this.#stdin.read(UNTIL_NEWLINE);
    if (line === undefined) return false;
    if (line.at(-1) !== 10) {
      this.#stdin.unread(line);
      return false;
    }
    this.#execute(toLatin1(line.subarray(0, -1)));
    return undefined;
  }

  /** dojob of lua.c: compile, run, print results or the error, prompt. */
  #execute(line: string): void {
    const source =
      this.#pending !== undefined
        ? `${this.#pending}\n${line}`
        : line.startsWith('=')
          ? `return ${line.slice(1).split('\0', 1)[0]}` // lua_pushfstring takes a C string
          : line;
    const loaded = this.lua.load(source, '=stdin');
    if (!loaded.ok && loaded.message.endsWith(this.lua.version === '5.1' ? "'<eof>'" : '<eof>')) {
      this.#pending = source;
    } else {
      this.#pending = undefined;
      if (loaded.ok) this.#call(loaded.chunk);
      else this.#lineFailed(loaded.message, loaded.message);
    }
    this.#showPrompt();
  }

  #lineFailed(message: string, value: LuaInput): void {
    this.#env.onScriptError(message);
    if (this.#env.era.lineConsole) this.#message(value);
    else if (value === NIL) this.print(NIL);
    else this.print('Lua error: ', value);
  }

  #showPrompt(): void {
    const prompt = this.#prompt(this.#pending === undefined);
    this.#env.setPrompt(prompt);
    this.#write(prompt);
  }

  #call(chunk: LuaRef): void {
    const result = this.lua.docallHandles(chunk);
    chunk.release();
    if (result.ok) {
      if (result.results.length > 0) this.print(...result.results.map((value) => value ?? NIL));
    } else {
      this.#lineFailed(result.failure.message, shown(result.failure, this.#env.era));
    }
  }

  #prompt(first: boolean): string {
    const prompt = this.lua.getGlobal(first ? '_PROMPT' : '_PROMPT2');
    return typeof prompt === 'string' || typeof prompt === 'number' ? String(prompt) : first ? '> ' : '>> ';
  }

  #write(text: string): void {
    if (this.#stdout === undefined || this.#serialDebug) this.#env.writeUart(text);
    if (this.#stdout instanceof Pipe) this.#stdout.write(fromLatin1(text));
    else if (this.#stdout !== undefined) this.lua.call(this.#stdout, [text]);
  }

  /** luaL_pcallx's error path: the handler runs as a task of its own. */
  #report(failure: LuaFailure): void {
    const value = this.lua.ref(failure.value);
    const task = this.lua.ref(() => {
      this.#callHandler(failure.message, value);
      return undefined;
    });
    this.post(PRIORITY.HIGH, task);
  }

  #callHandler(message: string, value: LuaRef): void {
    try {
      if (this.#onError !== undefined) {
        this.lua.call(this.#onError, [value]);
        return;
      }
      this.#env.onScriptError(message);
      this.#tryPrint([value]); // default_onerror: silent when print fails
      this.#env.restartIn(RESTART_AFTER_ERROR_MS);
    } finally {
      value.release();
    }
  }
}

/** luaL_loadfile skips a first line that begins with `#`, and keeps its line end for the line numbers. */
const withoutHashLine = (source: Uint8Array): Uint8Array =>
  source[0] === 0x23 ? source.subarray(source.includes(10) ? source.indexOf(10) : source.length) : source;

const dialectOf = ({ romTypes, callbackErrorsPanic, outputIsString, cannotOpenTail }: Era): LuaDialect => ({
  romTypes,
  unprotectedCallbacks: callbackErrorsPanic,
  printInPieces: outputIsString,
  ...(cannotOpenTail === '' ? { cannotOpenTail } : {}),
});

/** What the interpreter says about an error. */
const shown = ({ value, isText }: LuaFailure, { lineConsole }: Era): LuaInput =>
  value === undefined ? NIL : lineConsole && !isText ? '(error object is not a string)' : value;
