/** The answers of the setup portal, byte for byte as app/modules/enduser_setup.c sends them. Text is Latin-1. */
import { concat, fromLatin1 } from '../core/index.ts';
import { formatIpv4, type Ipv4Address } from '../wire/index.ts';

export const NO_CONTENT = 'HTTP/1.1 204 No Content\r\nContent-Length:0\r\nConnection:close\r\n\r\n';
export const TO_PORTAL =
  'HTTP/1.1 302 Moved\r\nLocation: http://nodemcu.portal/\r\nContent-Length:0\r\nConnection:close\r\n\r\n';
export const TRYING = 'HTTP/1.1 302 Moved\r\nLocation: /?trying=true\r\nContent-Length:0\r\nConnection:close\r\n\r\n';
export const BAD_REQUEST = 'HTTP/1.1 400 Bad request\r\nContent-Length:0\r\nConnection:close\r\n\r\n';
export const NOT_FOUND = 'HTTP/1.1 404 Not found\r\nContent-Length:10\r\nConnection:close\r\n\r\nNot found\n';
export const NOT_ALLOWED = 'HTTP/1.1 405 Method Not Allowed\r\nContent-Length:0\r\nConnection:close\r\n\r\n';
export const INTERNAL_ERROR = 'HTTP/1.1 500 Internal Error\r\nContent-Length:6\r\nConnection:close\r\n\r\nError\n';

const OPTIONS_HEAD = 'HTTP/1.1 200 OK\r\nCache-Control: no-cache\r\nConnection: close\r\n';
const OPTIONS_JSON = `${OPTIONS_HEAD}Content-Type: application/json\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET\r\nAccess-Control-Allow-Age: 300\r\n\r\n`;
const OPTIONS_OTHER = `${OPTIONS_HEAD}Content-Length: 0\r\n\r\n`;
/** Paths for which other origins are told that they may ask. */
const SHARED = ['/aplist', '/setwifi?', '/status.json'];

/** `target` is what follows the method, to the end of the request. */
export const optionsAnswer = (target: string): string =>
  SHARED.some((path) => target.startsWith(path)) ? OPTIONS_JSON : OPTIONS_OTHER;

/** The page with its header; one that begins with gzip's magic number says so. */
export function pageAnswer(page: Uint8Array): Uint8Array {
  const gzip = page[0] === 0x1f && page[1] === 0x8b ? 'Content-Encoding: gzip\r\n' : '';
  const head =
    'HTTP/1.1 200 OK\r\nCache-control:no-cache\r\nConnection:close\r\nContent-Type:text/html; charset=utf-8\r\n';
  return concat(fromLatin1(`${head}${gzip}Content-length:${`${page.length}`.padStart(5)}\r\n\r\n`), page);
}

/** What the station is at: a number of wifi.sta.status(). */
export interface PortalStatus {
  readonly status: number;
  /** The network asked for. */
  readonly ssid: string;
  readonly addr: Ipv4Address;
}

const GOT_IP = 5;

export function statusAnswer({ status, ssid, addr }: PortalStatus): string {
  const name = ssid.slice(0, 31);
  const texts = [
    'Idle.',
    `Connecting to "${name}".`,
    `Failed to connect to "${name}" - Wrong password.`,
    `Failed to connect to "${name}" - Network not found.`,
    'Failed to connect.',
    `Connected to "${name}" (${formatIpv4(addr)}).`,
  ];
  const text = texts[status];
  if (text === undefined) return INTERNAL_ERROR;
  return `HTTP/1.1 200 OK\r\nCache-control:no-cache\r\nConnection:close\r\nAccess-Control-Allow-Origin: *\r\nContent-type:text/plain\r\nContent-length: ${text.length}\r\n\r\n${text}`;
}

/** `id` is the address once there was one, before the chip's id. */
export function statusJsonAnswer(status: number, id: string): string {
  const text = `{"deviceid":"${id}", "status":${status}}`;
  return `HTTP/1.1 200 OK\r\nCache-Control: no-cache\r\nConnection: close\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

/** A network that the station has found. */
export interface PortalNetwork {
  readonly ssid: string;
  readonly rssi: number;
  readonly channel: number;
  /** By the firmware's numbers. */
  readonly auth: number;
}

export function networksAnswer(networks: readonly PortalNetwork[]): string {
  const entries = networks.map(
    ({ ssid, rssi, channel, auth }) =>
      `{"ssid":"${ssid.replace(/[\\"]/g, '\\$&')}","rssi":${rssi},"chan":${channel},"auth":${auth}}`,
  );
  const text = `[${entries.join()}]`;
  return `HTTP/1.1 200 OK\r\nConnection:close\r\nCache-control:no-cache\r\nAccess-Control-Allow-Origin: *\r\nContent-type:application/json\r\nContent-length:${`${text.length}`.padStart(4)}\r\n\r\n${text}`;
}

export const isConnected = (status: number): boolean => status === GOT_IP;

/**
 * What every question for a name is answered: this address, as if the question had been for one (enduser_setup_dns_recv_callback).
 */
export function catchAllAnswer(query: Uint8Array, addr: Ipv4Address): Uint8Array {
  const end = query.indexOf(0, 12);
  const name = query.subarray(12, end < 0 ? query.length : end);
  return concat(
    query.subarray(0, 2),
    // An answer to one question, with one record.
    Uint8Array.of(0x80, 0, 0, 1, 0, 1, 0, 0, 0, 0),
    name,
    // End of the name; type A, class IN; the name again, A, IN, 120 s, four bytes.
    Uint8Array.of(0, 0, 1, 0, 1, 0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0x78, 0, 4),
    Uint8Array.of(addr >>> 24, (addr >>> 16) & 0xff, (addr >>> 8) & 0xff, addr & 0xff),
  );
}
