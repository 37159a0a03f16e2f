/**
 * What happens to bytes that arrive at UART0 (driver/input.c; lua.c readline before 2020): echo, line editing, and the
 * modes of uart.on('data').
 */
import type { Era } from './era.ts';

const NUL = 0;
const BS = 8;
const LF = 10;
const CR = 13;
const DEL = 127;
const LINE_MAX = 256; // LUA_MAXINPUT

/** How uart.on('data') wants its data when the interpreter is off; undefined members mean "not given". */
export interface DataRule {
  /** Calls back after so many bytes; 0 = for each byte, or in old releases for all that is there; negative = at `endByte`. */
  readonly length: number;
  /** In old releases it counts beside the length too; -1 = none. */
  readonly endByte: number;
  /** Keep feeding lines to the interpreter. */
  readonly runInput: boolean;
}

export interface LineEditorEnv {
  take(): number | undefined;
  /** Echo and prompts: console text, not redirectable. */
  echo(text: string): void;
  /** A line for the interpreter, with its `\n`. */
  line(text: string): void;
  /** The uart.on callback. */
  data(bytes: string): void;
  readonly era: Era;
}

export class LineEditor {
  readonly #env: LineEditorEnv;
  #line = '';
  /** What node.input put into the empty line buffer of old. */
  #put: string | undefined;
  /** The line buffer of old is in use until its line has run. */
  #running = false;
  #last = NUL;
  /** Repeated after an empty line. */
  prompt = '';
  echo = true;
  rule: DataRule = { length: 0, endByte: NUL, runInput: true };
  /** Whether a uart.on callback is registered. */
  listening = false;

  constructor(env: LineEditorEnv) {
    this.#env = env;
  }

  /** A new boot. */
  reset(): void {
    this.#line = '';
    this.#put = undefined;
    this.#running = false;
    this.#last = NUL;
    this.echo = true;
    this.rule = { length: 0, endByte: this.#env.era.uartZeroMeansAll ? -1 : NUL, runInput: true };
    this.listening = false;
  }

  /** Handles everything that has arrived. */
  run(): void {
    for (let byte = this.#env.take(); byte !== undefined; byte = this.#env.take()) {
      if (this.rule.runInput) this.#edit(byte);
      else if (this.#env.era.uartZeroMeansAll) this.#gather(byte);
      else this.#collect(byte);
    }
    const { length, endByte, runInput } = this.rule;
    if (this.#env.era.uartZeroMeansAll && !runInput && length === 0 && endByte < 0) this.#deliver();
  }

  /** lua_put_line: false when the line buffer is in use or the text does not fit. */
  put(text: string): boolean {
    if (this.#line !== '' || this.#put !== undefined || this.#running || text.length >= LINE_MAX) return false;
    this.#put = text.split('\0', 1)[0] as string;
    return true;
  }

  /** Runs what was put. */
  runPut(): void {
    const line = this.#put;
    this.#put = undefined;
    if (line !== undefined) this.#runLine(line.replace(/\n$/, ''));
  }

  #edit(byte: number): void {
    if ((byte === CR && this.#last === LF) || (byte === LF && this.#last === CR)) {
      this.#last = NUL;
      return;
    }
    if (byte === BS || byte === DEL) {
      if (this.#line.length > 0 && this.echo) this.#env.echo('\b \b');
      this.#line = this.#line.slice(0, -1);
      this.#last = NUL;
      return;
    }
    this.#last = byte;
    if (byte === CR || byte === LF) {
      this.#endLine();
      return;
    }
    if (this.echo) this.#env.echo(String.fromCharCode(byte));
    // A line that does not fit loses what was typed so far, silently.
    if (this.#line.length + 1 >= LINE_MAX) this.#line = '';
    this.#line += String.fromCharCode(byte);
  }

  #endLine(): void {
    if (this.echo) this.#env.echo('\n');
    if (this.listening && !(this.#env.era.lineConsole && this.#line === '')) this.#env.data(this.#line);
    if (this.#line.length === 0) {
      this.#env.echo(this.prompt);
      return;
    }
    this.#runLine(this.#line);
  }

  #runLine(line: string): void {
    this.#line = '';
    this.#running = true;
    try {
      this.#env.line(`${line}\n`);
    } finally {
      this.#running = false;
    }
  }

  #collect(byte: number): void {
    if (!this.listening) return;
    if (this.rule.length === 0) {
      this.#env.data(String.fromCharCode(byte));
      return;
    }
    this.#line += String.fromCharCode(byte);
    const full = this.rule.length > 0 ? this.#line.length >= this.rule.length : byte === this.rule.endByte;
    if (!full && this.#line.length < LINE_MAX) return;
    const data = this.#line;
    this.#line = '';
    this.#env.data(data);
  }

  /** Before 2020: `length` and `endByte` both count, and neither means all there is. */
  #gather(byte: number): void {
    this.#line += String.fromCharCode(byte);
    const { length, endByte } = this.rule;
    if ((length > 0 && this.#line.length >= length) || this.#line.length >= LINE_MAX || byte === endByte)
      this.#deliver();
  }

  #deliver(): void {
    const data = this.#line;
    this.#line = '';
    if (data !== '' && this.listening) this.#env.data(data);
  }
}
