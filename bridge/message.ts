/**
 * A door whose outside is another process: what the two say to each other, one message each. A message is JSON in
 * ASCII, and behind a line feed the bytes that it carries, if any. The side of the sockets believes nothing it reads.
 */
import { fromLatin1, toLatin1 } from '../runtime/index.ts';
import type { WorldSpec } from './bridge.ts';
import type { Address, Arrival, Order } from './door.ts';

/** From the world. */
export type FromDoor =
  | { readonly line: number; readonly out: Order }
  /** The stream that was offered under this number has this line. */
  | { readonly taken: number; readonly line: number }
  /** So many bytes of `data` have arrived in the world. */
  | { readonly took: number; readonly line: number };

/** From the sockets. The first one is `hello`. */
export type ToDoor =
  | { readonly hello: WorldSpec }
  | { readonly line: number; readonly in: Arrival }
  | { readonly line: number; readonly offered: number; readonly from: Address }
  /** A line for the user. */
  | { readonly say: string };

/** The code with which the WebSocket is closed because another world was started (RFC 6455 section 7.4.2: the application's own). */
export const REPLACED = 4001;

const LINE_FEED = 10;
/** RFC 1035 section 2.3.4. */
const LONGEST_NAME = 255;

export function emitMessage(message: FromDoor | ToDoor): Uint8Array {
  const crossing = 'in' in message ? message.in : 'out' in message ? message.out : undefined;
  const data = crossing !== undefined && 'data' in crossing ? crossing.data : new Uint8Array(0);
  const json = JSON.stringify(message, (key, value: unknown) => (key === 'data' ? undefined : value));
  const ascii = json.replace(/[^\0-~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const out = new Uint8Array(ascii.length + 1 + data.length);
  out.set(fromLatin1(`${ascii}\n`));
  out.set(data, ascii.length + 1);
  return out;
}

/** What the other side is trusted with: it holds the sockets. */
export function parseToDoor(bytes: Uint8Array): ToDoor {
  const { head, data } = split(bytes);
  const message = head as unknown as ToDoor;
  if (!('in' in message) || message.in.is !== 'data') return message;
  return { ...message, in: { ...message.in, data } };
}

/** Undefined for what is none. */
export function parseFromDoor(bytes: Uint8Array): FromDoor | undefined {
  try {
    const { head, data } = split(bytes);
    const { line } = head;
    if (!isCount(line) || line === 0) return undefined;
    if (isCount(head.taken)) return { taken: head.taken, line };
    if (isCount(head.took)) return { took: head.took, line };
    const out = orderOf(head.out, data);
    return out === undefined ? undefined : { line, out };
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Throws when it is no JSON. */
function split(bytes: Uint8Array): { readonly head: Fields; readonly data: Uint8Array } {
  const end = bytes.indexOf(LINE_FEED);
  const head: unknown = JSON.parse(toLatin1(bytes.subarray(0, end)));
  return { head: isFields(head) ? head : {}, data: bytes.slice(end + 1) };
}

function orderOf(value: unknown, data: Uint8Array): Order | undefined {
  if (!isFields(value)) return undefined;
  const { do: what, name, host } = value;
  const [to, at, server] = [value.to, value.at, value.server].map(addressOf);
  switch (what) {
    case 'connect':
      return to === undefined ? undefined : { do: what, to };
    case 'listen':
      return at === undefined ? undefined : { do: what, at };
    case 'udp':
      return { do: what, ...(at === undefined ? {} : { at }), ...(to === undefined ? {} : { to }) };
    case 'lookup':
      return isName(name) ? { do: what, name } : undefined;
    case 'ask':
      return isName(name) ? { do: what, name, ...(server === undefined ? {} : { server }), data } : undefined;
    case 'ping':
      return isName(host) ? { do: what, host } : undefined;
    case 'send':
      return { do: what, data, ...(to === undefined ? {} : { to }) };
    case 'end':
    case 'pause':
    case 'resume':
    case 'reset':
      return { do: what };
    default:
      return undefined;
  }
}

function addressOf(value: unknown): Address | undefined {
  if (!isFields(value)) return undefined;
  const { host, port, path } = value;
  if (typeof path === 'string') return { path };
  return isName(host) && isCount(port) && port <= 0xffff ? { host, port } : undefined;
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST_NAME;
