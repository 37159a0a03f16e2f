/**
 * The option list of a DHCP message (RFC 2132; long options split and joined per RFC 3396).
 * A list that runs over the end of the message stops there; a known option of wrong length stays, raw, in `other`.
 */
import { concat, fromLatin1, put8, put16, put32, toLatin1, u8, u16, u32 } from '../core/index.ts';
import { type Ipv4Address, putIpv4, readIpv4 } from './address.ts';

const PAD = 0;
const SUBNET_MASK = 1;
const ROUTERS = 3;
const DNS_SERVERS = 6;
const HOST_NAME = 12;
const DOMAIN_NAME = 15;
const NTP_SERVERS = 42;
const REQUESTED_IP = 50;
const LEASE_TIME = 51;
const MESSAGE_TYPE = 53;
const SERVER_ID = 54;
const PARAM_LIST = 55;
const MESSAGE = 56;
const MAX_MESSAGE_SIZE = 57;
const RENEWAL_TIME = 58;
const REBINDING_TIME = 59;
const CLIENT_ID = 61;
const END = 255;
const MAX_PART = 255;

export interface DhcpOptions {
  /** Option 53, `DHCP_DISCOVER` … `DHCP_INFORM`. */
  readonly messageType?: number;
  readonly requestedIp?: Ipv4Address;
  readonly serverId?: Ipv4Address;
  /** Seconds; 0xffffffff is for ever. */
  readonly leaseTime?: number;
  /** T1, seconds. */
  readonly renewalTime?: number;
  /** T2, seconds. */
  readonly rebindingTime?: number;
  readonly subnetMask?: Ipv4Address;
  readonly routers?: readonly Ipv4Address[];
  readonly dnsServers?: readonly Ipv4Address[];
  readonly ntpServers?: readonly Ipv4Address[];
  readonly domainName?: string;
  readonly hostName?: string;
  /** Option codes the client asks for. */
  readonly paramList?: readonly number[];
  readonly maxMessageSize?: number;
  /** Reason of a NAK or DECLINE. */
  readonly message?: string;
  readonly clientId?: Uint8Array;
  /** Every option not named above, by code. */
  readonly other: ReadonlyMap<number, Uint8Array>;
}

type Named = Exclude<keyof DhcpOptions, 'other'>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** How one kind of value lies in an option; `parse` answers undefined when the length is wrong. */
interface Kind<T> {
  parse(data: Uint8Array): T | undefined;
  emit(value: T): Uint8Array;
}

const filled = (length: number, fill: (out: Uint8Array) => void): Uint8Array => {
  const out = new Uint8Array(length);
  fill(out);
  return out;
};

const byte: Kind<number> = {
  parse: (data) => (data.length === 1 ? u8(data, 0) : undefined),
  emit: (value) => filled(1, (out) => put8(out, 0, value)),
};
const short: Kind<number> = {
  parse: (data) => (data.length === 2 ? u16(data, 0) : undefined),
  emit: (value) => filled(2, (out) => put16(out, 0, value)),
};
const long: Kind<number> = {
  parse: (data) => (data.length === 4 ? u32(data, 0) : undefined),
  emit: (value) => filled(4, (out) => put32(out, 0, value)),
};
const address: Kind<Ipv4Address> = {
  parse: (data) => (data.length === 4 ? readIpv4(data, 0) : undefined),
  emit: (value) => filled(4, (out) => putIpv4(out, 0, value)),
};
const addresses: Kind<readonly Ipv4Address[]> = {
  parse: (data) =>
    data.length > 0 && data.length % 4 === 0
      ? Array.from({ length: data.length / 4 }, (_, i) => readIpv4(data, 4 * i))
      : undefined,
  emit: (value) => concat(...value.map(address.emit)),
};
/** RFC 2132 section 2: receivers take texts with or without a trailing zero. */
const text: Kind<string> = {
  parse: (data) => (data.length > 0 ? toLatin1(data).replace(/\0+$/, '') : undefined),
  emit: fromLatin1,
};
const codes: Kind<readonly number[]> = {
  parse: (data) => (data.length > 0 ? Array.from(data) : undefined),
  emit: (value) => Uint8Array.from(value),
};
const raw: Kind<Uint8Array> = {
  parse: (data) => (data.length >= 2 ? data : undefined),
  emit: (value) => value,
};

