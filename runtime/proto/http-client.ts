/**
 * The firmware's HTTP client (app/http/httpclient.c) without Lua: one connection per request, the answer is complete
 * when the server closes. Redirects keep the method and lose headers and body.
 */
import { concat, EMPTY, fromLatin1 } from '../core/index.ts';
import { ERR } from '../stack/index.ts';
import { HTTPS_PORT, type Ipv4Address } from '../wire/index.ts';
import { connectionFor, type ProtoEnv } from './env.ts';
import { ESPCONN, type EspconnConnection, type EspconnErr, type EspconnHandlers } from './espconn.ts';
import { readAnswer } from './http-answer.ts';
import { cString, type HttpUrl, isAbsolute, parseHttpUrl } from './http-url.ts';
import type { ProtoTimer } from './timer.ts';

export interface HttpOwner {
  /** The end of a request. `status` is -1 without a usable answer; `full` is the whole answer, headers included. */
  finished(status: number, body: Uint8Array, full: Uint8Array): void;
  /** A line for the console. */
  report(line: string): void;
}

/** What is asked of a server; texts as they go on the wire. */
export interface HttpOrder {
  readonly method: string;
  /** Complete header lines. */
  readonly headers: string | undefined;
  readonly body: string | undefined;
}

/** httpclient.h: HTTP_STATUS_GENERIC_ERROR, HTTP_REQUEST_TIMEOUT_MS, BUFFER_SIZE_MAX (with a final zero byte). */
const FAILED = -1;
const TIMEOUT_MS = 60_000;
const MAX_ANSWER = 0x2000 - 1;
const MAX_REDIRECTS = 20; // httpclient.c REDIRECTION_FOLLOW_MAX

/** Makes requests; any number at the same time. */
export class HttpClient {
  readonly env: ProtoEnv;
  readonly owner: HttpOwner;

  constructor(env: ProtoEnv, owner: HttpOwner) {
    this.env = env;
    this.owner = owner;
  }

  /** An address that cannot be used is reported and never finished. A failure may be told before this returns. */
  request(url: string, order: HttpOrder, redirects = 0): void {
    const parsed = parseHttpUrl(cString(url));
    if (parsed.ok) new HttpRequest(this, parsed.value, order, redirects).start();
    else this.owner.report(parsed.error);
  }
}

/** One request and its connection (request_args_t). */
class HttpRequest implements EspconnHandlers {
  readonly #client: HttpClient;
  readonly #url: HttpUrl;
  readonly #method: string;
  /** Gone once sent. */
  #headers: string | undefined;
  #body: string | undefined;
  readonly #redirects: number;
  readonly #tcp: EspconnConnection;
  readonly #timer: ProtoTimer;
  #answer: Uint8Array = EMPTY;

  constructor(client: HttpClient, url: HttpUrl, order: HttpOrder, redirects: number) {
    this.#client = client;
    this.#url = url;
    this.#method = cString(order.method);
    this.#headers = order.headers === undefined ? undefined : cString(order.headers);
    this.#body = order.body === undefined ? undefined : cString(order.body);
    this.#redirects = redirects;
    this.#tcp = connectionFor(client.env, url.secure);
    this.#tcp.handlers = this;
    this.#timer = client.env.timer('http', () => this.#onTimeout());
  }

  /** http_raw_request. */
  start(): void {
    const { hostname } = this.#url;
    const lookup = this.#client.env.stack.dns.resolve(hostname, (addr) => this.#onFound(addr));
    if (lookup.status === 'pending') return;
    if (lookup.status === 'error') {
      this.#report(lookup.code === ERR.ARG ? `DNS arg error ${hostname}` : `DNS error code ${lookup.code}`);
      this.#onFound(undefined);
    } else {
      this.#onFound(lookup.addr);
    }
  }

  /** http_connect_callback. */
  connected(): void {
    const { hostname, port, path, secure } = this.#url;
    const headers = this.#headers ?? '';
    const given = (name: string): boolean => headers.toLowerCase().includes(name);
    const usual = port === 80 || (port === HTTPS_PORT && secure && this.#client.env.secure !== undefined);
    const host = given('host:') ? '' : `Host: ${hostname}${usual ? '' : `:${port}`}\r\n`;
    const agent = given('user-agent:') ? '' : 'User-Agent: ESP8266\r\n';
    const length = this.#body === undefined ? '' : `Content-Length: ${this.#body.length}\r\n`;
    const head = `${this.#method} ${path} HTTP/1.1\r\n${host}Connection: close\r\n${headers}${agent}${length}\r\n`;
    this.#headers = undefined;
    this.#tcp.send(fromLatin1(head));
  }

  /** http_send_callback: the body follows when the headers are acknowledged. */
  sent(): void {
    if (this.#body === undefined) return;
    this.#tcp.send(fromLatin1(this.#body));
    this.#body = undefined;
  }

  /** http_receive_callback. */
  received(data: Uint8Array): void {
    const length = this.#answer.length + data.length;
    if (length > MAX_ANSWER) {
      this.#report(`Response too long (${length + 1})`);
      this.#answer = EMPTY;
      this.#tcp.disconnect();
    } else {
      this.#answer = concat(this.#answer, data);
    }
  }

  /** http_error_callback. */
  failed(code: EspconnErr): void {
    this.#report(`Disconnected with error: ${code}`);
    this.#onTimeout();
  }

  /** http_disconnect_callback. */
  disconnected(): void {
    const { env, owner } = this.#client;
    this.#timer.disarm();
    const answer = readAnswer(this.#answer);
    if ('report' in answer && answer.report !== undefined) this.#report(answer.report);
    if (answer.kind === 'answer') {
      owner.finished(answer.status, answer.body, this.#answer);
      return;
    }
    if (answer.kind === 'redirect') {
      if (this.#redirects < MAX_REDIRECTS) {
        this.#follow(answer.location);
        return;
      }
      this.#report('Too many redirections');
    }
    if (answer.kind === 'fault') env.crash(answer.what);
    owner.finished(FAILED, EMPTY, this.#answer);
  }

  #report(line: string): void {
    this.#client.owner.report(line);
  }

  /** http_dns_callback. The result of the connect is not looked at: without a route only the time-out follows. */
  #onFound(addr: Ipv4Address | undefined): void {
    if (addr === undefined) {
      this.#report(`DNS failed for ${this.#url.hostname}`);
      this.#client.owner.finished(FAILED, EMPTY, EMPTY);
      return;
    }
    this.#timer.arm(TIMEOUT_MS, false);
    this.#tcp.connect(addr, this.#url.port & 0xffff);
  }

  /** http_timeout_callback. */
  #onTimeout(): void {
    this.#report('Connection timeout');
    const code = this.#tcp.disconnect();
    if (code !== ESPCONN.OK && code !== ESPCONN.INPROGRESS) this.disconnected();
  }

  /** The next request has what this one has not sent yet. */
  #follow(location: string): void {
    const order: HttpOrder = { method: this.#method, headers: this.#headers, body: this.#body };
    const redirects = this.#redirects + 1;
    if (isAbsolute(location)) {
      this.#client.request(location, order, redirects);
      return;
    }
    const { path } = this.#url;
    const target = location.startsWith('/') ? location : path.slice(0, path.lastIndexOf('/') + 1) + location;
    new HttpRequest(this.#client, { ...this.#url, path: target }, order, redirects).start();
  }
}
