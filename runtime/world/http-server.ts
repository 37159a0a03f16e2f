/**
 * HTTP/1.1 over a stream (RFC 9110, RFC 9112), for servers inside the world: keep-alive, pipelining in order, HEAD,
 * chunked answers, answers that come late. Node's own server cannot live in runtime/; bridge/ offers it a Duplex instead.
 */
import { type Clock, concat, fromLatin1, type Micros, seconds, type Timer } from '../core/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import { type HttpError, HttpParser, type HttpRequest } from './http-parser.ts';
import { LateStream, refusal, type Service, type ServiceFaults } from './service.ts';
import type { Stream, StreamHandler } from './stream.ts';

/** An idle connection is closed after this time, as Node's server does (keepAliveTimeout). */
const KEEP_ALIVE = seconds(5);
/** A client that connects and never finishes its request is sent away. */
const REQUEST_TIMEOUT = seconds(60);

export interface HttpResponse {
  readonly status: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Text is Latin-1. */
  readonly body?: Uint8Array | string;
  /** Instead of `body`: sent with chunked coding, one chunk each. Empty ones are left out. */
  readonly chunks?: readonly string[];
  /** Wait before the answer is sent. */
  readonly delay?: Micros;
}

export interface HttpPeer {
  readonly addr: Ipv4Address;
  readonly port: number;
  /** The server's own port. */
  readonly localPort: number;
}

export type HttpHandler = (request: HttpRequest, peer: HttpPeer) => HttpResponse;

const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  418: "I'm a teapot",
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

export const reasonPhrase = (status: number): string => REASONS[status] ?? 'Unknown';

const STATUS_OF: Readonly<Record<HttpError, number>> = {
  'bad-request-line': 400,
  'bad-version': 505,
  'bad-header': 400,
  'no-host': 400,
  'bad-length': 400,
  'bad-chunk': 400,
  'head-too-long': 431,
  'body-too-long': 413,
};

/**
 * Hands accepted streams to connections of its own. A refusal is the status of every answer; a wrong answer is no HTTP.
 */
export class HttpServer implements Service {
  readonly faults: ServiceFaults = {};
  readonly #clock: Clock;
  readonly #handler: HttpHandler;

  constructor(clock: Clock, handler: HttpHandler) {
    this.#clock = clock;
    this.#handler = handler;
  }

  accept(stream: Stream): void {
    const late = new LateStream(this.#clock, stream, this.faults);
    late.handler = new HttpConnection(this.#clock, this.#handler, late, this.faults);
  }
}

class HttpConnection implements StreamHandler {
  readonly #handler: HttpHandler;
  readonly #stream: Stream;
  readonly #faults: ServiceFaults;
  #requests = 0;
  readonly #parser = new HttpParser();
  /** An answer that waits for its time; requests behind it wait too. */
  #late: { readonly request: HttpRequest; readonly response: HttpResponse } | undefined;
  #peerEnded = false;
  #ended = false;
  readonly #lateTimer: Timer;
  readonly #idleTimer: Timer;

  constructor(clock: Clock, handler: HttpHandler, stream: Stream, faults: ServiceFaults) {
    this.#faults = faults;
    this.#handler = handler;
    this.#stream = stream;
    this.#lateTimer = clock.timer('http.late', () => this.#sendLate());
    this.#idleTimer = clock.timer('http.idle', () => this.#end());
    this.#idleTimer.arm(REQUEST_TIMEOUT);
  }

  onData(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#parser.push(bytes);
    this.#serve();
  }

  onEnd(): void {
    this.#peerEnded = true;
    if (this.#late === undefined) this.#end();
  }

  onClose(): void {
    this.#ended = true;
    this.#late = undefined;
    this.#lateTimer.cancel();
    this.#idleTimer.cancel();
  }

  #serve(): void {
    while (this.#late === undefined && !this.#ended) {
      const next = this.#parser.next();
      if (!next.ok) {
        this.#refuse(next.error);
        return;
      }
      const request = next.value;
      if (request === undefined) {
        if (this.#parser.expectsContinue) {
          this.#parser.expectsContinue = false;
          this.#stream.write(fromLatin1('HTTP/1.1 100 Continue\r\n\r\n'));
        }
        return;
      }
      const { dropAfter } = this.#faults;
      if (dropAfter !== undefined && ++this.#requests > dropAfter) {
        this.#stream.destroy();
        return;
      }
      const response = this.#respond(request);
      this.#idleTimer.cancel();
      if (response.delay === undefined) {
        this.#send(request, response);
      } else {
        this.#late = { request, response };
        this.#lateTimer.arm(response.delay);
      }
    }
  }

  #respond(request: HttpRequest): HttpResponse {
    const status = refusal(this.#faults);
    if (status !== undefined) return { status, body: `${statusLine(status)}\n` };
    const { remoteAddr, remotePort, localPort } = this.#stream;
    return this.#handler(request, { addr: remoteAddr, port: remotePort, localPort });
  }

  #sendLate(): void {
    const late = this.#late;
    if (late === undefined) return;
    this.#late = undefined;
    this.#send(late.request, late.response);
    this.#serve();
  }

  #send(request: HttpRequest, response: HttpResponse): void {
    const keepAlive = request.keepAlive && !this.#peerEnded;
    if (this.#faults.wrong) {
      this.#stream.write(fromLatin1('this is not what was asked for\r\n\r\n'));
      this.#end();
      return;
    }
    this.#stream.write(emitResponse(request, response, keepAlive));
    if (keepAlive) this.#idleTimer.arm(KEEP_ALIVE);
    else this.#end();
  }

  #refuse(error: HttpError): void {
    const body = `${error}\n`;
    const head = `HTTP/1.1 ${statusLine(STATUS_OF[error])}\r\nServer: mcubox\r\nContent-Type: text/plain\r\n`;
    this.#stream.write(fromLatin1(`${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`));
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#idleTimer.cancel();
    this.#stream.end();
  }
}

const statusLine = (status: number): string => `${status} ${reasonPhrase(status)}`;

/** The whole answer as bytes, in the form that the version and method of the request allow. */
function emitResponse(request: HttpRequest, response: HttpResponse, keepAlive: boolean): Uint8Array {
  const { status, headers = [] } = response;
  const chunked = response.chunks !== undefined && request.version === '1.1';
  const text = response.chunks === undefined ? (response.body ?? '') : response.chunks.join('');
  const body = typeof text === 'string' ? fromLatin1(text) : text;
  const lines = [`HTTP/1.1 ${statusLine(status)}`, 'Server: mcubox'];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  // RFC 9110 section 8.6: no length with 1xx and 204; section 6.4.1: no content with 304.
  const bodyless = status === 204 || status === 304;
  if (chunked) lines.push('Transfer-Encoding: chunked');
  else if (!bodyless) lines.push(`Content-Length: ${body.length}`);
  lines.push(`Connection: ${keepAlive ? 'keep-alive' : 'close'}`);
  const head = fromLatin1(`${lines.join('\r\n')}\r\n\r\n`);
  if (request.method === 'HEAD' || bodyless) return head;
  return concat(head, chunked ? emitChunks(response.chunks ?? []) : body);
}

function emitChunks(chunks: readonly string[]): Uint8Array {
  const parts = chunks.filter((c) => c !== '').map((c) => `${c.length.toString(16)}\r\n${c}\r\n`);
  return fromLatin1(`${parts.join('')}0\r\n\r\n`);
}
