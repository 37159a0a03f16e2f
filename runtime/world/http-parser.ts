/**
 * Reads HTTP/1.x requests out of a byte stream (RFC 9112), for the virtual servers of the world.
 * Bodies by Content-Length and by chunked coding; whatever else a request line can carry is kept as text.
 * Not a general parser: no upgrade, no trailers kept, no header folding (obsolete since RFC 7230).
 */
import { concat, EMPTY, err, ok, type Result, toLatin1 } from '../core/index.ts';

/** Request line and headers together may be this long; longer ones are refused with 431. */
export const MAX_HEAD = 16 * 1024;
/** Longest body kept in memory; longer ones are refused with 413. */
export const MAX_BODY = 16 * 1024 * 1024;

export interface HttpRequest {
  readonly method: string;
  /** As on the request line, for example `/get?a=1`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** Names in lower case, repeated fields joined with `, ` (RFC 9110 section 5.3), in order of arrival. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** The connection may serve another request (RFC 9112 section 9.3). */
  readonly keepAlive: boolean;
}

export type HttpError =
  | 'bad-request-line'
  | 'bad-version'
  | 'bad-header'
  | 'no-host'
  | 'bad-length'
  | 'bad-chunk'
  | 'head-too-long'
  | 'body-too-long';

type Head = Omit<HttpRequest, 'body'> & { readonly chunked: boolean; readonly length: number };

