/** Addresses as numbers: cheap to compare and to use as Map keys; text only at the edges. */
import { put16, put32, u16, u32 } from '../core/index.ts';

declare const kind: unique symbol;

/** An IPv4 address as an unsigned 32-bit integer, first octet highest. */
export type Ipv4Address = number & { readonly [kind]: 'ipv4' };
/** An IEEE 802 address as an unsigned 48-bit integer, first octet highest. */
export type MacAddress = number & { readonly [kind]: 'mac' };

export const IPV4_LENGTH = 4;
export const MAC_LENGTH = 6;

export const IPV4_ANY = 0 as Ipv4Address;
export const IPV4_BROADCAST = 0xffffffff as Ipv4Address;
export const MAC_BROADCAST = 0xffffffffffff as MacAddress;
export const MAC_ZERO = 0 as MacAddress;

export const ipv4 = (a: number, b: number, c: number, d: number): Ipv4Address =>
  (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) as Ipv4Address;

/** Strict dotted quad (`192.168.1.1`); undefined for anything else. */
export function parseIpv4(text: string): Ipv4Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) <= 255)) return undefined;
  const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
  return ipv4(a, b, c, d);
}

export const formatIpv4 = (a: Ipv4Address): string => `${a >>> 24}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.${a & 255}`;

export const readIpv4 = (b: Uint8Array, at: number): Ipv4Address => u32(b, at) as Ipv4Address;
export const putIpv4 = (b: Uint8Array, at: number, a: Ipv4Address): void => put32(b, at, a);

/** 224.0.0.0/4. */
export const isMulticastIpv4 = (a: Ipv4Address): boolean => a >>> 28 === 0xe;

/** `5c:cf:7f:12:34:56` in either case; undefined for anything else. */
export function parseMac(text: string): MacAddress | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Number.parseInt(text.replaceAll(':', ''), 16) as MacAddress;
}

/** Lower case, colons. */
export const formatMac = (a: MacAddress): string =>
  a
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?=.)/g, '$&:');

export const readMac = (b: Uint8Array, at: number): MacAddress => (u16(b, at) * 2 ** 32 + u32(b, at + 2)) as MacAddress;

export function putMac(b: Uint8Array, at: number, a: MacAddress): void {
  put16(b, at, Math.floor(a / 2 ** 32));
  put32(b, at + 2, a >>> 0);
}

export function macBytes(a: MacAddress): Uint8Array {
  const out = new Uint8Array(MAC_LENGTH);
  putMac(out, 0, a);
  return out;
}

/** The group bit: multicast or broadcast. */
export const isGroupMac = (a: MacAddress): boolean => (Math.floor(a / 2 ** 40) & 1) === 1;

/** The Ethernet group of an IPv4 multicast address (RFC 1112 section 6.4). */
export const multicastMac = (a: Ipv4Address): MacAddress => (0x01005e000000 + (a & 0x7fffff)) as MacAddress;
