/** One HTTP request of a client inside the world: looks the name up, asks, reads the answer. Redirects are the caller's. */
import { type Clock, err, fromLatin1, ok, type Result, seconds, type Timer, toLatin1 } from '../core/index.ts';
import { ERR, type Stack } from '../stack/index.ts';
import type { Ipv4Address } from '../wire/index.ts';
import { HostStream } from './host-stream.ts';
import { type HttpReply, readReply } from './http-reply.ts';
import type { Stream, StreamHandler } from './stream.ts';

export type FetchError = 'bad-url' | 'no-such-name' | 'refused' | 'broken' | 'time-out' | 'no-http';

export interface FetchOptions {
  /** By default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Latin-1 text. */
  readonly body?: string;
}

const URL_PARTS = /^http:\/\/([^/:?#]+)(?::(\d+))?([^#]*)/i;
const TIMEOUT = seconds(15);

/** The parts of an `http:` address; undefined for another. */
export function splitUrl(url: string): { host: string; port: number; target: string } | undefined {
  const [, host, port, target = ''] = URL_PARTS.exec(url) ?? [];
  if (host === undefined) return undefined;
  return { host, port: Number(port ?? 80), target: target.startsWith('/') ? target : `/${target}` };
}

/** Begun by being made; `done` is called exactly once, never before the constructor returns. */
export class HttpFetch implements StreamHandler {
  readonly #clock: Clock;
  readonly #stack: Stack;
  readonly #done: (reply: Result<HttpReply, FetchError>) => void;
  readonly #timer: Timer;
  readonly #request: string;
  readonly #port: number;
  #stream: Stream | undefined;
  #received = '';
  #open = false;
  #over = false;

  constructor(
    clock: Clock,
    stack: Stack,
    url: string,
    { method = 'GET', headers = {}, body }: FetchOptions,
    done: (reply: Result<HttpReply, FetchError>) => void,
  ) {
    this.#clock = clock;
    this.#stack = stack;
    this.#done = done;
    this.#timer = clock.timer('http.fetch', () => this.#finish(err('time-out')));
    const parts = splitUrl(url);
    const { host = '', port = 0, target = '' } = parts ?? {};
    const lines = Object.entries({
      Host: port === 80 ? host : `${host}:${port}`,
      Connection: 'close',
      ...(body === undefined ? {} : { 'Content-Length': body.length }),
      ...headers,
    });
    this.#port = port;
    this.#request = `${method} ${target} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n${body ?? ''}`;
    this.#timer.arm(TIMEOUT);
    if (parts === undefined) this.#soon('bad-url');
    else this.#lookUp(host);
  }

  onOpen(): void {
    this.#open = true;
    this.#stream?.write(fromLatin1(this.#request));
  }

  onData(bytes: Uint8Array): void {
    this.#received += toLatin1(bytes);
    this.#read(false);
  }

  onEnd(): void {
    this.#read(true);
  }

  onClose(error: number | undefined): void {
    if (!this.#open) this.#finish(err('refused'));
    else if (error !== undefined) this.#finish(err('broken'));
    else this.#read(true);
  }

  #lookUp(host: string): void {
    const found = this.#stack.dns.resolve(host, (addr) => this.#connect(addr));
    if (found.status === 'literal') this.#connect(found.addr);
    else if (found.status === 'error') this.#soon('no-such-name');
  }

  #connect(addr: Ipv4Address | undefined): void {
    if (this.#over) return;
    const pcb = addr === undefined ? undefined : this.#stack.tcp.newPcb();
    if (addr === undefined || pcb === undefined || pcb.connect(addr, this.#port) !== ERR.OK) {
      this.#soon(addr === undefined ? 'no-such-name' : 'refused');
      return;
    }
    this.#stream = new HostStream(this.#clock, pcb);
    this.#stream.handler = this;
  }

  #read(ended: boolean): void {
    const reply = readReply(this.#received, ended);
    if (reply === undefined) return;
    this.#finish('wrong' in reply ? err(reply.wrong === 'nothing' ? 'broken' : 'no-http') : ok(reply));
  }

  /** Not from inside the constructor. */
  #soon(error: FetchError): void {
    this.#over = true;
    this.#timer.cancel();
    this.#clock.timer('http.fetch.failed', () => this.#done(err(error))).arm(seconds(0));
  }

  #finish(reply: Result<HttpReply, FetchError>): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer.cancel();
    if (reply.ok) this.#stream?.end();
    else this.#stream?.destroy();
    this.#done(reply);
  }
}
