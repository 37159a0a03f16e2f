/**
 * The firmware's WebSocket client (app/websocket/websocketclient.c; RFC 6455): handshake, messages, pings when idle and
 * the ways to an end, each with its code. One timer serves three purposes, as there, and what sets it anew displaces
 * what it was for.
 */
import { fromLatin1, toBase64, toLatin1 } from '../core/index.ts';
import { emitWsFrame, type Ipv4Address, WS_OPCODE, websocketAccept } from '../wire/index.ts';
import { connectionFor, type ProtoEnv } from './env.ts';
import type { EspconnConnection } from './espconn.ts';
import type { ProtoTimer } from './timer.ts';
import { WsInbox } from './websocket-inbox.ts';
import { parseWebsocketUrl, type WebsocketUrl } from './websocket-url.ts';

/** Told by a client. */
export interface WebsocketOwner {
  /** The server agreed to talk WebSocket. */
  connected(): void;
  received(payload: Uint8Array, opcode: number): void;
  /** The connection is over, or never came about; {@link WebsocketClient.connect} may call this before it returns. */
  closed(code: number): void;
}

export type Header = readonly [name: string, value: string];

/** Codes of the end. TCP's own are 100 below espconn's. */
const CODE = {
  DNS: -5,
  CLOSED: -6,
  BAD_KEY: -7,
  NOT_SWITCHED: -17,
  TIMEOUT: -18,
  NO_PONG: -19,
  OTHER: -99,
  TCP: -100,
} as const;

const CONNECT_MS = 10_000;
const PING_MS = 30_000;
const FORCE_CLOSE_MS = 5_000;
/** Pings without any answer before the connection is given up. */
const MAX_UNANSWERED = 2;
const KEY_LENGTH = 16;

/** Sent unless a script sends others of the same name. */
const DEFAULT_HEADERS: readonly Header[] = [
  ['User-Agent', 'ESP8266'],
  ['Sec-WebSocket-Protocol', 'chat'],
];

export class WebsocketClient {
  readonly #env: ProtoEnv;
  readonly #owner: WebsocketOwner;
  readonly #timer: ProtoTimer;
  #onTimer: 'connect' | 'ping' | 'force close' = 'connect';
  /** The connection the timer is about. */
  #timed: EspconnConnection | undefined;
  #state: 'idle' | 'looking up' | 'connecting' | 'connected' | 'closing' = 'idle';
  #conn: EspconnConnection | undefined;
  #url: WebsocketUrl | undefined;
  /** Own headers; empty for none. */
  headers: readonly Header[] = [];
  #accept = '';
  /** Code to end with, 0 for none in particular. */
  #code = 0;
  #inbox = new WsInbox();
  #unanswered = 0;

  constructor(env: ProtoEnv, owner: WebsocketOwner) {
    this.#env = env;
    this.#owner = owner;
    this.#timer = env.timer('websocket', () => this.#onTimeout());
  }

  /** TCP is connected, and no end in sight. */
  get connected(): boolean {
    return this.#state === 'connected';
  }

  /** Another connect is possible. */
  get idle(): boolean {
    return this.#state === 'idle' || this.#state === 'closing';
  }

  /** The last connection is over, or about to be. */
  get over(): boolean {
    return this.#state === 'closing';
  }

