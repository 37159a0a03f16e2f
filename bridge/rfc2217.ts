/**
 * A serial port at the end of a telnet connection (RFC 854, RFC 2217), the side that has the port. Machine: bytes of
 * the client go in, what the port receives, what the client is answered and what it does to the control lines come out.
 * Line speed and format are acknowledged as asked for and change nothing: bytes arrive as they were meant.
 */
import { fromLatin1 } from '../runtime/index.ts';

const IAC = 255;
const DONT = 254;
const DO = 253;
const WONT = 252;
const WILL = 251;
const SB = 250;
const SE = 240;

const OPT_BINARY = 0;
const OPT_SUPPRESS_GO_AHEAD = 3;
const OPT_COM_PORT = 44;
/** What both sides may do; everything else is declined. */
const KNOWN: ReadonlySet<number> = new Set([OPT_BINARY, OPT_SUPPRESS_GO_AHEAD, OPT_COM_PORT]);

/** Commands of the client; the answer has a number 100 higher. RFC 2217 section 3. */
const SIGNATURE = 0;
const SET_BAUDRATE = 1;
const SET_STOPSIZE = 4;
const SET_CONTROL = 5;
const SET_LINESTATE_MASK = 10;
const SET_MODEMSTATE_MASK = 11;
const PURGE_DATA = 12;
const ANSWER = 100;
const NOTIFY_MODEMSTATE = 107;

/** Values of SET-CONTROL. */
const CONTROL = {
  FLOW_REQUEST: 0,
  FLOW_NONE: 1,
  BREAK_REQUEST: 4,
  BREAK_OFF: 6,
  DTR_REQUEST: 7,
  DTR_ON: 8,
  DTR_OFF: 9,
  RTS_REQUEST: 10,
  RTS_ON: 11,
  RTS_OFF: 12,
  IN_FLOW_REQUEST: 13,
  IN_FLOW_NONE: 14,
} as const;
/** Carrier, data set ready and clear to send. */
const MODEM_READY = 0xb0;

const NAME = 'mcubox virtual UART';
/** A subnegotiation is short; a client that sends more is not one. */
const MAX_SUBNEGOTIATION = 256;

export interface Rfc2217Env {
  /** To the client. */
  send(bytes: Uint8Array): void;
  /** For the port. */
  receive(bytes: Uint8Array): void;
  /** The control lines have these levels now. */
  control(lines: { readonly dtr: boolean; readonly rts: boolean }): void;
  /** What arrived and was not read yet is to be forgotten. */
  purge(): void;
}

export class Rfc2217 {
  readonly #env: Rfc2217Env;
  #state: 'data' | 'iac' | 'option' | 'sub' | 'sub-iac' = 'data';
  #verb = 0;
  #sub: number[] = [];
  /** Options of ours and of the client that are agreed on. */
  readonly #ours = new Set<number>();
  readonly #theirs = new Set<number>();
  #baud = 115_200;
  #format = [8, 1, 1];
  #dtr = false;
  #rts = false;

  constructor(env: Rfc2217Env) {
    this.#env = env;
  }

  /** Says what the port is; a plain terminal ignores it. */
  start(): void {
    this.#offer(WILL, OPT_COM_PORT);
    this.#offer(WILL, OPT_BINARY);
    this.#offer(DO, OPT_BINARY);
    this.#offer(WILL, OPT_SUPPRESS_GO_AHEAD);
    this.#offer(DO, OPT_SUPPRESS_GO_AHEAD);
  }

  /** What the port sends, as the client gets it. */
  encode(bytes: Uint8Array): Uint8Array {
    return doubled(bytes);
  }

  feed(bytes: Uint8Array): void {
    const data: number[] = [];
    for (const byte of bytes) this.#byte(byte, data);
    if (data.length > 0) this.#env.receive(Uint8Array.from(data));
  }

  #byte(byte: number, data: number[]): void {
    switch (this.#state) {
      case 'data':
        if (byte === IAC) this.#state = 'iac';
        else data.push(byte);
        return;
      case 'iac':
        this.#command(byte, data);
        return;
      case 'option':
        this.#state = 'data';
        this.#negotiate(this.#verb, byte);
        return;
      case 'sub':
        if (byte === IAC) this.#state = 'sub-iac';
        else if (this.#sub.length < MAX_SUBNEGOTIATION) this.#sub.push(byte);
        return;
      default:
        this.#state = byte === SE ? 'data' : 'sub';
        if (byte === SE) this.#subnegotiation(this.#sub);
        else if (byte === IAC) this.#sub.push(IAC);
    }
  }

