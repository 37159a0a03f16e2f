/** What happens to bytes that arrive at UART0 (driver/input.c): echo, line editing, and the modes of uart.on('data'). */

const NUL = 0;
const BS = 8;
const LF = 10;
const CR = 13;
const DEL = 127;
const LINE_MAX = 256; // LUA_MAXINPUT

/** How uart.on('data') wants its data when the interpreter is off; undefined members mean "not given". */
export interface DataRule {
  /** Calls back after so many bytes; 0 = for each byte; negative = at `endByte`. */
  readonly length: number;
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
}

export class LineEditor {
  readonly #env: LineEditorEnv;
  #line = '';
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
    this.#last = NUL;
    this.echo = true;
    this.rule = { length: 0, endByte: NUL, runInput: true };
    this.listening = false;
  }

  /** Handles everything that has arrived. */
  run(): void {
    for (let byte = this.#env.take(); byte !== undefined; byte = this.#env.take()) {
      if (this.rule.runInput) this.#edit(byte);
      else this.#collect(byte);
    }
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
    if (this.listening) this.#env.data(this.#line);
    if (this.#line.length === 0) {
      this.#env.echo(this.prompt);
      return;
    }
    const line = this.#line;
    this.#line = '';
    this.#env.line(`${line}\n`);
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
}