/** Collects bytes until a request is whole. One per connection; after an error the connection is to be closed. */
export class HttpParser {
  #buffer: Uint8Array = EMPTY;
  /** Pieces not yet joined to the buffer: a long body is joined once, not once per segment. */
  #pieces: Uint8Array[] = [];
  #piecesBytes = 0;
  #head: Head | undefined;
  #chunks: Uint8Array[] = [];
  #chunkedBytes = 0;
  /** The client announced `Expect: 100-continue` and waits before it sends the body. */
  expectsContinue = false;

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#piecesBytes += bytes.length;
  }

  /** The next whole request, or undefined when bytes are missing. */
  next(): Result<HttpRequest | undefined, HttpError> {
    const awaited = this.#head?.chunked === false ? this.#head.length : 0;
    if (awaited <= MAX_BODY && this.#buffer.length + this.#piecesBytes < awaited) return ok(undefined);
    this.#join();
    if (this.#head === undefined) {
      const head = this.#readHead();
      if (!head.ok) return head;
      if (head.value === undefined) return ok(undefined);
      this.#head = head.value;
      this.expectsContinue = head.value.headers.get('expect')?.toLowerCase() === '100-continue';
    }
    const head = this.#head;
    const body = head.chunked ? this.#readChunks() : this.#readLength(head.length);
    if (!body.ok) return body;
    if (body.value === undefined) return ok(undefined);
    this.#head = undefined;
    this.expectsContinue = false;
    const { method, target, version, headers, keepAlive } = head;
    return ok({ method, target, version, headers, keepAlive, body: body.value });
  }

  #join(): void {
    if (this.#pieces.length === 0) return;
    this.#buffer = concat(this.#buffer, ...this.#pieces);
    this.#pieces = [];
    this.#piecesBytes = 0;
  }

  #readHead(): Result<Head | undefined, HttpError> {
    // RFC 9112 section 2.2: ignore empty lines before the request line.
    let start = 0;
    while (this.#buffer[start] === 13 || this.#buffer[start] === 10) start++;
    const end = indexOfHeadEnd(this.#buffer, start);
    if (end === undefined) return this.#buffer.length - start > MAX_HEAD ? err('head-too-long') : ok(undefined);
    if (end.at - start > MAX_HEAD) return err('head-too-long');
    const lines = toLatin1(this.#buffer.subarray(start, end.at)).split(/\r?\n/);
    this.#buffer = this.#buffer.subarray(end.next);
    return parseHead(lines);
  }

  #readLength(length: number): Result<Uint8Array | undefined, HttpError> {
    if (length > MAX_BODY) return err('body-too-long');
    if (this.#buffer.length < length) return ok(undefined);
    const body = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return ok(body);
  }

  /** Chunked coding, RFC 9112 section 7.1; extensions and trailers are read and dropped. */
  #readChunks(): Result<Uint8Array | undefined, HttpError> {
    for (;;) {
      const line = indexOfLine(this.#buffer, 0);
      if (line === undefined) return this.#buffer.length > MAX_HEAD ? err('bad-chunk') : ok(undefined);
      const size = /^([0-9a-f]{1,8})\s*(;.*)?$/i.exec(toLatin1(this.#buffer.subarray(0, line.at)));
      if (size === null) return err('bad-chunk');
      const length = Number.parseInt(size[1] as string, 16);
      if (length === 0) return this.#readTrailers(line.next);
      if (this.#chunkedBytes + length > MAX_BODY) return err('body-too-long');
      const after = indexOfLine(this.#buffer, line.next + length);
      if (after === undefined) return ok(undefined);
      if (after.at !== line.next + length) return err('bad-chunk');
      this.#chunks.push(this.#buffer.subarray(line.next, after.at));
      this.#chunkedBytes += length;
      this.#buffer = this.#buffer.subarray(after.next);
    }
  }

  #readTrailers(from: number): Result<Uint8Array | undefined, HttpError> {
    for (let at = from; ; ) {
      const line = indexOfLine(this.#buffer, at);
      if (line === undefined) return this.#buffer.length - from > MAX_HEAD ? err('bad-chunk') : ok(undefined);
      if (line.at === at) {
        this.#buffer = this.#buffer.subarray(line.next);
        const body = concat(...this.#chunks);
        this.#chunks = [];
        this.#chunkedBytes = 0;
        return ok(body);
      }
      at = line.next;
    }
  }
}

interface LineEnd {
  /** Where the line's text ends. */
  readonly at: number;
  readonly next: number;
}

/** A line ends with CR LF; a bare LF is accepted as well (RFC 9112 section 2.2), scripts often send it. */
function indexOfLine(bytes: Uint8Array, from: number): LineEnd | undefined {
  const lf = bytes.indexOf(10, from);
  if (lf < 0) return undefined;
  return { at: lf > from && bytes[lf - 1] === 13 ? lf - 1 : lf, next: lf + 1 };
}

function indexOfHeadEnd(bytes: Uint8Array, from: number): LineEnd | undefined {
  for (let line = indexOfLine(bytes, from); line !== undefined; ) {
    const next = indexOfLine(bytes, line.next);
    if (next !== undefined && next.at === line.next) return { at: line.at, next: next.next };
    line = next;
  }
  return undefined;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function parseHead(lines: readonly string[]): Result<Head, HttpError> {
  const [method, target, version, extra] = (lines[0] ?? '').split(' ');
  if (method === undefined || !TOKEN.test(method) || !target || version === undefined || extra !== undefined)
    return err('bad-request-line');
  if (version !== 'HTTP/1.0' && version !== 'HTTP/1.1') return err('bad-version');
  const headers = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!TOKEN.test(name)) return err('bad-header');
    const value = line.slice(colon + 1).trim();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  const modern = version === 'HTTP/1.1';
  if (modern && !headers.has('host')) return err('no-host'); // RFC 9112 section 3.2
  const coding = headers.get('transfer-encoding')?.toLowerCase();
  const length = headers.get('content-length') ?? '0';
  if (!/^\d{1,12}$/.test(length) || (coding !== undefined && coding !== 'chunked')) return err('bad-length');
  const options = (headers.get('connection') ?? '').toLowerCase().split(/\s*,\s*/);
  return ok({
    method,
    target,
    version: modern ? '1.1' : '1.0',
    headers,
    keepAlive: options.includes('close') ? false : modern || options.includes('keep-alive'),
    chunked: coding === 'chunked',
    length: Number(length),
  });
}
