/** A PNG of grey levels or colours, uncompressed (RFC 2083, RFC 1950 stored blocks): small pictures that should open anywhere. */
import { concat, fromLatin1, put32 } from '../core/index.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const STORED_MAX = 0xffff;

/** `pixels` holds one grey level per pixel, or with three channels red, green and blue; rows from the top. */
export function png(width: number, height: number, pixels: Uint8Array, channels: 1 | 3 = 1): Uint8Array {
  const header = new Uint8Array(13);
  put32(header, 0, width);
  put32(header, 4, height);
  header.set([8, channels === 3 ? 2 : 0, 0, 0, 0], 8);
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return concat(SIGNATURE, chunk('IHDR', header), chunk('IDAT', stored(rows)), chunk('IEND', new Uint8Array(0)));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concat(fromLatin1(type), data);
  const frame = new Uint8Array(body.length + 8);
  put32(frame, 0, data.length);
  frame.set(body, 4);
  put32(frame, body.length + 4, crc32(body));
  return frame;
}

function stored(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let at = 0; at < data.length; at += STORED_MAX) {
    const block = data.subarray(at, at + STORED_MAX);
    const n = block.length;
    const last = at + n >= data.length ? 1 : 0;
    parts.push(Uint8Array.of(last, n & 0xff, n >> 8, ~n & 0xff, (~n >> 8) & 0xff), block);
  }
  const sum = new Uint8Array(4);
  put32(sum, 0, adler32(data));
  return concat(...parts, sum);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}
