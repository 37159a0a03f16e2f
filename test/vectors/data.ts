/** The forms in which a vector writes payload bytes: built for what goes in, compared with what comes out. */
import { createHash } from 'node:crypto';
import { concat, fromLatin1, toLatin1 } from '../../runtime/core/index.ts';
import type { Data, DataPart, WsFrame } from './format.ts';
import type { Symbols } from './symbols.ts';

/** RFC 6455 section 1.3. */
const WS_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const unhex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** The bytes a form stands for; undefined while a symbol in it is unbound. */
export function buildData(data: DataPart, symbols: Symbols): Uint8Array | undefined {
  if (typeof data === 'string') return fromLatin1(data);
  if ('hex' in data) return unhex(data.hex);
  if ('rep' in data) return fromLatin1(data.rep.repeat(data.n));
  if ('any' in data) return new Uint8Array(data.any);
  if ('parts' in data) {
    const parts = data.parts.map((part) => buildData(part, symbols));
    return parts.includes(undefined) ? undefined : concat(...(parts as Uint8Array[]));
  }
  if ('sym' in data) {
    const value = symbols.get(data.sym);
    if (typeof value !== 'string') return undefined;
    if (data.fn !== 'ws-accept') return fromLatin1(value);
    return fromLatin1(
      createHash('sha1')
        .update(value + WS_GUID, 'latin1')
        .digest('base64'),
    );
  }
  return undefined;
}

/** Whether the device sent what the form says. Symbols seen for the first time are bound in `trial`. */
export function matchData(data: Data, bytes: Uint8Array, trial: Symbols): boolean {
  if (typeof data === 'object' && 'any' in data) return bytes.length === data.any;
  if (typeof data === 'object' && 'wsMasked' in data) return matchWs(data.wsMasked, bytes, trial);
  const parts = typeof data === 'object' && 'parts' in data ? data.parts : [data];
  let rest = bytes;
  for (const part of parts) {
    const length = typeof part === 'object' && 'sym' in part ? part.len : buildData(part, trial)?.length;
    if (length === undefined || length > rest.length) return false;
    if (!matchPart(part, toLatin1(rest.subarray(0, length)), trial)) return false;
    rest = rest.subarray(length);
  }
  return rest.length === 0;
}

function matchPart(part: DataPart, actual: string, trial: Symbols): boolean {
  if (typeof part === 'object' && 'sym' in part && part.fn === undefined) return trial.unify(part.sym, actual);
  const expected = buildData(part, trial);
  return expected !== undefined && toLatin1(expected) === actual;
}

/** Masked WebSocket frames of a client (RFC 6455 section 5.2): the mask is free, the rest is not. */
function matchWs(frames: readonly WsFrame[], bytes: Uint8Array, trial: Symbols): boolean {
  let at = 0;
  const octet = (i: number): number => bytes[i] ?? 0;
  for (const frame of frames) {
    if (octet(at) !== ((frame.fin ? 0x80 : 0) | frame.opcode) || (octet(at + 1) & 0x80) === 0) return false;
    let length = octet(at + 1) & 0x7f;
    at += 2;
    for (let n = length === 126 ? 2 : length === 127 ? 8 : 0, wide = 0; n > 0; n--) {
      wide = wide * 256 + octet(at++);
      length = wide;
    }
    const mask = bytes.subarray(at, at + 4);
    at += 4;
    const payload = bytes.slice(at, at + length).map((value, i) => value ^ (mask[i & 3] ?? 0));
    if (payload.length !== length || !matchData(frame.payload, payload, trial)) return false;
    at += length;
  }
  return at === bytes.length;
}

/** A short text of payload bytes for a timeline. */
export function dataText(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, 24);
  const printable = shown.every((c) => (c >= 0x20 && c < 0x7f) || c === 10 || c === 13 || c === 9);
  const text = printable ? JSON.stringify(toLatin1(shown)) : Buffer.from(shown).toString('hex');
  return bytes.length > shown.length ? `${text}...` : text;
}