interface Field<K extends Named = Named> {
  readonly code: number;
  readonly name: K;
  readonly kind: Kind<NonNullable<DhcpOptions[K]>>;
}

const field = <K extends Named>(code: number, name: K, kind: Kind<NonNullable<DhcpOptions[K]>>): Field =>
  ({ code, name, kind }) as unknown as Field;

/** In the order they are emitted: lwIP's (dhcp.c) for what a client sends, then what servers add. */
const FIELDS: readonly Field[] = [
  field(MESSAGE_TYPE, 'messageType', byte),
  field(MAX_MESSAGE_SIZE, 'maxMessageSize', short),
  field(REQUESTED_IP, 'requestedIp', address),
  field(SERVER_ID, 'serverId', address),
  field(PARAM_LIST, 'paramList', codes),
  field(HOST_NAME, 'hostName', text),
  field(CLIENT_ID, 'clientId', raw),
  field(LEASE_TIME, 'leaseTime', long),
  field(RENEWAL_TIME, 'renewalTime', long),
  field(REBINDING_TIME, 'rebindingTime', long),
  field(SUBNET_MASK, 'subnetMask', address),
  field(ROUTERS, 'routers', addresses),
  field(DNS_SERVERS, 'dnsServers', addresses),
  field(DOMAIN_NAME, 'domainName', text),
  field(NTP_SERVERS, 'ntpServers', addresses),
  field(MESSAGE, 'message', text),
];
const BY_CODE: ReadonlyMap<number, Field> = new Map(FIELDS.map((f) => [f.code, f]));

/** Splits the list; parts of one option are joined. */
function split(bytes: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const code = u8(bytes, at);
    if (code === END) break;
    if (code === PAD) {
      at++;
      continue;
    }
    if (at + 1 >= bytes.length) break;
    const end = at + 2 + u8(bytes, at + 1);
    if (end > bytes.length) break;
    const part = bytes.subarray(at + 2, end);
    const before = found.get(code);
    found.set(code, before === undefined ? part : concat(before, part));
    at = end;
  }
  return found;
}

/** `bytes` begins behind the magic cookie. */
export function parseDhcpOptions(bytes: Uint8Array): DhcpOptions {
  const other = new Map<number, Uint8Array>();
  const options: Writable<Partial<Record<Named, unknown>>> = {};
  for (const [code, data] of split(bytes)) {
    const known = BY_CODE.get(code);
    const value = known?.kind.parse(data);
    if (known === undefined || value === undefined) other.set(code, data);
    else options[known.name] = value;
  }
  return { ...(options as Omit<DhcpOptions, 'other'>), other };
}

/** Code and data of everything to send, in order. */
function entries(options: DhcpOptions): [number, Uint8Array][] {
  const list: [number, Uint8Array][] = [];
  for (const { code, name, kind } of FIELDS) {
    const value = options[name];
    if (value !== undefined) list.push([code, kind.emit(value as never)]);
  }
  return [...list, ...options.other];
}

/** Bytes of the list with its end mark. */
export const dhcpOptionsLength = (options: DhcpOptions): number =>
  entries(options).reduce((n, [, data]) => n + data.length + 2 * Math.max(1, Math.ceil(data.length / MAX_PART)), 1);

/** Writes the list, its end mark, and zeros to the end of `out`. */
export function emitDhcpOptions(out: Uint8Array, options: DhcpOptions): void {
  let at = 0;
  for (const [code, data] of entries(options)) {
    let from = 0;
    do {
      const part = data.subarray(from, from + MAX_PART);
      put8(out, at, code);
      put8(out, at + 1, part.length);
      out.set(part, at + 2);
      at += 2 + part.length;
      from += MAX_PART;
    } while (from < data.length);
  }
  put8(out, at, END);
  out.fill(PAD, at + 1);
}
