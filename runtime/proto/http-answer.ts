/**
 * What the firmware's HTTP client makes of all the bytes a server sent (app/http/httpclient.c http_disconnect_callback):
 * texts end at the first zero byte, headers are searched for in the whole answer, Content-Length is not looked at.
 */
import { concat, EMPTY, fromLatin1, toLatin1 } from '../core/index.ts';
import { atoi, cString } from './http-url.ts';

export type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Uint8Array }
  | { readonly kind: 'redirect'; readonly location: string }
  /** Status -1; `report` is the line on the console, if there is one. */
  | { readonly kind: 'failed'; readonly report?: string }
  /** Memory beyond the answer would be read. */
  | { readonly kind: 'fault'; readonly report?: string; readonly what: string };

const VERSION = /^HTTP\/1\.[01] /;
const FIRST_REDIRECT = 300;
const LAST_REDIRECT = 308;

/** The value of a header wherever it stands: the rest of the line; undefined when the line does not end. */
function location(text: string): { readonly value: string | undefined } | undefined {
  const at = text.toLowerCase().indexOf('location:');
  if (at < 0) return undefined;
  const rest = text.slice(at + 'location:'.length).replace(/^ +/, '');
  const end = rest.indexOf('\r\n');
  return { value: end < 0 ? undefined : rest.slice(0, end) };
}

export function readAnswer(bytes: Uint8Array): HttpAnswer {
  const text = cString(toLatin1(bytes));
  if (text === '') return { kind: 'failed' };
  if (!VERSION.test(text)) return { kind: 'failed', report: `Invalid version in ${text}` };
  const status = atoi(text.slice('HTTP/1.1 '.length));
  const found = location(text);
  if (found !== undefined && status >= FIRST_REDIRECT && status <= LAST_REDIRECT) {
    if (found.value === undefined) return { kind: 'failed', report: 'Found Location header but was incomplete' };
    return { kind: 'redirect', location: found.value };
  }
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return { kind: 'fault', report: "Body shouldn't be NULL", what: 'http: the answer ends in its headers' };
  const body = bytes.subarray(end + 4);
  if (!text.toLowerCase().includes('transfer-encoding: chunked')) return { kind: 'answer', status, body };
  const decoded = decodeChunks(body);
  return decoded === undefined
    ? { kind: 'fault', what: 'http: a chunk is longer than what came of it' }
    : { kind: 'answer', status, body: decoded };
}

/** RFC 9112 section 7.1 without trailers; undefined when the pieces do not add up. An answer may end behind any chunk. */
function decodeChunks(body: Uint8Array): Uint8Array | undefined {
  const text = toLatin1(body);
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const size = chunkSize(text.slice(at, at + 32));
    if (size <= 0) return concat(EMPTY, ...chunks);
    const line = text.indexOf('\r\n', at);
    const zero = text.indexOf('\0', at);
    const from = line + 2;
    if (line < 0 || (zero >= 0 && zero < line) || from + size > body.length) return undefined;
    chunks.push(body.subarray(from, from + size));
    at = from + size + 2;
  }
}

/** strtoul with base 16, stored in an int. */
function chunkSize(text: string): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX])?([0-9a-fA-F]*)/.exec(text);
  const value = Math.min(Number.parseInt(digits?.[2] || '0', 16), 0xffffffff);
  return (digits?.[1] === '-' ? -value : value) | 0;
}

/** The headers of an answer as modules/http.c hands them on: names in lower case, the last of equal ones wins. */
export function readHeaders(bytes: Uint8Array): Map<string, Uint8Array> {
  const headers = new Map<string, Uint8Array>();
  const text = cString(toLatin1(bytes));
  const first = text.indexOf('\n');
  let at = first < 0 ? text.length : first + 1;
  while (at < text.length && text[at] !== '\r' && text[at] !== '\n') {
    const end = text.indexOf('\r', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    const colon = line.indexOf(':');
    if (colon < 0) break;
    headers.set(line.slice(0, colon).toLowerCase(), fromLatin1(line.slice(colon + 1).replace(/^ +/, '')));
    at += line.length + 1;
    if (text[at] === '\n') at++;
  }
  return headers;
}
