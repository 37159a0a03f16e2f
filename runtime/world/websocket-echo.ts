/**
 * A WebSocket server that says back what it is told (RFC 6455), fragments as they come. Takes the first subprotocol it
 * is offered. Anything but a handshake gets 426 Upgrade Required.
 */
import { type Clock, concat, EMPTY, fromLatin1, seconds, type Timer } from '../core/index.ts';
import { emitWsFrame, parseWsFrame, WS_OPCODE, type WsFrame, websocketAccept, wsFrameLength } from '../wire/index.ts';
import { HttpParser, type HttpRequest } from './http-parser.ts';
import { reasonPhrase } from './http-server.ts';
import { LateStream, refusal, type Service, type ServiceFaults } from './service.ts';
import type { Stream, StreamHandler } from './stream.ts';

/** A refusal is an HTTP status instead of the handshake; a wrong answer is a handshake that proves nothing. */
export interface WebsocketFaults extends ServiceFaults {
  /** Pings are not answered. */
  noPong?: boolean | undefined;
}

/** A client has so long for its handshake. */
const HANDSHAKE_TIMEOUT = seconds(30);
/** Larger frames end the connection. */
const MAX_FRAME = 1024 * 1024;
/** RFC 6455 section 7.4.1. */
const PROTOCOL_ERROR = 1002;

export class WebsocketEcho implements Service {
  readonly faults: WebsocketFaults = {};
  /** Sees every frame with data. */
  onFrame: ((frame: WsFrame) => void) | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  accept(stream: Stream): void {
    const late = new LateStream(this.#clock, stream, this.faults);
    late.handler = new Connection(this.#clock, this, late);
  }
}

class Connection implements StreamHandler {
  readonly #server: WebsocketEcho;
  readonly #stream: Stream;
  readonly #timeout: Timer;
  /** Until the handshake is over. */
  #http: HttpParser | undefined = new HttpParser();
  #buffer: Uint8Array = EMPTY;
  #messages = 0;
  #over = false;

  constructor(clock: Clock, server: WebsocketEcho, stream: Stream) {
    this.#server = server;
    this.#stream = stream;
    this.#timeout = clock.timer('websocket.handshake', () => stream.destroy());
    this.#timeout.arm(HANDSHAKE_TIMEOUT);
  }

  onData(bytes: Uint8Array): void {
    if (this.#http !== undefined) this.#handshake(this.#http, bytes);
    else if (!this.#over) this.#frames(bytes);
  }

  onClose(): void {
    this.#over = true;
    this.#timeout.cancel();
  }

  #handshake(parser: HttpParser, bytes: Uint8Array): void {
    parser.push(bytes);
    const request = parser.next();
    if (request.ok && request.value === undefined) return;
    this.#http = undefined;
    this.#timeout.cancel();
    const key = request.ok && request.value !== undefined ? keyOf(request.value) : undefined;
    const { faults } = this.#server;
    const status = refusal(faults) ?? (key === undefined ? 426 : 101);
    if (key === undefined || status !== 101) {
      this.#finish(
        fromLatin1(`HTTP/1.1 ${status} ${reason(status)}\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n`),
      );
      return;
    }
    const protocol = request.ok ? request.value?.headers.get('sec-websocket-protocol')?.split(',', 1)[0] : undefined;
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${faults.wrong ? 'nonsense' : websocketAccept(key)}`,
      ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol.trim()}`]),
    ];
    this.#stream.write(fromLatin1(`${lines.join('\r\n')}\r\n\r\n`));
  }

  #frames(bytes: Uint8Array): void {
    this.#buffer = concat(this.#buffer, bytes);
    while (!this.#over) {
      const frame = parseWsFrame(this.#buffer);
      const tooLong = this.#buffer.length > MAX_FRAME;
      if (!frame.ok && frame.error === 'truncated' && !tooLong) return;
      if (!frame.ok || tooLong || frame.value.mask === undefined) {
        this.#close(Uint8Array.of(PROTOCOL_ERROR >> 8, PROTOCOL_ERROR & 0xff));
        return;
      }
      this.#buffer = this.#buffer.subarray(wsFrameLength(frame.value));
      this.#onFrame(frame.value);
    }
  }

  #onFrame({ fin, opcode, payload }: WsFrame): void {
    const { noPong = false, dropAfter } = this.#server.faults;
    if (opcode === WS_OPCODE.CLOSE) {
      this.#close(payload);
    } else if (opcode === WS_OPCODE.PING) {
      if (!noPong) this.#send({ fin: true, opcode: WS_OPCODE.PONG, payload });
    } else if (opcode !== WS_OPCODE.PONG) {
      this.#server.onFrame?.({ fin, opcode, payload });
      if (fin) this.#messages++;
      if (dropAfter !== undefined && this.#messages > dropAfter) this.#stream.destroy();
      else this.#send({ fin, opcode, payload });
    }
  }

  #send(frame: WsFrame): void {
    this.#stream.write(emitWsFrame(frame));
  }

  /** Section 5.5.1: the answer to a close frame, or our own, is the last. */
  #close(payload: Uint8Array): void {
    this.#finish(emitWsFrame({ fin: true, opcode: WS_OPCODE.CLOSE, payload }));
  }

  #finish(last: Uint8Array): void {
    this.#over = true;
    this.#stream.write(last);
    this.#stream.end();
  }
}

const reason = (status: number): string => (status === 426 ? 'Upgrade Required' : reasonPhrase(status));

/** The key of a handshake as section 4.2.1 wants it. */
function keyOf({ method, headers }: HttpRequest): string | undefined {
  const has = (name: string, word: string): boolean => (headers.get(name) ?? '').toLowerCase().includes(word);
  const fits = method === 'GET' && has('upgrade', 'websocket') && has('connection', 'upgrade');
  return fits ? headers.get('sec-websocket-key') : undefined;
}
