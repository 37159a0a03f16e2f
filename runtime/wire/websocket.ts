/** WebSocket frames and the proof of its handshake (RFC 6455). Not here: extensions, so the reserved bits must be zero. */
import { concat, err, fromLatin1, ok, put8, put16, put32, type Result, toBase64, u8, u16, u32 } from '../core/index.ts';
import { sha1 } from './sha1.ts';

/** Values of {@link WsFrame.opcode}. */
export const WS_OPCODE = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;

export interface WsFrame {
  /** Last of its message. */
  readonly fin: boolean;
  readonly opcode: number;
  /** Four bytes; clients mask, servers do not. */
  readonly mask?: Uint8Array;
  /** Unmasked; aliases the input on parse when that carried no mask. */
  readonly payload: Uint8Array;
}

/** `truncated` means more has to come: a frame is part of a stream. */
export type WsError = 'truncated' | 'reserved-bits' | 'too-long';

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
/** Lengths that announce two or eight more bytes. */
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;

/** What a server answers to a Sec-WebSocket-Key. */
export const websocketAccept = (key: string): string => toBase64(sha1(fromLatin1(key + GUID)));

/** The first frame of `bytes`; {@link wsFrameLength} tells where the next begins. */
export function parseWsFrame(bytes: Uint8Array): Result<WsFrame, WsError> {
  if (bytes.length < 2) return err('truncated');
  const first = u8(bytes, 0);
  const second = u8(bytes, 1);
  if ((first & RESERVED) !== 0) return err('reserved-bits');
  const short = second & ~MASKED;
  const start = short === EIGHT_BYTES ? 10 : short === TWO_BYTES ? 4 : 2;
  if (bytes.length < start) return err('truncated');
  if (short === EIGHT_BYTES && u32(bytes, 2) !== 0) return err('too-long');
  const length = short === EIGHT_BYTES ? u32(bytes, 6) : short === TWO_BYTES ? u16(bytes, 2) : short;
  const from = start + ((second & MASKED) === 0 ? 0 : 4);
  if (bytes.length < from + length) return err('truncated');
  const frame = { fin: (first & FIN) !== 0, opcode: first & 15 };
  const payload = bytes.subarray(from, from + length);
  if (from === start) return ok({ ...frame, payload });
  const mask = bytes.subarray(start, from);
  return ok({ ...frame, mask, payload: masked(payload, mask) });
}

export const wsFrameLength = ({ mask, payload }: WsFrame): number =>
  2 + lengthBytes(payload.length).length + (mask === undefined ? 0 : 4) + payload.length;

export function emitWsFrame({ fin, opcode, mask, payload }: WsFrame): Uint8Array {
  const more = lengthBytes(payload.length);
  const head = new Uint8Array(2);
  const short = more.length === 8 ? EIGHT_BYTES : more.length === 2 ? TWO_BYTES : payload.length;
  put8(head, 0, (fin ? FIN : 0) | (opcode & 15));
  put8(head, 1, (mask === undefined ? 0 : MASKED) | short);
  return mask === undefined ? concat(head, more, payload) : concat(head, more, mask, masked(payload, mask));
}

/** RFC 6455 section 5.3. */
const masked = (payload: Uint8Array, mask: Uint8Array): Uint8Array =>
  payload.map((byte, i) => byte ^ (mask[i & 3] as number));

/** The length behind the first two bytes, if it does not fit into them. */
function lengthBytes(length: number): Uint8Array {
  if (length < TWO_BYTES) return new Uint8Array(0);
  const out = new Uint8Array(length <= 0xffff ? 2 : 8);
  if (out.length === 2) put16(out, 0, length);
  else put32(out, 4, length);
  return out;
}