  /** To `ws[s]://host[:port][/path]`. Without TLS in the build a `wss` address is treated as if nobody answered. */
  connect(address: string): void {
    this.#state = 'idle';
    const url = parseWebsocketUrl(address);
    if (!url.ok) {
      this.#owner.closed(url.error);
      return;
    }
    this.#state = 'looking up';
    this.#url = url.value;
    this.#code = 0;
    this.#inbox = new WsInbox();
    this.#unanswered = 0;
    const conn = connectionFor(this.#env, url.value.secure);
    this.#conn = conn;
    const found = this.#env.stack.dns.resolve(url.value.host, (addr) => this.#onFound(conn, addr));
    if (found.status !== 'pending') this.#onFound(conn, found.status === 'literal' ? found.addr : undefined);
  }

  /** One frame. Lost when not connected and while a frame before it is not acknowledged. Lengths have 16 bits. */
  send(payload: Uint8Array, opcode: number): void {
    if (this.#conn !== undefined) this.#sendFrame(this.#conn, opcode, payload.subarray(0, payload.length & 0xffff));
  }

  /** Asks the server to close; after 5 s without an answer TCP is closed anyway. */
  close(): void {
    const conn = this.#conn;
    if (this.idle || conn === undefined) return;
    this.#code = 0;
    if (this.#state === 'looking up') {
      this.#end(conn);
      return;
    }
    this.#sendFrame(conn, WS_OPCODE.CLOSE, new Uint8Array(0));
    this.#arm('force close', conn, FORCE_CLOSE_MS, false);
  }

  /** Lets go of everything without a word. */
  abandon(): void {
    this.#timer.disarm();
    if (this.#conn !== undefined) this.#conn.handlers = {};
    this.#conn = undefined;
    this.#state = 'closing';
  }

  #onFound(conn: EspconnConnection, addr: Ipv4Address | undefined): void {
    const url = this.#url;
    if (this.#conn !== conn || this.#state === 'closing' || url === undefined) return;
    if (addr === undefined) {
      this.#code = CODE.DNS;
      this.#end(conn);
      return;
    }
    this.#state = 'connecting';
    conn.handlers = {
      connected: () => this.#onConnected(conn, url),
      disconnected: () => this.#end(conn),
      failed: (code) => {
        this.#code = code + CODE.TCP;
        this.#end(conn);
      },
    };
    this.#arm('connect', conn, CONNECT_MS, false);
    if (!url.secure || this.#env.secure !== undefined) conn.connect(addr, url.port);
  }

  #onConnected(conn: EspconnConnection, url: WebsocketUrl): void {
    this.#state = 'connected';
    conn.handlers = { ...conn.handlers, received: (data) => this.#onAnswer(conn, data) };
    const key = toBase64(this.#env.rng.bytes(KEY_LENGTH));
    this.#accept = websocketAccept(key);
    conn.send(fromLatin1(request(url, key, this.headers)));
  }

  /** ws_initReceiveCallback: the answer has to come in one piece. */
  #onAnswer(conn: EspconnConnection, data: Uint8Array): void {
    const visible = toLatin1(data).split('\0', 1)[0] as string;
    const refused = !visible.includes('HTTP/1.1 101');
    if (refused || !visible.includes(this.#accept)) {
      this.#disconnect(conn, refused ? CODE.NOT_SWITCHED : CODE.BAD_KEY);
      return;
    }
    this.#arm('ping', conn, PING_MS, true);
    conn.handlers = { ...conn.handlers, received: (more) => this.#onFrames(conn, more) };
    this.#owner.connected();
    const end = visible.indexOf('\r\n\r\n');
    if (end >= 0 && end + 4 < data.length) this.#onFrames(conn, data.subarray(end + 4));
  }

  #onFrames(conn: EspconnConnection, data: Uint8Array): void {
    this.#unanswered = 0;
    // Whatever the timer is for: from now on it comes every 30 s.
    this.#timer.arm(PING_MS, true);
    const inbox = this.#inbox;
    inbox.receive(data);
    for (let message = inbox.next(); message !== undefined; message = inbox.next()) {
      if (typeof message === 'number') {
        this.#disconnect(conn, message);
        return;
      }
      this.#onMessage(conn, message.opcode, message.payload);
      if (message.overrun) this.#env.crash('websocket: a message came in more than two fragments');
    }
  }

  #onMessage(conn: EspconnConnection, opcode: number, payload: Uint8Array): void {
    if (opcode === WS_OPCODE.CLOSE) {
      if (payload.length === 1) this.#env.crash('websocket: a close frame with half a status');
      // Answered even if it is an answer; the acknowledgement of whatever was sent last ends the connection.
      conn.handlers = { ...conn.handlers, sent: () => this.#disconnect(conn, CODE.CLOSED) };
      this.#sendFrame(conn, WS_OPCODE.CLOSE, payload);
      this.#state = 'closing';
    } else if (opcode === WS_OPCODE.PING) {
      this.#sendFrame(conn, WS_OPCODE.PONG, payload);
    } else if (opcode !== WS_OPCODE.PONG) {
      this.#owner.received(payload, opcode);
    }
  }

  #sendFrame(conn: EspconnConnection, opcode: number, payload: Uint8Array): void {
    if (this.#state !== 'connected') return;
    const frame = emitWsFrame({ fin: true, opcode: 0, mask: this.#env.rng.bytes(4), payload });
    // The firmware adds the opcode to the first byte, whatever it is.
    frame[0] = 0x80 + opcode;
    conn.send(frame);
  }

  #disconnect(conn: EspconnConnection, code: number): void {
    this.#code = code;
    conn.disconnect();
  }

  #arm(purpose: 'connect' | 'ping' | 'force close', conn: EspconnConnection, periodMs: number, repeat: boolean): void {
    this.#onTimer = purpose;
    this.#timed = conn;
    this.#timer.arm(periodMs, repeat);
  }

  #onTimeout(): void {
    const conn = this.#timed;
    if (conn === undefined) return;
    if (this.#onTimer === 'connect') {
      this.#code = CODE.TIMEOUT;
      this.#end(conn);
    } else if (this.#onTimer === 'force close') {
      if (!this.idle) this.#conn?.disconnect();
    } else if (this.#unanswered === MAX_UNANSWERED) {
      this.#disconnect(conn, CODE.NO_PONG);
    } else {
      this.#sendFrame(conn, WS_OPCODE.PING, new Uint8Array(0));
      this.#unanswered++;
    }
  }

  /** disconnect_callback. TCP may still be open: nobody listens to it any more. */
  #end(conn: EspconnConnection): void {
    this.#state = 'closing';
    this.#timer.disarm();
    conn.handlers = {};
    this.#conn = undefined;
    this.#owner.closed(this.#code === 0 ? CODE.OTHER : this.#code);
  }
}

/** Of headers with the same name the first one counts. */
function request({ host, port, path }: WebsocketUrl, key: string, own: readonly Header[]): string {
  const fixed: readonly Header[] = [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Version', '13'],
  ];
  const seen = new Set<string>();
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}:${port}`];
  for (const [name, value] of [...fixed, ...own, ...DEFAULT_HEADERS]) {
    const lower = name.toLowerCase();
    if (!seen.has(lower)) lines.push(`${name}: ${value}`);
    seen.add(lower);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
