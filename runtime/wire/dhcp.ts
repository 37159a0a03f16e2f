/**
 * DHCP messages for Ethernet (RFC 2131) and their options (RFC 2132).
 * Not here: option overload (option 52, passes as an unknown option), so `sname` and `file` are always texts.
 * Texts are byte strings, one character per byte.
 */
import { err, fromLatin1, ok, put8, put16, put32, type Result, toLatin1, u8, u16, u32 } from '../core/index.ts';
import { type Ipv4Address, MAC_LENGTH, type MacAddress, putIpv4, putMac, readIpv4, readMac } from './address.ts';
import { type DhcpOptions, dhcpOptionsLength, emitDhcpOptions, parseDhcpOptions } from './dhcp-options.ts';

export const DHCP_CLIENT_PORT = 68;
export const DHCP_SERVER_PORT = 67;

/** Values of {@link Dhcp.op}. */
export const BOOTREQUEST = 1;
export const BOOTREPLY = 2;

/** Values of option 53. */
export const DHCP_DISCOVER = 1;
export const DHCP_OFFER = 2;
export const DHCP_REQUEST = 3;
export const DHCP_DECLINE = 4;
export const DHCP_ACK = 5;
export const DHCP_NAK = 6;
export const DHCP_RELEASE = 7;
export const DHCP_INFORM = 8;

const HARDWARE_ETHERNET = 1;
const FLAG_BROADCAST = 0x8000;
const SNAME = 44;
const SNAME_LENGTH = 64;
const FILE = 108;
const FILE_LENGTH = 128;
const COOKIE_AT = 236;
const MAGIC_COOKIE = 0x63825363;
const OPTIONS = 240;
/** Size of a BOOTP message (RFC 951); some servers drop shorter ones. */
const MIN_LENGTH = 300;

export interface Dhcp {
  /** {@link BOOTREQUEST} or {@link BOOTREPLY}. */
  readonly op: number;
  readonly xid: number;
  /** Seconds since the client began. */
  readonly secs: number;
  /** The client cannot take unicast before it has its address. */
  readonly broadcast: boolean;
  readonly ciaddr: Ipv4Address;
  readonly yiaddr: Ipv4Address;
  readonly siaddr: Ipv4Address;
  readonly giaddr: Ipv4Address;
  readonly chaddr: MacAddress;
  /** Up to 63 bytes. */
  readonly sname: string;
  /** Up to 127 bytes. */
  readonly file: string;
  readonly options: DhcpOptions;
}

export type DhcpError = 'truncated' | 'bad-op' | 'bad-hardware' | 'bad-cookie';

export function parseDhcp(bytes: Uint8Array): Result<Dhcp, DhcpError> {
  if (bytes.length < OPTIONS) return err('truncated');
  const op = u8(bytes, 0);
  if (op !== BOOTREQUEST && op !== BOOTREPLY) return err('bad-op');
  if (u8(bytes, 1) !== HARDWARE_ETHERNET || u8(bytes, 2) !== MAC_LENGTH) return err('bad-hardware');
  if (u32(bytes, COOKIE_AT) !== MAGIC_COOKIE) return err('bad-cookie');
  return ok({
    op,
    xid: u32(bytes, 4),
    secs: u16(bytes, 8),
    broadcast: (u16(bytes, 10) & FLAG_BROADCAST) !== 0,
    ciaddr: readIpv4(bytes, 12),
    yiaddr: readIpv4(bytes, 16),
    siaddr: readIpv4(bytes, 20),
    giaddr: readIpv4(bytes, 24),
    chaddr: readMac(bytes, 28),
    sname: parseText(bytes.subarray(SNAME, SNAME + SNAME_LENGTH)),
    file: parseText(bytes.subarray(FILE, FILE + FILE_LENGTH)),
    options: parseDhcpOptions(bytes.subarray(OPTIONS)),
  });
}

/** Bytes of the emitted message, padding included. */
export const dhcpLength = (message: Dhcp): number => Math.max(MIN_LENGTH, OPTIONS + dhcpOptionsLength(message.options));

/** Padded with zeros to the size of a BOOTP message. Longer `sname` and `file` are cut. */
export function emitDhcp(message: Dhcp): Uint8Array {
  const out = new Uint8Array(dhcpLength(message));
  put8(out, 0, message.op);
  put8(out, 1, HARDWARE_ETHERNET);
  put8(out, 2, MAC_LENGTH);
  put32(out, 4, message.xid);
  put16(out, 8, message.secs);
  put16(out, 10, message.broadcast ? FLAG_BROADCAST : 0);
  putIpv4(out, 12, message.ciaddr);
  putIpv4(out, 16, message.yiaddr);
  putIpv4(out, 20, message.siaddr);
  putIpv4(out, 24, message.giaddr);
  putMac(out, 28, message.chaddr);
  out.set(fromLatin1(message.sname.slice(0, SNAME_LENGTH - 1)), SNAME);
  out.set(fromLatin1(message.file.slice(0, FILE_LENGTH - 1)), FILE);
  put32(out, COOKIE_AT, MAGIC_COOKIE);
  emitDhcpOptions(out.subarray(OPTIONS), message.options);
  return out;
}

/** Text up to the first zero byte. */
function parseText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return toLatin1(end < 0 ? bytes : bytes.subarray(0, end));
}
