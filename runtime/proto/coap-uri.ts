/**
 * Addresses of the firmware's CoAP client (app/coap/uri.c): `coap://host[:port][/path][?query]`, taken apart and turned
 * into options. What the original accepts and refuses is kept, a query right behind a host without port included.
 */
import { concat, fromLatin1 } from '../core/index.ts';
import { COAP_OPTION, COAP_PORT, type CoapOption } from '../wire/index.ts';

export interface CoapUri {
  /** In lower case; empty for an address that begins with `/`. */
  readonly host: string;
  readonly port: number;
  /** Without the slash in front. */
  readonly path: string;
  readonly query: string;
}

/** MAX_REQ_SCRATCH_SIZE: bytes for the port and all decoded segments of a request. */
const SCRATCH = 60;

/** Undefined when it is no address. */
export function parseCoapUri(text: string): CoapUri | undefined {
  const scheme = /^coaps?:\/\//i.exec(text);
  if (text.startsWith('/')) return withPath({ host: '', port: COAP_PORT }, text, false);
  if (scheme === null) return undefined;
  const rest = text.slice(scheme[0].length);
  const authority = /^(?:\[([^\]]+)\]|(?!\[)([^:/?]+))(?::(\d*))?/.exec(rest);
  if (authority === null) return undefined;
  const [whole, bracketed, name = '', digits] = authority;
  const port = digits === undefined || digits === '' ? COAP_PORT : Number(BigInt(digits) & 0xffffn);
  const host = bracketed ?? name.replace(/[A-Z]/g, (c) => c.toLowerCase());
  return withPath({ host, port }, rest.slice(whole.length), digits === undefined);
}

/** `bare`: nothing but a host came before; a query must then have a path in front of it. */
function withPath({ host, port }: Pick<CoapUri, 'host' | 'port'>, rest: string, bare: boolean): CoapUri | undefined {
  if (rest === '') return { host, port, path: '', query: '' };
  const [, slash, path = '', query] = /^(\/)?([^?]*)(?:\?(.*))?$/s.exec(rest) ?? [];
  if (slash === undefined && (path !== '' || bare)) return undefined;
  return { host, port, path, query: query ?? '' };
}

/** Uri-Host, Uri-Port, Uri-Path and Uri-Query. What does not fit, or is wrongly encoded, is left out. */
export function coapUriOptions(uri: CoapUri): CoapOption[] {
  const options: CoapOption[] = [];
  let room = SCRATCH;
  const add = (number: number, value: Uint8Array): void => {
    options.push({ number, value });
  };
  if (uri.host !== '') add(COAP_OPTION.URI_HOST, fromLatin1(uri.host));
  if (uri.port !== COAP_PORT) {
    const value = variableLength(uri.port);
    room -= value.length;
    add(COAP_OPTION.URI_PORT, value);
  }
  const parts = [
    [COAP_OPTION.URI_PATH, segments(uri.path, '/', /[?#]/)],
    [COAP_OPTION.URI_QUERY, segments(uri.query, '&', /#/)],
  ] as const;
  for (const [number, list] of parts) {
    for (const segment of list) {
      // One or two dots mean "here" and "above"; the original looks no further than two characters.
      const value = '..'.startsWith(segment.slice(0, 2)) ? undefined : decodeSegment(segment);
      if (value === undefined || value.length > room) continue;
      room -= value.length;
      add(number, value);
    }
  }
  return options;
}

/** Up to the first delimiter, split. */
const segments = (text: string, separator: string, delimiter: RegExp): string[] =>
  (text.split(delimiter, 1)[0] as string).split(separator);

/** Undefined for a percent sign without two hexadecimal digits behind it. */
function decodeSegment(text: string): Uint8Array | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
  return fromLatin1(text.replace(/%(..)/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16))));
}

/** A number in as few bytes as it needs, none for 0 (RFC 7252 section 3.2). */
function variableLength(value: number): Uint8Array {
  return value === 0 ? new Uint8Array(0) : concat(variableLength(value >> 8), Uint8Array.of(value & 0xff));
}