  #command(byte: number, data: number[]): void {
    this.#state = 'data';
    if (byte === IAC) data.push(IAC);
    else if (byte === SB) {
      this.#state = 'sub';
      this.#sub = [];
    } else if (byte >= WILL) {
      this.#state = 'option';
      this.#verb = byte;
    }
  }

  /** RFC 854: only a change is answered, so that two sides never argue for ever. */
  #negotiate(verb: number, option: number): void {
    const asked = verb === DO || verb === DONT ? this.#ours : this.#theirs;
    const wanted = verb === DO || verb === WILL;
    const [yes, no] = asked === this.#ours ? [WILL, WONT] : [DO, DONT];
    if (wanted && !KNOWN.has(option)) this.#env.send(Uint8Array.of(IAC, no, option));
    else if (wanted && !asked.has(option)) {
      asked.add(option);
      this.#env.send(Uint8Array.of(IAC, yes, option));
    } else if (!wanted && asked.delete(option)) this.#env.send(Uint8Array.of(IAC, no, option));
  }

  #offer(verb: number, option: number): void {
    (verb === WILL ? this.#ours : this.#theirs).add(option);
    this.#env.send(Uint8Array.of(IAC, verb, option));
  }

  #subnegotiation([option, command = -1, ...values]: number[]): void {
    if (option !== OPT_COM_PORT) return;
    if (command === SIGNATURE) {
      if (values.length === 0) this.#answer(SIGNATURE, [...fromLatin1(NAME)]);
    } else if (command === SET_BAUDRATE) {
      const baud = values.reduce((n, byte) => n * 256 + byte, 0);
      if (baud > 0) this.#baud = baud;
      this.#answer(
        command,
        [24, 16, 8, 0].map((shift) => (this.#baud >>> shift) & 255),
      );
    } else if (command > SET_BAUDRATE && command <= SET_STOPSIZE) {
      const at = command - SET_BAUDRATE - 1;
      if ((values[0] ?? 0) > 0) this.#format[at] = values[0] as number;
      this.#answer(command, [this.#format[at] as number]);
    } else if (command === SET_CONTROL) {
      this.#answer(command, [this.#control(values[0] ?? 0)]);
    } else if (command === SET_LINESTATE_MASK) {
      this.#answer(command, [values[0] ?? 0]);
    } else if (command === SET_MODEMSTATE_MASK) {
      this.#answer(command, [values[0] ?? 0]);
      this.#notifyModem();
    } else if (command === PURGE_DATA) {
      if (values[0] === 1 || values[0] === 3) this.#env.purge();
      this.#answer(command, [values[0] ?? 0]);
      this.#notifyModem();
    }
  }

  /** The value that holds from now on. */
  #control(value: number): number {
    switch (value) {
      case CONTROL.DTR_REQUEST:
        return this.#dtr ? CONTROL.DTR_ON : CONTROL.DTR_OFF;
      case CONTROL.RTS_REQUEST:
        return this.#rts ? CONTROL.RTS_ON : CONTROL.RTS_OFF;
      case CONTROL.DTR_ON:
      case CONTROL.DTR_OFF:
        this.#lines(value === CONTROL.DTR_ON, this.#rts);
        return value;
      case CONTROL.RTS_ON:
      case CONTROL.RTS_OFF:
        this.#lines(this.#dtr, value === CONTROL.RTS_ON);
        return value;
      case CONTROL.FLOW_REQUEST:
        return CONTROL.FLOW_NONE;
      case CONTROL.BREAK_REQUEST:
        return CONTROL.BREAK_OFF;
      case CONTROL.IN_FLOW_REQUEST:
        return CONTROL.IN_FLOW_NONE;
      default:
        return value;
    }
  }

  #lines(dtr: boolean, rts: boolean): void {
    this.#dtr = dtr;
    this.#rts = rts;
    this.#env.control({ dtr, rts });
  }

  #notifyModem(): void {
    this.#env.send(Uint8Array.of(IAC, SB, OPT_COM_PORT, NOTIFY_MODEMSTATE, MODEM_READY, IAC, SE));
  }

  #answer(command: number, values: readonly number[]): void {
    const body = doubled(Uint8Array.from(values));
    this.#env.send(Uint8Array.of(IAC, SB, OPT_COM_PORT, command + ANSWER, ...body, IAC, SE));
  }
}

/** Every 255 twice. */
function doubled(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(IAC)) return bytes;
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])));
}
