/** Big-endian (network order) access to byte arrays, and the texts made of bytes. The one place where `!` is allowed. */

export const u8 = (b: Uint8Array, at: number): number => b[at]!;
export const u16 = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!;
export const u32 = (b: Uint8Array, at: number): number =>
  ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;

export function put8(b: Uint8Array, at: number, value: number): void {
  b[at] = value;
}
export function put16(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 8;
  b[at + 1] = value;
}
export function put32(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 24;
  b[at + 1] = value >>> 16;
  b[at + 2] = value >>> 8;
  b[at + 3] = value;
}

export const EMPTY: Uint8Array = new Uint8Array(0);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Latin-1 text to bytes: one byte per character, the low eight bits of each. */
export function fromLatin1(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

let decoder: ((bytes: Uint8Array) => string | undefined) | undefined;

/** Lets the host computer do {@link toLatin1} of longer pieces in its own way; it must give the same text, or undefined for a piece that it cannot do. */
export function useLatin1Decoder(decode: ((bytes: Uint8Array) => string | undefined) | undefined): void {
  decoder = decode;
}

/** Below this length the host's way is no faster. */
const WORTH_DECODING = 48;

/** Bytes to Latin-1 text: one character per byte. Calls with many arguments are several times faster than spreading. */
export function toLatin1(b: Uint8Array): string {
  const hosts = b.length >= WORTH_DECODING ? decoder?.(b) : undefined;
  if (hosts !== undefined) return hosts;
  const make = String.fromCharCode;
  let out = '';
  let at = 0;
  for (; at + 16 <= b.length; at += 16) {
    out += make(
      b[at]!,
      b[at + 1]!,
      b[at + 2]!,
      b[at + 3]!,
      b[at + 4]!,
      b[at + 5]!,
      b[at + 6]!,
      b[at + 7]!,
      b[at + 8]!,
      b[at + 9]!,
      b[at + 10]!,
      b[at + 11]!,
      b[at + 12]!,
      b[at + 13]!,
      b[at + 14]!,
      b[at + 15]!,
    );
  }
  for (; at < b.length; at++) out += make(b[at]!);
  return out;
}

/** Lower-case hexadecimal digits, two per byte. */
export function hex(bytes: Uint8Array, separator = ''): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(separator);
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const group = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => BASE64[(group >> shift) & 63]);
    const used = Math.min(3, bytes.length - i) + 1;
    out += digits.slice(0, used).join('').padEnd(4, '=');
  }
  return out;
}

/** Undefined for anything but whole groups of four digits with padding at the very end only. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3);
  for (let i = 0; i < text.length; i += 4) {
    const group = [0, 1, 2, 3].reduce((n, k) => (n << 6) | Math.max(0, BASE64.indexOf(text[i + k] ?? 'A')), 0);
    out.set([group >> 16, (group >> 8) & 255, group & 255], (i / 4) * 3);
  }
  return out.subarray(0, out.length - padding);
}
