/** CoAP messages over UDP (RFC 7252 section 3). Not coap-packet, which needs Node's Buffer. */
import { concat, err, invariant, ok, put8, put16, type Result, u8, u16 } from '../core/index.ts';

export const COAP_PORT = 5683;
export const COAP_HLEN = 4;

/** RFC 7252 section 5.10, those used here. */
export const COAP_OPTION = { URI_HOST: 3, URI_PORT: 7, URI_PATH: 11, CONTENT_FORMAT: 12, URI_QUERY: 15 } as const;

/** RFC 7252 section 12.1: class times 32 plus detail. */
export const COAP_CODE = {
  EMPTY: 0x00,
  GET: 0x01,
  POST: 0x02,
  PUT: 0x03,
  DELETE: 0x04,
  CREATED: 0x41,
  DELETED: 0x42,
  CHANGED: 0x44,
  CONTENT: 0x45,
  BAD_REQUEST: 0x80,
  NOT_FOUND: 0x84,
  METHOD_NOT_ALLOWED: 0x85,
} as const;

const TYPES = ['CON', 'NON', 'ACK', 'RST'] as const;
export type CoapType = (typeof TYPES)[number];

export interface CoapOption {
  readonly number: number;
  readonly value: Uint8Array;
}

export interface Coap {
  readonly type: CoapType;
  /** One of {@link COAP_CODE} or another byte. */
  readonly code: number;
  readonly id: number;
  /** Up to 8 bytes. */
  readonly token: Uint8Array;
  /** By ascending number. */
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

export type CoapError = 'truncated' | 'bad-version' | 'bad-token-length' | 'bad-option' | 'no-payload';

/** How a receiver departs from the RFC. */
export interface CoapRules {
  /** Reads no further option after so many; a payload must follow at once or is not seen. */
  readonly maxOptions?: number;
  /** Accepts a payload marker with nothing behind it. */
  readonly emptyPayload?: boolean;
}

const MAX_TOKEN = 8;
const PAYLOAD_MARKER = 0xff;
/** RFC 7252 section 3.1: nibbles that announce one or two more bytes, and what those are counted from. */
const ONE_MORE = 13;
const TWO_MORE = 14;
const RESERVED = 15;
const TWO_MORE_FROM = 269;

export function parseCoap(bytes: Uint8Array, rules: CoapRules = {}): Result<Coap, CoapError> {
  if (bytes.length < COAP_HLEN) return err('truncated');
  const first = u8(bytes, 0);
  if (first >> 6 !== 1) return err('bad-version');
  const tokenLength = first & 15;
  if (tokenLength > MAX_TOKEN) return err('bad-token-length');
  const start = COAP_HLEN + tokenLength;
  if (start > bytes.length) return err('truncated');
  const rest = parseRest(bytes, start, rules);
  if (!rest.ok) return rest;
  return ok({
    type: TYPES[(first >> 4) & 3] as CoapType,
    code: u8(bytes, 1),
    id: u16(bytes, 2),
    token: bytes.subarray(COAP_HLEN, start),
    ...rest.value,
  });
}

/** Options and payload. */
function parseRest(
  bytes: Uint8Array,
  start: number,
  { maxOptions = Number.POSITIVE_INFINITY, emptyPayload = false }: CoapRules,
): Result<Pick<Coap, 'options' | 'payload'>, CoapError> {
  const options: CoapOption[] = [];
  let at = start;
  let number = 0;
  while (options.length < maxOptions && at < bytes.length && u8(bytes, at) !== PAYLOAD_MARKER) {
    const option = parseOption(bytes, at, number);
    if (!option.ok) return option;
    at = option.value.end;
    number = option.value.number;
    options.push({ number, value: option.value.value });
  }
  const marked = at < bytes.length && u8(bytes, at) === PAYLOAD_MARKER;
  if (marked && at + 1 === bytes.length && !emptyPayload) return err('no-payload');
  return ok({ options, payload: bytes.subarray(marked ? at + 1 : bytes.length) });
}

function parseOption(
  bytes: Uint8Array,
  start: number,
  before: number,
): Result<CoapOption & { readonly end: number }, CoapError> {
  const first = u8(bytes, start);
  const delta = extended(bytes, start + 1, first >> 4);
  if (!delta.ok) return delta;
  const length = extended(bytes, delta.value.next, first & 15);
  if (!length.ok) return length;
  const from = length.value.next;
  const end = from + length.value.value;
  if (end > bytes.length) return err('truncated');
  return ok({ number: before + delta.value.value, value: bytes.subarray(from, end), end });
}

/** The number behind a nibble, and where it ends. */
function extended(
  bytes: Uint8Array,
  at: number,
  nibble: number,
): Result<{ readonly value: number; readonly next: number }, CoapError> {
  if (nibble === RESERVED) return err('bad-option');
  const more = nibble === ONE_MORE ? 1 : nibble === TWO_MORE ? 2 : 0;
  if (at + more > bytes.length) return err('truncated');
  const value = more === 0 ? nibble : more === 1 ? u8(bytes, at) + ONE_MORE : u16(bytes, at) + TWO_MORE_FROM;
  return ok({ value, next: at + more });
}

export function emitCoap(message: Coap): Uint8Array {
  const { token, options, payload } = message;
  invariant(token.length <= MAX_TOKEN, `CoAP token of ${token.length} bytes`);
  const head = new Uint8Array(COAP_HLEN);
  put8(head, 0, 0x40 | (TYPES.indexOf(message.type) << 4) | token.length);
  put8(head, 1, message.code);
  put16(head, 2, message.id);
  const parts = options.map((option, i) => emitOption(option, option.number - (options[i - 1]?.number ?? 0)));
  const marker = Uint8Array.from(payload.length > 0 ? [PAYLOAD_MARKER] : []);
  return concat(head, token, ...parts, marker, payload);
}

function emitOption({ value }: CoapOption, delta: number): Uint8Array {
  invariant(delta >= 0, 'CoAP options out of order');
  const [deltaNibble, ...deltaMore] = nibbleOf(delta);
  const [lengthNibble, ...lengthMore] = nibbleOf(value.length);
  return concat(Uint8Array.of(((deltaNibble ?? 0) << 4) | (lengthNibble ?? 0), ...deltaMore, ...lengthMore), value);
}

/** The nibble for a number and the bytes that follow it. */
function nibbleOf(value: number): number[] {
  if (value < ONE_MORE) return [value];
  if (value < TWO_MORE_FROM) return [ONE_MORE, value - ONE_MORE];
  const rest = value - TWO_MORE_FROM;
  return [TWO_MORE, rest >> 8, rest & 0xff];
}

/** `GET`, `2.05`. */
export function formatCoapCode(code: number): string {
  const method = ['GET', 'POST', 'PUT', 'DELETE'][code - 1];
  return method ?? `${code >> 5}.${`${code & 31}`.padStart(2, '0')}`;
}
