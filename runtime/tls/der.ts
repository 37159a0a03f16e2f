/** ASN.1 in DER, as far as certificates and keys need it (ITU-T X.690): read without throwing, and written. */
import { concat, u8 } from '../core/index.ts';

/** Tags with class and form, as they stand in the bytes. */
export const DER = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OID: 0x06,
  UTF8_STRING: 0x0c,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

export interface DerNode {
  readonly tag: number;
  /** Tag, length and content; aliases the input. */
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
}

/** The first value of `bytes`; undefined if it is cut, or its length has more than four bytes or none. */
export function readDer(bytes: Uint8Array): DerNode | undefined {
  if (bytes.length < 2) return undefined;
  const first = u8(bytes, 1);
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || more > 4 || bytes.length < 2 + more) return undefined;
  let length = first < 0x80 ? first : 0;
  for (let i = 0; i < more; i++) length = length * 256 + u8(bytes, 2 + i);
  const end = 2 + more + length;
  if (end > bytes.length) return undefined;
  return { tag: u8(bytes, 0), raw: bytes.subarray(0, end), content: bytes.subarray(2 + more, end) };
}

/** The values one after the other; undefined if they do not fill the bytes. */
export function readDerList(bytes: Uint8Array): readonly DerNode[] | undefined {
  const nodes: DerNode[] = [];
  for (let at = 0; at < bytes.length; ) {
    const node = readDer(bytes.subarray(at));
    if (node === undefined) return undefined;
    nodes.push(node);
    at += node.raw.length;
  }
  return nodes;
}

/** The children of a SEQUENCE or of another constructed value; undefined if it is none or they are broken. */
export const childrenOf = (node: DerNode | undefined, tag: number = DER.SEQUENCE): readonly DerNode[] | undefined =>
  node?.tag === tag ? readDerList(node.content) : undefined;

/** Dotted notation; undefined if it is no OID. */
export function readOid(node: DerNode | undefined): string | undefined {
  if (node?.tag !== DER.OID || node.content.length === 0) return undefined;
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of node.content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

/** The bytes of a BIT STRING without unused bits. */
export const readBits = (node: DerNode | undefined): Uint8Array | undefined =>
  node?.tag === DER.BIT_STRING && node.content.length > 0 && u8(node.content, 0) === 0
    ? node.content.subarray(1)
    : undefined;

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const { length } = content;
  if (length < 0x80) return concat(Uint8Array.of(tag, length), content);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length];
  return concat(Uint8Array.of(tag, ...size), content);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(DER.SEQUENCE, ...parts);
export const octets = (bytes: Uint8Array): Uint8Array => der(DER.OCTET_STRING, bytes);
export const bits = (bytes: Uint8Array): Uint8Array => der(DER.BIT_STRING, Uint8Array.of(0), bytes);

/** A number that is not negative; the bytes most significant first. */
export function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return der(DER.INTEGER, u8(short, 0) >= 0x80 ? concat(Uint8Array.of(0), short) : short);
}

export function oid(dotted: string): Uint8Array {
  const [a = 0, b = 0, ...rest] = dotted.split('.').map(Number);
  const content = [40 * a + b, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(DER.OID, Uint8Array.from(content));
}
